// Rows of `guards`: one versioned row per instance.
import type { BackupMode } from '../../../domain/backup';
import type { Guard } from '../../../domain/guard';
import { type Decoder, integer, listOf, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { capPool } from './spec';

const MODES: Readonly<Record<BackupMode, true>> = { manual: true, automated: true };

const guard: Decoder<Guard> = objectOf({
  instanceId: text,
  version: integer,
  reservations: listOf(objectOf({ slotId: text, pool: capPool, units: integer, reservedAt: pointInTime })),
  seen: listOf(objectOf({ backupId: text, mode: wordOf(MODES), startedAt: pointInTime, endedAt: pointInTime })),
  exhausted: maybe(objectOf({ saidAt: pointInTime, until: pointInTime })),
  waitingReleases: listOf(objectOf({ slotId: text, until: pointInTime })),
});

export function guardPut(stored: Guard, token: string, when: RowCondition): RowPut {
  const { instanceId, version, ...document } = stored;
  const key = [instanceId];
  const columns = {
    [COLUMN.version]: version,
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('guards', key, document),
  };
  return { kind: 'put', table: 'guards', key, columns, when };
}

export function readGuard(row: Row): Guard {
  const [instanceId] = row.key;
  return readDocument('guards', row, guard, (columns) => ({ instanceId, version: columns.integer(COLUMN.version) }));
}
