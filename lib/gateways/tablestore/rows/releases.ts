// Rows of `releases`: one versioned row per release key.
import type { Engine } from '../../../domain/instance';
import type { Selector } from '../../../domain/protection-policy';
import type { Release, ReleaseInstance, ReleaseWish } from '../../../domain/release';
import { type Decoder, either, finiteNumber, flag, integer, listOf, mapOf, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { releaseStatus } from './receipt';

const ENGINES: Readonly<Record<Engine, true>> = { mysql: true, postgresql: true, sqlserver: true, mariadb: true };

const engine: Decoder<Engine> = wordOf(ENGINES);

const selector: Decoder<Selector> = objectOf({
  ids: listOf(text),
  tags: mapOf(text),
  engines: listOf(engine),
  names: listOf(text),
  resourceGroups: listOf(text),
  // A selector's exclusions are selectors.
  exclude: listOf((value, path) => selector(value, path)),
});

const wish: Decoder<ReleaseWish> = objectOf({
  source: text,
  release: text,
  instances: maybe(listOf(text)),
  select: maybe(selector),
  databases: maybe(listOf(text)),
  freshForMs: maybe(finiteNumber),
  deadlineAt: maybe(pointInTime),
  holdForMs: maybe(finiteNumber),
});

const releaseInstance: Decoder<ReleaseInstance> = objectOf({
  account: text,
  region: text,
  instanceId: text,
  engine,
  status: releaseStatus,
  reason: text,
  slotId: text,
  backupId: maybe(text),
  jobId: maybe(text),
  isReused: flag,
  startedAt: maybe(pointInTime),
  endedAt: maybe(pointInTime),
  holdId: maybe(text),
  heldUntil: maybe(pointInTime),
  effectiveUntil: maybe(either(pointInTime, wordOf({ never: true }))),
});

const release: Decoder<Release> = objectOf({
  key: text,
  version: integer,
  wish,
  attempt: integer,
  status: releaseStatus,
  createdAt: pointInTime,
  attemptAt: pointInTime,
  updatedAt: pointInTime,
  deadlineAt: pointInTime,
  freshForMs: finiteNumber,
  holdForMs: finiteNumber,
  instances: listOf(releaseInstance),
});

export function releasePut(stored: Release, token: string, when: RowCondition): RowPut {
  const { key: name, version, ...document } = stored;
  const key = [name];
  const columns = {
    [COLUMN.version]: version,
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('releases', key, document),
  };
  return { kind: 'put', table: 'releases', key, columns, when };
}

export function readRelease(row: Row): Release {
  const [key] = row.key;
  return readDocument('releases', row, release, (columns) => ({ key, version: columns.integer(COLUMN.version) }));
}
