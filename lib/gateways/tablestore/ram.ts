// The Tablestore permissions that each method of the ledger needs, all on its own tables. A batch of one row goes as the operation on one row.
import type { Ledger, LedgerAdmin } from '../../domain/ports';

export type LedgerMethod = Exclude<keyof Ledger | keyof LedgerAdmin, 'usage'>;

const READ_ROW = ['ots:GetRow'] as const;
const READ_ROWS = ['ots:BatchGetRow'] as const;
const READ_RANGE = ['ots:GetRange'] as const;
/** A write that is repeated reads the row to recognise its own first try. */
const WRITE_ROW = ['ots:PutRow', ...READ_ROW] as const;

/** The RAM actions behind each method. */
export const LEDGER_ACTIONS: Readonly<Record<LedgerMethod, readonly string[]>> = {
  meta: READ_ROW,
  claimRun: WRITE_ROW,
  renewRun: WRITE_ROW,
  finishRun: WRITE_ROW,
  listRuns: READ_RANGE,
  scanRuns: READ_RANGE,
  getIntents: READ_ROWS,
  createIntent: ['ots:BatchWriteRow', ...READ_ROWS, ...READ_ROW],
  // The entry in the open index goes, or goes in again, and a set is recorded.
  advanceIntent: [...WRITE_ROW, 'ots:BatchWriteRow', 'ots:DeleteRow'],
  listOpenIntents: [...READ_RANGE, ...READ_ROWS, 'ots:PutRow', 'ots:BatchWriteRow', 'ots:DeleteRow'],
  getGuards: READ_ROWS,
  putGuard: WRITE_ROW,
  getBrakes: READ_ROW,
  putBrakes: WRITE_ROW,
  getSet: READ_ROW,
  listSets: READ_RANGE,
  putSet: ['ots:PutRow'],
  getPostures: READ_ROWS,
  putPostures: ['ots:PutRow', 'ots:BatchWriteRow'],
  listPostures: READ_RANGE,
  getRelease: READ_ROW,
  putRelease: WRITE_ROW,
  getTask: READ_ROW,
  putTask: WRITE_ROW,
  removeTask: [...READ_ROW, 'ots:DeleteRow'],
  listTasks: READ_RANGE,
  init: ['ots:ListTable', 'ots:DescribeTable', 'ots:CreateTable', ...WRITE_ROW],
  missingTables: ['ots:ListTable'],
};
