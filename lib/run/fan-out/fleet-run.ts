// A run over the fleet: by itself where the fleet is small, else by handing its parts to other invocations of the same function.
import { KeeperError } from '../../base/errors';
import { policyNeedsTags, resolvePolicy } from '../../config/resolve';
import { CloudError } from '../../domain/cloud-errors';
import type { Instance } from '../../domain/instance';
import type { ShardWork } from '../../domain/open-task';
import type { DeployedFunction, RunSummary } from '../../domain/run';
import { type DueCount, firstLegs, nameOfWork, nextLeg, partsOf } from '../../policy/fan-out/parts';
import { inRun, type Run } from '../envelope';
import type { Shard } from '../shards';
import type { RunObserver, RunPorts, RunRequest } from '../types';
import { eventOf, handOverWork, taskIdOf } from './tasks';

/** How many instances of a page have something due. */
export type DueOnPage = (run: Run, shard: Shard, page: readonly Instance[]) => Promise<number>;

/** The functions whose work can be divided. */
export type FleetFunction = Extract<DeployedFunction, 'extra-backup' | 'retention-hygiene' | 'extend-expiry' | 'verify-cross-region'>;

/**
 * As `inRun`, with two ways out: a run of several parts hands them over and is `continued`; a worker that runs out of time hands the rest over before it ends. Without
 * `ports.fanOut`, and for named instances, plans and dry runs, everything is done here.
 */
export async function inFleetRun(
  name: FleetFunction,
  request: RunRequest,
  ports: RunPorts,
  observer: RunObserver,
  body: (run: Run) => Promise<void>,
  dueOnPage: DueOnPage = inScope,
): Promise<RunSummary> {
  const { shard } = request;
  const summary = await inRun(name, ownLimits(request), ports, observer, async (run) => {
    if (shard !== undefined) await requireHandedOver(run, name, shard);
    if (await divide(run, dueOnPage)) return;
    await body(run);
    await goOnElsewhere(run);
  });
  // `skipped`: another delivery is at it. A failed worker has thrown, and its task stands.
  if (shard !== undefined && summary.status !== 'skipped') await ports.ledger.removeTask({ kind: 'shard', id: taskIdOf(name, request, shard) });
  return summary;
}

/** The ledger knows what was handed over: an event alone, which anybody may send who may invoke the function, decides nothing. Throws a KeeperError `unknown-work`. */
async function requireHandedOver({ ports, request }: Run, name: FleetFunction, shard: ShardWork): Promise<void> {
  const task = await ports.ledger.getTask('shard', taskIdOf(name, request, shard));
  if (task?.event === eventOf(request, shard)) return;
  throw new KeeperError(`no run has handed over ${nameOfWork(shard)} as this event has it, or it was given up meanwhile`, {
    code: 'unknown-work',
    hint: 'nothing to do once: later ticks look at the same instances; events of kind shard are sent by the keeper alone',
  });
}

/** The parts of a run share what one run may change. The policy may have been changed since they were handed over. */
function ownLimits(request: RunRequest): RunRequest {
  const { shard, policy } = request;
  if (shard === undefined) return request;
  return { ...request, policy: { ...policy, limits: { ...policy.limits, maxChangesPerRun: Math.min(policy.limits.maxChangesPerRun, shard.changesLeft) } } };
}

function isWholeFleet({ dryRun, shard, instances, approved, onDemand }: RunRequest): boolean {
  return !dryRun && shard === undefined && instances === undefined && approved === undefined && onDemand === undefined;
}

/** True when every part was handed over. */
async function divide(run: Run, dueOnPage: DueOnPage): Promise<boolean> {
  const { fanOut } = run.ports;
  if (fanOut === undefined || !isWholeFleet(run.request)) return false;
  const { limits } = run.request.policy;
  const counts: DueCount[] = [];
  for (const shard of run.shards)
    counts.push({ account: shard.account, region: shard.region, due: await dueIn(run, shard, limits.instancesPerWorker, dueOnPage) });
  const parts = partsOf(counts, limits);
  if (parts.length <= 1) return false;
  const legs = firstLegs(parts, limits.maxChangesPerRun, run.id);
  for (const leg of legs) {
    await run.keepLease();
    const finding = await handOverWork(run, fanOut, leg);
    if (finding !== undefined) run.tally.finding(finding);
  }
  run.tally.handOff(legs.map(nameOfWork));
  return true;
}

/** One call where the whole of it fits one worker. An account that cannot be asked is one part: its worker says what is wrong. When time runs out, what was counted must do. */
async function dueIn(run: Run, shard: Shard, instancesPerWorker: number, dueOnPage: DueOnPage): Promise<number> {
  let due = 0;
  try {
    if (run.request.deadline.isNear()) return due;
    const all = await shard.gateway.countInstances();
    if (all <= instancesPerWorker) return all;
    for await (const page of shard.gateway.listInstances({ withTags: policyNeedsTags(run.request.policy) })) {
      if (run.request.deadline.isNear()) break;
      await run.keepLease();
      due += await dueOnPage(run, shard, page);
    }
    return due;
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    run.logger.warn({ account: shard.account, region: shard.region, error: error.message }, 'could not count the instances');
    return due;
  }
}

async function inScope(run: Run, _shard: Shard, page: readonly Instance[]): Promise<number> {
  return page.filter((instance) => resolvePolicy(run.request.policy, instance) !== undefined).length;
}

/** Before the deadline, while there is time to. */
async function goOnElsewhere(run: Run): Promise<void> {
  const { fanOut } = run.ports;
  const { page, changes, manualSets } = run.place;
  const work = workOf(run);
  if (fanOut === undefined || page === undefined || work === undefined) return;
  const next = nextLeg(work, { page, changes, manualSets });
  if (next === undefined) return;
  const finding = await handOverWork(run, fanOut, next);
  if (finding !== undefined) run.tally.finding(finding);
  run.tally.handOff([nameOfWork(next)]);
}

/** The part that this run works on: a worker's own, or all there is where that is one account and region. */
function workOf({ request, shards: [shard, ...others] }: Run): ShardWork | undefined {
  const changesLeft = request.policy.limits.maxChangesPerRun;
  if (request.shard !== undefined) return { ...request.shard, changesLeft };
  if (!isWholeFleet(request) || shard === undefined || others.length > 0) return undefined;
  const { account, region } = shard;
  return { account, region, part: 1, parts: 1, fromPage: 1, leg: 0, changesLeft, manualSets: 0 };
}
