// Restores to new instances: what is asked of the service for a wish and a source, and which rule forbids it.

import { decideRestore } from '../../../lib/policy/restore';
import { ruleOfCheck } from '../../../lib/policy/restore-source';
import type { FoundSource, RestoreWish } from '../../../lib/policy/restore-types';
import { at, makeCopy, makeInstance, makeSet, NOW } from '../fixtures';
import { makeCloneWish, makeFound, makeWish, refusalsOf } from './fixtures';

const YESTERDAY = at('2026-11-20T12:00:00Z');
const CLOUD_DISK = makeInstance({ storage: 'cloud-disk' });
const POSTGRESQL = makeInstance({ engine: 'postgresql', engineVersion: '16.0', storage: 'cloud-disk' });
const ANYWHERE = makeCopy({ restoreRegions: [] });
const RELEASED = { instance: undefined, details: undefined } as const;
const ALL_NAMED = { engine: 'mysql', engineVersion: '8.0', instanceClass: 'rds.mysql.s1.small', storageGb: 100 } as const;

test('a copy becomes an instance like its source, where the copy lies', () => {
  expect(decideRestore(makeWish(), makeFound(), NOW)).toEqual({
    kind: 'possible',
    source: { kind: 'copy', copyId: '14377', copyRegion: 'cn-shanghai' },
    target: {
      region: 'cn-shanghai',
      engine: 'mysql',
      engineVersion: '8.0',
      instanceClass: 'rds.mysql.s1.small',
      storageGb: 100,
      description: undefined,
      payType: 'postpaid',
      vpcId: undefined,
      vSwitchId: undefined,
      zoneId: undefined,
      allowedAddresses: [],
    },
    notes: ['no address may connect until its whitelist is changed'],
  });
});

test.each<{ name: string; wish: RestoreWish; found?: FoundSource; source: object; target?: object; notes?: readonly string[] }>([
  {
    name: 'a set is cloned at home',
    wish: makeCloneWish(),
    source: { kind: 'set', instanceId: 'rm-1', backupId: '9001' },
    target: { region: 'cn-hangzhou' },
    notes: ['the new instance has the whitelist, the accounts and the parameters of its source'],
  },
  {
    name: 'a point in time is cloned at home',
    wish: makeWish({ from: { kind: 'time', at: YESTERDAY } }),
    source: { kind: 'time', instanceId: 'rm-1', at: YESTERDAY },
    target: { region: 'cn-hangzhou' },
  },
  {
    name: 'a copied point in time names its source',
    wish: makeWish({ from: { kind: 'copied-time', at: YESTERDAY } }),
    source: { kind: 'copied-time', at: YESTERDAY, sourceRegion: 'cn-hangzhou', sourceInstanceId: 'rm-1' },
    target: { region: 'cn-shanghai' },
  },
  {
    name: 'a copy of MySQL on local disks may come home',
    wish: makeWish({ region: 'cn-hangzhou' }),
    source: { kind: 'copy' },
    target: { region: 'cn-hangzhou' },
  },
  {
    name: 'a bigger clone of another class, same disk',
    wish: makeCloneWish({ storageGb: 200, instanceClass: 'rds.mysql.s2.large', disk: 'local-disk' }),
    source: { kind: 'set' },
    target: { storageGb: 200, instanceClass: 'rds.mysql.s2.large' },
  },
  {
    name: 'a serverless source, when a class is named',
    wish: makeCloneWish({ instanceClass: 'mysql.n2.medium.1' }),
    found: makeFound({ details: { instanceClass: 'mysql.s2.serverless', storageGb: 20, isServerless: true } }),
    source: { kind: 'set' },
    target: { instanceClass: 'mysql.n2.medium.1', storageGb: 20 },
  },
  {
    name: 'a copy of a released instance, when all is named',
    wish: makeWish({ ...ALL_NAMED, allowedAddresses: ['10.0.0.1'] }),
    found: makeFound({ ...RELEASED, copy: ANYWHERE }),
    source: { kind: 'copy' },
    target: ALL_NAMED,
    notes: ['the source is released: only the check of the service knows whether engine and version are those of the copy', 'may connect: 10.0.0.1'],
  },
  {
    name: 'a released one of MySQL at home: only the check knows its disks',
    wish: makeWish({ ...ALL_NAMED, region: 'cn-hangzhou' }),
    found: makeFound({ ...RELEASED, copy: ANYWHERE }),
    source: { kind: 'copy' },
    target: { region: 'cn-hangzhou' },
  },
  {
    name: 'a copy of a kind that is not listed',
    wish: makeWish(),
    found: makeFound({ instance: CLOUD_DISK, copy: undefined, areCopiesListed: false }),
    source: { kind: 'copy' },
    notes: ['the service lists no copies of this kind of instance: only its check knows this one', 'no address may connect until its whitelist is changed'],
  },
  {
    name: 'a point in time of which the service says nothing',
    wish: makeWish({ from: { kind: 'time', at: YESTERDAY } }),
    found: makeFound({ window: 'unknown' }),
    source: { kind: 'time' },
    notes: [
      'the service does not say which points in time can be restored: it may refuse this one',
      'the new instance has the whitelist, the accounts and the parameters of its source',
    ],
  },
  {
    name: 'both ends of the window',
    wish: makeWish({ from: { kind: 'time', at: at('2026-11-14T00:00:00Z') } }),
    found: makeFound({ window: { from: at('2026-11-14T00:00:00Z'), to: at('2026-11-14T00:00:00Z') } }),
    source: { kind: 'time' },
  },
])('$name', ({ wish, found = makeFound(), source, target = {}, notes }) => {
  const decision = decideRestore(wish, found, NOW);

  expect(decision).toMatchObject({ kind: 'possible', source, target, ...(notes === undefined ? {} : { notes }) });
});

