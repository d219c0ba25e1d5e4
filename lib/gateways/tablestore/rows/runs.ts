// Rows of `runs`: one per run, with its lease and fence as columns.
import type { FunctionName, RunRecord, RunScope, RunStatus, RunSummary, Trigger, TriggerType } from '../../../domain/run';
import { type Decoder, finiteNumber, flag, integer, listOf, mapOf, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { ColumnTest, Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { releaseReceipt } from './receipt';
import { finding } from './spec';

const FUNCTIONS: Readonly<Record<FunctionName, true>> = {
  'extra-backup': true,
  'retention-hygiene': true,
  'extend-expiry': true,
  'verify-cross-region': true,
  'pre-release-backup': true,
  reconcile: true,
  report: true,
  restore: true,
};
const TRIGGERS: Readonly<Record<TriggerType, true>> = { timer: true, event: true, http: true, invoke: true, cli: true };
const STATUSES: Readonly<Record<RunStatus, true>> = { succeeded: true, partial: true, failed: true, skipped: true, continued: true };

const RUNNING = 'running';
const FINISHED = 'finished';
/** Its summary is stored, and whoever claims the run next does the work. */
const FAILED = 'failed';

const trigger: Decoder<Trigger> = objectOf({ type: wordOf(TRIGGERS), id: text, time: pointInTime });

const runScope: Decoder<RunScope> = objectOf({ accounts: listOf(text), regions: listOf(text), instances: integer }, { shard: text });

const summary: Decoder<RunSummary> = objectOf(
  {
    runId: text,
    function: wordOf(FUNCTIONS),
    trigger: objectOf({ type: wordOf(TRIGGERS), id: text, time: text }),
    status: wordOf(STATUSES),
    asOf: text,
    dryRun: flag,
    scope: runScope,
    counts: mapOf(finiteNumber),
    findings: listOf(finding),
    findingsTotal: integer,
    apiCalls: mapOf(finiteNumber),
  },
  {
    copyLag: objectOf({ copies: integer, p50Minutes: finiteNumber, p95Minutes: finiteNumber, maxMinutes: finiteNumber }),
    findingChanges: objectOf({ opened: integer, updated: integer, closed: integer }),
    release: releaseReceipt,
    handedTo: listOf(text),
    error: objectOf({ code: text, message: text }, { hint: text }),
  },
);

const run: Decoder<RunRecord> = objectOf({
  scope: text,
  runId: text,
  function: wordOf(FUNCTIONS),
  trigger,
  startedAt: pointInTime,
  leaseUntil: pointInTime,
  fence: integer,
  summary: maybe(summary),
});

function stateOf({ summary }: RunRecord): string {
  if (summary === undefined) return RUNNING;
  return summary.status === 'failed' ? FAILED : FINISHED;
}

/** The condition that the run is still as this record says: same fence, same state. */
export function heldBy(record: RunRecord, ...more: readonly ColumnTest[]): RowCondition {
  const state: ColumnTest = { column: COLUMN.state, is: 'equal', value: stateOf(record) };
  return { row: 'present', columns: [{ column: COLUMN.fence, is: 'equal', value: record.fence }, state, ...more] };
}

export function runPut(record: RunRecord, token: string, when: RowCondition): RowPut {
  const { scope, runId, fence, leaseUntil, ...document } = record;
  const key = [scope, runId];
  const columns = {
    [COLUMN.fence]: fence,
    [COLUMN.leaseUntil]: leaseUntil,
    [COLUMN.state]: stateOf(record),
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('runs', key, document),
  };
  return { kind: 'put', table: 'runs', key, columns, when };
}

export function readRun(row: Row): RunRecord {
  const [scope, runId] = row.key;
  return readDocument('runs', row, run, (columns) => ({
    scope,
    runId,
    fence: columns.integer(COLUMN.fence),
    leaseUntil: columns.integer(COLUMN.leaseUntil),
  }));
}
