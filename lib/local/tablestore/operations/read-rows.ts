// GetRow and BatchGetRow.
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { type Consumed, readCost } from '../capacity';
import { parameterInvalid } from '../errors';
import { readRowKey } from '../keys';
import { decodeRequest, type Operation, type OperationContext, orFailure, readyTable, refuseTransaction } from '../operation';
import { decodeRow, encodeRows } from '../plainbuffer';
import { project, type ReadPlan, readPlan } from '../reads';
import { sizeOfKey } from '../rows';
import type { Table } from '../state';

const MAX_ROWS = 100;

interface RowRead {
  readonly row: Uint8Array;
  readonly consumed: Consumed;
}

export const getRow: Operation = (body) => {
  const request = decodeRequest(main.proto.GetRowRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      refuseTransaction(request);
      const plan = readPlan(request);
      const read = readOne(context, readyTable(context, request.tableName), request.primaryKey, plan);
      return { body: main.proto.GetRowResponse.encode(read).finish(), changes: [] };
    },
  };
};

/** Rows fail one by one; only a request that is wrong as a whole is refused as a whole. */
export const batchGetRow: Operation = (body) => {
  const request = decodeRequest(main.proto.BatchGetRowRequest, body);
  const names = request.tables.map(({ tableName }) => tableName);
  return {
    tables: names,
    run: (context) => {
      checkBatch(
        names,
        request.tables.map(({ primaryKey }) => primaryKey.length),
      );
      const tables = request.tables.map((asked) => {
        const plan = readPlan(asked);
        const rows = asked.primaryKey.map((key) =>
          orFailure(() => ({ isOk: true as const, ...readOne(context, readyTable(context, asked.tableName), key, plan) })),
        );
        return { tableName: asked.tableName, rows };
      });
      return { body: main.proto.BatchGetRowResponse.encode({ tables }).finish(), changes: [] };
    },
  };
};

function checkBatch(names: readonly string[], counts: readonly number[]): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || counts.includes(0)) throw parameterInvalid('No row specified in the request of BatchGetRow.');
  if (total > MAX_ROWS) throw parameterInvalid(`Rows count exceeds the upper limit: ${MAX_ROWS}.`);
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined) throw parameterInvalid(`Duplicated table name: '${duplicate}'.`);
}

function readOne(context: OperationContext, table: Table, encodedKey: Uint8Array, plan: ReadPlan): RowRead {
  const { schema } = table.info;
  const wire = decodeRow(encodedKey);
  if (wire.attributes.length > 0) throw parameterInvalid('Attribute column cannot be given while reading data.');
  if (wire.isDelete) throw parameterInvalid('Delete marker cannot be given.');
  const key = readRowKey(schema, wire.key);
  const row = table.find(key, context.now);
  const answer = row === undefined ? undefined : project(row, schema, plan);
  const encoded = encodeRows(answer === undefined ? [] : [answer]);
  return {
    row: encoded,
    consumed: readCost(
      sizeOfKey(
        schema.map(({ name }) => name),
        key,
      ) + encoded.length,
    ),
  };
}
