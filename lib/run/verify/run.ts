// The use case `verify-cross-region`: settings in bulk, then instance by instance the copies, their lag, their logs and whether they can be restored.
import { eachLimited } from '../../base/each';
import { messageOf } from '../../base/errors';
import { resolvePolicy } from '../../config/resolve';
import { CloudError } from '../../domain/cloud-errors';
import type { CrossRegionInstance, CrossRegionSettings } from '../../domain/cross-region';
import { NEVER_COPIED } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { InstancePosture } from '../../domain/posture';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import type { RunSummary } from '../../domain/run';
import { lagFigures } from '../../policy/cross-region/percentiles';
import { READINGS, standingFindings } from '../../policy/cross-region/standing';
import { shardFailed, tooManyChanges } from '../../policy/findings';
import { hasCrossRegion } from '../../policy/section-variants';
import { type ChangeBudget, makeChangeBudget } from '../change-budget';
import type { Run } from '../envelope';
import { verdictOfFailedLook } from '../failure';
import { inFleetRun } from '../fan-out/fleet-run';
import { sweepFleet } from '../fleet';
import { forgetSaid, forgetUnseen, functionScope, rememberSaid } from '../function-posture';
import { makeNotes, type Notes } from '../notes';
import { isFatal, type Shard } from '../shards';
import { INSTANCE_CONCURRENCY } from '../timing';
import type { RunObserver, RunPorts, RunRequest } from '../types';
import { idle, leftOut, OUT_OF_TIME, onInstance } from '../verdicts';
import { hasBudget } from './budget';
import { type BulkSettings, readBulk } from './bulk';
import { verifyInstance } from './instance';
import { reportLeftovers } from './leftovers';
import { keepCrossRegion } from './settings';

/** The verdicts on an instance's copies go under this name. */
export const COPIES_RULE = 'copies';

interface Shared {
  readonly budget: ChangeBudget;
  /** False when the month's budget of calls is used up. */
  readonly mayReadMore: boolean;
  readonly bulk: Map<Shard, Promise<BulkSettings>>;
  readonly lags: number[];
  /** Instances whose copies are no leftovers: the policy leaves them out, or asks for copies, and then it is said already that they are off. */
  readonly notLeft: Set<string>;
  /** Every instance that the sweep has met: what was said of others goes. */
  readonly seen: Set<string>;
}

/** Returns the summary, or throws RunFailedError. Every instance in scope gets a verdict for its cross-region settings and one for its copies. */
export async function runVerifyCrossRegion(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inFleetRun('verify-cross-region', request, ports, observer, async (run) => {
    const shared: Shared = {
      budget: makeChangeBudget(run.request.policy.limits.maxChangesPerRun),
      mayReadMore: await hasBudget(run),
      bulk: new Map(),
      lags: [],
      notLeft: new Set(),
      seen: new Set(),
    };
    await sweepFleet(
      run,
      (shard, page, listed) => {
        for (const instance of listed) meet(run, instance, shared);
        return verifyPage(run, shard, page, shared);
      },
      async (shard) => {
        if (request.instances !== undefined) return;
        await forgetUnseen(run, shard, shared.seen);
        await sweepLeftovers(run, shard, shared);
      },
    );
    run.place.changes = shared.budget.taken;
    const lag = lagFigures(shared.lags);
    if (lag !== undefined) run.tally.copyLag(lag);
    if (shared.budget.refused > 0) run.tally.finding(tooManyChanges(shared.budget.limit, shared.budget.refused));
  });
}

/** Also where no instance is left that is looked after: then the copies are all that there is. */
async function sweepLeftovers(run: Run, shard: Shard, shared: Shared): Promise<void> {
  if (!hasCrossRegion(run.request.policy) || !shared.mayReadMore) return;
  try {
    await reportLeftovers(run, shard, await bulkOf(run, shard, shared), shared.notLeft);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    run.tally.finding(shardFailed(shard, error));
  }
}

/** The list of all instances with copies is read once per shard, before any of them is looked at by itself. */
function bulkOf(run: Run, shard: Shard, shared: Shared): Promise<BulkSettings> {
  const known = shared.bulk.get(shard) ?? readBulk(run, shard);
  shared.bulk.set(shard, known);
  return known;
}

