// A stored row: columns with versions, what time to live and the version limit leave of it, and its size.
import type { Instant } from '../../base/instant';
import { type CellValue, type KeyValue, sizeOfValue } from './values';

/** One version of a column. */
export interface Cell {
  /** The version: milliseconds since 1970, the server's time unless the writer chose another. */
  readonly versionMs: number;
  readonly value: CellValue;
}

/** A row. Never changed in place: a write makes a new one, which replaces the old one once it is in the journal. */
export interface Row {
  readonly key: readonly KeyValue[];
  /** By column name; versions newest first. */
  readonly columns: ReadonlyMap<string, readonly Cell[]>;
  /** When the row was written last; decides the life of a row without columns. */
  readonly writtenAt: Instant;
}

/** What a table lets live. */
export interface Lifetime {
  /** Seconds; undefined: for ever. */
  readonly ttlSeconds: number | undefined;
  readonly maxVersions: number;
}

/**
 * The row as a reader sees it now: without expired versions and those beyond the limit. Undefined when nothing is left: a row is gone once
 * all its cells have expired. (Whether the service lets such a row still pass EXPECT_EXIST for a while is not documented.)
 */
export function liveRow(row: Row | undefined, lifetime: Lifetime, now: Instant): Row | undefined {
  if (row === undefined) return undefined;
  const oldestMs = lifetime.ttlSeconds === undefined ? Number.NEGATIVE_INFINITY : now - lifetime.ttlSeconds * 1_000;
  const columns = new Map<string, readonly Cell[]>();
  for (const [name, versions] of row.columns) {
    const alive = versions.filter((cell) => cell.versionMs > oldestMs).slice(0, lifetime.maxVersions);
    if (alive.length > 0) columns.set(name, alive);
  }
  const isGone = columns.size === 0 && (row.columns.size > 0 || row.writtenAt <= oldestMs);
  return isGone ? undefined : { ...row, columns };
}

/** The newest value of a column. */
export function newest(row: Row | undefined, column: string): Cell | undefined {
  return row?.columns.get(column)?.[0];
}

/** Bytes of the key's columns, names included. */
export function sizeOfKey(names: readonly string[], key: readonly KeyValue[]): number {
  return key.reduce((sum, value, index) => sum + (names[index]?.length ?? 0) + sizeOfValue(value), 0);
}

/** Bytes of columns: names, values and 8 for each version. */
export function sizeOfColumns(columns: ReadonlyMap<string, readonly Cell[]>): number {
  let sum = 0;
  for (const [name, versions] of columns) {
    for (const cell of versions) sum += name.length + sizeOfValue(cell.value) + 8;
  }
  return sum;
}
