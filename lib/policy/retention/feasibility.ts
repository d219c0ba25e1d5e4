// Decides whether the service would delete a set, from its documents: by engine, edition, state and log backup. What they leave open is read strictly.
import { DAY_MS, type Instant, plusMs } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { Edition, Instance, InstanceRole } from '../../domain/instance';
import type { RetentionPolicy } from '../../domain/protection-policy';
import { heldScope } from './classify';
import type { LogSettings, PurgeFeasibility } from './types';

type NotNow = Exclude<PurgeFeasibility, { when: 'now' }>;

const DELETE_BACKUP = 'RDS API, DeleteBackup';
const DELETE_FILE = 'RDS API, DeleteBackupFile';
/** Without log backup, sets can be deleted when they are older than this (RDS API, DeleteBackup). */
const DAYS_WITHOUT_LOGS = 7;

const INSTANCE_SETS: PurgeFeasibility = { when: 'now', call: 'instance-sets' };
const DATABASE_FILES: PurgeFeasibility = { when: 'now', call: 'database-files' };

const EDITION_NAMES: Readonly<Record<Exclude<Edition, 'high-availability'>, string>> = {
  basic: 'Basic Edition',
  cluster: 'Cluster Edition',
  finance: 'Enterprise Edition',
  serverless: 'serverless',
  other: 'of an edition that the documents do not name',
};

const ROLE_RULES: Readonly<Record<Exclude<InstanceRole, 'primary'>, NotNow>> = {
  'read-only': never(`${DELETE_BACKUP}: not on read-only instances (ReadDBInstanceNotSupport)`),
  guard: never(`${DELETE_BACKUP}: primary instances only (IncorrectDBInstanceCharacterType); this is a disaster recovery instance`),
  temporary: never(`${DELETE_BACKUP}: primary instances only (IncorrectDBInstanceCharacterType); this is a temporary instance`),
};

const MARIADB = never(`${DELETE_BACKUP}: MySQL and PostgreSQL only; no way to delete sets of MariaDB is documented`);
const UNKNOWN_ENGINE = never(`${DELETE_BACKUP}: MySQL and PostgreSQL only; the documents do not cover this engine`);
const WHOLE_SQLSERVER = never(`${DELETE_FILE}: sets of single databases only; no way to delete sets of a whole SQL Server instance is documented`);
const NO_FILES = never(`${DELETE_FILE}: accounts on the service's list only, closed to new users; retention.deleteBackupFiles is off`);
const LOGICAL = never(`${DELETE_BACKUP}: manual logical sets cannot be deleted (OperationDenied.BackupSetDeleteNotSupport)`);

const UNKNOWN_SETTINGS = someTime(`${DELETE_BACKUP}: depends on log backup and its retention, and the settings of the instance are not known`);
const LOCKED = someTime(`${DELETE_BACKUP}: not while the instance is locked (IncorrectDBInstanceLockMode)`);
const STORE_DISABLED = someTime(`${DELETE_BACKUP}: sets with StoreStatus Enabled only; the service still says Disabled`);
const STORE_UNKNOWN = someTime(`${DELETE_BACKUP}: sets with StoreStatus Enabled only; the service does not say it of this one`);

/** Whether the service would take the set now, at a later time, or never. An `until` with a time is always later than `asOf`. */
export function decidePurgeFeasibility(
  set: BackupSet,
  instance: Instance,
  settings: LogSettings | undefined,
  policy: Pick<RetentionPolicy, 'deleteBackupFiles'>,
  asOf: Instant,
): PurgeFeasibility {
  if (instance.role !== 'primary') return ROLE_RULES[instance.role];
  switch (instance.engine) {
    case 'mysql':
    case 'postgresql':
      return ofInstanceSets(set, instance, settings, asOf);
    case 'sqlserver':
      if (heldScope(set).kind !== 'databases') return WHOLE_SQLSERVER;
      return policy.deleteBackupFiles ? DATABASE_FILES : NO_FILES;
    case 'mariadb':
      return MARIADB;
    case 'other':
      return UNKNOWN_ENGINE;
  }
}

/** What never changes comes first, then what somebody must change, then what time brings. */
function ofInstanceSets(set: BackupSet, instance: Instance, settings: LogSettings | undefined, asOf: Instant): PurgeFeasibility {
  if (instance.edition !== 'high-availability') {
    return never(`${DELETE_BACKUP}: High-availability Edition only; this instance is ${EDITION_NAMES[instance.edition]}`);
  }
  if (set.mode === 'manual' && set.method === 'logical') return LOGICAL;
  const guarded = guardedDays(settings);
  if (typeof guarded !== 'number' && guarded.when === 'never') return guarded;
  if (instance.status !== 'Running')
    return someTime(`${DELETE_BACKUP}: only while the instance is Running (IncorrectDBInstanceState); it is ${instance.status}`);
  if (instance.isLocked) return LOCKED;
  if (typeof guarded !== 'number') return guarded;
  const from = plusMs(set.endedAt, guarded * DAY_MS);
  if (asOf < from) return { when: 'until', at: from, rule: settings?.logBackup === true ? OLDER_THAN_LOGS : OLDER_THAN_A_WEEK };
  if (set.storeStatus === undefined) return STORE_UNKNOWN;
  return set.storeStatus === 'enabled' ? INSTANCE_SETS : STORE_DISABLED;
}

const OLDER_THAN_LOGS = `${DELETE_BACKUP}: with log backup on, only sets older than the log retention`;
const OLDER_THAN_A_WEEK = `${DELETE_BACKUP}: with log backup off, only sets older than ${DAYS_WITHOUT_LOGS} days`;

/** How old a set must be, in days; or why that is no question. */
function guardedDays(settings: LogSettings | undefined): number | NotNow {
  if (settings?.logBackup === undefined) return UNKNOWN_SETTINGS;
  if (!settings.logBackup) return DAYS_WITHOUT_LOGS;
  const { logRetentionDays: logs, dataRetentionDays: data } = settings;
  if (logs === undefined || data === undefined) return UNKNOWN_SETTINGS;
  if (logs < data) return logs;
  // Strictly, also where StoreStatus is Enabled: the documents ask for both.
  return never(
    `${DELETE_BACKUP}: with log backup on, it needs log retention < data retention (they are ${logs} and ${data} days): shorten logs or lengthen data retention`,
  );
}

function never(rule: string): NotNow {
  return { when: 'never', rule };
}

/** Nobody knows when. */
function someTime(rule: string): NotNow {
  return { when: 'until', at: undefined, rule };
}
