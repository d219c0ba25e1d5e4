// What error codes mean to the calls about restores. Source: the error list of each operation.
import type { RdsAction } from './actions';
import type { RefusalRow } from './refusal-row';

/** What no other request for the same backup would change. */
const SOURCE: readonly RefusalRow[] = [
  {
    code: /^CrossRegionUnsupportTDE$/,
    reason: 'cross-region-unsupported',
    hint: 'a copy with transparent data encryption is restored in the region of its source only',
  },
  { code: /^IncorrectBackupSetMethod$/, reason: 'method-unsupported', hint: 'sets made by this backup method cannot be restored this way: choose another set' },
  { code: /^IncorrectBackupSetType$/, reason: 'invalid-request', hint: 'this is not the id of a cross-region copy: list the copies of the instance' },
  { code: /^IncorrectBackupSetState$/, reason: 'other', hint: 'the set is not in a state to be restored from: choose another set' },
  {
    code: /^(IncorrectBaksetVersion|IncorrectEngineVersion|IncorrectMinorVersion|InvalidMinorVersion\.NotFound)$/,
    reason: 'invalid-request',
    hint: 'restore to the engine version of the source; where it is that already, sets of this version cannot be restored this way',
  },
  {
    code: /^(NoAvailableDisasterRestoreBakset|InvalidBackup\.NotFound|Request\.NotFound)$/,
    reason: 'set-not-found',
    hint: 'there is nothing to restore from for that time: choose a time inside the recovery window, or another set',
  },
  {
    code: /^(InvalidBinlog\.NotFound|InvalidBackupLogStatus|NoAvailableLogBackup)$/,
    reason: 'set-not-found',
    hint: 'no logs reach that time: choose a time inside the recovery window, or a backup set',
  },
  {
    code: /^(IncorrectDBInstance(Engine|Type|CharacterType)?|IncorrectDBType|IncorrectCharacterType|InvalidDBInstanceType\.Format)$/,
    reason: 'method-unsupported',
    hint: 'instances of this engine, edition or kind of disk cannot be restored this way',
  },
];

/** What another request may do better. */
const TARGET: readonly RefusalRow[] = [
  {
    code: /^DisasterRestoreRegionNotMatched$/,
    reason: 'invalid-request',
    hint: 'restore in the region of the source instance, or in that of its copies',
  },
  {
    code: /^InvalidDBInstanceClass\.(NotFound|Offline)$/,
    reason: 'invalid-request',
    hint: 'the region does not offer this instance class: choose another',
  },
  {
    code: /^(InvalidStorage\.Format|InvalidRecoveryDbInstance\.StorageSize)$/,
    reason: 'invalid-request',
    hint: 'storage is 5 to 2,000 GB in steps of 5, and at least that of the source',
  },
  { code: /^InvalidSecurityIPList\./, reason: 'invalid-request', hint: 'give up to 1,000 different addresses or CIDR blocks' },
  {
    code: /^OperationDenied\.(Resource|ZoneResource)$|^InsufficientResourceCapacity$|^VswitchIpExhausted$/,
    reason: 'other',
    hint: 'there is no capacity left there: choose another zone, vSwitch or instance class',
  },
  {
    code: /^IdempotentParameterMismatch$/,
    reason: 'invalid-request',
    hint: 'this token has named another restore before: start this one under a key of its own',
  },
  { code: /^PreCheckInvalid$/, reason: 'other', hint: 'the service checked the restore and will not do it: ask for the reason with keeper restore plan' },
];

const TABLES: readonly RefusalRow[] = [
  { code: /^InvalidDBName\.Duplicate$/, reason: 'invalid-request', hint: 'a database of that name exists already: choose another new name' },
  { code: /^InvalidSourceRestoreDBName\.NotFound$/, reason: 'no-such-database', hint: 'the set does not hold that database: list its contents' },
  { code: /^ChildDBInstanceExists$/, reason: 'other', hint: 'an instance with read-only instances takes no single tables: restore to a new instance' },
];

const CONTENTS: readonly RefusalRow[] = [
  { code: /^InvalidMeta\.(Empty|TooLarge)$/, reason: 'other', hint: 'the service does not know the contents of this copy: restore it as a whole' },
];

const COPY_WINDOW: readonly RefusalRow[] = [
  {
    code: /^CrossBackupNotSupport$/,
    reason: 'cross-region-unsupported',
    hint: 'the service does not tell the recovery window of copies of this kind (SQL Server, or MySQL on cloud disks, for example)',
  },
];

export const RESTORE_REFUSALS: Partial<Readonly<Record<RdsAction, readonly RefusalRow[]>>> = {
  CheckCreateDdrDBInstance: [...SOURCE, ...TARGET],
  CreateDdrInstance: [...SOURCE, ...TARGET],
  CloneDBInstance: [...SOURCE, ...TARGET],
  RestoreDdrTable: [...TABLES, ...SOURCE, ...TARGET],
  DescribeCrossBackupMetaList: [...CONTENTS, ...SOURCE],
  DescribeAvailableRecoveryTime: [...COPY_WINDOW, ...SOURCE],
};
