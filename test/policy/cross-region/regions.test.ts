import type { Engine } from '../../../lib/domain/instance';
import { CROSS_REGION_PLACES, pairRefusal, placeOf, regionRefusal } from '../../../lib/policy/cross-region/regions';

it('names each region once, with its area and its engines', () => {
  const ids = CROSS_REGION_PLACES.map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(placeOf('cn-hangzhou')).toEqual({ id: 'cn-hangzhou', area: 'mainland', engines: ['mysql', 'postgresql', 'sqlserver'] });
  expect(placeOf('cn-hongkong')?.area).toBe('hong-kong');
  expect(placeOf('ap-southeast-7')?.area).toBe('abroad');
  expect(placeOf('cn-shenzhen-finance-1')).toEqual({ id: 'cn-shenzhen-finance-1', area: 'finance', engines: ['sqlserver'] });
  expect(placeOf('cn-nanjing')).toBeUndefined();
});

test.each<{ engine: Engine; region: string; reason: string | undefined }>([
  { engine: 'mysql', region: 'cn-beijing', reason: undefined },
  { engine: 'postgresql', region: 'eu-west-1', reason: undefined },
  { engine: 'sqlserver', region: 'cn-hangzhou-finance', reason: undefined },
  { engine: 'mysql', region: 'cn-hangzhou-finance', reason: 'the documents name no cross-region backup of mysql in cn-hangzhou-finance' },
  { engine: 'mariadb', region: 'cn-beijing', reason: 'the documents name no cross-region backup of mariadb in cn-beijing' },
  { engine: 'mysql', region: 'cn-nanjing', reason: 'the documents name no cross-region backup in cn-nanjing' },
])('$engine in $region: $reason', ({ engine, region, reason }) => {
  expect(regionRefusal(engine, region)?.reason).toBe(reason);
});

test.each<{ name: string; engine?: Engine; from: string; to: string; isCertain: boolean | undefined }>([
  { name: 'within the mainland', from: 'cn-hangzhou', to: 'cn-shanghai', isCertain: undefined },
  { name: 'from the mainland to Hong Kong', from: 'cn-hangzhou', to: 'cn-hongkong', isCertain: undefined },
  { name: 'from abroad to the mainland', from: 'us-west-1', to: 'cn-shanghai', isCertain: undefined },
  { name: 'into the same region', from: 'cn-hangzhou', to: 'cn-hangzhou', isCertain: true },
  { name: 'into the same region, of which nothing is known', from: 'cn-nanjing', to: 'cn-nanjing', isCertain: true },
  { name: 'from a region without it', from: 'cn-nanjing', to: 'cn-hangzhou', isCertain: true },
  { name: 'to a region without it', from: 'cn-hangzhou', to: 'cn-nanjing', isCertain: true },
  { name: 'between finance regions', engine: 'sqlserver', from: 'cn-hangzhou-finance', to: 'cn-shenzhen-finance-1', isCertain: undefined },
  { name: 'out of the finance regions', engine: 'sqlserver', from: 'cn-hangzhou-finance', to: 'cn-shanghai', isCertain: false },
  { name: 'into a finance region', engine: 'sqlserver', from: 'cn-shanghai', to: 'cn-hangzhou-finance', isCertain: false },
  { name: 'between finance regions, of an engine without', engine: 'mysql', from: 'cn-hangzhou-finance', to: 'cn-shenzhen-finance-1', isCertain: true },
])('$name', ({ engine = 'mysql', from, to, isCertain }) => {
  expect(pairRefusal(engine, from, to)?.isCertain).toBe(isCertain);
});
