import {
  CheckCreateDdrDBInstanceRequest,
  CloneDBInstanceRequest,
  CreateDdrInstanceRequest,
  DescribeCrossBackupMetaListRequest,
  DescribeDBInstanceAttributeRequest,
  RestoreDdrTableRequest,
} from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const WITH_LOGS = { destination: 'cn-shanghai', logs: true };

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, history: { days: 3, manualSets: [{ agoMs: 5 * HOUR_MS, method: 'Logical', databases: ['shop'] }] }, crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'target', regionId: 'cn-shanghai', databases: ['shop'] },
  { ...ONE_MYSQL, id: 'far', regionId: 'cn-beijing' },
  { ...ONE_MYSQL, id: 'stopped', regionId: 'cn-shanghai', status: 'Stopped' },
  { ...ONE_MYSQL, id: 'read', role: 'Readonly' },
  { ...ONE_MYSQL, id: 'bare', databases: [], history: { days: 2 }, crossRegion: WITH_LOGS },
  { ...ONE_MYSQL, id: 'pg', engine: 'PostgreSQL', history: { days: 3 }, crossRegion: WITH_LOGS },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET, knobs: { rateLimits: { 'cross-region': 100 } } });
});

afterEach(() => rig.close());

const copyOf = (id: string, index: number): string => rig.world.find(id)?.copies.at(index)?.id ?? '';
const setOf = (id: string, index: number): string => rig.world.find(id)?.sets.at(index)?.id ?? '';

const statusOf = async (id: string | undefined): Promise<unknown> => {
  const { body } = await rig.client.describeDBInstanceAttribute(new DescribeDBInstanceAttributeRequest({ DBInstanceId: id ?? '' }));
  return body?.items?.DBInstanceAttribute?.[0];
};

const ANY_TIME = { restoreTime: '2026-11-20T12:00:00Z', sourceRegion: 'cn-hangzhou', sourceDBInstanceName: 'rm-one' };

