// Looks at one instance for retention and drift: its sets, where they come from, its own settings.
import { type Instant, instant, plusMs } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import { CloudError } from '../../domain/cloud-errors';
import type { Guard } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { Ledger, RdsGateway, SetRecord } from '../../domain/ports';
import type { RetentionPolicy } from '../../domain/protection-policy';
import type { BackupSettings } from '../../domain/settings';
import { releaseOfSlot } from '../../domain/slot';
import type { RetentionInput, TracedSet } from '../../policy/retention/types';
import { scopeOfOurs } from '../../policy/scope';
import type { Run } from '../envelope';
import { isFatal } from '../shards';
import { ALL_SETS_MS, LOOK_AHEAD_MS } from '../timing';

/** What a look needs of a run; `keeper explain` looks without one. `now` is the clock's: a run for an earlier time must see what was made since, and being deleted. */
export interface Looker extends Pick<Run, 'asOf'> {
  readonly now: Instant;
  readonly ledger: Ledger;
  readonly gateway: RdsGateway;
}

export function lookerOf({ asOf, ports: { clock, ledger } }: Run, gateway: RdsGateway): Looker {
  return { asOf, now: clock.now(), ledger, gateway };
}

/** The instance's sets with what the ledger knows of them. Throws a CloudError when they cannot be listed. */
export async function observeSets({ ledger, gateway, asOf, now }: Looker, instance: Instance): Promise<readonly TracedSet[]> {
  const window = { from: plusMs(asOf, -ALL_SETS_MS), to: plusMs(instant(Math.max(asOf, now)), LOOK_AHEAD_MS) };
  const sets = await gateway.listBackupSets(instance.id, window);
  if (!sets.some((set) => set.mode === 'manual')) return sets.map((set) => trace(set, undefined));
  const records = new Map((await ledger.listSets(instance.id)).map((record) => [record.backupId, record]));
  return sets.map((set) => trace(set, records.get(set.id)));
}

function trace(set: BackupSet, record: SetRecord | undefined): TracedSet {
  const origin = set.mode === 'manual' ? (record?.origin ?? 'foreign') : 'foreign';
  const scope = record?.origin === 'created' && record.spec !== undefined ? scopeOfOurs(set.scope, record.spec.scope) : set.scope;
  return { ...set, scope, origin, release: record?.slotId === undefined ? undefined : releaseOfSlot(record.slotId) };
}

/** The instance's settings, or why they could not be read. Throws what must stop the run. */
export async function observeSettings(gateway: RdsGateway, instanceId: string): Promise<BackupSettings | CloudError> {
  try {
    return await gateway.readSettings(instanceId);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    return error;
  }
}

export interface RetentionSight {
  readonly instance: Instance;
  readonly policy: RetentionPolicy;
  readonly sets: readonly TracedSet[];
  readonly settings: BackupSettings | undefined;
}

/** What retention is decided from, with the holds of this guard. */
export function retentionInput({ instance, policy, sets, settings }: RetentionSight, guard: Guard, asOf: RetentionInput['asOf']): RetentionInput {
  return { instance, policy, sets, settings, holds: guard.holds, asOf };
}
