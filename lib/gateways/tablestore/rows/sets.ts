// Rows of `sets`: where a backup set comes from.
import type { SetOrigin, SetRecord } from '../../../domain/ports';
import { type Decoder, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';
import { backupSpec } from './spec';

const ORIGINS: Readonly<Record<SetOrigin, true>> = { adopted: true, created: true, claimed: true };
/** Both of the last two are ours; what our own job says of a set (its slot, its scope) is worth more than that somebody claimed it. */
const STRENGTH: Readonly<Record<SetOrigin, number>> = { adopted: 1, claimed: 2, created: 3 };

const setRecord: Decoder<SetRecord> = objectOf({
  instanceId: text,
  backupId: text,
  origin: wordOf(ORIGINS),
  spec: maybe(backupSpec),
  slotId: maybe(text),
  recordedAt: pointInTime,
  claimedBy: maybe(text),
});

/** Loses against a record of a stronger origin, so that neither a late adoption nor its replay takes ownership away. */
export function setPut(record: SetRecord): RowPut {
  const { instanceId, backupId, origin, ...document } = record;
  const key = [instanceId, backupId];
  const columns = {
    [COLUMN.origin]: origin,
    [COLUMN.rank]: STRENGTH[origin],
    [COLUMN.document]: writeDocument('sets', key, document),
  };
  const notStronger = { column: COLUMN.rank, is: 'at-most', value: STRENGTH[origin], passIfMissing: true } as const;
  return { kind: 'put', table: 'sets', key, columns, when: { row: 'any', columns: [notStronger] } };
}

export function readSet(row: Row): SetRecord {
  const [instanceId, backupId] = row.key;
  return readDocument('sets', row, setRecord, (columns) => ({ instanceId, backupId, origin: columns.text(COLUMN.origin) }));
}
