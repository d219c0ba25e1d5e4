import { DescribeTagsRequest } from '@alicloud/rds20140815';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig({
    fleet: [
      { ...ONE_MYSQL, tags: { tier: 'gold', team: 'pay' } },
      { ...ONE_MYSQL, id: 'rm-two', tags: { tier: 'gold' } },
      { ...ONE_MYSQL, id: 'rm-sh', regionId: 'cn-shanghai', tags: { tier: 'gold' } },
    ],
  });
});

afterEach(() => rig.close());

const ask = async (fields: Partial<DescribeTagsRequest> = {}): Promise<readonly unknown[]> => {
  const { body } = await rig.client.describeTags(new DescribeTagsRequest({ regionId: 'cn-hangzhou', ...fields }));
  return (body?.items?.tagInfos ?? []).map((info) => [info.tagKey, info.tagValue, info.DBInstanceIds?.DBInstanceIds]);
};

describe('DescribeTags', () => {
  test('serialization: pairs with the instances that carry them, in the region', async () => {
    expect(await ask()).toEqual([
      ['tier', 'gold', ['rm-one', 'rm-two']],
      ['team', 'pay', ['rm-one']],
    ]);
  });

  test.each([
    { name: 'no region', fields: { regionId: '' }, status: 400, code: 'MissingRegionId' },
    { name: 'an unknown instance', fields: { DBInstanceId: 'x' }, status: 404, code: 'InvalidDBInstanceId.NotFound' },
    { name: 'tags that are no JSON', fields: { tags: '{' }, status: 400, code: 'Tag.InvalidTagsParameter' },
    { name: 'a list of tags', fields: { tags: '["tier"]' }, status: 400, code: 'Tag.InvalidTagsParameter' },
    { name: 'a tag with a number', fields: { tags: '{"tier":1}' }, status: 400, code: 'Tag.InvalidTagsParameter' },
    { name: 'six tags', fields: { tags: '{"a":"","b":"","c":"","d":"","e":"","f":""}' }, status: 400, code: 'Tag.Allow5TagInfos' },
  ])('validation: refuses $name', async ({ fields, status, code }) => {
    expect(await failureOf(ask(fields))).toMatchObject({ statusCode: status, code });
  });

  test('functionality: filters by tags; an instance overrides them', async () => {
    expect(await ask({ tags: '{"team":"pay"}' })).toEqual([
      ['tier', 'gold', ['rm-one']],
      ['team', 'pay', ['rm-one']],
    ]);
    expect(await ask({ tags: '{"team":"pay"}', DBInstanceId: 'rm-two' })).toEqual([['tier', 'gold', ['rm-two']]]);
  });
});
