// GetRange: rows between two keys, in either direction, page by page.
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import type { Instant } from '../../../base/instant';
import { readCost } from '../capacity';
import { parameterInvalid } from '../errors';
import { encodeKey, readBorder } from '../keys';
import { decodeRequest, type Operation, readyTable, refuseTransaction } from '../operation';
import { type AnswerRow, decodeRow, encodeRows } from '../plainbuffer';
import { keyCells, project, type ReadPlan, readPlan } from '../reads';
import { sizeOfColumns, sizeOfKey } from '../rows';
import type { Table } from '../state';
import type { KeyBound, KeyValue } from '../values';

/** "Tablestore, GetRange": one call stops at 5,000 rows or 4 MB looked at, before any filter. */
const MAX_SCANNED_ROWS = 5_000;
const MAX_SCANNED_BYTES = 4 * 1024 * 1024;
const BACKWARD = 1;

interface Range {
  readonly direction: 'forward' | 'backward';
  readonly from: readonly KeyBound[];
  readonly to: readonly KeyBound[];
  /** Rows to return at most. */
  readonly limit: number;
}

interface Page {
  readonly rows: readonly AnswerRow[];
  readonly scannedBytes: number;
  /** Where the next page begins; undefined: the range is exhausted. May be set although no row is returned. */
  readonly next: readonly KeyValue[] | undefined;
}

export const getRange: Operation = (body) => {
  const request = decodeRequest(main.proto.GetRangeRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      refuseTransaction(request);
      const plan = readPlan(request);
      const table = readyTable(context, request.tableName);
      const { schema } = table.info;
      const page = scan(table, readRange(request, table), plan, context.now);
      const reply = {
        consumed: readCost(page.scannedBytes),
        rows: encodeRows(page.rows),
        ...(page.next === undefined ? {} : { nextStartPrimaryKey: encodeRows([{ key: keyCells(schema, page.next), attributes: [] }]) }),
      };
      return { body: main.proto.GetRangeResponse.encode(reply).finish(), changes: [] };
    },
  };
};

function readRange(request: ReturnType<typeof main.proto.GetRangeRequest.decode>, table: Table): Range {
  const { schema } = table.info;
  const from = readBorder(schema, decodeRow(request.inclusiveStartPrimaryKey).key);
  const to = readBorder(schema, decodeRow(request.exclusiveEndPrimaryKey).key);
  const direction = request.direction === BACKWARD ? 'backward' : 'forward';
  if (direction === 'forward' && encodeKey(from) >= encodeKey(to)) throw parameterInvalid('Begin key must less than end key in FORWARD');
  if (direction === 'backward' && encodeKey(from) <= encodeKey(to)) throw parameterInvalid('Begin key must more than end key in BACKWARD');
  const hasLimit = Object.hasOwn(request, 'limit');
  if (hasLimit && request.limit <= 0) throw parameterInvalid('The limit must be greater than 0.');
  return { direction, from, to, limit: hasLimit ? request.limit : Number.POSITIVE_INFINITY };
}

function scan(table: Table, range: Range, plan: ReadPlan, now: Instant): Page {
  const { schema } = table.info;
  const names = schema.map(({ name }) => name);
  const rows: AnswerRow[] = [];
  let scannedRows = 0;
  let scannedBytes = 0;
  for (const row of table.walk(range.direction, range.from, range.to, now)) {
    const isFull = rows.length >= range.limit || scannedRows >= MAX_SCANNED_ROWS || scannedBytes >= MAX_SCANNED_BYTES;
    if (isFull) return { rows, scannedBytes, next: row.key };
    scannedRows += 1;
    scannedBytes += sizeOfKey(names, row.key) + sizeOfColumns(row.columns);
    const answer = project(row, schema, plan);
    if (answer !== undefined) rows.push(answer);
  }
  return { rows, scannedBytes, next: undefined };
}
