import { withRateShare } from '../../lib/wire/rate-share';
import { LIMITS, makePolicy } from '../policy/fixtures';

const POLICY = makePolicy();
const SHARD = { account: 'main', region: 'cn-hangzhou', part: 2, parts: 5, fromPage: 1, leg: 0, changesLeft: 40, manualSets: 0 };

it('is all of it for a run that has no workers', () => {
  expect(withRateShare({ policy: POLICY })).toBe(POLICY);
});

it('is all of it for the only worker of an account and region', () => {
  expect(withRateShare({ policy: POLICY, shard: { ...SHARD, part: 1, parts: 1 } })).toBe(POLICY);
});

it('is an equal share for each of several, and changes nothing else', () => {
  expect(withRateShare({ policy: POLICY, shard: SHARD })).toEqual({ ...POLICY, limits: { ...LIMITS, apiRatePerSecond: 4, crossRegionRatePerSecond: 1 } });
});
