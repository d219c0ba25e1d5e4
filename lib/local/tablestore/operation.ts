// What an operation is: it reads its request, names the tables it touches, and turns the state into an answer and changes.
import type { Instant } from '../../base/instant';
import { OtsError, objectNotExist, parameterInvalid, tableNotReady } from './errors';
import { isTableName } from './names';
import type { Change, State, Table } from './state';

/** What an operation may look at. */
export interface OperationContext {
  readonly state: State;
  readonly now: Instant;
  /** How long a new table refuses its rows, in milliseconds of the world's clock. */
  readonly notReadyMs: number;
}

/** The answer, and what has to be in the journal before it is given. */
export interface Outcome {
  readonly body: Uint8Array;
  readonly changes: readonly Change[];
}

/** A request that has been read. */
export interface PreparedCall {
  /** The tables it names; permission is asked for each. Empty: it is about the instance. */
  readonly tables: readonly string[];
  /** Throws OtsErrors. Changes nothing. */
  run(context: OperationContext): Outcome;
}

/** Reads a request. Throws OTSParameterInvalid. */
export type Operation = (body: Uint8Array) => PreparedCall;

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

/** Throws OTSParameterInvalid for bytes that are not this message. */
export function decodeRequest<T>(codec: Decoder<T>, body: Uint8Array): T {
  try {
    return codec.decode(body);
  } catch {
    throw parameterInvalid('Parse PBMessage from RawString failed.');
  }
}

/** The table, whatever its state. Throws OTSParameterInvalid for an impossible name, OTSObjectNotExist. */
export function findTable(context: OperationContext, name: string): Table {
  if (!isTableName(name)) throw parameterInvalid(`Invalid table name: '${name}'.`);
  const table = context.state.table(name);
  if (table === undefined) throw objectNotExist();
  return table;
}

/** The table for work on its rows. Throws OTSTableNotReady for a while after it was made. */
export function readyTable(context: OperationContext, name: string): Table {
  const table = findTable(context, name);
  if (!isReady(context, table)) throw tableNotReady();
  return table;
}

export function isReady(context: OperationContext, table: Table): boolean {
  return context.now >= table.info.createdAt + context.notReadyMs;
}

/** Transactions cannot be enabled through this SDK, so every request that names one meets a table without them. */
export function refuseTransaction(request: { readonly transactionId: string }): void {
  if (request.transactionId === '') return;
  throw parameterInvalid('Try to call method using explicit transaction on explicit-transaction-disabled table.');
}

/** One row of a batch that failed by itself. */
export interface RowFailure {
  readonly isOk: false;
  readonly error: { readonly code: string; readonly message: string };
}

/** The action's result, or the service's error as a row of a batch carries it. */
export function orFailure<T>(action: () => T): T | RowFailure {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof OtsError)) throw error;
    return { isOk: false, error: { code: error.code, message: error.message } };
  }
}
