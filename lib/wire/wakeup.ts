// What woke a function, once its event is understood.
import type { Instant } from '../base/instant';
import type { ShardWork } from '../domain/open-task';
import type { FunctionName, Trigger } from '../domain/run';
import type { OnDemandBackup, ReleaseRequest } from '../run/types';

export interface Wakeup {
  readonly trigger: Trigger;
  /** The now of the run's decisions. */
  readonly asOf: Instant;
  readonly dryRun: boolean;
  readonly instances: readonly string[] | undefined;
  readonly onDemand: OnDemandBackup | undefined;
  readonly shard: ShardWork | undefined;
  readonly release: ReleaseRequest | undefined;
}

export interface EventContext {
  readonly function: FunctionName;
  readonly requestId: string;
  readonly now: Instant;
}

/** A wakeup that says no more than who woke whom, and when. */
export function makeWakeup(trigger: Trigger, asOf: Instant, more: Partial<Wakeup> = {}): Wakeup {
  return { trigger, asOf, dryRun: false, instances: undefined, onDemand: undefined, shard: undefined, release: undefined, ...more };
}
