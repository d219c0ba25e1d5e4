// Finishes what is in flight: follows jobs to their sets, resolves unknown outcomes, ends what was never started in time.
import { eachLimited } from '../base/each';
import { messageOf } from '../base/errors';
import { formatInstant } from '../base/instant';
import { CloudError, CredentialsError, DeniedError, RefusedError } from '../domain/cloud-errors';
import type { RunSummary } from '../domain/run';
import { type Intent, RELEASE_RULE, releaseOfSlot } from '../domain/slot';
import { accountGone, missedSlot, permissionDenied, shardFailed } from '../policy/findings';
import { resolveAmbiguous } from './ambiguous';
import { inRun, type Run } from './envelope';
import { verdictOfFailure } from './failure';
import { resubmitLost } from './fan-out/resubmit';
import { followJob } from './follow';
import { rememberOutcomes } from './outcomes';
import { advance, overtaken, type Progress } from './progress';
import { advanceReleases } from './release/advance';
import type { Shard } from './shards';
import { INSTANCE_CONCURRENCY } from './timing';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** Returns the summary, or throws RunFailedError. Each unfinished intent gets one verdict. */
export async function runReconcile(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('reconcile', request, ports, observer, async (run) => {
    await resubmitLost(run); // first: it is a few calls, and a fleet's worth of intents may take all of the time
    const asked: Asked = { all: new Set(), lost: new Map() };
    for await (const page of ports.ledger.listOpenIntents()) {
      if (request.deadline.isNear()) {
        run.tally.handOff();
        return;
      }
      await run.keepLease();
      await reconcilePage(run, page, asked);
    }
    await advanceReleases(run);
    const [first] = asked.lost.values();
    if (first !== undefined && asked.lost.size === asked.all.size) throw first;
  });
}

/** Accounts and regions that were asked, and those that let nobody in: said once, and not asked again. The others' intents go on. */
interface Asked {
  readonly all: Set<Shard>;
  readonly lost: Map<Shard, CredentialsError>;
}

async function reconcilePage(run: Run, page: readonly Intent[], asked: Asked): Promise<void> {
  const outcomes: { readonly intent: Intent; readonly progress: Progress }[] = [];
  const byInstance = instancesOf(page);
  await eachLimited(byInstance, INSTANCE_CONCURRENCY, async (intents) => {
    for (const intent of intents) {
      if (isLeftToRelease(run, intent)) continue;
      if (run.request.deadline.isNear()) return run.tally.handOff();
      const progress = await progressOf(run, intent, asked);
      outcomes.push({ intent, progress });
      if (progress.finding !== undefined) run.tally.finding(progress.finding);
    }
  });
  const verdicts = await rememberOutcomes(run, outcomes);
  for (const verdict of verdicts) run.tally.verdict(verdict);
  run.tally.instances(byInstance.length);
}

/** What a release has not begun yet: its own verdict on it follows (advanceReleases). */
function isLeftToRelease(run: Run, { state, rule, openUntil }: Intent): boolean {
  return state === 'intended' && rule === RELEASE_RULE && run.asOf < openUntil && !run.request.dryRun;
}

/** One instance's intents go one after the other: what the first one accounts for cannot be the second one's too. */
function instancesOf(page: readonly Intent[]): readonly (readonly Intent[])[] {
  const groups = new Map<string, Intent[]>();
  for (const intent of page) {
    const group = groups.get(intent.instanceId);
    if (group === undefined) groups.set(intent.instanceId, [intent]);
    else group.push(intent);
  }
  return [...groups.values()];
}

async function progressOf(run: Run, intent: Intent, asked: Asked): Promise<Progress> {
  const shard = run.shards.find((candidate) => candidate.account === intent.account && candidate.region === intent.region);
  if (shard === undefined) {
    const finding = accountGone(intent);
    return { verdict: 'unreachable', reason: finding.message, finding };
  }
  const failure = asked.lost.get(shard);
  if (failure !== undefined && intent.state !== 'intended') return { verdict: 'unreachable', reason: `could not ask the service: ${failure.message}` };
  try {
    if (intent.state === 'intended') return await endWhenLate(run, intent);
    asked.all.add(shard);
    if (intent.state === 'submitted') return await followJob(run, shard, intent);
    return await resolveAmbiguous(run, shard, intent);
  } catch (error) {
    return failed(run, shard, intent, error, asked);
  }
}

/** Nothing was sent: the next tick may start it while its slot is open; afterwards it is missed. */
async function endWhenLate(run: Run, intent: Intent): Promise<Progress> {
  const why = intent.reason ?? 'no run got it under way';
  if (run.asOf < intent.openUntil) return { verdict: 'in-flight', reason: `${whoStarts(intent)} until ${formatInstant(intent.openUntil)}: ${why}` };
  const ended = await advance(run, intent, { ...intent, state: 'missed', reason: why });
  if (ended === undefined) return overtaken();
  return {
    verdict: 'missed',
    reason: `not started before ${formatInstant(intent.openUntil)}: ${why}`,
    next: ended,
    finding: missedSlot(intent.instanceId, { id: intent.slotId, rule: intent.rule, occurrence: intent.occurrence, openUntil: intent.openUntil }, why),
  };
}

function whoStarts({ slotId, rule }: Intent): string {
  if (rule === RELEASE_RULE) return 'waits for its turn';
  return releaseOfSlot(slotId) === undefined ? 'waits for the next tick' : 'waits to be asked for again with the same key';
}

function failed(run: Run, shard: Shard, intent: Intent, error: unknown, asked: Asked): Progress {
  if (!(error instanceof CloudError)) throw error;
  run.logger.warn({ instanceId: intent.instanceId, slotId: intent.slotId, region: shard.region, error: error.message }, 'could not follow a backup');
  if (error instanceof CredentialsError) {
    const isNews = !asked.lost.has(shard);
    asked.lost.set(shard, error);
    return { verdict: 'unreachable', reason: `could not ask the service: ${error.message}`, ...(isNews ? { finding: shardFailed(shard, error) } : {}) };
  }
  if (error instanceof DeniedError) {
    return { verdict: 'denied', reason: error.message, finding: permissionDenied(intent.instanceId, error.action, error.operation) };
  }
  if (error instanceof RefusedError) return { verdict: 'unreachable', reason: `the service refused to say how the backup stands: ${messageOf(error)}` };
  return { verdict: verdictOfFailure(error), reason: `could not ask the service: ${messageOf(error)}` };
}
