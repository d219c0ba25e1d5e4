import { formatCompiledPolicy, readCompiledPolicy } from '../../lib/config/compiled';
import { loadPolicyText } from '../../lib/config/load';
import { policyNeedsTags, resolvePolicy, selects } from '../../lib/config/resolve';
import type { Instance } from '../../lib/domain/instance';
import type { Selector } from '../../lib/domain/protection-policy';
import { ALL, HOUR, makeInstance, makePatch, makePolicy, makeRule } from '../policy/fixtures';

describe('selects', () => {
  const instance = makeInstance({ id: 'rm-bp1', description: 'orders-prod', engine: 'mysql', resourceGroupId: 'rg-1', tags: { tier: 'gold', 'acs:x': '' } });

  test.each<{ name: string; selector: Partial<Selector>; selected: boolean }>([
    { name: 'nothing given selects all', selector: {}, selected: true },
    { name: 'its id', selector: { ids: ['rm-other', 'rm-bp1'] }, selected: true },
    { name: 'another id', selector: { ids: ['rm-other'] }, selected: false },
    { name: 'its engine', selector: { engines: ['mariadb', 'mysql'] }, selected: true },
    { name: 'another engine', selector: { engines: ['mariadb'] }, selected: false },
    { name: 'a pattern of its description', selector: { names: ['x', 'orders-*'] }, selected: true },
    { name: 'a pattern of its id', selector: { names: ['rm-bp?'] }, selected: true },
    { name: 'another pattern', selector: { names: ['orders'] }, selected: false },
    { name: 'its resource group', selector: { resourceGroups: ['rg-1'] }, selected: true },
    { name: 'another resource group', selector: { resourceGroups: ['rg-2'] }, selected: false },
    { name: 'its tags', selector: { tags: { tier: 'gold', 'acs:x': '' } }, selected: true },
    { name: 'another value of a tag', selector: { tags: { tier: 'silver' } }, selected: false },
    { name: 'a tag that it does not have', selector: { tags: { toString: 'x' } }, selected: false },
    { name: 'all that is given must match', selector: { ids: ['rm-bp1'], engines: ['mariadb'] }, selected: false },
    {
      name: 'an exclusion that matches',
      selector: {
        exclude: [
          { ...ALL, ids: ['rm-other'] },
          { ...ALL, tags: { tier: 'gold' } },
        ],
      },
      selected: false,
    },
    { name: 'an exclusion that matches in part', selector: { exclude: [{ ...ALL, tags: { tier: 'gold' }, engines: ['mariadb'] }] }, selected: true },
  ])('$name: $selected', ({ selector, selected }) => {
    expect(selects({ ...ALL, ...selector }, instance)).toBe(selected);
  });

  it('an instance without a resource group is in none', () => {
    expect(selects({ ...ALL, resourceGroups: ['rg-1'] }, makeInstance())).toBe(false);
  });
});

describe('policyNeedsTags', () => {
  const tagged = { ...ALL, tags: { tier: 'gold' } };

  test.each([
    { name: 'a policy that looks at no tags', policy: makePolicy(), needs: false },
    { name: 'a selection by tags', policy: makePolicy({ select: tagged }), needs: true },
    { name: 'an exclusion by tags', policy: makePolicy({ select: { ...ALL, exclude: [tagged] } }), needs: true },
    { name: 'a rule for tagged instances', policy: makePolicy({ extraBackups: [makeRule({ select: tagged })] }), needs: true },
    {
      name: 'a group of tagged instances',
      policy: makePolicy({ rules: [{ name: 'gold', select: tagged, patch: makePatch() }] }),
      needs: true,
    },
  ])('$name: $needs', ({ policy, needs }) => {
    expect(policyNeedsTags(policy)).toBe(needs);
  });
});

const YAML = `
accounts: [{ name: main }, { name: other, regions: [cn-shanghai] }]
regions: [cn-hangzhou]
select: { exclude: [{ names: ['tmp-*'] }] }
cap: { perDay: 12 }
extraBackups:
  - { name: nightly, schedule: '0 2 * * *', freshFor: 4h }
  - { name: weekly, schedule: '0 3 * * SUN', select: { engines: [sqlserver] } }
  - { name: asleep, schedule: '0 4 * * *', enabled: false }
rules:
  - { name: gold, select: { tags: { tier: gold } }, cap: { perDay: 15, reserve: { preRelease: 5 } }, extraBackups: { nightly: { freshFor: 2h } } }
  - { name: mysql, select: { engines: [mysql] }, cap: { perDay: 16 }, extraBackups: { asleep: { enabled: true } } }
overrides:
  rm-special: { cap: { counts: manual }, extraBackups: { nightly: { enabled: false } } }
`;

