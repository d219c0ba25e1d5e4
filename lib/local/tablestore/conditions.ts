// Decides whether a write may happen: the row's existence first, then its columns.
import type { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { conditionCheckFail, parameterInvalid } from './errors';
import { type ColumnTest, passes, readColumnCondition } from './filters';
import type { Row } from './rows';

export type Existence = 'ignore' | 'exist' | 'not-exist';

export interface WriteCondition {
  readonly existence: Existence;
  readonly columns: ColumnTest | undefined;
}

const EXISTENCE: Readonly<Record<number, Existence>> = { 0: 'ignore', 1: 'exist', 2: 'not-exist' };

type WireCondition = ReturnType<typeof main.proto.PutRowRequest.decode>['condition'];

/** Throws OTSParameterInvalid. */
export function readCondition(wire: WireCondition): WriteCondition {
  const existence = EXISTENCE[wire.rowExistence];
  if (existence === undefined) throw parameterInvalid(`Invalid row-existence expectation: ${wire.rowExistence}.`);
  return { existence, columns: readColumnCondition(wire.columnCondition) };
}

/** Throws OTSConditionCheckFail. A missing row has no columns: each condition decides by its own "pass if missing". */
export function checkCondition(condition: WriteCondition, row: Row | undefined): void {
  if (condition.existence === 'exist' && row === undefined) throw conditionCheckFail();
  if (condition.existence === 'not-exist' && row !== undefined) throw conditionCheckFail();
  if (condition.columns !== undefined && !passes(condition.columns, row?.columns ?? new Map())) throw conditionCheckFail();
}

export function isUnconditional(condition: WriteCondition): boolean {
  return condition.existence === 'ignore' && condition.columns === undefined;
}
