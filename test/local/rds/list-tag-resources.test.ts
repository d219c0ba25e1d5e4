import { ListTagResourcesRequest, ListTagResourcesRequestTag } from '@alicloud/rds20140815';
import type { FleetMember } from '../../../lib/local/fleet';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

const FLEET: readonly FleetMember[] = [
  { ...ONE_MYSQL, tags: { tier: 'gold', team: 'pay' } },
  { ...ONE_MYSQL, id: 'rm-two', tags: { tier: 'silver' } },
  ...Array.from({ length: 50 }, (_, index): FleetMember => ({ ...ONE_MYSQL, id: `rm-x${100 + index}`, tags: { a: '1', b: '2', c: '3' } })),
];

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({ fleet: FLEET });
});

afterEach(() => rig.close());

const tag = (key: string, value?: string): ListTagResourcesRequestTag => new ListTagResourcesRequestTag({ key, ...(value === undefined ? {} : { value }) });

const ask = (fields: Partial<ListTagResourcesRequest>): ReturnType<RdsRig['client']['listTagResources']> =>
  rig.client.listTagResources(new ListTagResourcesRequest({ regionId: 'cn-hangzhou', resourceType: 'INSTANCE', ...fields }));

const rowsOf = async (fields: Partial<ListTagResourcesRequest>): Promise<readonly unknown[]> => {
  const { body } = await ask(fields);
  return (body?.tagResources?.tagResource ?? []).map((row) => [row.resourceId, row.tagKey, row.tagValue]);
};

describe('ListTagResources', () => {
  test('serialization: one row per instance and tag, of the long resource type', async () => {
    const { body } = await ask({ resourceId: ['rm-two'] });

    expect(body?.tagResources?.tagResource).toEqual([{ resourceId: 'rm-two', resourceType: 'ALIYUN::RDS::INSTANCE', tagKey: 'tier', tagValue: 'silver' }]);
  });

  test.each<{ name: string; fields: Partial<ListTagResourcesRequest>; code: string }>([
    { name: 'no region', fields: { regionId: '', resourceId: ['rm-one'] }, code: 'MissingRegionId' },
    { name: 'another resource type', fields: { resourceType: 'DISK', resourceId: ['rm-one'] }, code: 'InvalidResourceType' },
    { name: 'neither resources nor tags', fields: {}, code: 'BothEmpty.TagsAndResources' },
    { name: '51 resources', fields: { resourceId: Array.from({ length: 51 }, (_, index) => `rm-${index}`) }, code: 'NumberExceed.ResourceIds' },
    { name: '21 tags', fields: { tag: Array.from({ length: 21 }, (_, index) => tag(`k${index}`)) }, code: 'NumberExceed.Tags' },
    { name: 'a token of its own making', fields: { resourceId: ['rm-one'], nextToken: 'xyz' }, code: 'Invalid.NextToken' },
  ])('validation: refuses $name', async ({ fields, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: 400, code });
  });

  test('functionality: by resources, by tags, by both', async () => {
    expect(await rowsOf({ resourceId: ['rm-one', 'rm-none'] })).toEqual([
      ['rm-one', 'tier', 'gold'],
      ['rm-one', 'team', 'pay'],
    ]);
    expect(await rowsOf({ tag: [tag('tier')] })).toEqual([
      ['rm-one', 'tier', 'gold'],
      ['rm-two', 'tier', 'silver'],
    ]);
    expect(await rowsOf({ tag: [tag('tier', 'silver')] })).toEqual([['rm-two', 'tier', 'silver']]);
    expect(await rowsOf({ resourceId: ['rm-one'], tag: [tag('tier', 'silver')] })).toEqual([]);
  });

  test('functionality: pages by token', async () => {
    const resourceId = Array.from({ length: 50 }, (_, index) => `rm-x${100 + index}`);
    const first = await ask({ resourceId });
    const second = await ask({ resourceId, nextToken: first.body?.nextToken ?? '' });

    expect([first, second].map(({ body }) => body?.tagResources?.tagResource?.length)).toEqual([100, 50]);
    expect(second.body?.nextToken).toBe('');
  });
});