test.each<{ name: string; wish: RestoreWish; found?: FoundSource; says: string }>([
  {
    name: 'a clone in another region',
    wish: makeCloneWish({ region: 'cn-shanghai' }),
    says: 'region: a clone is made in the region of its source, cn-hangzhou; in cn-shanghai only a copy can be restored (RDS API, CloneDBInstance: restores within the region of the instance)',
  },
  {
    name: 'a copy in a third region',
    wish: makeWish({ region: 'cn-beijing' }),
    says: 'region: cn-beijing is neither where the copies lie (cn-shanghai) nor where the instance is (cn-hangzhou) (RDS API, CheckCreateDdrDBInstance: DisasterRestoreRegionNotMatched, in the destination or the source region only)',
  },
  {
    name: 'a copy where the service does not let it be restored',
    wish: makeWish({ region: 'cn-hangzhou' }),
    found: makeFound({ copy: makeCopy({ restoreRegions: ['cn-shanghai'] }) }),
    says: 'region: copy 14377 may be restored in cn-shanghai, not in cn-hangzhou (RDS API, DescribeCrossRegionBackups: RestoreRegions)',
  },
  {
    name: 'a copy of PostgreSQL at home',
    wish: makeWish({ region: 'cn-hangzhou' }),
    found: makeFound({ instance: POSTGRESQL, copy: ANYWHERE }),
    says: 'region: copies of PostgreSQL are restored in cn-shanghai only (RDS help, Use the cross-region backup feature: to a new instance in the destination region)',
  },
  {
    name: 'a copy of a released SQL Server at home',
    wish: makeWish({ ...ALL_NAMED, region: 'cn-hangzhou', engine: 'sqlserver', engineVersion: '2019_std_ha' }),
    found: makeFound({ ...RELEASED, copy: ANYWHERE }),
    says: 'region: copies of SQL Server are restored in cn-shanghai only (RDS help, Use the cross-region backup feature: to a new instance in the destination region)',
  },
  {
    name: 'a copy of MySQL on cloud disks at home',
    wish: makeWish({ region: 'cn-hangzhou' }),
    found: makeFound({ instance: CLOUD_DISK, copy: ANYWHERE }),
    says: 'region: copies of MySQL on cloud disks are restored in cn-shanghai only (RDS help, Use the cross-region backup feature of an ApsaraDB RDS for MySQL instance: the source region is for local disks)',
  },
  {
    name: 'a clone smaller than its source',
    wish: makeCloneWish({ storageGb: 95 }),
    says: 'storage: 95 GB is less than the 100 GB of the source (RDS API, CloneDBInstance: InvalidRecoveryDbInstance.StorageSize, not smaller than the source)',
  },
  {
    name: 'a clone of local disks on cloud disks',
    wish: makeCloneWish({ disk: 'cloud-disk' }),
    says: 'disk: the source is on local disks, and cannot become an instance on cloud disks (RDS API, CloneDBInstance: InvalidRecoveryDbInstance.StorageType, not from local_ssd to cloud disks)',
  },
  {
    name: 'a copy of local disks on cloud disks',
    wish: makeWish({ disk: 'cloud-disk' }),
    says: 'disk: the source is on local disks, and cannot become an instance on cloud disks (RDS API, CreateDdrInstance: only local_ssd is supported)',
  },
  {
    name: 'a clone of cloud disks on local disks',
    wish: makeCloneWish({ disk: 'local-disk' }),
    found: makeFound({ instance: CLOUD_DISK }),
    says: 'disk: the source is on cloud disks, and so is what is made of it (the keeper asks for the kind of disk of the source)',
  },
  {
    name: 'another engine',
    wish: makeWish({ engine: 'postgresql' }),
    says: 'engine: the backup is of MySQL, not of PostgreSQL (RDS API, CreateDdrInstance: Engine must be that of the backup (IncorrectDBInstanceType))',
  },
  {
    name: 'another version',
    wish: makeWish({ engineVersion: '5.7' }),
    says: 'engine-version: the backup is of version 8.0, not of 5.7 (RDS API, CreateDdrInstance: EngineVersion must be that of the backup (IncorrectEngineVersion))',
  },
  {
    name: 'MariaDB',
    wish: makeCloneWish(),
    found: makeFound({ instance: makeInstance({ engine: 'mariadb' }) }),
    says: 'engine: rm-1 is MariaDB, which cannot be restored here (RDS API, CreateDdrInstance: Engine is MySQL, SQLServer or PostgreSQL)',
  },
  {
    name: 'an engine that nobody knows',
    wish: makeCloneWish(),
    found: makeFound({ instance: makeInstance({ engine: 'other' }) }),
    says: 'engine: rm-1 is of another engine, which cannot be restored here (RDS API, CreateDdrInstance: Engine is MySQL, SQLServer or PostgreSQL)',
  },
  {
    name: 'a clone of a stopped instance',
    wish: makeCloneWish(),
    found: makeFound({ instance: makeInstance({ status: 'Stopped' }) }),
    says: 'instance: rm-1 is Stopped (RDS API, CloneDBInstance: the original instance must be in the Running state)',
  },
  {
    name: 'a clone of a read-only instance',
    wish: makeCloneWish(),
    found: makeFound({ instance: makeInstance({ role: 'read-only' }) }),
    says: 'instance: rm-1 is a read-only instance (RDS API, CloneDBInstance: primary instances only (IncorrectCharacterType))',
  },
  {
    name: 'a copy that nobody has',
    wish: makeWish(),
    found: makeFound({ copy: undefined }),
    says: 'copy: cn-shanghai has no copy 14377 of rm-1 (RDS API, DescribeCrossRegionBackups: the id is CrossBackupId)',
  },
  {
    name: 'a copy that failed',
    wish: makeWish(),
    found: makeFound({ copy: makeCopy({ status: 'failed' }) }),
    says: 'copy: copy 14377 has failed (RDS API, DescribeCrossRegionBackups: BackupSetStatus 0 is success; this one is 1)',
  },
  {
    name: 'a set that nobody has',
    wish: makeCloneWish(),
    found: makeFound({ set: undefined }),
    says: 'set: rm-1 lists no backup set 9001 (RDS API, DescribeBackups: the id is BackupId)',
  },
  {
    name: 'a set that failed',
    wish: makeCloneWish(),
    found: makeFound({ set: makeSet({ id: '9001', status: 'failed' }) }),
    says: 'set: backup set 9001 has failed or is not available (RDS API, DescribeBackups: BackupStatus Success and IsAvail 1 can be restored)',
  },
  {
    name: 'a set that is not available',
    wish: makeCloneWish(),
    found: makeFound({ set: makeSet({ id: '9001', isAvailable: false }) }),
    says: 'set: backup set 9001 has failed or is not available (RDS API, DescribeBackups: BackupStatus Success and IsAvail 1 can be restored)',
  },
  {
    name: 'a time before the window',
    wish: makeWish({ from: { kind: 'time', at: at('2026-11-13T23:59:59Z') } }),
    says: 'at: 2026-11-13T23:59:59Z is outside what can be restored, 2026-11-14T00:00:00Z to 2026-11-21T01:00:00Z (RDS API, DescribeLocalAvailableRecoveryTime: the recovery window)',
  },
  {
    name: 'a copied time after the window',
    wish: makeWish({ from: { kind: 'copied-time', at: at('2026-11-21T01:00:01Z') } }),
    says: 'at: 2026-11-21T01:00:01Z is outside what can be restored, 2026-11-14T00:00:00Z to 2026-11-21T01:00:00Z (RDS API, DescribeAvailableRecoveryTime: the recovery window)',
  },
  {
    name: 'a time where there is no window',
    wish: makeWish({ from: { kind: 'time', at: YESTERDAY } }),
    found: makeFound({ window: 'none' }),
    says: 'at: no point in time can be restored (RDS API, DescribeLocalAvailableRecoveryTime: there is no backup, or log backup is off)',
  },
  {
    name: 'the storage of a source that is none to restore to',
    wish: makeWish(),
    found: makeFound({ details: { instanceClass: 'rds.mysql.s1.small', storageGb: 6_000, isServerless: false } }),
    says: 'storage: 6000 GB is no storage size that can be restored to (RDS API, CreateDdrInstance: DBInstanceStorage is 5 to 2000 GB in steps of 5)',
  },
  {
    name: 'a serverless source without a class',
    wish: makeCloneWish(),
    found: makeFound({ details: { instanceClass: 'mysql.s2.serverless', storageGb: 20, isServerless: true } }),
    says: 'class: name the class: the source does not give one that can be used (RDS API, CreateDdrInstance: Engine, EngineVersion, DBInstanceClass and DBInstanceStorage)',
  },
])('$name is refused, by name of the rule', ({ wish, found = makeFound(), says }) => {
  expect(refusalsOf(decideRestore(wish, found, NOW))).toEqual([says]);
});

