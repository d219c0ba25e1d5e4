// Rows of `guards`: one versioned row per instance.
import type { BackupMode } from '../../../domain/backup';
import type { Correction, Guard, Hold, HoldTarget, PurgeMark } from '../../../domain/guard';
import { SETTING_MODES } from '../../../domain/settings';
import { type Decoder, either, flag, integer, listOf, listOrNone, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { capPool } from './spec';

const MODES: Readonly<Record<BackupMode, true>> = { manual: true, automated: true };

const holdTarget: Decoder<HoldTarget> = either(
  objectOf({ kind: wordOf({ set: true }), backupId: text }),
  either(objectOf({ kind: wordOf({ instance: true }) }), objectOf({ kind: wordOf({ release: true }), release: text })),
);

const hold: Decoder<Hold> = objectOf({ id: text, target: holdTarget, owner: text, reason: text, placedAt: pointInTime, until: maybe(pointInTime) });

const mark: Decoder<PurgeMark> = objectOf({
  backupId: text,
  markedAt: pointInTime,
  state: wordOf({ marked: true, deleting: true }),
  deletingAt: maybe(pointInTime),
});

const correction: Decoder<Correction> = objectOf({ setting: wordOf(SETTING_MODES), wanted: text, at: pointInTime }, { isDestructive: flag });

const guard: Decoder<Guard> = objectOf({
  instanceId: text,
  version: integer,
  reservations: listOf(objectOf({ slotId: text, pool: capPool, units: integer, reservedAt: pointInTime })),
  seen: listOf(objectOf({ backupId: text, mode: wordOf(MODES), startedAt: pointInTime, endedAt: pointInTime })),
  exhausted: maybe(objectOf({ saidAt: pointInTime, until: pointInTime })),
  waitingReleases: listOf(objectOf({ slotId: text, until: pointInTime })),
  holds: listOrNone(hold),
  marks: listOrNone(mark),
  corrections: listOrNone(correction),
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
