// What the workers of a divided fleet have counted, added up.

import { instant } from '../../../lib/base/instant';
import { emptyBrakes, type FleetPart } from '../../../lib/domain/brakes';
import { withFleetPart } from '../../../lib/policy/retention/fleet-count';

const AT = instant(1_000);
const SCOPES = ['prod/cn-hangzhou', 'prod/cn-shanghai'];

function part(scope: string, index: number, parts: number, manualSets: number): FleetPart {
  return { scope, part: index, parts, manualSets, asOf: AT };
}

test.each([
  {
    name: 'the total is unknown while a part has not been counted',
    counted: [part('prod/cn-hangzhou', 1, 2, 10), part('prod/cn-shanghai', 1, 1, 5)],
    total: undefined,
  },
  { name: 'the total is unknown while a whole scope has not been counted', counted: [part('prod/cn-hangzhou', 1, 1, 10)], total: undefined },
  {
    name: 'all parts of all scopes make the total',
    counted: [part('prod/cn-hangzhou', 1, 2, 10), part('prod/cn-shanghai', 1, 1, 5), part('prod/cn-hangzhou', 2, 2, 7)],
    total: 22,
  },
  {
    name: 'a newer count of a part replaces the older one',
    counted: [part('prod/cn-hangzhou', 1, 1, 10), part('prod/cn-shanghai', 1, 1, 5), part('prod/cn-hangzhou', 1, 1, 3)],
    total: 8,
  },
  {
    name: 'a scope that is divided anew is counted anew, and the last total stands until then',
    counted: [part('prod/cn-hangzhou', 1, 1, 10), part('prod/cn-shanghai', 1, 1, 5), part('prod/cn-hangzhou', 1, 2, 4)],
    total: 15,
  },
  {
    name: 'a scope that the policy no longer has does not count',
    counted: [part('prod/cn-beijing', 1, 1, 99), part('prod/cn-hangzhou', 1, 1, 10), part('prod/cn-shanghai', 1, 1, 5)],
    total: 15,
  },
])('$name', ({ counted, total }) => {
  const brakes = counted.reduce((before, each) => withFleetPart(before, each, SCOPES), emptyBrakes('default'));

  expect(brakes.fleet?.manualSets).toBe(total);
});
