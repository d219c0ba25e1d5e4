// What the use cases of holds are given, and the error when they cannot write.
import { KeeperError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { Logger } from '../../base/logger';
import type { Ledger } from '../../domain/ports';
import type { Shard } from '../shards';

export interface HoldDesk {
  readonly ledger: Ledger;
  readonly shards: readonly Shard[];
  readonly logger: Logger;
  readonly asOf: Instant;
}

/** Other writers kept winning: nothing of this was written. */
export function contended(instanceId: string): KeeperError {
  return new KeeperError(`the guard row of ${instanceId} is being changed by others all the time: nothing was changed`, {
    code: 'guard-contended',
    hint: 'run the command again',
  });
}
