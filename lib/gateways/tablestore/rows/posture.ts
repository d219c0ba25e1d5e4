// Rows of `posture`: the newest word on each instance.
import type { RecoveryWindow } from '../../../domain/cross-region';
import type { CopyPosture, InstancePosture, RulePosture } from '../../../domain/posture';
import type { SlotVerdict, Verdict } from '../../../domain/verdict';
import { type Decoder, finiteNumber, flag, integer, listOf, mapOf, mapOrNone, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { finding } from './spec';

const VERDICTS: Readonly<Record<Verdict, true>> = {
  'already-done': true,
  'fresh-enough': true,
  adopted: true,
  failed: true,
  abandoned: true,
  missed: true,
  'method-unsupported': true,
  'read-only-instance': true,
  submitted: true,
  'in-flight': true,
  ambiguous: true,
  'job-running': true,
  'cap-exhausted': true,
  'cap-reserved': true,
  'instance-not-running': true,
  'instance-locked': true,
  'no-such-database': true,
  blackout: true,
  'yield-to-release': true,
  denied: true,
  'deferred-throttled': true,
  refused: true,
  unreachable: true,
  'not-due': true,
  'no-rule': true,
  'would-submit': true,
  extended: true,
  left: true,
  'over-limit': true,
  'in-line': true,
  drifted: true,
  corrected: true,
  'not-correctable': true,
  waiting: true,
  paused: true,
  kept: true,
  surplus: true,
  marked: true,
  purged: true,
  braked: true,
  held: true,
  copied: true,
  'copies-at-risk': true,
  'copies-unknown': true,
  'not-required': true,
  'would-extend': true,
  'would-correct': true,
  'would-mark': true,
  'would-purge': true,
  'not-in-plan': true,
};

const slotVerdict: Decoder<SlotVerdict> = objectOf({
  instanceId: text,
  engine: text,
  rule: maybe(text),
  slotId: maybe(text),
  verdict: wordOf(VERDICTS),
  reason: text,
  until: maybe(pointInTime),
  backupId: maybe(text),
  jobId: maybe(text),
});

const rulePosture: Decoder<RulePosture> = objectOf({
  schedule: text,
  since: pointInTime,
  occurrence: maybe(pointInTime),
  verdict: maybe(slotVerdict),
  isSettled: flag,
});

const recoveryWindow: Decoder<RecoveryWindow> = objectOf({ from: pointInTime, to: pointInTime });

const copyPosture: Decoder<CopyPosture> = objectOf({
  firstSeen: mapOf(pointInTime),
  earlier: mapOf(objectOf({ copyId: maybe(text), absentAt: maybe(pointInTime) })),
  copies: integer,
  lagP50Ms: maybe(finiteNumber),
  lagP95Ms: maybe(finiteNumber),
  lagMaxMs: maybe(finiteNumber),
  lagHistory: listOf(objectOf({ day: text, copies: integer, p50Ms: finiteNumber, p95Ms: finiteNumber, maxMs: finiteNumber })),
  achievedRpoMs: maybe(finiteNumber),
  localWindow: maybe(recoveryWindow),
  copyWindow: maybe(recoveryWindow),
  probe: maybe(objectOf({ copyId: text, at: pointInTime, isRestorable: flag, reason: maybe(text) })),
});

const posture: Decoder<InstancePosture> = objectOf({
  scope: text,
  instanceId: text,
  engine: text,
  asOf: pointInTime,
  rules: mapOf(rulePosture),
  findings: listOf(finding),
  openedAt: mapOrNone(pointInTime),
  copies: maybe(copyPosture),
});

/** Loses against a newer row. One of the same `asOf` is replaced: a run that was taken over knows more than the one that crashed. */
export function posturePut(stored: InstancePosture): RowPut {
  const { scope, instanceId, asOf, ...document } = stored;
  const key = [scope, instanceId];
  const columns = { [COLUMN.asOf]: asOf, [COLUMN.document]: writeDocument('posture', key, document) };
  const notNewer = { column: COLUMN.asOf, is: 'at-most', value: asOf, passIfMissing: true } as const;
  return { kind: 'put', table: 'posture', key, columns, when: { row: 'any', columns: [notNewer] } };
}

export function readPosture(row: Row): InstancePosture {
  const [scope, instanceId] = row.key;
  return readDocument('posture', row, posture, (columns) => ({ scope, instanceId, asOf: columns.integer(COLUMN.asOf) }));
}
