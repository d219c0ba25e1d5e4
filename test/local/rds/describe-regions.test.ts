import { DescribeRegionsRequest } from '@alicloud/rds20140815';
import { failureOf, type RdsRig, startRig } from './support';

let rig: RdsRig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.close());

describe('DescribeRegions', () => {
  test('serialization: one row per zone, in Chinese unless told', async () => {
    const { body } = await rig.client.describeRegions(new DescribeRegionsRequest());

    expect(body?.regions?.RDSRegion?.[0]).toEqual({
      localName: '华东1（杭州）',
      regionEndpoint: 'rds.cn-hangzhou.aliyuncs.com',
      regionId: 'cn-hangzhou',
      zoneId: 'cn-hangzhou-h',
      zoneName: '华东1（杭州） 可用区H',
    });
  });

  test('validation: refuses other languages', async () => {
    const failure = await failureOf(rig.client.describeRegions(new DescribeRegionsRequest({ acceptLanguage: 'de-DE' })));

    expect(failure).toMatchObject({ statusCode: 404, code: 'InvalidAcceptLanguage.NotFound' });
  });

  test('functionality: names in English on request, more zones than regions', async () => {
    const { body } = await rig.client.describeRegions(new DescribeRegionsRequest({ acceptLanguage: 'en-US' }));

    const rows = body?.regions?.RDSRegion ?? [];
    expect(rows.find((row) => row.regionId === 'cn-shanghai')?.localName).toBe('China (Shanghai)');
    expect(new Set(rows.map((row) => row.zoneId)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.regionId)).size).toBeLessThan(rows.length);
  });
});
