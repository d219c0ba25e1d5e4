// An instance's backup sets as holds and their extension see them: with the release that they were made for, and what they hold.
import type { BackupSet } from '../../domain/backup';
import type { Hold } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { Ledger, SetRecord } from '../../domain/ports';
import { releaseOfSlot } from '../../domain/slot';
import { obstacleTo } from '../../policy/expiry';
import type { ExpiringSet } from '../../policy/holds';
import { withScopes } from '../../policy/scope';

export interface HoldableBackupSet extends BackupSet {
  readonly release: string | undefined;
}

/** Asks the ledger only where it can tell something that matters: which sets a hold on a release covers, and what our own sets hold. */
export async function traceSets(ledger: Ledger, sets: readonly BackupSet[], holds: readonly Hold[]): Promise<readonly HoldableBackupSet[]> {
  const [first] = sets;
  const isWorthAsking = holds.some(({ target }) => target.kind === 'release') || sets.some((set) => set.mode === 'manual');
  const records = first === undefined || !isWorthAsking ? [] : await ledger.listSets(first.instanceId);
  const releases = releasesOf(records);
  const scopes = new Map(
    records.flatMap(({ backupId, origin, spec }) => (origin === 'created' && spec !== undefined ? [[backupId, spec.scope] as const] : [])),
  );
  return withScopes(sets, scopes).map((set) => ({ ...set, release: releases.get(set.id) }));
}

/** Backup set → the key of the request that it was made for. */
export function releasesOf(records: readonly SetRecord[]): ReadonlyMap<string, string> {
  const releases = new Map<string, string>();
  for (const { backupId, slotId } of records) {
    const release = slotId === undefined ? undefined : releaseOfSlot(slotId);
    if (release !== undefined) releases.set(backupId, release);
  }
  return releases;
}

/** What can end a hold early: the good sets, and when the service lets them go. */
export function expiringSets(sets: readonly HoldableBackupSet[], engine: Instance['engine']): readonly ExpiringSet[] {
  return sets
    .filter(({ status }) => status === 'success')
    .map((set) => ({ id: set.id, release: set.release, expiresAt: set.expiresAt, isExtendable: set.expiresAt !== undefined && isExtendable(set, engine) }));
}

function isExtendable(set: BackupSet, engine: Instance['engine']): boolean {
  return obstacleTo(set, engine) === undefined;
}
