// The operations that the server knows by their names on the wire, and those it knows only to refuse.
import { parameterInvalid } from '../errors';
import type { Operation } from '../operation';
import { batchWriteRow } from './batch-write-row';
import { getRange } from './get-range';
import { batchGetRow, getRow } from './read-rows';
import { createTable, deleteTable, describeTable, listTable, updateTable } from './tables';
import { deleteRow, putRow, updateRow } from './write-rows';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateTable', createTable],
  ['ListTable', listTable],
  ['DescribeTable', describeTable],
  ['UpdateTable', updateTable],
  ['DeleteTable', deleteTable],
  ['GetRow', getRow],
  ['PutRow', putRow],
  ['UpdateRow', updateRow],
  ['DeleteRow', deleteRow],
  ['GetRange', getRange],
  ['BatchGetRow', batchGetRow],
  ['BatchWriteRow', batchWriteRow],
]);

/** No table here has local transactions, which is the real service's answer for such a table. */
const TRANSACTIONS = new Set(['StartLocalTransaction', 'CommitTransaction', 'AbortTransaction']);

/** Throws OTSParameterInvalid for everything else: indexes, search, SQL and streams among them. */
export function findOperation(name: string): Operation {
  const operation = OPERATIONS.get(name);
  if (operation !== undefined) return operation;
  if (TRANSACTIONS.has(name)) throw parameterInvalid('Try to call method using explicit transaction on explicit-transaction-disabled table.');
  throw parameterInvalid(`Unsupported operation: ${name}.`);
}

/** Operations on tables rather than rows, whose rate the service limits. */
export function isTableOperation(name: string): boolean {
  return name.endsWith('Table');
}
