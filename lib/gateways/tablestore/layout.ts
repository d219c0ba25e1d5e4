// The layout of the ledger: the only place that knows table names, primary keys and columns.

import { UsageError } from '../../base/errors';
import { canonicalJson, shortHash } from '../../base/hash';
import { formatInstantCompact } from '../../base/instant';
import type { ClaimRequest } from '../../domain/ports';

/** Grows when a table's key or meaning changes. A ledger of another version is refused; one that lacks tables gets them by another `keeper ledger init`. */
export const SCHEMA_VERSION = 1;

export const DEFAULT_TABLE_PREFIX = 'keeper_';

/** Every table and its primary key, in key order. All key columns are strings. */
export const KEY_COLUMNS = {
  /** What the ledger is: installation id, schema version. */
  meta: ['name'],
  /** One row per run; the run id sorts by the trigger's time. */
  runs: ['scope', 'run_id'],
  /** The write-ahead intents; the slot id sorts by the occurrence. */
  intents: ['instance_id', 'slot_id'],
  /** The index of unfinished intents; the prefix spreads it over partitions. */
  open: ['prefix', 'intent_id'],
  /** Where backup sets come from. */
  sets: ['instance_id', 'backup_id'],
  /** What must change atomically before an instance is touched. */
  guards: ['instance_id'],
  /** What a policy has destroyed lately: shared by all shards. */
  brakes: ['policy'],
  /** The newest word on each instance. */
  posture: ['scope', 'instance_id'],
  /** What pipelines ask the pre-release gate for, and what has become of it. */
  releases: ['release_key'],
  /** Work that somebody has taken on: the row goes when it is done. */
  tasks: ['kind', 'task_id'],
} as const;

export type Table = keyof typeof KEY_COLUMNS;

export const TABLES: readonly Table[] = ['meta', 'runs', 'intents', 'open', 'sets', 'guards', 'brakes', 'posture', 'releases', 'tasks'];

/** Attribute columns. Whatever a condition looks at is a column of its own; the rest of a row is one JSON document. */
export const COLUMN = {
  document: 'doc',
  /** Compare-and-swap counter. */
  version: 'ver',
  /** Unique per logical write, so that a write recognises its own replay. */
  token: 'token',
  state: 'state',
  fence: 'fence',
  leaseUntil: 'lease_until',
  asOf: 'as_of',
  createdAt: 'created_at',
  /** Strength of a set's origin: a weaker origin never replaces a stronger one. */
  rank: 'origin_rank',
  origin: 'origin',
  instanceId: 'instance_id',
  slotId: 'slot_id',
  installationId: 'installation_id',
  schemaVersion: 'schema_version',
} as const;

/** The only row of `meta`. */
export const META_KEY = ['ledger'] as const;

/** The table's name in the instance. */
export function tableName(prefix: string, table: Table): string {
  return `${prefix}${table}`;
}

/** Throws a UsageError unless names with this prefix are names that the service accepts (limits of the wide column model). */
export function checkTablePrefix(prefix: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,200}$/.test(prefix)) return;
  throw new UsageError(`table prefix ${JSON.stringify(prefix)} cannot begin a table name`, 'use letters, digits and _, and no digit first');
}

/** Time-ordered and deterministic: every delivery of one trigger names one run. */
export function runIdOf(request: Pick<ClaimRequest, 'scope' | 'function' | 'trigger'>): string {
  const { type, id, time } = request.trigger;
  return `${formatInstantCompact(time)}-${shortHash(canonicalJson([request.function, type, id, time, request.scope]), 10)}`;
}

/** The key of an intent's entry in the open index. */
export function openKey(instanceId: string, slotId: string): readonly [prefix: string, intentId: string] {
  const intentId = `${instanceId}#${slotId}`;
  return [shortHash(intentId, 2), intentId];
}
