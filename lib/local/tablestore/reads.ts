// What a read returns of a row: the versions, columns and filter that GetRow, GetRange and BatchGetRow share.
import { parameterInvalid } from './errors';
import { type ColumnPage, type ColumnTest, passes, readFilter } from './filters';
import type { KeyColumn } from './keys';
import type { AnswerCell, AnswerRow } from './plainbuffer';
import type { Cell, Row } from './rows';
import type { KeyValue } from './values';

/** What a request asks of every row it reads. */
export interface ReadPlan {
  /** Names asked for; empty: all columns. */
  readonly columnsToGet: ReadonlySet<string>;
  readonly filter: ColumnTest | ColumnPage | undefined;
  readonly maxVersions: number;
  /** Versions from (inclusive) and to (exclusive), in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Column names from (inclusive) and to (exclusive). */
  readonly startColumn: string | undefined;
  readonly endColumn: string | undefined;
}

interface Int64 {
  toNumber(): number;
}

/** The fields of the three read requests that say what to return. Absent fields answer defaults, so presence is asked of the object. */
interface ReadFields {
  readonly columnsToGet: readonly string[];
  readonly filter: Uint8Array;
  readonly maxVersions: number;
  readonly timeRange: { readonly startTime: Int64; readonly endTime: Int64; readonly specificTime: Int64 } | null;
  readonly startColumn: string;
  readonly endColumn: string;
}

const MAX_COLUMNS_TO_GET = 128;

/** Throws OTSParameterInvalid. */
export function readPlan(fields: ReadFields): ReadPlan {
  if (fields.columnsToGet.length > MAX_COLUMNS_TO_GET) {
    throw parameterInvalid(
      `The number of columns from the request exceeds the limit, limit count: ${MAX_COLUMNS_TO_GET}, column count: ${fields.columnsToGet.length}.`,
    );
  }
  const hasMaxVersions = Object.hasOwn(fields, 'maxVersions');
  if (!hasMaxVersions && fields.timeRange === null) throw parameterInvalid('No version condition is specified while querying row.');
  if (hasMaxVersions && fields.maxVersions <= 0) {
    throw parameterInvalid(`Invalid max versions: ${fields.maxVersions}. Reason: Max versions must be positive.`);
  }
  return {
    columnsToGet: new Set(fields.columnsToGet),
    filter: readFilter(fields.filter),
    maxVersions: hasMaxVersions ? fields.maxVersions : Number.POSITIVE_INFINITY,
    ...readTimeRange(fields.timeRange),
    startColumn: Object.hasOwn(fields, 'startColumn') ? fields.startColumn : undefined,
    endColumn: Object.hasOwn(fields, 'endColumn') ? fields.endColumn : undefined,
  };
}

function readTimeRange(range: ReadFields['timeRange']): Pick<ReadPlan, 'fromMs' | 'toMs'> {
  if (range === null) return { fromMs: 0, toMs: Number.POSITIVE_INFINITY };
  const hasStart = Object.hasOwn(range, 'startTime');
  const hasEnd = Object.hasOwn(range, 'endTime');
  if (Object.hasOwn(range, 'specificTime')) {
    if (hasStart || hasEnd) throw parameterInvalid('Specific tiemstamp and time range cannot be given at the same time.');
    const at = range.specificTime.toNumber();
    if (at < 0) throw parameterInvalid('Specific timestamp cannot be less than 0.');
    return { fromMs: at, toMs: at + 1 };
  }
  if (!hasStart || !hasEnd) throw parameterInvalid('Start and end time must be given at the same time.');
  return { fromMs: range.startTime.toNumber(), toMs: range.endTime.toNumber() };
}

/**
 * The part of a live row that the plan returns; undefined when the row is not returned: its columns fail the filter, or it has none of the
 * columns asked for. A name of the primary key among the columns asked for has the row returned in any case. A filter sees only columns
 * that the plan reads.
 */
export function project(row: Row, schema: readonly KeyColumn[], plan: ReadPlan): AnswerRow | undefined {
  const columns = selectColumns(row, plan);
  if (plan.filter !== undefined && plan.filter.kind !== 'page' && !passes(plan.filter, columns)) return undefined;
  const isKeyAsked = schema.some(({ name }) => plan.columnsToGet.has(name));
  if (columns.size === 0 && plan.columnsToGet.size > 0 && !isKeyAsked) return undefined;
  const names = [...columns.keys()].sort();
  const page = plan.filter?.kind === 'page' ? names.slice(plan.filter.offset, plan.filter.offset + plan.filter.limit) : names;
  const attributes = page.flatMap((name) => (columns.get(name) ?? []).map((cell) => ({ name, value: cell.value, timestampMs: cell.versionMs })));
  return { key: keyCells(schema, row.key), attributes };
}

function selectColumns(row: Row, plan: ReadPlan): ReadonlyMap<string, readonly Cell[]> {
  const selected = new Map<string, readonly Cell[]>();
  for (const [name, versions] of row.columns) {
    if (plan.columnsToGet.size > 0 && !plan.columnsToGet.has(name)) continue;
    if (plan.startColumn !== undefined && name < plan.startColumn) continue;
    if (plan.endColumn !== undefined && name >= plan.endColumn) continue;
    const cells = versions.filter(({ versionMs }) => versionMs >= plan.fromMs && versionMs < plan.toMs).slice(0, plan.maxVersions);
    if (cells.length > 0) selected.set(name, cells);
  }
  return selected;
}

export function keyCells(schema: readonly KeyColumn[], key: readonly KeyValue[]): readonly AnswerCell[] {
  return key.map((value, index) => ({ name: schema[index]?.name ?? '', value })); // a stored key has the schema's length
}
