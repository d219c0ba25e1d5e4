import { DescribeDBInstancesRequest } from '@alicloud/rds20140815';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, type RdsRig, startRig } from './support';

const NO_PAST = { history: { days: 0 } } as const;

const FLEET: readonly FleetMember[] = [
  ...Array.from({ length: 33 }, (_, index): FleetMember => ({ id: `rm-${100 + index}`, engine: 'MySQL', ...NO_PAST })),
  { id: 'pg-1', engine: 'PostgreSQL', description: '账单 billing', tags: { tier: 'gold', team: 'pay' }, category: 'cluster', ...NO_PAST },
  { id: 'pg-2', engine: 'PostgreSQL', status: 'Stopped', tags: { tier: 'gold' }, resourceGroupId: 'rg-two', ...NO_PAST },
  { id: 'ro-1', engine: 'MySQL', role: 'Readonly', primaryId: 'rm-100', lockMode: 'ManualLock', lockReason: 'asked for', ...NO_PAST },
  { id: 'sh-1', engine: 'MySQL', regionId: 'cn-shanghai', ...NO_PAST },
  { id: 'other-1', engine: 'MySQL', accountId: '9999999999999999', ...NO_PAST },
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET });
});

afterEach(() => rig.close());

const ask = (fields: Partial<DescribeDBInstancesRequest> = {}): ReturnType<RdsRig['client']['describeDBInstances']> =>
  rig.client.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-hangzhou', ...fields }));

const idsOf = async (fields: Partial<DescribeDBInstancesRequest>): Promise<readonly (string | undefined)[]> => {
  const { body } = await ask({ pageSize: 100, ...fields });
  return (body?.items?.DBInstance ?? []).map((instance) => instance.DBInstanceId);
};

describe('DescribeDBInstances: serialization', () => {
  test('says what an instance is, with the counts as numbers', async () => {
    const { body } = await ask({ DBInstanceId: 'ro-1' });

    expect(body).toMatchObject({ pageNumber: 1, pageRecordCount: 1, totalRecordCount: 1 });
    expect(body?.items?.DBInstance?.[0]).toMatchObject({
      DBInstanceId: 'ro-1',
      DBInstanceStatus: 'Running',
      DBInstanceType: 'Readonly',
      DBInstanceStorageType: 'local_ssd',
      engine: 'MySQL',
      engineVersion: '8.0',
      lockMode: 'ManualLock',
      lockReason: 'asked for',
      masterInstanceId: 'rm-100',
      regionId: 'cn-hangzhou',
      createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test('tells the edition only with InstanceLevel 1', async () => {
    const without = await ask({ DBInstanceId: 'pg-1' });
    const with1 = await ask({ DBInstanceId: 'pg-1', instanceLevel: 1 });

    expect(without.body?.items?.DBInstance?.[0]?.category).toBeUndefined();
    expect(with1.body?.items?.DBInstance?.[0]?.category).toBe('cluster');
  });
});

describe('DescribeDBInstances: validation', () => {
  test.each<{ name: string; fields: Partial<DescribeDBInstancesRequest>; status: number; code: string }>([
    { name: 'no region', fields: { regionId: '' }, status: 400, code: 'MissingRegionId' },
    { name: 'an unknown region', fields: { regionId: 'cn-atlantis' }, status: 404, code: 'InvalidRegionId.NotFound' },
    { name: 'a page of 101', fields: { pageSize: 101 }, status: 400, code: 'InvalidPageSize' },
    { name: 'a page of none', fields: { pageSize: 0 }, status: 400, code: 'InvalidPageSize' },
    { name: 'an unknown engine', fields: { engine: 'Oracle' }, status: 400, code: 'InvalidEngine' },
    { name: 'an unknown type', fields: { DBInstanceType: 'Secondary' }, status: 400, code: 'InvalidDBInstanceType.ValueNotSupport' },
    { name: 'an unknown expiry', fields: { expired: 'maybe' }, status: 400, code: 'InvalidExpired.Format' },
    { name: 'a token of its own making', fields: { nextToken: 'abc' }, status: 400, code: 'Invalid.NextToken' },
    { name: 'more results than a page holds', fields: { maxResults: 101 }, status: 400, code: 'InvalidMaxResults' },
    { name: 'tags that are no JSON', fields: { tags: 'tier=gold' }, status: 400, code: 'Tag.InvalidTagsParameter' },
    { name: 'six tags', fields: { tags: '{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1"}' }, status: 400, code: 'Tag.Allow5TagInfos' },
  ])('refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: status, code });
  });
});

describe('DescribeDBInstances: functionality', () => {
  test('pages by number: 30 unless told', async () => {
    const first = await ask();
    const second = await ask({ pageNumber: 2 });
    const beyond = await ask({ pageNumber: 9 });

    expect([first, second, beyond].map(({ body }) => body?.items?.DBInstance?.length)).toEqual([30, 6, 0]);
    expect(second.body).toMatchObject({ pageNumber: 2, pageRecordCount: 6, totalRecordCount: 36 });
  });

  test('pages by token until there is none, with counts that say nothing', async () => {
    const ids: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const { body } = await ask({ maxResults: 20, ...(nextToken === undefined ? {} : { nextToken }) });
      expect(body).toMatchObject({ pageNumber: 1, totalRecordCount: body?.items?.DBInstance?.length });
      ids.push(...(body?.items?.DBInstance ?? []).map((instance) => instance.DBInstanceId));
      nextToken = body?.nextToken;
    } while (nextToken !== undefined);

    expect(new Set(ids).size).toBe(36);
    expect(ids).toHaveLength(36);
  });

  test.each<{ name: string; fields: Partial<DescribeDBInstancesRequest>; ids: readonly string[] }>([
    { name: 'engine', fields: { engine: 'PostgreSQL' }, ids: ['pg-1', 'pg-2'] },
    { name: 'engine and status', fields: { engine: 'PostgreSQL', DBInstanceStatus: 'Stopped' }, ids: ['pg-2'] },
    { name: 'type', fields: { DBInstanceType: 'Readonly' }, ids: ['ro-1'] },
    { name: 'resource group', fields: { resourceGroupId: 'rg-two' }, ids: ['pg-2'] },
    { name: 'category', fields: { category: 'cluster' }, ids: ['pg-1'] },
    { name: 'one tag', fields: { tags: '{"tier":"gold"}' }, ids: ['pg-1', 'pg-2'] },
    { name: 'two tags, both of them', fields: { tags: '{"tier":"gold","team":"pay"}' }, ids: ['pg-1'] },
    { name: 'a tag of any value', fields: { tags: '{"team":""}' }, ids: ['pg-1'] },
    { name: 'a word of the description', fields: { searchKey: '账单' }, ids: ['pg-1'] },
    { name: 'a part of the id', fields: { searchKey: 'g-2' }, ids: ['pg-2'] },
    { name: 'expired ones: there are none', fields: { expired: 'True' }, ids: [] },
    { name: 'another region', fields: { regionId: 'cn-shanghai' }, ids: ['sh-1'] },
    { name: 'a region without any', fields: { regionId: 'cn-beijing' }, ids: [] },
    { name: 'an unknown id', fields: { DBInstanceId: 'rm-none' }, ids: [] },
    { name: "another account's instance", fields: { DBInstanceId: 'other-1' }, ids: [] },
  ])('filters by $name', async ({ fields, ids }) => {
    expect(await idsOf(fields)).toEqual(ids);
  });
});
