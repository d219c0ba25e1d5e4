// Rows of `brakes`: one versioned row per policy.
import type { BrakeEntry, BrakeKind, Brakes, FleetPart } from '../../../domain/brakes';
import { type Decoder, integer, listOf, maybe, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowPut } from '../sdk-rows';
import { readDocument, writeDocument } from './document';

const KINDS: Readonly<Record<BrakeKind, true>> = { purge: true, 'destructive-setting': true };

const entry: Decoder<BrakeEntry> = objectOf({ kind: wordOf(KINDS), instanceId: text, object: text, at: pointInTime, runId: text });

const fleetPart: Decoder<FleetPart> = objectOf({ scope: text, part: integer, parts: integer, manualSets: integer, asOf: pointInTime });

const brakes: Decoder<Brakes> = objectOf(
  {
    policy: text,
    version: integer,
    entries: listOf(entry),
    fleet: maybe(objectOf({ manualSets: integer, asOf: pointInTime })),
  },
  { fleetParts: listOf(fleetPart) },
);

export function brakesPut(stored: Brakes, token: string, when: RowCondition): RowPut {
  const { policy, version, ...document } = stored;
  const key = [policy];
  const columns = {
    [COLUMN.version]: version,
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('brakes', key, document),
  };
  return { kind: 'put', table: 'brakes', key, columns, when };
}

export function readBrakes(row: Row): Brakes {
  const [policy] = row.key;
  return readDocument('brakes', row, brakes, (columns) => ({ policy, version: columns.integer(COLUMN.version) }));
}
