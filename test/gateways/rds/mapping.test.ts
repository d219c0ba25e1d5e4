import { DescribeBackupsResponseBodyItemsBackup } from '@alicloud/rds20140815/dist/models/DescribeBackupsResponseBody';
import { DescribeBackupTasksResponseBodyItemsBackupJob } from '@alicloud/rds20140815/dist/models/DescribeBackupTasksResponseBody';
import { DescribeDatabasesResponseBodyDatabasesDatabase } from '@alicloud/rds20140815/dist/models/DescribeDatabasesResponseBody';
import { DescribeDBInstancesResponseBodyItemsDBInstance } from '@alicloud/rds20140815/dist/models/DescribeDbinstancesResponseBody';
import { DescribeDetachedBackupsResponseBodyItemsBackup } from '@alicloud/rds20140815/dist/models/DescribeDetachedBackupsResponseBody';
import { cast } from '@darabonba/typescript';
import { instant } from '../../../lib/base/instant';
import type { BackupJob, BackupSet, DetachedSet } from '../../../lib/domain/backup';
import type { Instance } from '../../../lib/domain/instance';
import { toBackupJob, toBackupSet, toDatabase, toDetachedSet, toInstance, toTotal } from '../../../lib/gateways/rds/mapping';

type Wire = Readonly<Record<string, unknown>>;

const STARTED_AT = instant(Date.UTC(2026, 10, 20, 17, 0, 0));

function instanceOf(wire: Wire): Instance | undefined {
  const item = cast({ DBInstanceId: 'rm-1', Engine: 'MySQL', ...wire }, new DescribeDBInstancesResponseBodyItemsDBInstance({}));
  return toInstance(item, { account: 'prod', region: 'cn-hangzhou' }, {});
}

function setOf(wire: Wire): BackupSet | undefined {
  const whole = { BackupId: '321020562', BackupStartTime: '2026-11-20T17:00:00Z', BackupEndTime: '2026-11-20T17:20:00Z', BackupStatus: 'Success', IsAvail: 1 };
  return toBackupSet(cast({ ...whole, ...wire }, new DescribeBackupsResponseBodyItemsBackup({})), 'rm-1');
}

function detachedOf(wire: Wire): DetachedSet | undefined {
  const whole = { DBInstanceId: 'rm-gone', BackupId: '321020562', BackupStartTime: '2026-11-20T17:00:00Z', BackupStatus: 'Success', IsAvail: 1 };
  return toDetachedSet(cast({ ...whole, ...wire }, new DescribeDetachedBackupsResponseBodyItemsBackup({})));
}

function jobOf(wire: Wire): BackupJob | undefined {
  return toBackupJob(cast({ BackupJobId: '4762614', ...wire }, new DescribeBackupTasksResponseBodyItemsBackupJob({})), 'rm-1');
}