describe('CheckCreateDdrDBInstance', () => {
  type Fields = Partial<CheckCreateDdrDBInstanceRequest>;

  const OK: Fields = { regionId: 'cn-shanghai', engine: 'MySQL', engineVersion: '8.0', DBInstanceClass: 'mysql.x4.large.2c', DBInstanceStorage: 200 };
  const ask = async (fields: Fields): Promise<string | undefined> =>
    (await rig.client.checkCreateDdrDBInstance(new CheckCreateDdrDBInstanceRequest({ ...OK, restoreType: '0', ...fields }))).body?.isValid;

  test('says the text `true` of a copy in either region, and of a time between copies', async () => {
    expect(await ask({ backupSetId: copyOf('rm-one', 0) })).toBe('true');
    expect(await ask({ backupSetId: copyOf('rm-one', 0), regionId: 'cn-hangzhou' })).toBe('true');
    expect(await ask({ restoreType: '1', ...ANY_TIME })).toBe('true');
  });

  test.each<{ name: string; fields: () => Fields; status: number; code: string }>([
    { name: 'another type', fields: () => ({ restoreType: 'BackupSet' }), status: 400, code: 'InvalidRestoreType.Format' },
    { name: 'MariaDB', fields: () => ({ engine: 'MariaDB' }), status: 400, code: 'InvalidEngine.Malformed' },
    { name: 'four gigabytes', fields: () => ({ DBInstanceStorage: 4 }), status: 400, code: 'InvalidStorage.Format' },
    { name: 'too many gigabytes', fields: () => ({ DBInstanceStorage: 2005 }), status: 400, code: 'InvalidStorage.Format' },
    { name: 'no step of five', fields: () => ({ DBInstanceStorage: 201 }), status: 400, code: 'InvalidStorage.Format' },
    { name: 'no class', fields: () => ({ DBInstanceClass: 'big' }), status: 404, code: 'InvalidDBInstanceClass.NotFound' },
    { name: 'no copy', fields: () => ({}), status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'an unknown copy', fields: () => ({ backupSetId: '1' }), status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a local set', fields: () => ({ backupSetId: setOf('rm-one', 0) }), status: 400, code: 'IncorrectBackupSetType' },
    { name: 'a dump', fields: () => ({ backupSetId: copyOf('rm-one', -1) }), status: 400, code: 'IncorrectBackupSetMethod' },
    { name: 'another engine', fields: () => ({ backupSetId: copyOf('pg', 0) }), status: 400, code: 'IncorrectDBInstanceType' },
    { name: 'another version', fields: () => ({ backupSetId: copyOf('rm-one', 0), engineVersion: '5.7' }), status: 400, code: 'IncorrectBaksetVersion' },
    {
      name: 'another region',
      fields: () => ({ backupSetId: copyOf('rm-one', 0), regionId: 'cn-beijing' }),
      status: 400,
      code: 'DisasterRestoreRegionNotMatched',
    },
    {
      name: 'the source region of PostgreSQL',
      fields: () => ({ backupSetId: copyOf('pg', 0), engine: 'PostgreSQL', engineVersion: '16.0', regionId: 'cn-hangzhou' }),
      status: 400,
      code: 'DisasterRestoreRegionNotMatched',
    },
    { name: 'a failed copy', fields: () => ({ backupSetId: copyOf('bare', 0) }), status: 400, code: 'NoAvailableDisasterRestoreBakset' },
    { name: 'a time without a source', fields: () => ({ restoreType: '1' }), status: 400, code: 'NoSourceInstanceName' },
    { name: 'a time without a region', fields: () => ({ restoreType: '1', sourceDBInstanceName: 'rm-one' }), status: 400, code: 'NoBackupSetRegion' },
    { name: 'no time', fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '' }), status: 400, code: 'MissingRestoreTime' },
    { name: 'a time in minutes', fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '2026-11-20T12:00Z' }), status: 400, code: 'InvalidRestoreTime' },
    {
      name: 'a time to come',
      fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '2026-11-22T12:00:00Z' }),
      status: 400,
      code: 'InvalidRestoreTime',
    },
    {
      name: 'a time before all copies',
      fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '2026-11-01T12:00:00Z' }),
      status: 400,
      code: 'NoAvailableDisasterRestoreBakset',
    },
    {
      name: 'an unknown source',
      fields: () => ({ restoreType: '1', ...ANY_TIME, sourceDBInstanceName: 'ghost' }),
      status: 404,
      code: 'InvalidDBInstance.NotFound',
    },
    {
      name: 'a source in another region',
      fields: () => ({ restoreType: '1', ...ANY_TIME, sourceRegion: 'cn-beijing' }),
      status: 404,
      code: 'InvalidDBInstance.NotFound',
    },
  ])('refuses $name', async ({ fields, status, code }) => {
    rig.world.plantCopyFault('bare', setOf('bare', 0), { kind: 'failed' });

    expect(await failureOf(ask(fields()))).toMatchObject({ statusCode: status, code });
  });

  test('says why a planted copy cannot be restored, or only that it cannot', async () => {
    const backupSetId = copyOf('rm-one', 0);

    rig.world.setUnrestorable(backupSetId, 'CrossRegionUnsupportTDE');
    expect(await failureOf(ask({ backupSetId }))).toMatchObject({ statusCode: 400, code: 'CrossRegionUnsupportTDE' });
    rig.world.setUnrestorable(backupSetId, null);
    expect(await ask({ backupSetId })).toBe('false');
    rig.world.setUnrestorable(backupSetId, undefined);
    expect(await ask({ backupSetId })).toBe('true');
    expect(() => rig.world.setUnrestorable(backupSetId, 'Nonsense')).toThrow(RangeError);
    expect(() => rig.world.setUnrestorable('1', null)).toThrow('no copy 1');
  });
});

