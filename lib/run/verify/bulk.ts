// What a region says of all its instances at once: their cross-region settings, and where copies may go.

import { CloudError, DeniedError, RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionInstance } from '../../domain/cross-region';
import { notFullyRead } from '../../policy/cross-region/findings';
import { permissionDenied } from '../../policy/findings';
import type { Run } from '../envelope';
import { isFatal, type Shard, scopeOf } from '../shards';

export interface BulkSettings {
  /** By instance id; what is not in it never had the feature on. */
  readonly instances: ReadonlyMap<string, CrossRegionInstance>;
  /** Undefined where the service did not say. */
  readonly destinations: readonly string[] | undefined;
}

/** Throws a CloudError when the list cannot be read. A region without the feature has no instances in it and no destinations. */
export async function readBulk(run: Run, { gateway }: Shard): Promise<BulkSettings> {
  const instances = new Map<string, CrossRegionInstance>();
  try {
    for await (const page of gateway.listCrossRegionInstances()) {
      for (const each of page) instances.set(each.instanceId, each);
      await run.keepLease();
    }
  } catch (error) {
    if (error instanceof RefusedError && error.reason === 'cross-region-unsupported') return { instances: new Map(), destinations: [] };
    throw error;
  }
  return { instances, destinations: await destinationsOf(run, gateway) };
}

async function destinationsOf(run: Run, gateway: Shard['gateway']): Promise<readonly string[] | undefined> {
  try {
    return await gateway.listCopyDestinations();
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    const scope = scopeOf(gateway);
    run.tally.finding(
      error instanceof DeniedError ? permissionDenied(scope, error.action, error.operation) : notFullyRead(scope, 'destinations of copies', error.message),
    );
    return undefined;
  }
}
