import type { CompiledPolicy } from '../../lib/domain/protection-policy';
import { checkPolicyFeasibility } from '../../lib/policy/policy-check';
import { ALL, CAP, DAY, HOUR, makePatch, makePolicy, PRE_RELEASE } from './fixtures';

const WRITTEN = { preRelease: 'keeper.yaml:3:3' };
const NONE_RESERVED = { ...CAP, reserve: { ...CAP.reserve, preRelease: 0 } };

test.each<{ name: string; policy: Partial<CompiledPolicy>; found: readonly { severity: string; path: string; says: string }[] }>([
  { name: 'the defaults are sound', policy: { origins: WRITTEN }, found: [] },
  {
    name: 'a hold that ends while the receipt is still good is an error',
    policy: { origins: WRITTEN, preRelease: { ...PRE_RELEASE, freshForMs: 2 * DAY, holdForMs: DAY } },
    found: [{ severity: 'error', path: 'preRelease.holdForMs', says: 'is shorter than preRelease.freshFor' }],
  },
  {
    name: 'a hold as long as the receipt is good is enough',
    policy: { origins: WRITTEN, preRelease: { ...PRE_RELEASE, freshForMs: HOUR, holdForMs: HOUR } },
    found: [],
  },
  {
    name: 'no slots of their own for releases are a warning',
    policy: { origins: WRITTEN, cap: NONE_RESERVED },
    found: [{ severity: 'warning', path: 'cap.reserve.preRelease', says: 'a release may find the cap used up' }],
  },
  {
    name: 'and so for a group and for one instance',
    policy: {
      origins: WRITTEN,
      rules: [{ name: 'gold', select: ALL, patch: makePatch({ cap: { reserve: { preRelease: 0 } } }) }],
      overrides: { 'rm-1': makePatch({ cap: { reserve: { preRelease: 0 } } }) },
    },
    found: [
      { severity: 'warning', path: 'rules.gold.cap.reserve.preRelease', says: 'is 0' },
      { severity: 'warning', path: 'overrides.rm-1.cap.reserve.preRelease', says: 'is 0' },
    ],
  },
  { name: 'nothing is said to those who do not write the section', policy: { cap: NONE_RESERVED }, found: [] },
])('$name', ({ policy, found }) => {
  const problems = checkPolicyFeasibility(makePolicy(policy));

  expect(problems.map(({ severity, path, message }) => ({ severity, path, says: message }))).toEqual(
    found.map((problem) => ({ ...problem, says: expect.stringContaining(problem.says) })),
  );
});