describe('CreateDdrInstance', () => {
  type Fields = Partial<CreateDdrInstanceRequest>;

  const OK: Fields = {
    regionId: 'cn-shanghai',
    engine: 'MySQL',
    engineVersion: '8.0',
    DBInstanceClass: 'mysql.n2.large.1',
    DBInstanceStorage: 100,
    DBInstanceNetType: 'Intranet',
    payType: 'Postpaid',
    securityIPList: '127.0.0.1,10.0.0.0/8',
    restoreType: 'BackupSet',
    DBInstanceDescription: 'restored',
  };
  const order = async (fields: Fields): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['createDdrInstance']>>['body']>> => {
    const { body } = await rig.client.createDdrInstance(new CreateDdrInstanceRequest({ ...OK, ...fields }));
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  };

  test('answers at once with an instance that is being created, and runs a while later', async () => {
    const body = await order({ backupSetId: copyOf('rm-one', 0), backupSetRegion: 'cn-shanghai' });

    expect(body).toMatchObject({ DBInstanceId: expect.stringMatching(/^rm-[0-9a-f]{17}$/), orderId: expect.stringMatching(/^\d{15}$/), port: '3306' });
    expect(await statusOf(body.DBInstanceId)).toMatchObject({
      DBInstanceStatus: 'Creating',
      regionId: 'cn-shanghai',
      DBInstanceStorage: 100,
      DBInstanceClass: 'mysql.n2.large.1',
      DBInstanceDescription: 'restored',
      creationTime: '2026-11-21T01:00:00Z',
    });
    rig.clock.advance(HOUR_MS);
    expect(await statusOf(body.DBInstanceId)).toMatchObject({ DBInstanceStatus: 'Running' });
    rig.clock.advance(DAY_MS);
    rig.world.settle(rig.clock.now());
    expect(rig.world.find(body.DBInstanceId ?? '')).toMatchObject({ sets: [{ mode: 'Automated' }], copies: [] });
    expect(rig.world.find(body.DBInstanceId ?? '')?.spec.databases.map(({ name }) => name)).toEqual(['shop', 'crm']);
  });

  test('makes one instance for one token, and refuses the token for another wish', async () => {
    const wish = { backupSetId: copyOf('rm-one', 0), clientToken: 'once' };
    const { requestId: _first, ...first } = await order(wish);
    rig.clock.advance(DAY_MS);
    const count = [...rig.world.all()].length;

    const { requestId: _second, ...second } = await order(wish);

    expect(second).toEqual(first);
    expect([...rig.world.all()]).toHaveLength(count);
    expect(await failureOf(order({ ...wish, DBInstanceStorage: 200 }))).toMatchObject({ statusCode: 400, code: 'IdempotentParameterMismatch' });
    expect(await failureOf(order({ ...wish, clientToken: 'x'.repeat(65) }))).toMatchObject({ statusCode: 400, code: 'InvalidClientToken' });
    expect((await order({ ...wish, clientToken: 'twice' })).DBInstanceId).not.toBe(first.DBInstanceId);
    expect((await order({ backupSetId: wish.backupSetId })).DBInstanceId).not.toBe(first.DBInstanceId);
  });

  test('takes both spellings of the types, and a point in time of a released instance', async () => {
    rig.world.releaseInstance('rm-one');

    expect((await order({ restoreType: 'BackupTime', ...ANY_TIME })).DBInstanceId).toBeDefined();
    expect((await order({ restoreType: '1', ...ANY_TIME })).DBInstanceId).toBeDefined();
    expect((await order({ restoreType: '0', backupSetId: copyOf('rm-one', 0) })).DBInstanceId).toBeDefined();
  });

  test.each<{ name: string; fields: () => Fields; status: number; code: string }>([
    { name: 'no copy', fields: () => ({}), status: 400, code: 'NoBaksetName' },
    { name: 'an unknown copy', fields: () => ({ backupSetId: '1' }), status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a local set', fields: () => ({ backupSetId: setOf('rm-one', 0) }), status: 400, code: 'IncorrectBackupSetType' },
    { name: 'a dump', fields: () => ({ backupSetId: copyOf('rm-one', -1) }), status: 403, code: 'IncorrectBackupSetMethod' },
    { name: 'another version', fields: () => ({ backupSetId: copyOf('rm-one', 0), engineVersion: '5.7' }), status: 403, code: 'IncorrectBaksetVersion' },
    {
      name: 'a copy that lies elsewhere',
      fields: () => ({ backupSetId: copyOf('rm-one', 0), backupSetRegion: 'cn-beijing' }),
      status: 400,
      code: 'DisasterRestoreRegionNotMatched',
    },
    { name: 'a copy that cannot be restored', fields: () => ({ backupSetId: copyOf('rm-one', 1) }), status: 403, code: 'CrossRegionUnsupportTDE' },
    { name: 'a copy that cannot be restored without a word', fields: () => ({ backupSetId: copyOf('rm-one', 2) }), status: 400, code: 'PreCheckInvalid' },
    {
      name: 'an unknown source',
      fields: () => ({ restoreType: '1', ...ANY_TIME, sourceDBInstanceName: 'x' }),
      status: 400,
      code: 'InvalidDBInstanceId.NotFound',
    },
    { name: 'no source', fields: () => ({ restoreType: '1' }), status: 400, code: 'NoSourceInstanceName' },
    { name: 'no source region', fields: () => ({ restoreType: '1', sourceDBInstanceName: 'rm-one' }), status: 400, code: 'NoBackupSetRegion' },
    { name: 'an unknown region', fields: () => ({ backupSetId: copyOf('rm-one', 0), regionId: 'moon-1' }), status: 404, code: 'InvalidRegion.NotFound' },
    { name: 'another type', fields: () => ({ restoreType: '2' }), status: 400, code: 'InvalidRestoreType.Format' },
    { name: 'another kind of net', fields: () => ({ DBInstanceNetType: 'None' }), status: 404, code: 'InvalidDBInstanceNetType.NotFound' },
    { name: 'serverless', fields: () => ({ payType: 'Serverless' }), status: 400, code: 'InvalidPayType' },
    { name: 'no addresses', fields: () => ({ securityIPList: '' }), status: 400, code: 'MissingSecurityIPList' },
    { name: 'no address', fields: () => ({ securityIPList: 'everybody' }), status: 400, code: 'InvalidSecurityIPList.Format' },
    { name: 'a bad block', fields: () => ({ securityIPList: '10.0.0.0/33' }), status: 400, code: 'InvalidSecurityIPList.Format' },
    { name: 'an address twice', fields: () => ({ securityIPList: '10.0.0.1,10.0.0.1' }), status: 400, code: 'InvalidSecurityIPList.Duplicate' },
    {
      name: 'too many addresses',
      fields: () => ({ securityIPList: Array.from({ length: 1001 }, (_, n) => `10.0.${n >> 8}.${n & 255}`).join(',') }),
      status: 400,
      code: 'InvalidSecurityIPList.QuotaExceeded',
    },
    { name: 'an address for a name', fields: () => ({ DBInstanceDescription: 'http://x' }), status: 400, code: 'InvalidDBInstanceDescription.Format' },
    { name: 'a bad size', fields: () => ({ backupSetId: copyOf('rm-one', 0), DBInstanceStorage: 7 }), status: 400, code: 'InvalidStorage.Format' },
    { name: 'a subscription without a length', fields: () => ({ payType: 'Prepaid' }), status: 400, code: 'MissingPeriod' },
    { name: 'half a network', fields: () => ({ instanceNetworkType: 'VPC', VPCId: 'vpc-1' }), status: 400, code: 'MissingVSwitchId' },
  ])('refuses $name, and makes nothing', async ({ fields, status, code }) => {
    rig.world.setUnrestorable(copyOf('rm-one', 1), 'CrossRegionUnsupportTDE');
    rig.world.setUnrestorable(copyOf('rm-one', 2), null);

    expect(await failureOf(order(fields()))).toMatchObject({ statusCode: status, code });
    expect([...rig.world.all()]).toHaveLength(FLEET.length);
  });
});

describe('CloneDBInstance', () => {
  type Fields = Partial<CloneDBInstanceRequest>;

  const order = async (fields: Fields): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['cloneDBInstance']>>['body']>> => {
    const { body } = await rig.client.cloneDBInstance(
      new CloneDBInstanceRequest({ DBInstanceId: 'rm-one', regionId: 'cn-hangzhou', payType: 'Postpaid', ...fields }),
    );
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  };

  test('makes an instance like its source of a set, of a time, or of some databases', async () => {
    const ofSet = await order({ backupId: setOf('rm-one', 0) });
    const ofTime = await order({ restoreTime: '2026-11-20T12:00:00Z', DBInstanceStorage: 300, DBInstanceDescription: 'clone' });
    const ofOne = await order({ backupId: setOf('rm-one', 0), dbNames: 'crm' });

    expect(await statusOf(ofSet.DBInstanceId)).toMatchObject({ DBInstanceStatus: 'Creating', regionId: 'cn-hangzhou', DBInstanceStorage: 200 });
    expect(await statusOf(ofTime.DBInstanceId)).toMatchObject({ DBInstanceStorage: 300, DBInstanceDescription: 'clone' });
    expect(rig.world.find(ofOne.DBInstanceId ?? '')?.spec.databases.map(({ name }) => name)).toEqual(['crm']);
    expect(ofSet.orderId).not.toBe(ofTime.orderId);
  });

  test('makes one instance for one token', async () => {
    const wish = { backupId: setOf('rm-one', 0), clientToken: 'once' };

    const { DBInstanceId: first } = await order(wish);

    expect((await order(wish)).DBInstanceId).toBe(first);
    expect(await failureOf(order({ ...wish, backupId: setOf('rm-one', 1) }))).toMatchObject({ statusCode: 400, code: 'IdempotentParameterMismatch' });
  });

  test.each<{ name: string; fields: () => Fields; status: number; code: string }>([
    { name: 'neither set nor time', fields: () => ({}), status: 400, code: 'MissingBackupId' },
    { name: 'an unknown set', fields: () => ({ backupId: '1' }), status: 404, code: 'Request.NotFound' },
    { name: 'an unknown instance', fields: () => ({ DBInstanceId: 'ghost' }), status: 400, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'a read-only instance', fields: () => ({ DBInstanceId: 'read' }), status: 403, code: 'IncorrectCharacterType' },
    { name: 'a time to come', fields: () => ({ restoreTime: '2026-12-20T12:00:00Z' }), status: 400, code: 'InvalidRestoreTime' },
    { name: 'a time before all sets', fields: () => ({ restoreTime: '2026-10-20T12:00:00Z' }), status: 400, code: 'InvalidRestoreTime' },
    {
      name: 'less storage',
      fields: () => ({ backupId: setOf('rm-one', 0), DBInstanceStorage: 100 }),
      status: 400,
      code: 'InvalidRecoveryDbInstance.StorageSize',
    },
    {
      name: 'cloud disks for local ones',
      fields: () => ({ backupId: setOf('rm-one', 0), DBInstanceStorageType: 'cloud_essd' }),
      status: 400,
      code: 'InvalidRecoveryDbInstance.StorageType',
    },
    { name: 'another region', fields: () => ({ backupId: setOf('rm-one', 0), regionId: 'cn-beijing' }), status: 404, code: 'InvalidDBInstance.NotFound' },
    { name: 'a database that it does not have', fields: () => ({ backupId: setOf('rm-one', 0), dbNames: 'x' }), status: 400, code: 'InvalidDbNames' },
    {
      name: 'one letter for a name',
      fields: () => ({ backupId: setOf('rm-one', 0), DBInstanceDescription: 'x' }),
      status: 400,
      code: 'InvalidDBInstanceDescription',
    },
  ])('refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(order(fields()))).toMatchObject({ statusCode: status, code });
  });
});

