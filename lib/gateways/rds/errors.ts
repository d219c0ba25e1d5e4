// The RDS API's error codes in our words: the only place that knows them.
import type { Refusal } from '../openapi/translate';

interface Row extends Refusal {
  readonly code: RegExp;
}

/** First match wins. Sources: the error lists of CreateBackup, DescribeBackups and DescribeBackupTasks, and codes of their older versions. */
const REFUSALS: readonly Row[] = [
  {
    code: /^(Exceeded\.BackupTimes|BackupTimesExceeded)$/,
    reason: 'cap-exceeded',
    hint: 'the instance has reached its daily number of backups: wait until the window frees a slot',
  },
  { code: /^(OperationDenied\.)?BackupJobExists$/, reason: 'backup-job-exists', hint: 'wait until the running backup job has ended' },
  { code: /^IncorrectDBInstanceLockMode/, reason: 'instance-locked', hint: 'unlock the instance: most often it is full or its subscription has ended' },
  { code: /^ReadDBInstanceNotSupport$/, reason: 'read-only-instance', hint: 'back up the primary instance instead' },
  {
    code: /^(IncorrectDBInstanceState|OperationDenied\.DBInstanceStatus|InvalidDBInstanceStatus.*|ConcurrentTaskExceeded)$/,
    reason: 'instance-state',
    hint: 'wait until the instance is Running',
  },
  {
    code: /^(BackupType\.NotSupport|InvalidBackupMethod\..*|OperationDenied\.NotSupportedBackupMethod|IncorrectDBInstance(Engine|Type|CharacterType)|IncorrectCategory)$/,
    reason: 'method-unsupported',
    hint: 'choose a backup method that this engine and storage support',
  },
  { code: /^(InvalidDBName\.Format|InvalidDB\.NotFound)$/, reason: 'no-such-database', hint: 'check the database names: each must exist and be running' },
  { code: /^InvalidDBInstance(Name|Id)?\.NotFound$/, reason: 'instance-not-found', hint: 'check the instance id, the region and the account' },
];

/** What a code of a refusal means; undefined for codes that are not in the table. */
export function refusalOf(code: string): Refusal | undefined {
  return REFUSALS.find((row) => row.code.test(code));
}
