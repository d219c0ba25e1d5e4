import { DescribeDBInstanceAttributeRequest } from '@alicloud/rds20140815';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: [ONE_MYSQL, { ...ONE_MYSQL, id: 'rm-two', engine: 'SQLServer', status: 'Stopped' }] });
});

afterEach(() => rig.close());

const ask = (DBInstanceId: string): ReturnType<RdsRig['client']['describeDBInstanceAttribute']> =>
  rig.client.describeDBInstanceAttribute(new DescribeDBInstanceAttributeRequest({ DBInstanceId }));

describe('DescribeDBInstanceAttribute', () => {
  test('serialization: numbers where the client wants numbers', async () => {
    const { body } = await ask('rm-one');

    expect(body?.items?.DBInstanceAttribute?.[0]).toMatchObject({
      DBInstanceId: 'rm-one',
      DBInstanceStatus: 'Running',
      DBInstanceStorage: 200,
      DBInstanceStorageType: 'local_ssd',
      category: 'HighAvailability',
      engine: 'MySQL',
      lockMode: 'Unlock',
      maxIOMBPS: 0,
      port: '3306',
      creationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test.each([
    { name: 'no instance', id: '', code: 'MissingDBInstanceId' },
    { name: 'an unknown instance, with 400', id: 'rm-none', code: 'InvalidDBInstanceId.NotFound' },
    { name: 'an unknown one among known ones', id: 'rm-one,rm-none', code: 'InvalidDBInstanceId.NotFound' },
    { name: 'more than thirty', id: Array.from({ length: 31 }, () => 'rm-one').join(','), code: 'InvalidDBInstanceId' },
  ])('validation: refuses $name', async ({ id, code }) => {
    expect(await failureOf(ask(id))).toMatchObject({ statusCode: 400, code });
  });

  test('functionality: takes a list, and keeps its order', async () => {
    const { body } = await ask('rm-two,rm-one');

    expect(body?.items?.DBInstanceAttribute?.map((item) => [item.DBInstanceId, item.DBInstanceStatus])).toEqual([
      ['rm-two', 'Stopped'],
      ['rm-one', 'Running'],
    ]);
  });
});
