// Puts backup sets into a local world as if they had been made long ago.
import { DAY_MS, HOUR_MS, type Instant, plusMs } from '../../lib/base/instant';
import type { SetState } from '../../lib/local/world/state';
import type { World } from '../../lib/local/world/world';

/** A set of one database of SQL Server, two days old, with five days left; each field can be told. */
export interface PlantedSet extends Partial<SetState> {
  readonly id: string;
}

/** Replaces the sets of the instance. */
export function plantSets(world: World, instanceId: string, now: Instant, planted: readonly PlantedSet[]): void {
  const sets = planted.map(
    (set): SetState => ({
      jobId: '5200001',
      startedAt: plusMs(now, -2 * DAY_MS - HOUR_MS),
      endedAt: plusMs(now, -2 * DAY_MS),
      outcome: 'Finished',
      mode: 'Manual',
      method: 'Physical',
      type: 'FullBackup',
      databases: ['ledger'],
      sizeBytes: 1_000,
      expiresAt: plusMs(now, 5 * DAY_MS),
      ...set,
    }),
  );
  world.commit([{ kind: 'history', instanceId, sets, starts: [] }]);
}