/** Also instances that another worker looks at: whoever reports what is left must know all that is there. */
function meet(run: Run, instance: Instance, { seen, notLeft }: Shared): void {
  seen.add(instance.id);
  const effective = resolvePolicy(run.request.policy, instance);
  if (effective === undefined || effective.crossRegion?.isRequired === true) notLeft.add(instance.id);
}

async function verifyPage(run: Run, shard: Shard, page: readonly Instance[], shared: Shared): Promise<void> {
  const covered: { readonly instance: Instance; readonly policy: CrossRegionPolicy }[] = [];
  let inScope = 0;
  for (const instance of page) {
    const effective = resolvePolicy(run.request.policy, instance);
    if (effective !== undefined) inScope += 1;
    if (effective?.crossRegion !== undefined) covered.push({ instance, policy: effective.crossRegion });
    else if (effective !== undefined)
      run.tally.verdict(idle(instance, COPIES_RULE, 'no-rule', 'the policy asks nothing of the copies of this instance', undefined));
    else if (run.request.instances !== undefined) {
      run.tally.verdict(leftOut(instance));
    }
  }
  const ids = covered.map(({ instance }) => instance.id);
  if (covered.length > 0) await verifyCovered(run, shard, covered, shared);
  await forgetSaid(
    run,
    shard,
    page.flatMap(({ id }) => (ids.includes(id) ? [] : [id])),
  );
  run.tally.instances(inScope);
}

interface Covered {
  readonly instance: Instance;
  readonly policy: CrossRegionPolicy;
}

async function verifyCovered(run: Run, shard: Shard, covered: readonly Covered[], shared: Shared): Promise<void> {
  const bulk = await bulkOf(run, shard, shared);
  const postures = await run.ports.ledger.getPostures(
    functionScope(shard, run.function),
    covered.map(({ instance }) => instance.id),
  );
  const said = covered.map(({ instance }) => ({ notes: makeNotes(run, instance), look: { isOver: false, copies: undefined } as Look }));
  await eachLimited(covered, INSTANCE_CONCURRENCY, async ({ instance, policy }, index) => {
    const own = said[index];
    if (own === undefined) return;
    const settings = bulk.instances.get(instance.id) ?? NEVER_COPIED;
    own.look = await verifyOne(run, { shard, instance, policy, settings, bulk, before: postures.get(instance.id), shared }, own.notes);
  });
  await rememberSaid(
    run,
    said.flatMap(({ notes, look }) =>
      look.isOver ? [{ instance: notes.instance, verdicts: notes.verdicts, findings: notes.findings, copies: look.copies }] : [],
    ),
  );
}

interface Look {
  /** False where there was no time for it: what was said before stands. */
  readonly isOver: boolean;
  /** What was measured, or what is still known where it could not be. */
  readonly copies: InstancePosture['copies'];
}

interface OneWork extends Covered {
  readonly shard: Shard;
  readonly settings: CrossRegionSettings | CrossRegionInstance;
  readonly bulk: BulkSettings;
  readonly before: InstancePosture | undefined;
  readonly shared: Shared;
}

async function verifyOne(run: Run, work: OneWork, notes: Notes): Promise<Look> {
  const { shard, instance, policy, shared, bulk, before } = work;
  const { gateway } = shard;
  if (run.request.deadline.isNear()) {
    run.tally.handOff();
    notes.verdict(onInstance(instance, 'deferred-throttled', OUT_OF_TIME));
    return { isOver: false, copies: undefined };
  }
  await run.keepLease();
  const findingsBefore = before?.findings ?? [];
  const { mayReadMore, budget } = shared;
  try {
    const known = { gateway, instance, policy, settings: work.settings, mayReadMore };
    const settings = await keepCrossRegion(run, { ...known, destinations: bulk.destinations, budget }, notes);
    const { posture, lags } = await verifyInstance(run, { ...known, settings, before: before?.copies, findingsBefore }, notes);
    for (const lag of lags) shared.lags.push(lag);
    return { isOver: true, copies: posture };
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    const why = error instanceof CloudError ? error.message : messageOf(error);
    notes.verdict({ ...onInstance(instance, verdict, `could not look at its copies: ${why}`), rule: COPIES_RULE });
    for (const finding of standingFindings(findingsBefore, notes.findings, new Set(READINGS))) notes.finding(finding);
    return { isOver: true, copies: before?.copies };
  }
}
