// What surrounds every run: the ledger must be ours, the run is claimed, its lease kept, its summary recorded, and a failure thrown.
import { KeeperError, messageOf } from '../base/errors';
import { formatInstant, type Instant, plusMs } from '../base/instant';
import type { Logger } from '../base/logger';
import { LedgerError } from '../domain/ledger-error';
import type { Ledger, RdsGateway } from '../domain/ports';
import type { FunctionName, RunRecord, RunSummary, Trigger } from '../domain/run';
import { nameOfWork } from '../policy/fan-out/parts';
import { type Shard, shardsOf } from './shards';
import { makeTally, type Tally } from './tally';
import { FUTURE_TOLERANCE_MS, LATE_DELIVERY_MS, LEASE_MS } from './timing';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** A run that failed. Carries the summary that was recorded, so that callers can show it. */
export class RunFailedError extends KeeperError {
  readonly summary: RunSummary;
  /** `recording`: why the failed run itself could not be recorded, where that failed too. */
  constructor(summary: RunSummary, cause: unknown, recording?: unknown) {
    const inner = cause instanceof KeeperError ? cause : undefined;
    super(recording === undefined ? messageOf(cause) : `${messageOf(cause)} (and the failed run could not be recorded: ${messageOf(recording)})`, {
      code: inner?.code ?? 'run-failed',
      cause,
      ...(inner?.hint === undefined ? {} : { hint: inner.hint }),
      exitCode: inner?.exitCode ?? 1,
    });
    this.summary = summary;
  }
}

/** How far a run has come when its time is up: what whoever goes on is told. */
export interface Place {
  /** The first page of its account and region that it did not get through. */
  page: number | undefined;
  /** Changes that it has made, of those that it may. */
  changes: number;
  /** Manual backup sets that it has counted on each page, from the first page that it worked on. */
  manualSets: readonly number[];
}

/** A run in progress, as the use cases see it. */
export interface Run {
  readonly id: string;
  readonly function: FunctionName;
  readonly request: RunRequest;
  /** The now of all decisions on what is due. */
  readonly asOf: Instant;
  /** `asOf` plus the time that the run has taken: a long run must not start anything in a window that has closed or a blackout that has begun meanwhile. */
  actAt(): Instant;
  readonly ports: RunPorts;
  readonly observer: RunObserver;
  readonly tally: Tally;
  readonly logger: Logger;
  readonly shards: readonly Shard[];
  readonly place: Place;
  /** Renews the lease when it is due. Throws when somebody else took the run over: they finish the work. */
  keepLease(): Promise<void>;
}

/**
 * Runs `body` under a claim. Returns the summary for `succeeded | partial | skipped | continued`, throws RunFailedError for `failed`.
 * A dry run claims and records nothing.
 */
export async function inRun(
  name: FunctionName,
  request: RunRequest,
  ports: RunPorts,
  observer: RunObserver,
  body: (run: Run) => Promise<void>,
): Promise<RunSummary> {
  const startedAt = ports.clock.now();
  const asOf = effectiveAsOf(request, startedAt);
  let shards: readonly Shard[] = [];
  const trigger = triggerOf(request);
  const tally = makeTally(observer);
  let record: RunRecord | undefined;
  const summarise = (outcome: Partial<RunSummary>): RunSummary =>
    summaryOf({ name, request, asOf, shards, tally, runId: record?.runId ?? unclaimedId(name, asOf) }, outcome);
  try {
    await requireLedger(ports.ledger);
    if (!request.dryRun) {
      const claim = await ports.ledger.claimRun({ scope: name, function: name, trigger, asOf, leaseMs: LEASE_MS });
      if (claim.kind === 'finished') return claim.summary;
      if (claim.kind === 'held') return summarise({ status: 'skipped' });
      record = claim.run;
    }
    shards = shardsOf(request.policy, ports.gatewayOf, request.shard);
    const runId = record?.runId ?? unclaimedId(name, asOf);
    const logger = ports.logger.child({ runId, function: name });
    const lease = makeLeaseKeeper(ports, record);
    const actAt = (): Instant => plusMs(asOf, ports.clock.now() - startedAt);
    const place: Place = { page: undefined, changes: 0, manualSets: [] };
    await body({ id: runId, function: name, request, asOf, actAt, ports, observer, tally, logger, shards, place, keepLease: lease });
  } catch (cause) {
    const failed = summarise({ status: 'failed', error: errorOf(cause) });
    throw new RunFailedError(failed, cause, await recordFailure(ports.ledger, record, failed));
  }
  const summary = summarise({});
  if (record !== undefined) await ports.ledger.finishRun(record, summary);
  return summary;
}

