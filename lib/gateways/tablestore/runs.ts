// Runs in the ledger: claims with a lease and a fence, so that one trigger is worked on once at a time and finished once.
import type { Clock } from '../../base/clock';
import { formatInstantCompact, type Instant, instant, plusMs, SECOND_MS } from '../../base/instant';
import { LedgerError } from '../../domain/ledger-error';
import type { ClaimRequest, Ledger } from '../../domain/ports';
import type { RunClaim, RunRecord } from '../../domain/run';
import { COLUMN, runIdOf } from './layout';
import { heldBy, readRun, runPut } from './rows/runs';
import { HIGHEST, LOWEST, type RowCondition } from './sdk-rows';
import type { Store } from './store';

type Runs = Pick<Ledger, 'claimRun' | 'renewRun' | 'finishRun' | 'listRuns' | 'scanRuns'>;

/** No write here can do harm late: each condition fails once the run has moved on (finished, taken over, or leased for longer). */
export function makeRuns(store: Store, clock: Clock, newId: () => string): Runs {
  const put = async (run: RunRecord, when: RowCondition): Promise<boolean> => {
    const [outcome] = await store.write([runPut(run, newId(), when)]);
    return outcome === 'won';
  };

  const stored = async (scope: string, runId: string): Promise<RunRecord> => {
    const row = await store.get('runs', [scope, runId]);
    if (row !== undefined) return readRun(row);
    throw new LedgerError('ledger-invalid', `run ${runId} of ${scope} vanished from the ledger`, 'see who else writes to the table');
  };

  const takeOver = async (held: RunRecord, leaseMs: number): Promise<RunClaim> => {
    const run: RunRecord = { ...held, fence: held.fence + 1, leaseUntil: plusMs(clock.now(), leaseMs), summary: undefined };
    const sameLease = { column: COLUMN.leaseUntil, is: 'equal', value: held.leaseUntil } as const;
    if (await put(run, heldBy(held, sameLease))) return { kind: 'claimed', run };
    return answerOf(await stored(held.scope, held.runId));
  };

  const claimRun: Runs['claimRun'] = async (request) => {
    const run = newRun(request, clock.now());
    if (await put(run, { row: 'absent' })) return { kind: 'claimed', run };
    const first = await stored(run.scope, run.runId);
    if (isClaimable(first, clock.now())) return takeOver(first, request.leaseMs);
    return answerOf(first);
  };

  const renewRun: Runs['renewRun'] = async (run, leaseUntil) => {
    const notLonger = { column: COLUMN.leaseUntil, is: 'at-most', value: leaseUntil } as const;
    if (await put({ ...run, leaseUntil }, heldBy(run, notLonger))) return true;
    const current = await stored(run.scope, run.runId);
    return current.fence === run.fence && current.summary === undefined;
  };

  const finishRun: Runs['finishRun'] = async (run, summary) => {
    if (await put({ ...run, summary }, heldBy(run))) return true;
    // Only the holder of this fence can have finished it under this fence.
    const current = await stored(run.scope, run.runId);
    return current.fence === run.fence && current.summary !== undefined;
  };

  const listRuns: Runs['listRuns'] = async (scope, limit) => {
    const runs: RunRecord[] = [];
    if (limit <= 0) return runs;
    for await (const rows of store.scan({ table: 'runs', from: [scope, HIGHEST], to: [scope, LOWEST], direction: 'BACKWARD', pageSize: limit })) {
      runs.push(...rows.map(readRun));
      if (runs.length >= limit) break;
    }
    return runs.slice(0, limit);
  };

  /** Run ids begin with the trigger's time in whole seconds: the range takes the last second in whole, and the rest is filtered. */
  const scanRuns: Runs['scanRuns'] = async function* (scope, window) {
    if (window.to <= window.from) return; // the service refuses a range without a length
    const end = instant(Math.ceil(window.to / SECOND_MS) * SECOND_MS);
    for await (const rows of store.scan({ table: 'runs', from: [scope, formatInstantCompact(window.from)], to: [scope, formatInstantCompact(end)] })) {
      const runs = rows.map(readRun).filter(({ trigger }) => trigger.time >= window.from && trigger.time < window.to);
      if (runs.length > 0) yield runs;
    }
  };

  return { claimRun, renewRun, finishRun, listRuns, scanRuns };
}

function newRun(request: ClaimRequest, startedAt: Instant): RunRecord {
  return {
    scope: request.scope,
    runId: runIdOf(request),
    function: request.function,
    trigger: request.trigger,
    startedAt,
    leaseUntil: plusMs(startedAt, request.leaseMs),
    fence: 1,
    summary: undefined,
  };
}

/** A run whose holder is gone, or that has failed: a repeated delivery does the work. */
function isClaimable(run: RunRecord, now: Instant): boolean {
  return run.summary === undefined ? run.leaseUntil <= now : run.summary.status === 'failed';
}

/** A failed run that others were faster to claim counts as held: they are at it. */
function answerOf(run: RunRecord): RunClaim {
  return run.summary === undefined || run.summary.status === 'failed' ? { kind: 'held', until: run.leaseUntil } : { kind: 'finished', summary: run.summary };
}