describe('RestoreDdrTable', () => {
  type Fields = Partial<RestoreDdrTableRequest>;

  const meta = (databases: unknown): string => JSON.stringify(databases);
  const CRM = [{ type: 'db', name: 'crm', newname: 'crm_back', tables: [{ type: 'table', name: 'accounts', newname: 'accounts_back' }] }];
  const order = async (fields: Fields): Promise<string | undefined> => {
    const request = new RestoreDdrTableRequest({ DBInstanceId: 'target', regionId: 'cn-shanghai', restoreType: '0', tableMeta: meta(CRM), ...fields });
    return (await rig.client.restoreDdrTable(request)).body?.DBInstanceId;
  };

  test('brings databases into an instance that is there, which is restoring for a while', async () => {
    expect(await order({ backupId: copyOf('rm-one', 0), clientToken: 'once' })).toBe('target');

    expect(rig.world.find('target')?.spec).toMatchObject({ status: 'Restoring', databases: [{ name: 'shop' }, { name: 'crm_back', status: 'Creating' }] });
    expect(await order({ backupId: copyOf('rm-one', 0), clientToken: 'once' })).toBe('target');
    rig.clock.advance(HOUR_MS);
    rig.world.settle(rig.clock.now());
    expect(rig.world.find('target')?.spec).toMatchObject({ status: 'Running', databases: [{ name: 'shop' }, { name: 'crm_back', status: 'Running' }] });
  });

  test('takes a point in time, and tables into a database that is there', async () => {
    const shop = [{ type: 'db', name: 'shop', newname: 'shop', tables: [{ type: 'table', name: 'accounts', newname: 'accounts_back' }] }];

    expect(await order({ restoreType: '1', ...ANY_TIME, tableMeta: meta(shop) })).toBe('target');
  });

  test.each<{ name: string; fields: () => Fields; status: number; code: string }>([
    { name: 'words for the type', fields: () => ({ restoreType: 'BackupSet' }), status: 400, code: 'InvalidRestoreType.Format' },
    { name: 'no copy', fields: () => ({}), status: 400, code: 'MissingBackupId' },
    { name: 'an unknown copy', fields: () => ({ backupId: '1' }), status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a dump', fields: () => ({ backupId: copyOf('rm-one', -1) }), status: 403, code: 'IncorrectBackupSetMethod' },
    { name: 'a failed copy', fields: () => ({ backupId: copyOf('bare', 0) }), status: 403, code: 'IncorrectBackupSetState' },
    { name: 'an instance elsewhere', fields: () => ({ DBInstanceId: 'far', backupId: copyOf('rm-one', 0) }), status: 400, code: 'InvalidRegion.Format' },
    { name: 'a stopped instance', fields: () => ({ DBInstanceId: 'stopped', backupId: copyOf('rm-one', 0) }), status: 403, code: 'IncorrectDBInstanceState' },
    { name: 'PostgreSQL', fields: () => ({ DBInstanceId: 'pg', backupId: copyOf('pg', 0) }), status: 403, code: 'IncorrectDBInstanceType' },
    { name: 'an unknown instance', fields: () => ({ DBInstanceId: 'ghost' }), status: 404, code: 'InvalidDBInstance.NotFound' },
    { name: 'no JSON', fields: () => ({ backupId: copyOf('rm-one', 0), tableMeta: '{' }), status: 400, code: 'InvalidTableMeta' },
    { name: 'another form', fields: () => ({ backupId: copyOf('rm-one', 0), tableMeta: '[]' }), status: 400, code: 'InvalidTableMeta' },
    {
      name: 'a database that is not in it',
      fields: () => ({ backupId: copyOf('rm-one', 0), tableMeta: meta([{ type: 'db', name: 'x', newname: 'y' }]) }),
      status: 400,
      code: 'InvalidSourceRestoreDBName.NotFound',
    },
    {
      name: 'a table that is not in it',
      fields: () => ({
        backupId: copyOf('rm-one', 0),
        tableMeta: meta([{ type: 'db', name: 'crm', newname: 'y', tables: [{ type: 'table', name: 'x', newname: 'x' }] }]),
      }),
      status: 400,
      code: 'InvalidSourceRestoreDBName.NotFound',
    },
    {
      name: 'a database in place of one that is there',
      fields: () => ({ backupId: copyOf('rm-one', 0), tableMeta: meta([{ type: 'db', name: 'crm', newname: 'shop' }]) }),
      status: 400,
      code: 'InvalidDBName.Duplicate',
    },
    {
      name: 'a time to come',
      fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '2027-01-01T00:00:00Z' }),
      status: 400,
      code: 'InvalidRestoreTime.Format',
    },
    {
      name: 'a time before all copies',
      fields: () => ({ restoreType: '1', ...ANY_TIME, restoreTime: '2026-01-01T00:00:00Z' }),
      status: 404,
      code: 'InvalidBackup.NotFound',
    },
    {
      name: 'an unknown source',
      fields: () => ({ restoreType: '1', ...ANY_TIME, sourceDBInstanceName: 'x' }),
      status: 404,
      code: 'InvalidDBInstance.NotFound',
    },
  ])('refuses $name', async ({ fields, status, code }) => {
    rig.world.plantCopyFault('bare', setOf('bare', 0), { kind: 'failed' });

    expect(await failureOf(order(fields()))).toMatchObject({ statusCode: status, code });
  });

  test('refuses the token of another wish', async () => {
    await order({ backupId: copyOf('rm-one', 0), clientToken: 'once' });

    expect(await failureOf(order({ backupId: copyOf('rm-one', 1), clientToken: 'once' }))).toMatchObject({
      statusCode: 400,
      code: 'IdempotentParameterMismatch',
    });
  });
});