describe('instances', () => {
  test('an item is mapped in full', () => {
    const wire = {
      DBInstanceDescription: 'orders',
      EngineVersion: '8.0',
      Category: 'HighAvailability',
      DBInstanceStorageType: 'local_ssd',
      DBInstanceType: 'Primary',
      DBInstanceStatus: 'Running',
      LockMode: 'Unlock',
      CreateTime: '2024-11-05T11:26:02Z',
      ResourceGroupId: 'rg-1',
    };

    expect(instanceOf(wire)).toEqual({
      account: 'prod',
      region: 'cn-hangzhou',
      id: 'rm-1',
      description: 'orders',
      engine: 'mysql',
      engineVersion: '8.0',
      edition: 'high-availability',
      storage: 'local-disk',
      role: 'primary',
      status: 'Running',
      isLocked: false,
      lockReason: undefined,
      createdAt: Date.UTC(2024, 10, 5, 11, 26, 2),
      resourceGroupId: 'rg-1',
      tags: {},
    });
  });

  test.each([
    { wire: 'MySQL', engine: 'mysql' },
    { wire: 'PostgreSQL', engine: 'postgresql' },
    { wire: 'SQLServer', engine: 'sqlserver' },
    { wire: 'MariaDB', engine: 'mariadb' },
    { wire: 'mysql', engine: 'mysql' },
  ])('engine $wire is $engine', ({ wire, engine }) => {
    expect(instanceOf({ Engine: wire })?.engine).toBe(engine);
  });

  test('an engine that the documents do not cover is kept as other, with its name', () => {
    expect(instanceOf({ Engine: 'PPAS', EngineVersion: '10.0' })).toMatchObject({ engine: 'other', engineVersion: 'PPAS 10.0' });
  });

  test('an item without an id is no instance', () => {
    expect(instanceOf({ DBInstanceId: '' })).toBeUndefined();
  });

  test.each([
    { wire: 'Basic', edition: 'basic' },
    { wire: 'cluster', edition: 'cluster' },
    { wire: 'AlwaysOn', edition: 'cluster' },
    { wire: 'Finance', edition: 'finance' },
    { wire: 'Serverless_basic', edition: 'serverless' },
    { wire: 'serverless_ha', edition: 'serverless' },
    { wire: 'Quantum', edition: 'other' },
    { wire: undefined, edition: 'other' },
  ])('category $wire is edition $edition', ({ wire, edition }) => {
    expect(instanceOf({ Category: wire })?.edition).toBe(edition);
  });

  test.each([
    { wire: 'local_ssd', storage: 'local-disk' },
    { wire: 'ephemeral_ssd', storage: 'local-disk' },
    { wire: 'cloud_ssd', storage: 'cloud-disk' },
    { wire: 'cloud_essd3', storage: 'cloud-disk' },
    { wire: 'general_essd', storage: 'cloud-disk' },
    { wire: 'cloud_of_the_future', storage: 'cloud-disk' },
  ])('storage type $wire is a $storage', ({ wire, storage }) => {
    expect(instanceOf({ DBInstanceStorageType: wire })?.storage).toBe(storage);
  });

  test.each([
    { wire: 'Readonly', role: 'read-only' },
    { wire: 'Guard', role: 'guard' },
    { wire: 'Temp', role: 'temporary' },
    { wire: 'Novel', role: 'primary' },
  ])('instance type $wire has role $role', ({ wire, role }) => {
    expect(instanceOf({ DBInstanceType: wire })?.role).toBe(role);
  });

  test.each([
    { name: 'unlocked', wire: { LockMode: 'Unlock', LockReason: 'stale words' }, expected: { isLocked: false, lockReason: undefined } },
    { name: 'without a lock mode', wire: {}, expected: { isLocked: false, lockReason: undefined } },
    {
      name: 'locked with a reason',
      wire: { LockMode: 'LockByExpiration', LockReason: 'instance_expired' },
      expected: { isLocked: true, lockReason: 'instance_expired' },
    },
    { name: 'locked without a reason', wire: { LockMode: 'LockByDiskQuota', LockReason: '' }, expected: { isLocked: true, lockReason: 'LockByDiskQuota' } },
  ])('an instance that is $name', ({ wire, expected }) => {
    expect(instanceOf(wire)).toMatchObject(expected);
  });
});

describe('databases', () => {
  test.each([
    { status: 'Running', isBackupable: true },
    { status: 'Creating', isBackupable: false },
    { status: 'Deleting', isBackupable: false },
    { status: 'Cold', isBackupable: false },
    { status: undefined, isBackupable: false },
  ])('a database that is $status: backupable is $isBackupable', ({ status, isBackupable }) => {
    const wire = cast({ DBName: 'orders', DBStatus: status }, new DescribeDatabasesResponseBodyDatabasesDatabase({}));

    expect(toDatabase(wire)).toEqual({ name: 'orders', isBackupable });
  });
});

