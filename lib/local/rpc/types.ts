// What an action of an RPC service is, to the server that runs it.
import type { Instant } from '../../base/instant';
import type { Identity } from '../identities';
import type { RpcError } from './errors';

/** All parameters of a call, by their names on the wire. */
export type Parameters = Readonly<Record<string, string>>;

/** What a parameter may be. Arrays and structures (`Tag.1.Key`) are checked by the name without the numbers. */
export interface ParameterRule {
  readonly type: 'string' | 'int' | 'long' | 'boolean' | 'list' | 'struct-list';
  readonly required?: true;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** The answer to a bad value, where the operation has a code of its own. */
  readonly invalid?: () => RpcError;
}

export type ParameterTable = Readonly<Record<string, ParameterRule>>;

/** One call, as an action sees it. */
export interface Call {
  readonly parameters: Parameters;
  readonly caller: Identity;
  /** The world's time of the call. */
  readonly now: Instant;
  /** Lists show the world as of this moment: `now`, or earlier under a stale-list fault. */
  readonly asOf: Instant;
}

/** What a call comes to: the body of the answer, and the changes to commit before it is sent. */
export interface Outcome<Change> {
  readonly body: Readonly<Record<string, unknown>>;
  readonly changes?: readonly Change[];
}

/** One operation. It reads the world and says what would change; it changes nothing itself. Throws an RpcError to refuse. */
export interface RpcAction<World, Change> {
  readonly name: string;
  readonly parameters: ParameterTable;
  /** Calls of one group share a rate. */
  readonly group: 'general' | 'cross-region';
  readonly writes: boolean;
  /** RAM grants it on everything or not at all: the resource is `*`. */
  readonly isUnscoped?: true;
  run(call: Call, world: World): Outcome<Change>;
}