describe('resolvePolicy', () => {
  const policy = loadPolicyText(YAML, 'keeper.yaml').policy;

  test.each<{ name: string; instance: Partial<Instance> }>([
    { name: 'of an account that the policy does not name', instance: { account: 'nobody' } },
    { name: "outside the policy's regions", instance: { region: 'cn-shanghai' } },
    { name: "outside the account's own regions", instance: { account: 'other', region: 'cn-hangzhou' } },
    { name: 'excluded', instance: { description: 'tmp-1' } },
  ])('an instance $name is out of scope', ({ instance }) => {
    expect(resolvePolicy(policy, makeInstance(instance))).toBeUndefined();
  });

  it("an instance in the account's own regions is in scope", () => {
    expect(resolvePolicy(policy, makeInstance({ account: 'other', region: 'cn-shanghai' }))).toBeDefined();
  });

  it('gives an instance that no group selects what the policy says, with the rules that select it', () => {
    const effective = resolvePolicy(policy, makeInstance({ engine: 'sqlserver' }));

    expect(effective).toMatchObject({ cap: { perDay: 12, counts: 'all', reserve: { automatic: 1, preRelease: 3 } }, limits: { apiRatePerSecond: 20 } });
    expect(effective?.extraBackups.map((rule) => rule.name)).toEqual(['nightly', 'weekly']);
    expect(effective?.origins).toMatchObject({
      'cap.perDay': 'policy (keeper.yaml:5:16)',
      'cap.counts': 'default',
      'limits.maxJobMs': 'default',
      'extraBackups.nightly.freshForMs': 'policy (keeper.yaml:7:55)',
      'extraBackups.weekly.startWithinMs': 'default',
    });
    expect(Object.keys(effective?.origins ?? {}).some((path) => path.startsWith('extraBackups.asleep'))).toBe(false);
  });

  it('lets groups change values in order, the later one last; a group can wake a rule up', () => {
    const effective = resolvePolicy(policy, makeInstance({ tags: { tier: 'gold' } }));

    expect(effective?.cap).toEqual({ perDay: 16, counts: 'all', reserve: { automatic: 1, preRelease: 5 } });
    expect(effective?.extraBackups.map((rule) => [rule.name, rule.freshForMs])).toEqual([
      ['nightly', 2 * HOUR],
      ['asleep', undefined],
    ]);
    expect(effective?.origins).toMatchObject({
      'cap.perDay': 'rule:mysql (keeper.yaml:12:65)',
      'cap.reserve.preRelease': 'rule:gold (keeper.yaml:11:95)',
      'extraBackups.nightly.freshForMs': 'rule:gold (keeper.yaml:11:139)',
      'extraBackups.asleep.enabled': expect.stringContaining('rule:mysql'),
    });
  });

  it('lets the override of the instance have the last word; it can put a rule to sleep', () => {
    const effective = resolvePolicy(policy, makeInstance({ id: 'rm-special', engine: 'sqlserver' }));

    expect(effective?.cap).toEqual({ perDay: 12, counts: 'manual', reserve: { automatic: 1, preRelease: 3 } });
    expect(effective?.extraBackups.map((rule) => rule.name)).toEqual(['weekly']);
    expect(effective?.origins['cap.counts']).toBe('instance:rm-special (keeper.yaml:14:32)');
  });

  it('says the same of the policy that functions read', () => {
    const read = readCompiledPolicy(formatCompiledPolicy(policy), 'keeper.json');

    for (const instance of [makeInstance(), makeInstance({ tags: { tier: 'gold' } }), makeInstance({ id: 'rm-special', engine: 'sqlserver' })]) {
      expect(resolvePolicy(read, instance)).toEqual(resolvePolicy(policy, instance));
    }
  });

  it('names no file where it knows no place, and finds no override in the prototype', () => {
    const patch = makePatch({ cap: { perDay: 5 } });
    const effective = resolvePolicy(makePolicy({ overrides: { 'rm-1': patch } }), makeInstance());

    expect(effective?.origins['cap.perDay']).toBe('instance:rm-1');
    expect(resolvePolicy(makePolicy(), makeInstance({ id: 'constructor' }))?.cap.perDay).toBe(20);
  });
});