describe('backup sets', () => {
  test('an item is mapped in full', () => {
    const wire = {
      BackupMode: 'Automated',
      BackupMethod: 'Physical',
      BackupType: 'FullBackup',
      BackupSize: 2_167_808,
      Engine: 'MySQL',
      ExpectExpireTime: '2026-11-27T17:20:00Z',
      StoreStatus: 'Disabled',
    };

    expect(setOf(wire)).toEqual({
      id: '321020562',
      instanceId: 'rm-1',
      startedAt: STARTED_AT,
      endedAt: Date.UTC(2026, 10, 20, 17, 20, 0),
      status: 'success',
      isAvailable: true,
      mode: 'automated',
      method: 'physical',
      type: 'full',
      sizeBytes: 2_167_808,
      scope: { kind: 'instance' },
      expiresAt: Date.UTC(2026, 10, 27, 17, 20, 0),
      storeStatus: 'disabled',
    });
  });

  test('ids and sizes may come as the other JSON type, times to the minute', () => {
    expect(setOf({ BackupId: 321020562, BackupSize: '2167808', BackupStartTime: '2026-11-20T17:00Z' })).toMatchObject({
      id: '321020562',
      sizeBytes: 2_167_808,
      startedAt: STARTED_AT,
    });
  });

  test.each([{ BackupStartTime: undefined }, { BackupStartTime: 'yesterday' }, { BackupId: '' }])('an item with %p cannot be placed', (wire) => {
    expect(setOf(wire)).toBeUndefined();
  });

  test.each([
    { name: 'a good set', wire: {}, expected: { status: 'success', isAvailable: true } },
    { name: 'a set that is not available', wire: { IsAvail: 0 }, expected: { status: 'success', isAvailable: false } },
    { name: 'a set that does not say whether it is available', wire: { IsAvail: null }, expected: { status: 'success', isAvailable: false } },
    { name: 'a failed set', wire: { BackupStatus: 'Failed' }, expected: { status: 'failed', isAvailable: false } },
    { name: 'a set of an unknown status', wire: { BackupStatus: 'Odd' }, expected: { status: 'failed', isAvailable: false } },
    { name: 'a manual set', wire: { BackupMode: 'Manual' }, expected: { mode: 'manual' } },
    { name: 'a set of an unknown mode, which must never be adopted', wire: { BackupMode: 'Odd' }, expected: { mode: 'automated' } },
    { name: 'an incremental set', wire: { BackupType: 'IncrementalBackup' }, expected: { type: 'incremental' } },
    { name: 'a set of an unknown type', wire: { BackupType: 'Odd' }, expected: { type: 'incremental' } },
    { name: 'a set of an unknown method', wire: { BackupMethod: 'Odd', BackupMode: 'Automated' }, expected: { scope: { kind: 'unknown' } } },
    { name: 'a set without an end', wire: { BackupEndTime: '' }, expected: { endedAt: STARTED_AT } },
    { name: 'a set without a size', wire: { BackupSize: '' }, expected: { sizeBytes: 0 } },
    { name: 'a set without an expiry', wire: { ExpectExpireTime: '' }, expected: { expiresAt: undefined } },
    { name: 'a set that may be deleted', wire: { StoreStatus: 'Enabled' }, expected: { storeStatus: 'enabled' } },
    { name: 'a set that does not say whether it may be deleted', wire: { StoreStatus: '' }, expected: { storeStatus: undefined } },
    { name: 'a set whose word on deletion is unknown', wire: { StoreStatus: 'constructor' }, expected: { storeStatus: undefined } },
    { name: 'a set kept for ever', wire: { ExpectExpireTime: '9999-12-31T00:00:00Z' }, expected: { expiresAt: 'never' } },
    { name: 'a set kept for ever, said as -1', wire: { ExpectExpireTime: '-1' }, expected: { expiresAt: 'never' } },
  ])('$name', ({ wire, expected }) => {
    expect(setOf(wire)).toMatchObject(expected);
  });

  const LINKS = { BackupDownloadLinkByDB: { BackupDownloadLinkByDB: [{ DataBase: 'sales' }, { DataBase: 'hr' }, { DataBase: 'sales' }] } };
  const LISTED = { kind: 'databases', databases: ['hr', 'sales'] };

  test.each([
    { name: 'automated physical MySQL', wire: { Engine: 'MySQL', BackupMethod: 'Physical', BackupMode: 'Automated' }, scope: { kind: 'instance' } },
    {
      name: 'automated SQL Server, even with a list',
      wire: { Engine: 'SQLServer', BackupMethod: 'Physical', BackupMode: 'Automated', ...LINKS },
      scope: { kind: 'instance' },
    },
    { name: 'manual snapshot of SQL Server', wire: { Engine: 'SQLServer', BackupMethod: 'Snapshot', BackupMode: 'Manual' }, scope: { kind: 'instance' } },
    {
      name: 'manual physical MySQL: single databases are logical there',
      wire: { Engine: 'MySQL', BackupMethod: 'Physical', BackupMode: 'Manual' },
      scope: { kind: 'instance' },
    },
    {
      name: 'manual physical PostgreSQL: it has no single databases',
      wire: { Engine: 'PostgreSQL', BackupMethod: 'Physical', BackupMode: 'Manual' },
      scope: { kind: 'instance' },
    },
    { name: 'manual MariaDB', wire: { Engine: 'MariaDB', BackupMethod: 'Physical', BackupMode: 'Manual' }, scope: { kind: 'instance' } },
    {
      name: 'manual SQL Server differential: single databases are always full',
      wire: { Engine: 'SQLServer', BackupMethod: 'Physical', BackupMode: 'Manual', BackupType: 'IncrementalBackup' },
      scope: { kind: 'instance' },
    },
    { name: 'manual logical MySQL without a list', wire: { Engine: 'MySQL', BackupMethod: 'Logical', BackupMode: 'Manual' }, scope: { kind: 'unknown' } },
    { name: 'manual logical MySQL with a list', wire: { Engine: 'MySQL', BackupMethod: 'Logical', BackupMode: 'Manual', ...LINKS }, scope: LISTED },
    {
      name: 'manual full SQL Server without a list',
      wire: { Engine: 'SQLServer', BackupMethod: 'Physical', BackupMode: 'Manual', BackupType: 'FullBackup' },
      scope: { kind: 'unknown' },
    },
    {
      name: 'manual full SQL Server with a list',
      wire: { Engine: 'SQLServer', BackupMethod: 'Physical', BackupMode: 'Manual', BackupType: 'FullBackup', ...LINKS },
      scope: LISTED,
    },
    { name: 'a manual set of an unknown engine', wire: { Engine: 'PPAS', BackupMethod: 'Physical', BackupMode: 'Manual' }, scope: { kind: 'unknown' } },
    {
      name: 'a list of empty names',
      wire: { Engine: 'MySQL', BackupMethod: 'Logical', BackupMode: 'Manual', BackupDownloadLinkByDB: { BackupDownloadLinkByDB: [{ DataBase: '' }] } },
      scope: { kind: 'unknown' },
    },
  ])('the scope of $name', ({ wire, scope }) => {
    expect(setOf(wire)?.scope).toEqual(scope);
  });
});