describe('DescribeCrossBackupMetaList', () => {
  type Fields = Partial<DescribeCrossBackupMetaListRequest>;

  const ask = async (fields: Fields): Promise<NonNullable<Awaited<ReturnType<RdsRig['client']['describeCrossBackupMetaList']>>['body']>> => {
    const { body } = await rig.client.describeCrossBackupMetaList(new DescribeCrossBackupMetaListRequest({ region: 'cn-hangzhou', ...fields }));
    if (body === undefined) throw new Error('an answer without a body');
    return body;
  };
  const PAGE: Fields = { pageIndex: '1', pageSize: '30' };

  test('lists databases and tables as texts', async () => {
    const body = await ask({ backupSetId: copyOf('rm-one', 0), ...PAGE });

    expect(body).toMatchObject({ DBInstanceName: 'rm-one', pageNumber: 1, pageRecordCount: 2, totalPageCount: 1, totalRecordCount: 2 });
    expect(body.items?.meta).toEqual([
      { database: 'shop', size: expect.stringMatching(/^\d+$/), tables: expect.stringMatching(/^accounts,/) },
      { database: 'crm', size: expect.stringMatching(/^\d+$/), tables: expect.stringMatching(/^accounts,/) },
    ]);
    expect((await ask({ backupSetId: copyOf('rm-one', -1), ...PAGE })).items?.meta).toMatchObject([{ database: 'shop' }]);
  });

  test('has one database on a page unless both parts of a page are told', async () => {
    const backupSetId = copyOf('rm-one', 0);

    expect(await ask({ backupSetId })).toMatchObject({ pageRecordCount: 1, totalPageCount: 2, totalRecordCount: 2 });
    expect(await ask({ backupSetId, pageSize: '30' })).toMatchObject({ pageRecordCount: 1 });
    expect((await ask({ backupSetId, pageIndex: '2', pageSize: '1' })).items?.meta).toMatchObject([{ database: 'crm' }]);
  });

  test('finds a database by its name, with tables, or by a part of it, without', async () => {
    const backupSetId = copyOf('rm-one', 0);

    expect((await ask({ backupSetId, ...PAGE, getDbName: 'crm' })).items?.meta).toMatchObject([
      { database: 'crm', tables: expect.stringContaining('accounts') },
    ]);
    expect((await ask({ backupSetId, ...PAGE, pattern: 'ho' })).items?.meta).toMatchObject([{ database: 'shop', tables: '' }]);
  });

  test.each<{ name: string; fields: () => Fields; status: number; code: string }>([
    { name: 'an unknown copy', fields: () => ({ backupSetId: '1' }), status: 404, code: 'InvalidBackupSetID.NotFound' },
    { name: 'a copy of nothing', fields: () => ({ backupSetId: copyOf('bare', 0) }), status: 403, code: 'InvalidMeta.Empty' },
    { name: 'a failed copy', fields: () => ({ backupSetId: copyOf('pg', 0) }), status: 400, code: 'NoAvailableDisasterRestoreBakset' },
    { name: 'page zero', fields: () => ({ backupSetId: copyOf('rm-one', 0), pageIndex: '0' }), status: 400, code: 'InvalidPageIndex' },
    { name: 'a page of nothing', fields: () => ({ backupSetId: copyOf('rm-one', 0), pageSize: 'x' }), status: 400, code: 'InvalidPageSize' },
  ])('refuses $name', async ({ fields, status, code }) => {
    rig.world.plantCopyFault('pg', setOf('pg', 0), { kind: 'failed' });

    expect(await failureOf(ask(fields()))).toMatchObject({ statusCode: status, code });
  });
});

test('a restore that is ordered in a lost request is made once when it arrives', async () => {
  const request = new CloneDBInstanceRequest({ DBInstanceId: 'rm-one', payType: 'Postpaid', backupId: setOf('rm-one', 0), clientToken: 'once' });
  rig.faults.add({ service: 'rds', operation: 'CloneDBInstance', effect: { appliedAfterMs: MINUTE_MS }, reply: { kind: 'reset' } });
  await failureOf(rig.client.cloneDBInstance(request));

  rig.clock.advance(2 * MINUTE_MS);
  const { body } = await rig.client.cloneDBInstance(request);

  expect([...rig.world.all()].map(({ spec }) => spec.id).slice(FLEET.length)).toEqual([body?.DBInstanceId]);
});