test('of a released instance everything must be named, and its local sets are gone', () => {
  const copied = decideRestore(makeWish(), makeFound(RELEASED), NOW);
  const cloned = decideRestore(makeCloneWish(ALL_NAMED), makeFound({ ...RELEASED }), NOW);

  expect(refusalsOf(copied).map((text) => text.split(':')[0])).toEqual(['engine', 'engine-version', 'class', 'storage']);
  expect(refusalsOf(copied)[1]).toContain('name the engine version: the instance is released, and the service no longer says');
  expect(refusalsOf(cloned)).toEqual([expect.stringContaining('its local backups cannot be cloned')]);
});

test('an instance that was never copied has no copies, wherever', () => {
  const decision = decideRestore(makeWish({ region: 'cn-beijing' }), makeFound({ copyRegion: undefined, copy: undefined }), NOW);

  expect(refusalsOf(decision)).toEqual([
    'instance: rm-1 has never been copied to another region (RDS help, Use the cross-region backup feature: disabled by default)',
    expect.stringContaining('region: cn-beijing is neither where the copies lie (nowhere)'),
  ]);
});

test('of an instance that was never copied nothing is said about where its copies may go', () => {
  const decision = decideRestore(makeWish(), makeFound({ instance: POSTGRESQL, copyRegion: undefined, copy: undefined }), NOW);

  expect(refusalsOf(decision)).toEqual([expect.stringContaining('instance: rm-1 has never been copied to another region')]);
});

test('every rule that a wish breaks is told at once', () => {
  const wish = makeCloneWish({ region: 'cn-beijing', storageGb: 7, engine: 'sqlserver' });

  const refusals = refusalsOf(decideRestore(wish, makeFound({ set: undefined }), NOW));

  expect(refusals.map((text) => text.split(':')[0])).toEqual(['storage', 'set', 'region', 'engine', 'storage']);
});

test('the rule behind the answer of the check', () => {
  expect(ruleOfCheck('CrossRegionUnsupportTDE')).toContain('restored in the source region only');
  expect(ruleOfCheck('IncorrectBackupSetType')).toBe('RDS API, CheckCreateDdrDBInstance: IncorrectBackupSetType');
});
