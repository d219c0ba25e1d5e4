// The use case `retention-hygiene`: settings drift and surplus manual sets, instance by instance, and then the purges of the whole fleet.
import { eachLimited } from '../../base/each';
import { messageOf } from '../../base/errors';
import { resolvePolicy } from '../../config/resolve';
import { CloudError } from '../../domain/cloud-errors';
import { emptyGuard, type Guard } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { EffectivePolicy } from '../../domain/protection-policy';
import type { RunSummary } from '../../domain/run';
import { tooManyChanges } from '../../policy/findings';
import type { TracedSet } from '../../policy/retention/types';
import { type ChangeBudget, makeChangeBudget } from '../change-budget';
import type { Run } from '../envelope';
import { verdictOfFailedLook } from '../failure';
import { inFleetRun } from '../fan-out/fleet-run';
import { sweepFleet } from '../fleet';
import { forgetSaid, rememberSaid } from '../function-posture';
import { makeNotes, type Notes } from '../notes';
import { type Shard, scopeOf, targetsOf } from '../shards';
import { INSTANCE_CONCURRENCY, LAST_LOOKS_MS } from '../timing';
import type { RunObserver, RunPorts, RunRequest } from '../types';
import { idle, leftOut, OUT_OF_TIME, onInstance } from '../verdicts';
import { recordFleet, recordFleetPart } from './brakes';
import { reportDetached } from './detached';
import { lookerOf, observeSets, observeSettings } from './observe';
import { PROTECTIONS_ONLY } from './protections';
import { makePurgeQueue, type PurgeQueue, purgeDue, sayBraked } from './purge';
import { keepRetention } from './retention';
import { keepSettings } from './settings';
import { RETENTION_RULE, SETTINGS_RULE } from './steps';

/** Purges that an earlier try of the same run has made count once, so the queue must hold them beside what is new: the brakes' row never has more. */
const MOST_RETRIED = 5_000;

/** What purging one set takes: its share of a look before and after, and of the calls, in the usual rate budget. */
const PURGE_MS = 250;

interface PageCount {
  manualSets: number;
}

/** What one run shares over its instances. */
interface Shared {
  readonly budget: ChangeBudget;
  readonly purges: PurgeQueue;
  /** One for each page, in the order in which they were begun. */
  readonly counts: PageCount[];
  /** False when an instance could not be looked at: what was counted is not the whole fleet. */
  isComplete: boolean;
}

/** Returns the summary, or throws RunFailedError. Every instance in scope gets a verdict for its settings and one for its sets, and one per drifted setting and surplus set. */
export async function runRetentionHygiene(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inFleetRun('retention-hygiene', request, ports, observer, async (run) => {
    const { limits } = request.policy;
    const purges = makePurgeQueue(limits.maxPurgesPerDay + MOST_RETRIED, sayBraked);
    const budget = makeChangeBudget(run.request.policy.limits.maxChangesPerRun);
    const shared: Shared = { budget, purges, counts: [], isComplete: true };
    const looking = lookingRun(run, shared);
    const isSwept = await sweepFleet(looking, (shard, page) => sweepPage(looking, shard, page, shared));
    await finish(run, shared, isSwept);
    run.place.changes = budget.taken;
    run.place.manualSets = shared.counts.map(({ manualSets }) => manualSets);
  });
}

/** The same run, whose looks end early enough to purge what they have found due: what is left to a later leg would never come to it. */
function lookingRun(run: Run, { purges, budget }: Shared): Run {
  const { request } = run;
  const { deadline } = request;
  const purgeMs = (): number => (purges.due.length === 0 ? 0 : LAST_LOOKS_MS + Math.min(purges.due.length, budget.limit) * PURGE_MS);
  return { ...run, request: { ...request, deadline: { ...deadline, isNear: () => deadline.isNear() || deadline.remainingMs() <= purgeMs() } } };
}

/** What needs all of the sweep: the purges under the brakes, and the sets of released instances. */
async function finish(run: Run, { budget, purges, counts, isComplete }: Shared, isSwept: boolean): Promise<void> {
  const manualSets = counts.reduce((sum, count) => sum + count.manualSets, 0);
  const { shard, instances } = run.request;
  const isWhole = isSwept && isComplete && instances === undefined;
  const fleet = isWhole && shard === undefined ? { manualSets, asOf: run.asOf } : undefined;
  const touched = await purgeDue(run, { queue: purges, budget, fleet, seenManualSets: manualSets });
  await rememberSaid(run, touched);
  if (fleet !== undefined) await recordFleet(run, fleet);
  if (isWhole && shard !== undefined) {
    const counted = { scope: scopeOf(shard), part: shard.part, parts: shard.parts, manualSets: shard.manualSets + manualSets, asOf: run.asOf };
    await recordFleetPart(run, counted, targetsOf(run.request.policy).map(scopeOf));
  }
  if (isWhole && (shard === undefined || shard.part === 1)) await reportDetached(run);
  if (budget.refused > 0) run.tally.finding(tooManyChanges(budget.limit, budget.refused));
}

