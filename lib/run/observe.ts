// Looks at one instance, just before something may be done to it: running jobs first, then the sets of the window, databases where a rule names some.
import { type Instant, plusMs } from '../base/instant';
import type { Instance } from '../domain/instance';
import type { RdsGateway, SetWindow } from '../domain/ports';
import type { Observation } from '../policy/decide';
import { LOOK_AHEAD_MS } from './timing';

/** `now` is the clock's: a long run, or one for an earlier `asOf`, must see what was made meanwhile. */
export interface LookTime {
  readonly asOf: Instant;
  readonly now: Instant;
}

/**
 * Two calls, three when databases are needed. The jobs are listed first: a job that ends in between then shows as running, which defers, and
 * never as nothing, which would count one set too few.
 */
export async function observe(gateway: RdsGateway, instance: Instance, lookBackMs: number, time: LookTime, withDatabases: boolean): Promise<Observation> {
  const runningJobs = await gateway.listRunningJobs(instance.id);
  const window: SetWindow = { from: plusMs(time.asOf, -lookBackMs), to: plusMs(time.now, LOOK_AHEAD_MS) };
  const sets = await gateway.listBackupSets(instance.id, window);
  const databases = withDatabases ? await gateway.listDatabases(instance.id, instance.engine) : undefined;
  return { runningJobs, sets, databases };
}