/** Records a call that never became a run, because its event or the policy could not be read. Throws a LedgerError when it cannot be recorded. */
export async function recordRefusedRun(ledger: Ledger, name: FunctionName, trigger: Trigger, cause: unknown): Promise<void> {
  await requireLedger(ledger);
  const at = trigger.time;
  const claim = await ledger.claimRun({ scope: name, function: name, trigger, asOf: at, leaseMs: LEASE_MS });
  if (claim.kind !== 'claimed') return;
  await ledger.finishRun(claim.run, {
    runId: claim.run.runId,
    function: name,
    trigger: { ...trigger, time: formatInstant(at) },
    status: 'failed',
    asOf: formatInstant(at),
    dryRun: false,
    scope: { accounts: [], regions: [], instances: 0 },
    counts: {},
    findings: [],
    findingsTotal: 0,
    apiCalls: {},
    error: errorOf(cause),
  });
}

/** A worker's run is named by its part as well: the parts of one tick are runs of their own. */
function triggerOf({ trigger, shard }: RunRequest): Trigger {
  return shard === undefined ? trigger : { ...trigger, id: `${trigger.id}#${nameOfWork(shard)}` };
}

/** A late timer delivery decides by the clock; a future one is a mistake, except in a dry run, which only asks "what if". */
function effectiveAsOf(request: RunRequest, now: Instant): Instant {
  if (now - request.asOf > LATE_DELIVERY_MS && request.trigger.type !== 'cli') return now;
  if (!request.dryRun && request.asOf - now > FUTURE_TOLERANCE_MS) {
    throw new KeeperError(`the run's time ${formatInstant(request.asOf)} lies ahead of the clock, ${formatInstant(now)}`, {
      code: 'as-of-in-future',
      hint: 'check the clock of this machine; use a plan to look ahead',
    });
  }
  return request.asOf;
}

async function requireLedger(ledger: Ledger): Promise<void> {
  if ((await ledger.meta()) !== undefined) return;
  throw new LedgerError(
    'ledger-not-initialised',
    'the ledger has no meta row: it was never initialised, or these tables belong to something else',
    'check the Tablestore instance and table prefix, then run: keeper ledger init',
  );
}

function makeLeaseKeeper(ports: RunPorts, record: RunRecord | undefined): () => Promise<void> {
  let leaseUntil = record?.leaseUntil;
  return async () => {
    if (record === undefined || leaseUntil === undefined) return;
    const now = ports.clock.now();
    if (leaseUntil - now > (LEASE_MS * 2) / 3) return;
    const next = plusMs(now, LEASE_MS);
    if (!(await ports.ledger.renewRun(record, next))) {
      throw new KeeperError(`run ${record.runId} was taken over by another worker after its lease ran out`, {
        code: 'lease-lost',
        hint: 'nothing to do: the other worker finishes the run',
      });
    }
    leaseUntil = next;
  };
}

/** Stores a failed run as far as the ledger still can. Returns what stood in the way, so that it is not lost either. */
async function recordFailure(ledger: Ledger, record: RunRecord | undefined, summary: RunSummary): Promise<unknown> {
  if (record === undefined) return undefined;
  try {
    await ledger.finishRun(record, summary);
    return undefined;
  } catch (recording) {
    return recording;
  }
}

function errorOf(cause: unknown): NonNullable<RunSummary['error']> {
  if (!(cause instanceof KeeperError)) return { code: 'unexpected', message: messageOf(cause) };
  return { code: cause.code, message: cause.message, ...(cause.hint === undefined ? {} : { hint: cause.hint }) };
}

/** For dry runs, and for deliveries that another worker is already at. */
function unclaimedId(name: FunctionName, asOf: Instant): string {
  return `unclaimed-${name}-${formatInstant(asOf)}`;
}

interface SummaryParts {
  readonly name: FunctionName;
  readonly request: RunRequest;
  readonly asOf: Instant;
  readonly shards: readonly Shard[];
  readonly tally: Tally;
  readonly runId: string;
}

function summaryOf(parts: SummaryParts, outcome: Partial<RunSummary>): RunSummary {
  const { dryRun, shard } = parts.request;
  const trigger = triggerOf(parts.request);
  const { instances, ...totals } = parts.tally.totals();
  return {
    runId: parts.runId,
    function: parts.name,
    trigger: { type: trigger.type, id: trigger.id, time: formatInstant(trigger.time) },
    asOf: formatInstant(parts.asOf),
    dryRun,
    scope: {
      accounts: unique(parts.shards.map(({ account }) => account)),
      regions: unique(parts.shards.map(({ region }) => region)),
      instances,
      ...(shard === undefined ? {} : { shard: nameOfWork(shard) }),
    },
    ...totals,
    apiCalls: sumCalls(parts.shards.map((shard) => shard.gateway)),
    ...outcome,
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function sumCalls(gateways: readonly RdsGateway[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const gateway of gateways) {
    for (const [operation, count] of Object.entries(gateway.apiCalls())) sum[operation] = (sum[operation] ?? 0) + count;
  }
  return sum;
}
