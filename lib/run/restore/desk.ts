// What the use cases of restores are given, and how they refuse.
import { UsageError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { AccountRegion } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';
import type { RestoreRefusal } from '../../policy/restore-types';
import type { Shard } from '../shards';

export interface RestoreDesk {
  readonly shards: readonly Shard[];
  /** Also of regions that the policy does not name: copies lie in others. */
  readonly gatewayOf: (target: AccountRegion) => RdsGateway;
  readonly asOf: Instant;
}

/** One mistake in what was asked for, with every rule at once. Nothing that costs money has been sent. */
export function refusedRestore(refusals: readonly RestoreRefusal[]): UsageError {
  const lines = refusals.map(({ parameter, message, rule }) => `  ${parameter}: ${message} (${rule})`);
  return new UsageError(
    ['this cannot be restored:', ...lines].join('\n'),
    'nothing was created or changed; correct the command, and look with keeper restore plan',
  );
}