describe('sets of released instances', () => {
  test('an item is mapped in full', () => {
    const wire = { DBInstanceComment: 'orders', BackupEndTime: '2026-11-20T17:20Z', BackupMode: 'Manual', BackupMethod: 'Logical', BackupSize: '2167808' };

    expect(detachedOf(wire)).toEqual({
      instanceId: 'rm-gone',
      instanceDescription: 'orders',
      backupId: '321020562',
      startedAt: STARTED_AT,
      endedAt: Date.UTC(2026, 10, 20, 17, 20, 0),
      status: 'success',
      isAvailable: true,
      mode: 'manual',
      method: 'logical',
      sizeBytes: 2_167_808,
    });
  });

  test('an item that says little promises little', () => {
    expect(detachedOf({ BackupStatus: 'Odd', BackupMode: undefined })).toMatchObject({
      instanceDescription: '',
      status: 'failed',
      isAvailable: false,
      mode: 'automated',
    });
  });

  test.each([{ BackupStartTime: 'yesterday' }, { BackupId: '' }, { DBInstanceId: undefined }])('an item with %p cannot be placed', (wire) => {
    expect(detachedOf(wire)).toBeUndefined();
  });
});

describe('backup jobs', () => {
  test.each([
    { wire: { BackupStatus: 'NoStart' }, status: 'not-started' },
    { wire: { BackupStatus: 'Checking' }, status: 'running' },
    { wire: { BackupStatus: 'Preparing' }, status: 'running' },
    { wire: { BackupStatus: 'Waiting' }, status: 'running' },
    { wire: { BackupStatus: 'Uploading' }, status: 'running' },
    { wire: { BackupStatus: 'Finished' }, status: 'finished' },
    { wire: { BackupStatus: 'Failed' }, status: 'failed' },
    { wire: { BackupStatus: 'Dreaming' }, status: 'running' },
    { wire: { BackupProgressStatus: 'NoStart' }, status: 'not-started' },
    { wire: {}, status: 'running' },
  ])('a job with $wire is $status', ({ wire, status }) => {
    expect(jobOf(wire)?.status).toBe(status);
  });

  test('a finished job knows its backup set', () => {
    expect(jobOf({ BackupStatus: 'Finished', BackupId: 346650271, JobMode: 'Manual', Process: '100' })).toEqual({
      id: '4762614',
      instanceId: 'rm-1',
      status: 'finished',
      mode: 'manual',
      progressPercent: 100,
      backupId: '346650271',
    });
  });

  test.each([
    { process: '25', percent: 25 },
    { process: '25%', percent: 25 },
    { process: '', percent: undefined },
    { process: 'soon', percent: undefined },
    { process: undefined, percent: undefined },
  ])('a progress of $process is $percent percent', ({ process, percent }) => {
    expect(jobOf({ BackupStatus: 'Uploading', Process: process })?.progressPercent).toBe(percent);
  });

  test('a set id of a running job is not believed, an item without a job id is none', () => {
    expect(jobOf({ BackupStatus: 'Uploading', BackupId: '1' })?.backupId).toBeUndefined();
    expect(jobOf({ BackupJobId: '' })).toBeUndefined();
  });
});

test.each([
  { wire: '120', total: 120 },
  { wire: 7, total: 7 },
  { wire: '', total: undefined },
  { wire: undefined, total: undefined },
  { wire: 'many', total: undefined },
  { wire: -1, total: undefined },
  { wire: Number.NaN, total: undefined },
])('a total of $wire is $total', ({ wire, total }) => {
  expect(toTotal(wire)).toBe(total);
});
