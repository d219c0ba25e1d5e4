// Says which local sets are copied to the other region at all, and of which a copy can be expected.
import { DAY_MS, formatInstant, HOUR_MS, type Instant, instant, plusMs } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionSettings } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import { isGood } from '../freshness';
import { START_TOLERANCE_MS } from './pairing';
import type { CopiesInput } from './types';

/** Whether there should be a copy. `kind`: such sets are never copied, so that nothing of them will ever be in the other region. */
export type Expectation =
  | { readonly expected: true }
  | { readonly expected: false; readonly why: 'kind' | 'circumstances' | 'unknown'; readonly reason: string };

/** Retention is counted in days, and the documents do not say from which moment exactly: a copy and a set that end within this are kept equally long. */
export const RETENTION_TOLERANCE_MS = 12 * HOUR_MS;

/**
 * Every good set of the whole instance is copied right after it is complete, whoever ordered it (RDS help pages, use the cross-region backup feature), from when the
 * feature was switched on. Where the service does not say since when, the oldest copy tells. Logical sets and sets of single databases are not documented to be
 * copied, and snapshots of SQL Server only in Cluster Edition: nothing is expected of them, and a copy that is there all the same is welcome.
 */
export function expectationOf(set: BackupSet, input: CopiesInput): Expectation {
  const { instance, settings, copies, asOf } = input;
  if (!isGood(set)) return circumstances('it is not a set that can be restored from');
  const kind = refusalOfKind(set, instance);
  if (kind !== undefined) return kind;
  if (!settings.isEnabled) return circumstances('copies are switched off');
  if (copies === undefined) return unknown('the service does not list the copies of such instances');
  const since = copiedSince(input);
  if (since === undefined) return unknown('the service does not say since when sets are copied, and there is no copy that would tell');
  if (set.startedAt < since) return circumstances(`it was made before sets were copied: since ${formatInstant(since)}`);
  const copyEnds = copyExpiryOf(set.endedAt, settings);
  if (copyEnds !== undefined && copyEnds <= asOf + RETENTION_TOLERANCE_MS)
    return circumstances(`its copy has expired: copies are kept for ${settings.retentionDays} days`);
  if (set.startedAt < lookBackStart(input) + START_TOLERANCE_MS) return unknown('it started at the edge of what is looked at, so its copy may lie outside');
  return { expected: true };
}

/** The beginning of what is verified. */
export function lookBackStart({ asOf, policy }: Pick<CopiesInput, 'asOf' | 'policy'>): Instant {
  return plusMs(asOf, -policy.lookBackMs);
}

/** When a copy of a backup that ended then goes; undefined where the retention of copies is not known. */
export function copyExpiryOf(endedAt: Instant, { retentionDays }: Pick<CrossRegionSettings, 'retentionDays'>): Instant | undefined {
  return retentionDays === undefined ? undefined : plusMs(endedAt, retentionDays * DAY_MS);
}

/** True when such sets are documented to be copied. */
export function isOfCopiedKind(set: BackupSet, instance: Pick<Instance, 'engine' | 'edition'>): boolean {
  return refusalOfKind(set, instance) === undefined;
}

/** When sets began to be copied, as far as is known. */
export function copiedSince({ settings, copies }: Pick<CopiesInput, 'settings' | 'copies'>): Instant | undefined {
  if (settings.enabledAt !== undefined) return settings.enabledAt;
  if (copies === undefined || copies.length === 0) return undefined;
  return instant(Math.min(...copies.map(({ startedAt }) => startedAt)));
}

function refusalOfKind({ method, scope }: BackupSet, { engine, edition }: Pick<Instance, 'engine' | 'edition'>): Expectation | undefined {
  if (scope.kind === 'databases') return never('it holds single databases: only sets of whole instances are documented to be copied');
  if (method === 'logical') return never('it is a logical set: only physical and snapshot sets are documented to be copied');
  if (method === 'snapshot' && engine === 'sqlserver' && edition !== 'cluster') {
    return never('it is a snapshot: those of SQL Server are copied in Cluster Edition only (RDS API, OperationDenied.SwitchToCrossRegionBackup)');
  }
  return scope.kind === 'unknown' ? unknown('it is not known whether it holds the whole instance') : undefined;
}

function never(reason: string): Expectation {
  return { expected: false, why: 'kind', reason };
}

function circumstances(reason: string): Expectation {
  return { expected: false, why: 'circumstances', reason };
}

function unknown(reason: string): Expectation {
  return { expected: false, why: 'unknown', reason };
}
