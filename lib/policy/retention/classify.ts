// Tells sets apart for retention: whose they are, what they really hold, what can be restored from them, and which compete for the same buckets.
import type { Instant } from '../../base/instant';
import type { BackupSet, SetScope } from '../../domain/backup';
import type { RetentionInput, TracedSet } from './types';

const WHOLE_INSTANCE: SetScope = { kind: 'instance' };

/** Only what we certainly made, or an operator claimed, is ours to delete. */
export function isOurs({ mode, origin }: TracedSet): boolean {
  return mode === 'manual' && (origin === 'created' || origin === 'claimed');
}

/**
 * What the set holds. An automatic set holds the whole instance whatever its download list says; so does an incremental one, as backups of single databases are always
 * full (RDS API, CreateBackup).
 */
export function heldScope({ mode, type, scope }: BackupSet): SetScope {
  return mode === 'automated' || type === 'incremental' ? WHOLE_INSTANCE : scope;
}

/** A complete copy that is there now. */
export function isUsable({ status, isAvailable, startedAt }: BackupSet, asOf: Instant): boolean {
  return status === 'success' && isAvailable && startedAt <= asOf;
}

/** A full copy of the whole instance. A logical dump is none: it cannot be rolled forward. */
export function isFullInstanceSet(set: BackupSet): boolean {
  return set.type === 'full' && set.method !== 'logical' && set.status === 'success' && set.isAvailable && heldScope(set).kind === 'instance';
}

/** A full copy of the whole instance that is there now. */
export function isRestorableFull(set: BackupSet, asOf: Instant): boolean {
  return isFullInstanceSet(set) && set.startedAt <= asOf && (typeof set.expiresAt !== 'number' || set.expiresAt > asOf);
}

/** What must not expire before the next two runs: one run may fail. */
export function successorHorizon({ policy, asOf }: Pick<RetentionInput, 'policy' | 'asOf'>): number {
  return asOf + 2 * policy.runEveryMs;
}

/** `undefined`: the service does not say. */
export function outlives({ expiresAt }: Pick<BackupSet, 'expiresAt'>, horizon: number): boolean | undefined {
  return expiresAt === undefined ? undefined : expiresAt === 'never' || expiresAt > horizon;
}

/** Sets compete for buckets only with sets of the same key. Logical dumps, which are always full, stand for no physical set, so they never push one out. */
export function groupKey(set: BackupSet): string {
  const scope = heldScope(set);
  if (scope.kind !== 'databases') return set.method === 'logical' && set.type === 'full' ? `${scope.kind} logical` : scope.kind;
  const { databases } = scope;
  return `databases ${JSON.stringify(databases.length > 1 ? [...databases].sort() : databases)}`;
}

/** A copy, newest first; of two that started at the same time the one with the greater id counts as the newer. */
export function newestFirst<T extends Pick<BackupSet, 'startedAt' | 'id'>>(sets: readonly T[]): T[] {
  return [...sets].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1));
}
