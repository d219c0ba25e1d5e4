// Rows of `intents`: the write-ahead record of acting on a slot, with its version as a column.
import type { Baseline, Intent, IntentState } from '../../../domain/slot';
import { type Decoder, flag, integer, listOf, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { backupSpec, capPool } from './spec';

const STATES: Readonly<Record<IntentState, true>> = {
  intended: true,
  submitting: true,
  submitted: true,
  finished: true,
  failed: true,
  missed: true,
  abandoned: true,
  refused: true,
  unneeded: true,
};

const baseline: Decoder<Baseline> = objectOf({ runningJobIds: listOf(text), newestBackupId: maybe(text) });

const intent: Decoder<Intent> = objectOf({
  account: text,
  region: text,
  instanceId: text,
  slotId: text,
  rule: text,
  pool: capPool,
  occurrence: pointInTime,
  openUntil: pointInTime,
  spec: backupSpec,
  units: integer,
  state: wordOf(STATES),
  version: integer,
  refusals: integer,
  runId: text,
  createdAt: pointInTime,
  updatedAt: pointInTime,
  sentAt: maybe(pointInTime),
  baseline: maybe(baseline),
  jobId: maybe(text),
  backupId: maybe(text),
  startedAt: maybe(pointInTime),
  endedAt: maybe(pointInTime),
  quietSince: maybe(pointInTime),
  isAdopted: flag,
  reason: maybe(text),
});

/** The condition of compare-and-swap. */
export function atVersion(version: number): RowCondition {
  return { row: 'present', columns: [{ column: COLUMN.version, is: 'equal', value: version }] };
}

export function intentPut(stored: Intent, token: string, when: RowCondition): RowPut {
  const { instanceId, slotId, version, state, ...document } = stored;
  const key = [instanceId, slotId];
  const columns = {
    [COLUMN.version]: version,
    [COLUMN.state]: state,
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('intents', key, document),
  };
  return { kind: 'put', table: 'intents', key, columns, when };
}

export function readIntent(row: Row): Intent {
  const [instanceId, slotId] = row.key;
  return readDocument('intents', row, intent, (columns) => ({
    instanceId,
    slotId,
    version: columns.integer(COLUMN.version),
    state: columns.text(COLUMN.state),
  }));
}
