import { DescribeDatabasesRequest } from '@alicloud/rds20140815';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [
      { ...ONE_MYSQL, databases: ['shop', 'crm', { name: 'old', status: 'Cold' }] },
      { ...ONE_MYSQL, id: 'mssql', engine: 'SQLServer', databases: ['a', 'b', 'c'] },
      { ...ONE_MYSQL, id: 'stopped', status: 'Stopped' },
    ],
  });
});

afterEach(() => rig.close());

const ask = async (fields: Partial<DescribeDatabasesRequest> = {}): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { body } = await rig.client.describeDatabases(new DescribeDatabasesRequest({ DBInstanceId: 'rm-one', ...fields }));
  return (body?.databases?.database ?? []).map((database) => ({ ...database }));
};

describe('DescribeDatabases', () => {
  test('serialization: says name, state and engine, and no page for MySQL', async () => {
    const [first] = await ask();

    expect(first).toMatchObject({ DBName: 'shop', DBStatus: 'Running', engine: 'MySQL', DBInstanceId: 'rm-one', characterSetName: 'utf8mb4' });
    expect(first).not.toHaveProperty('pageNumber');
  });

  test('serialization: says the page inside every item for SQL Server', async () => {
    const items = await ask({ DBInstanceId: 'mssql', pageSize: 2, pageNumber: 2 });

    expect(items).toMatchObject([{ DBName: 'c', pageNumber: 2, pageSize: 2, totalCount: 3 }]);
  });

  test.each([
    { name: 'no instance', fields: { DBInstanceId: '' }, code: 'MissingDBInstanceId' },
    { name: 'an unknown instance, with 400', fields: { DBInstanceId: 'x' }, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'a stopped instance', fields: { DBInstanceId: 'stopped' }, code: 'InvalidDBInstanceStatus.NotSupport' },
    { name: 'an unknown state', fields: { DBStatus: 'Frozen' }, code: 'InvalidDBStatus' },
    { name: 'a page before the first', fields: { pageNumber: -1 }, code: 'InvalidPageNumber' },
  ])('validation: refuses $name', async ({ fields, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: 400, code });
  });

  test('functionality: filters by name and state, and pages', async () => {
    const names = async (fields: Partial<DescribeDatabasesRequest>): Promise<readonly unknown[]> => (await ask(fields)).map((item) => item['DBName']);

    expect(await names({})).toEqual(['shop', 'crm', 'old']);
    expect(await names({ DBName: 'crm' })).toEqual(['crm']);
    expect(await names({ DBStatus: 'Cold' })).toEqual(['old']);
    expect(await names({ pageSize: 2 })).toEqual(['shop', 'crm']);
    expect(await names({ pageSize: 2, pageNumber: 2 })).toEqual(['old']);
    expect(await names({ pageSize: 0, pageNumber: 0 })).toHaveLength(3);
  });
});
