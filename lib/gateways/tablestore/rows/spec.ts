// Decoders of the domain values that several tables hold.
import type { BackupMethod, BackupSpec, Scope } from '../../../domain/backup';
import type { CapPool } from '../../../domain/slot';
import type { Finding, Severity } from '../../../domain/verdict';
import { type Decoder, either, finiteNumber, flag, listOf, mapOf, maybe, objectOf, text, wordOf } from '../decode';

const METHODS: Readonly<Record<BackupMethod, true>> = { physical: true, logical: true, snapshot: true };
const POOLS: Readonly<Record<CapPool, true>> = { ordinary: true, release: true };
const SEVERITIES: Readonly<Record<Severity, true>> = { info: true, warning: true, error: true };

const scope: Decoder<Scope> = either(objectOf({ kind: wordOf({ instance: true }) }), objectOf({ kind: wordOf({ databases: true }), databases: listOf(text) }));

export const backupSpec: Decoder<BackupSpec> = objectOf({
  scope,
  method: wordOf(METHODS),
  type: maybe(wordOf({ auto: true, full: true })),
  retainDays: maybe(either(finiteNumber, wordOf({ forever: true }))),
});

export const capPool: Decoder<CapPool> = wordOf(POOLS);

export const finding: Decoder<Finding> = objectOf({
  id: text,
  severity: wordOf(SEVERITIES),
  rule: text,
  instanceId: maybe(text),
  message: text,
  evidence: mapOf(either(text, either(finiteNumber, flag))),
  remedy: text,
});
