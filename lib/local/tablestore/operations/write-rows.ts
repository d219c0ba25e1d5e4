// PutRow, UpdateRow and DeleteRow.
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { decodeRequest, type Operation, type OperationContext, type Outcome, readyTable, refuseTransaction } from '../operation';
import { planWrite, readWrite, type WireWrite, type WriteResult } from '../row-writes';

export const putRow: Operation = (body) => {
  const request = decodeRequest(main.proto.PutRowRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      refuseTransaction(request);
      const { condition, returnContent } = request;
      const result = writeOne(context, request.tableName, { kind: 'put', encoded: request.row, condition, returnContent });
      return outcome(result, main.proto.PutRowResponse.encode(result).finish());
    },
  };
};

export const updateRow: Operation = (body) => {
  const request = decodeRequest(main.proto.UpdateRowRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      refuseTransaction(request);
      const { condition, returnContent } = request;
      const result = writeOne(context, request.tableName, { kind: 'update', encoded: request.rowChange, condition, returnContent });
      return outcome(result, main.proto.UpdateRowResponse.encode(result).finish());
    },
  };
};

export const deleteRow: Operation = (body) => {
  const request = decodeRequest(main.proto.DeleteRowRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      refuseTransaction(request);
      const { condition, returnContent } = request;
      const result = writeOne(context, request.tableName, { kind: 'delete', encoded: request.primaryKey, condition, returnContent });
      return outcome(result, main.proto.DeleteRowResponse.encode(result).finish());
    },
  };
};

function writeOne(context: OperationContext, tableName: string, wire: WireWrite): WriteResult {
  const table = readyTable(context, tableName);
  const write = readWrite(wire, table.info, context.now);
  return planWrite(write, table.info, table.find(write.key, context.now), context.now);
}

function outcome(result: WriteResult, body: Uint8Array): Outcome {
  return { body, changes: result.change === undefined ? [] : [result.change] };
}
