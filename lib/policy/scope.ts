// Decides what a backup is to hold and whether a set holds it: databases are picked here, and scopes compared.
import { matchesGlob } from '../base/glob';
import type { BackupSet, Scope, SetScope } from '../domain/backup';
import type { Database } from '../domain/instance';
import type { DatabaseSelection, ExtraBackupRule } from '../domain/protection-policy';
import type { Intent } from '../domain/slot';

/** True when the databases of the instance must be listed before the rule can be decided. */
export function needsDatabases(rule: Pick<ExtraBackupRule, 'databases'>): boolean {
  return rule.databases !== undefined;
}

export type DatabaseResolution =
  | { readonly ok: true; readonly databases: readonly string[]; readonly skipped: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Picks the databases of an instance, sorted by name. A database that is named but missing, or cannot be backed up (cold, being created or deleted:
 * "DB status does not support this operation", RDS API, CreateBackup, InvalidDB.NotFound), fails the whole selection; a pattern passes over the latter
 * and fails only when nothing is left.
 */
export function resolveDatabases(selection: DatabaseSelection, databases: readonly Database[]): DatabaseResolution {
  return 'names' in selection ? resolveNames(selection.names, databases) : resolvePattern(selection.match, databases);
}

function resolveNames(names: readonly string[], databases: readonly Database[]): DatabaseResolution {
  const byName = new Map(databases.map((database) => [database.name, database]));
  const missing = names.filter((name) => !byName.has(name));
  const resting = names.filter((name) => byName.get(name)?.isBackupable === false);
  const problems = [
    ...(missing.length === 0 ? [] : [`no database ${quoted(missing)} on the instance`]),
    ...(resting.length === 0 ? [] : [`${quoted(resting)} cannot be backed up: cold, being created or being deleted`]),
  ];
  if (problems.length > 0) return { ok: false, reason: problems.join('; ') };
  return { ok: true, databases: sortedUnique(names), skipped: [] };
}

function resolvePattern(match: string, databases: readonly Database[]): DatabaseResolution {
  const matching = databases.filter((database) => matchesGlob(match, database.name));
  const skipped = sortedUnique(matching.filter((database) => !database.isBackupable).map((database) => database.name));
  const usable = sortedUnique(matching.filter((database) => database.isBackupable).map((database) => database.name));
  if (usable.length > 0) return { ok: true, databases: usable, skipped };
  if (skipped.length === 0) return { ok: false, reason: `no database on the instance matches "${match}"` };
  return { ok: false, reason: `what matches "${match}" cannot be backed up (${quoted(skipped)}): cold, being created or being deleted` };
}

/**
 * True when a set of scope `held` serves whoever wants `wanted`. A set of unknown scope serves nobody, one of single databases never stands for the
 * instance, and one of the instance not for single databases: it cannot be restored database by database.
 */
export function covers(held: SetScope, wanted: Scope): boolean {
  if (wanted.kind === 'instance') return held.kind === 'instance';
  if (held.kind !== 'databases') return false;
  const holds = new Set(held.databases);
  return wanted.databases.length > 0 && wanted.databases.every((database) => holds.has(database));
}

/** True unless the two certainly differ: what a set may be that a backup of `asked` left behind. The service may list one set per database. */
export function couldComeFrom(found: SetScope, asked: Scope): boolean {
  if (found.kind === 'unknown') return true;
  if (found.kind === 'instance' || asked.kind === 'instance') return found.kind === asked.kind;
  const wanted = new Set(asked.databases);
  return found.databases.every((database) => wanted.has(database));
}

/** The sets, with what our intents know of them. Adopted sets keep what the service says: we only guess that they are ours. */
export function withKnownScopes(sets: readonly BackupSet[], intents: readonly Intent[]): readonly BackupSet[] {
  const scopes = new Map<string, Scope>();
  for (const intent of intents) {
    if (intent.backupId !== undefined && !intent.isAdopted) scopes.set(intent.backupId, intent.spec.scope);
  }
  return withScopes(sets, scopes);
}

/**
 * What a set of ours holds. A backup of the whole instance is one, whatever download list per database the service gives of it; where single databases were asked for
 * the list says it best, as the service may list one set for each.
 */
export function scopeOfOurs(told: SetScope, asked: Scope): SetScope {
  return asked.kind === 'instance' || told.kind === 'unknown' ? asked : told;
}

/** The sets, with what we asked for (by backup id) where that tells more than the service does. */
export function withScopes(sets: readonly BackupSet[], scopes: ReadonlyMap<string, Scope>): readonly BackupSet[] {
  return sets.map((set) => {
    const scope = scopes.get(set.id);
    return scope === undefined ? set : { ...set, scope: scopeOfOurs(set.scope, scope) };
  });
}

function sortedUnique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
