// Starts a restore: plans it once more, writes the intent down as a run, and calls the service once, with a token that every try with the same key shares.
import { KeeperError, messageOf, UsageError } from '../../base/errors';
import { formatInstant, HOUR_MS } from '../../base/instant';
import { CloudError } from '../../domain/cloud-errors';
import type { RunSummary, Trigger } from '../../domain/run';
import { type RestoreRecord, restoreFailed, restoreStarted } from '../../policy/restore-facts';
import type { RestoreWish, TableWish } from '../../policy/restore-types';
import { inRun, type Run } from '../envelope';
import { requireMeta } from '../require-meta';
import { shardsOf } from '../shards';
import type { RunPorts, RunRequest } from '../types';
import { planRestore, type RestorePlan, requireRestorable, requireSound } from './plan';
import { clientTokenOf, digestOfWish, findRequest, isOutcomeUnknown, type RestoreRequest, triggerIdOf } from './requests';

/** How long the service is trusted to know a token again. It documents no time (not verified on a live account). */
const TOKEN_TRUST_MS = 24 * HOUR_MS;

export type StartedRestore =
  /** Under this key it had been started before: nothing was sent. */
  | { readonly kind: 'repeated'; readonly summary: RunSummary }
  /** Another process is at the same request. */
  | { readonly kind: 'under-way'; readonly summary: RunSummary }
  | { readonly kind: 'started'; readonly summary: RunSummary; readonly plan: RestorePlan };

/**
 * Makes one new instance (or restores the tables once) per key. Throws a UsageError, with nothing sent, for a wish that the rules forbid and for a key that was used for
 * something else; a KeeperError `not-restorable` when the service says that it would refuse; a RunFailedError when it did, with its words. `request.trigger` is not used.
 */
export async function startRestore(request: RunRequest, ports: RunPorts, wish: RestoreWish | TableWish, key: string): Promise<StartedRestore> {
  requireSound(wish, request.asOf);
  const { ledger, gatewayOf } = ports;
  const installationId = (await requireMeta(ledger)).installationId;
  const digest = digestOfWish(wish);
  const earlier = await findRequest(ledger, key);
  if (earlier !== undefined) {
    requireSameUse(earlier, digest);
    const { summary } = earlier.run;
    if (summary !== undefined && summary.status !== 'failed') return { kind: 'repeated', summary };
    requireFreshToken(earlier, request);
  }
  const desk = { shards: shardsOf(request.policy, gatewayOf), gatewayOf, asOf: request.asOf };
  const plan = await planAgain(earlier, async () => {
    const made = await planRestore(desk, wish);
    requireRestorable(made);
    return made;
  });
  const trigger: Trigger = { type: 'cli', id: triggerIdOf(key, digest), time: earlier?.run.trigger.time ?? request.asOf };
  const token = clientTokenOf(installationId, key);
  const summary = await inRun('restore', { ...request, trigger, dryRun: false }, ports, {}, (run) => send(run, plan, key, token));
  return summary.status === 'skipped' ? { kind: 'under-way', summary } : { kind: 'started', summary, plan };
}

/** The one call. What comes of it is a finding of the run, which is where its instance is found again. */
async function send(run: Run, plan: RestorePlan, key: string, token: string): Promise<void> {
  await requireFirst(run, key);
  const { account, region, instanceId, source } = plan;
  const record: RestoreRecord = { key, instanceId, source, account, region, target: plan.kind === 'tables' ? undefined : plan.target };
  const gateway = run.ports.gatewayOf({ account, region });
  run.tally.instances(1);
  await run.keepLease();
  try {
    if (plan.kind === 'tables') {
      await gateway.restoreTables(plan.into, source, plan.tables, token);
      run.tally.finding(restoreStarted(record, plan.into, undefined));
    } else {
      const made = await gateway.restoreToNewInstance(source, plan.target, token);
      run.tally.finding(restoreStarted(record, made.instanceId, made.orderId));
    }
  } catch (error) {
    if (error instanceof CloudError) run.tally.finding(restoreFailed(record, error.serviceCode ?? error.code, error.message));
    throw error;
  }
}

/** Two processes with one key at almost the same time have two runs: the earlier one goes on. The token makes one instance of them in any case. */
async function requireFirst(run: Run, key: string): Promise<void> {
  const first = await findRequest(run.ports.ledger, key);
  if (first === undefined || first.run.runId === run.id) return;
  throw new KeeperError(`another process has started a restore with key ${key}`, { code: 'restore-under-way', hint: 'look with keeper restore status' });
}

function requireSameUse({ key, digest, run }: RestoreRequest, wanted: string): void {
  if (digest === wanted) return;
  throw new UsageError(
    `key ${key} was used at ${formatInstant(run.startedAt)} for another restore`,
    'give exactly the same options again, or choose another key',
  );
}

/**
 * Past the time in which the service surely knows the token again, a repeated call could make a second instance. Also after a certain failure: the ledger keeps the last
 * attempt only, and one before it may have been cut off.
 */
function requireFreshToken({ key, run }: RestoreRequest, { asOf }: RunRequest): void {
  if (asOf - run.startedAt <= TOKEN_TRUST_MS) return;
  const message = `the restore with key ${key} was begun at ${formatInstant(run.startedAt)} and has not come to its end: a key can be tried again for a day`;
  throw new KeeperError(message, {
    code: 'restore-key-expired',
    hint: 'look for a new instance of that time in the console; when there is none, start again with another key',
  });
}

/** A refusal of the plan says nothing of the attempt before it. */
async function planAgain(earlier: RestoreRequest | undefined, plan: () => Promise<RestorePlan>): Promise<RestorePlan> {
  try {
    return await plan();
  } catch (cause) {
    if (earlier === undefined || !isOutcomeUnknown(earlier) || !(cause instanceof KeeperError)) throw cause;
    throw new KeeperError(messageOf(cause), {
      code: cause.code,
      cause,
      exitCode: cause.exitCode,
      hint: `an attempt with this key was cut off at ${formatInstant(earlier.run.startedAt)}, and may have made an instance: look for it in the console`,
    });
  }
}
