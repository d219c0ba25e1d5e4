import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { RestoreSource, RestoreTarget } from '../../../lib/domain/restore';
import { at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const TOKEN = 'a1b2c3d4e5f6';
const COPY: RestoreSource = { kind: 'copy', copyId: '14358', copyRegion: 'cn-beijing' };
const COPIED_TIME: RestoreSource = { kind: 'copied-time', at: at('2026-11-20T03:29:10Z'), sourceRegion: 'cn-hangzhou', sourceInstanceId: 'rm-1' };
const SET: RestoreSource = { kind: 'set', instanceId: 'rm-1', backupId: '902001' };
const TIME: RestoreSource = { kind: 'time', instanceId: 'rm-1', at: at('2026-11-20T03:29:10Z') };
const TARGET: RestoreTarget = {
  region: 'cn-beijing',
  engine: 'mysql',
  engineVersion: '8.0',
  instanceClass: 'rds.mysql.s1.small',
  storageGb: 20,
  description: undefined,
  payType: 'postpaid',
  vpcId: undefined,
  vSwitchId: undefined,
  zoneId: undefined,
  allowedAddresses: [],
};
const IN_A_NETWORK: RestoreTarget = { ...TARGET, description: 'drill', vpcId: 'vpc-1', vSwitchId: 'vsw-1', zoneId: 'cn-beijing-b' };
const PLACE = { RegionId: 'cn-beijing', DBInstanceClass: 'rds.mysql.s1.small', DBInstanceStorage: '20', PayType: 'Postpaid', ClientToken: TOKEN };
const NETWORK = { DBInstanceDescription: 'drill', InstanceNetworkType: 'VPC', VPCId: 'vpc-1', VSwitchId: 'vsw-1', ZoneId: 'cn-beijing-b' };
const DDR = { ...PLACE, Engine: 'MySQL', EngineVersion: '8.0', DBInstanceNetType: 'Intranet' };

const stub = useStub();

describe('a new instance', () => {
  test.each<{ name: string; source: RestoreSource; target: RestoreTarget; action: string; query: Readonly<Record<string, string>> }>([
    {
      name: 'a copy',
      source: COPY,
      target: TARGET,
      action: 'CreateDdrInstance',
      query: { ...DDR, SecurityIPList: '127.0.0.1', RestoreType: 'BackupSet', BackupSetId: '14358', BackupSetRegion: 'cn-beijing' },
    },
    {
      name: 'a point in time from copies, in a network, for some addresses',
      source: COPIED_TIME,
      target: { ...IN_A_NETWORK, allowedAddresses: ['10.0.0.1', '10.1.0.0/24'] },
      action: 'CreateDdrInstance',
      query: {
        ...DDR,
        ...NETWORK,
        SecurityIPList: '10.0.0.1,10.1.0.0/24',
        RestoreType: 'BackupTime',
        RestoreTime: '2026-11-20T03:29:10Z',
        SourceRegion: 'cn-hangzhou',
        SourceDBInstanceName: 'rm-1',
      },
    },
    { name: 'a local set', source: SET, target: TARGET, action: 'CloneDBInstance', query: { ...PLACE, DBInstanceId: 'rm-1', BackupId: '902001' } },
    {
      name: 'a point in time, in a network',
      source: TIME,
      target: IN_A_NETWORK,
      action: 'CloneDBInstance',
      query: { ...PLACE, ...NETWORK, DBInstanceId: 'rm-1', RestoreTime: '2026-11-20T03:29:10Z' },
    },
  ])('from $name takes these parameters and no others', async ({ source, target, action, query }) => {
    const gateway = await stub.answering(() => ok({ DBInstanceId: 'rm-new', OrderId: '2079000412' }));

    expect(await gateway.restoreToNewInstance(source, target, TOKEN)).toEqual({ instanceId: 'rm-new', orderId: '2079000412' });
    expect(stub.calls()).toEqual([{ action, query }]);
  });

  test.each([COPY, SET])('whose answer is lost is asked for again with the same token: $kind', async (source) => {
    const gateway = await stub.answering((_call, number) => (number === 1 ? refused('ServiceUnavailable', 503) : ok({ DBInstanceId: 'rm-new', OrderId: '' })));

    expect(await gateway.restoreToNewInstance(source, TARGET, TOKEN)).toEqual({ instanceId: 'rm-new', orderId: undefined });
    expect(stub.calls().map(({ query }) => query['ClientToken'])).toEqual([TOKEN, TOKEN]);
  });

  test.each([COPY, SET])('that the answer does not name is in doubt: $kind', async (source) => {
    const gateway = await stub.answering(() => ok({}));

    const error = await failureOf(gateway.restoreToNewInstance(source, TARGET, TOKEN));

    expect(error).toBeInstanceOf(AmbiguousError);
    expect(error.message).toMatch(/may or may not have taken effect.*no instance id in it/);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(65)])('is not asked for with the token %p', async (token) => {
    const gateway = await stub.answering(() => ok({ DBInstanceId: 'rm-new' }));

    for (const source of [COPY, SET]) {
      await expect(failureOf(gateway.restoreToNewInstance(source, TARGET, token))).resolves.toMatchObject({ reason: 'invalid-request' });
    }
    expect(stub.calls()).toEqual([]);
  });

  test('as a clone takes no addresses, and says so before anything is sent', async () => {
    const gateway = await stub.answering(() => ok({ DBInstanceId: 'rm-new' }));

    const error = await failureOf(gateway.restoreToNewInstance(TIME, { ...TARGET, allowedAddresses: ['10.0.0.1'] }, TOKEN));

    expect(error).toMatchObject({ reason: 'invalid-request', hint: 'leave them out, and set them on the new instance' });
    expect(error.message).toBe('CloneDBInstance for rm-1 at 2026-11-20T03:29:10Z was not sent: it takes no addresses that may connect');
    expect(stub.calls()).toEqual([]);
  });
});

describe('tables', () => {
  const TABLES = [
    { database: 'shop', newDatabase: 'shop_old', tables: [{ name: 'orders', newName: 'orders_old' }] },
    { database: 'audit "x"', newDatabase: 'audit2', tables: [] },
  ];

  test.each([
    { source: COPY, query: { RestoreType: '0', BackupId: '14358' } },
    {
      source: COPIED_TIME,
      query: { RestoreType: '1', RestoreTime: '2026-11-20T03:29:10Z', SourceRegion: 'cn-hangzhou', SourceDBInstanceName: 'rm-1' },
    },
  ])('of a $source.kind are restored into an instance', async ({ source, query }) => {
    const gateway = await stub.answering(() => ok({ DBInstanceId: 'rm-2' }));

    await gateway.restoreTables('rm-2', source, TABLES, TOKEN);

    const [call] = stub.calls();
    const { TableMeta, ...rest } = call?.query ?? {};
    expect(call?.action).toBe('RestoreDdrTable');
    expect(rest).toEqual({ DBInstanceId: 'rm-2', RegionId: 'cn-hangzhou', ClientToken: TOKEN, ...query });
    expect(JSON.parse(TableMeta ?? '')).toEqual([
      { type: 'db', name: 'shop', newname: 'shop_old', tables: [{ type: 'table', name: 'orders', newname: 'orders_old' }] },
      { type: 'db', name: 'audit "x"', newname: 'audit2' },
    ]);
  });

  test.each([
    { name: 'of a local set', source: SET, tables: TABLES, token: TOKEN, says: 'its source is no cross-region copy' },
    { name: 'of a local point in time', source: TIME, tables: TABLES, token: TOKEN, says: 'its source is no cross-region copy' },
    { name: 'that nobody names', source: COPY, tables: [], token: TOKEN, says: 'no database is named' },
    { name: 'without a token', source: COPY, tables: TABLES, token: '', says: 'the client token is not 1 to 64 visible ASCII characters' },
  ])('$name are refused before anything is sent', async ({ source, tables, token, says }) => {
    const gateway = await stub.answering(() => ok({}));

    const error = await failureOf(gateway.restoreTables('rm-2', source, tables, token));

    expect(error).toMatchObject({ code: 'refused', reason: 'invalid-request' });
    expect(error.message).toContain(says);
    expect(stub.calls()).toEqual([]);
  });
});

describe('the contents of a copy', () => {
  test('are read page by page, with numbers as texts', async () => {
    const metas = Array.from({ length: 40 }, (_, index) => ({ Database: `db${index}`, Size: `${index}00`, Tables: index === 1 ? '' : 'orders, lines' }));
    const gateway = await stub.answering(({ query }) => {
      const start = (Number(query['PageIndex']) - 1) * 30;
      return ok({ TotalRecordCount: 40, TotalPageCount: 2, Items: { Meta: metas.slice(start, start + 30) } });
    });

    const contents = await gateway.listSetContents('cn-beijing', '14358');

    expect(contents).toHaveLength(40);
    expect(contents.slice(0, 2)).toEqual([
      { database: 'db0', sizeKb: 0, tables: ['orders', 'lines'] },
      { database: 'db1', sizeKb: 100, tables: [] },
    ]);
    expect(stub.calls()).toEqual(
      ['1', '2'].map((PageIndex) => ({
        action: 'DescribeCrossBackupMetaList',
        query: { BackupSetId: '14358', Region: 'cn-beijing', PageIndex, PageSize: '30' },
      })),
    );
  });

  test('may lack a size and a name', async () => {
    const gateway = await stub.answering(() => ok({ TotalRecordCount: 2, Items: { Meta: [{ Database: 'a', Size: 'big' }, { Size: '1' }] } }));

    expect(await gateway.listSetContents('cn-beijing', '14358')).toEqual([{ database: 'a', sizeKb: undefined, tables: [] }]);
  });

  test('are not empty because the list is missing', async () => {
    const gateway = await stub.answering(() => ok({ TotalRecordCount: 0 }));

    expect((await failureOf(gateway.listSetContents('cn-beijing', '14358'))).message).toContain('no list of databases in it');
  });

  test('that the service does not know get a hint', async () => {
    const gateway = await stub.answering(() => refused('InvalidMeta.TooLarge', 403));

    await expect(failureOf(gateway.listSetContents('cn-beijing', '14358'))).resolves.toMatchObject({ hint: expect.stringContaining('restore it as a whole') });
  });
});