async function sweepPage(run: Run, shard: Shard, page: readonly Instance[], shared: Shared): Promise<void> {
  const inScope = page.flatMap((instance) => {
    const effective = resolvePolicy(run.request.policy, instance);
    return effective === undefined ? [] : [{ instance, effective }];
  });
  if (run.request.instances !== undefined) reportLeftOut(run, page, new Set(inScope.map(({ instance }) => instance.id)));
  const covered = inScope.filter(({ effective }) => effective.settings !== undefined || effective.retention !== undefined);
  const guards = covered.length === 0 ? [] : await run.ports.ledger.getGuards(covered.map(({ instance }) => instance.id));
  const notes = covered.map(({ instance }) => makeNotes(run, instance));
  const count: PageCount = { manualSets: 0 };
  shared.counts.push(count);
  await eachLimited(covered, INSTANCE_CONCURRENCY, async ({ instance, effective }, index) => {
    const own = notes[index];
    if (own !== undefined) await keepInstance(run, { shard, instance, effective, guard: guards[index] ?? emptyGuard(instance.id), count, shared }, own);
  });
  for (const { instance, effective } of inScope) {
    if (effective.settings === undefined)
      run.tally.verdict(idle(instance, SETTINGS_RULE, 'no-rule', 'the policy has no settings for this instance', undefined));
    if (effective.retention === undefined)
      run.tally.verdict(idle(instance, RETENTION_RULE, 'no-rule', 'the policy has no retention for this instance', undefined));
  }
  await rememberSaid(run, notes);
  const said = new Set(notes.map(({ instance }) => instance.id));
  await forgetSaid(
    run,
    shard,
    page.flatMap(({ id }) => (said.has(id) ? [] : [id])),
  );
  run.tally.instances(inScope.length);
}

interface InstanceWork {
  readonly shard: Shard;
  readonly instance: Instance;
  readonly effective: EffectivePolicy;
  readonly guard: Guard;
  readonly count: PageCount;
  readonly shared: Shared;
}

async function keepInstance(run: Run, work: InstanceWork, notes: Notes): Promise<void> {
  const { shard, instance, effective, guard, shared } = work;
  const { gateway } = shard;
  if (run.request.deadline.isNear()) {
    run.tally.handOff();
    return notes.verdict(onInstance(instance, 'deferred-throttled', OUT_OF_TIME));
  }
  const seenAt = run.ports.clock.now();
  const settings = await observeSettings(gateway, instance.id);
  const sets = needsSets(effective) ? await setsOf(run, work, notes) : undefined;
  const known = settings instanceof CloudError ? undefined : settings;
  const sight = sets && { instance, policy: effective.retention ?? PROTECTIONS_ONLY, sets, settings: known };
  if (effective.settings !== undefined) {
    if (settings instanceof CloudError) noteUnreadable(run, settings, notes);
    else await keepSettings(run, { gateway, policy: effective.settings, settings, guard, sight, seenAt, budget: shared.budget }, notes);
  }
  if (effective.retention === undefined || sight === undefined) return;
  work.count.manualSets += sight.sets.filter(({ mode }) => mode === 'manual').length;
  await keepRetention(run, { gateway, sight, guard, purges: shared.purges }, notes);
}

/** Without retention, sets matter only to what a destructive change of settings would cost. */
function needsSets({ settings, retention }: EffectivePolicy): boolean {
  return retention !== undefined || (settings?.mode === 'enforce' && settings.allowDestructive);
}

/** The sets, or undefined with a verdict. */
async function setsOf(run: Run, { shard, instance, shared }: InstanceWork, notes: Notes): Promise<readonly TracedSet[] | undefined> {
  try {
    return await observeSets(lookerOf(run, shard.gateway), instance);
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    shared.isComplete = false;
    notes.verdict({ ...onInstance(instance, verdict, `could not list its backup sets: ${messageOf(error)}`), rule: RETENTION_RULE });
    return undefined;
  }
}

function noteUnreadable(run: Run, error: CloudError, notes: Notes): void {
  const verdict = verdictOfFailedLook(run, notes.instance.id, error);
  notes.verdict({ ...onInstance(notes.instance, verdict, `could not read its backup settings: ${error.message}`), rule: SETTINGS_RULE });
}

/** Whoever names an instance hears of it, also when the policy leaves it out. */
function reportLeftOut(run: Run, page: readonly Instance[], inScope: ReadonlySet<string>): void {
  for (const instance of page) {
    if (!inScope.has(instance.id)) run.tally.verdict(leftOut(instance));
  }
}
