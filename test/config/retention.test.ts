import { resolvePolicy } from '../../lib/config/resolve';
import { DAY, HOUR, makeInstance } from '../policy/fixtures';
import { load, mistakeIn, throughJson } from './support';

describe('compiled', () => {
  it('is undefined where the file has no section', () => {
    expect(load('timezone: UTC').retention).toBeUndefined();
  });

  it('fills in the defaults around one count', () => {
    expect(load('timezone: Asia/Shanghai\nretention: { keep: { daily: 7 } }').retention).toEqual({
      mode: 'audit',
      timezone: 'Asia/Shanghai',
      keep: { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0 },
      keepWithinMs: undefined,
      floor: 2,
      recoveryWindowMs: undefined,
      graceMs: 24 * HOUR,
      runEveryMs: DAY,
      deleteBackupFiles: false,
    });
  });

  it('keeps what is written, converted', () => {
    const policy = load(`retention:
  mode: enforce
  timezone: Europe/Berlin
  keep: { last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 10000, within: 36h }
  floor: 5
  recoveryWindow: 14d
  graceHours: 1
  runEvery: 6h
  deleteBackupFiles: true
`);

    expect(policy.retention).toEqual({
      mode: 'enforce',
      timezone: 'Europe/Berlin',
      keep: { last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 10_000 },
      keepWithinMs: 1.5 * DAY,
      floor: 5,
      recoveryWindowMs: 14 * DAY,
      graceMs: HOUR,
      runEveryMs: 6 * HOUR,
      deleteBackupFiles: true,
    });
    expect(policy.origins).toMatchObject({
      'retention.keep.last': 'keeper.yaml:6:17',
      'retention.keepWithinMs': 'keeper.yaml:6:87',
      'retention.graceMs': 'keeper.yaml:9:15',
      'retention.recoveryWindowMs': 'keeper.yaml:8:19',
    });
  });

  it('is not empty when it keeps by age alone', () => {
    expect(load('retention: { keep: { within: 30d, daily: 0 } }').retention).toMatchObject({ keepWithinMs: 30 * DAY, keep: { daily: 0 } });
  });

  it('has no floor where the file says so outright', () => {
    expect(load('retention: { keep: { last: 1 }, floor: 0, unsafeAllowNoFloor: true }').retention).toMatchObject({ floor: 0 });
  });
});

describe('mistakes, each told once with its place and the remedy', () => {
  const EMPTY =
    'retention.keep: keeps nothing, and an empty rule would make every set surplus (a rule of this product): give at least one count above 0, or within';
  const NO_FLOOR = 'floor: must be at least 1:';

  test.each([
    { name: 'no keep at all', retention: '{}', says: `keeper.yaml:3:12: ${EMPTY}` },
    { name: 'no keep but a mode', retention: '{ mode: enforce }', says: EMPTY },
    { name: 'an empty keep', retention: '{ keep: {} }', says: `keeper.yaml:3:20: ${EMPTY}` },
    { name: 'nothing but zeros', retention: '{ keep: { last: 0, daily: 0 } }', says: EMPTY },
    { name: 'a floor of 0', retention: '{ keep: { last: 1 }, floor: 0 }', says: `keeper.yaml:3:40: retention.${NO_FLOOR}` },
    { name: 'a floor of 0 without the flag', retention: '{ keep: { last: 1 }, floor: 0, unsafeAllowNoFloor: false }', says: 'write unsafeAllowNoFloor: true' },
    { name: 'a negative floor', retention: '{ keep: { last: 1 }, floor: -1 }', says: 'retention.floor: must be a whole number from 0 to 1000' },
    { name: 'a negative count', retention: '{ keep: { daily: -1 } }', says: 'retention.keep.daily: must be a whole number from 0 to 10000' },
    { name: 'half a set', retention: '{ keep: { daily: 1.5 } }', says: 'retention.keep.daily: must be a whole number from 0 to 10000' },
    { name: 'more than anybody counts', retention: '{ keep: { last: 10001 } }', says: 'retention.keep.last: must be a whole number from 0 to 10000' },
    { name: 'an unknown bucket', retention: '{ keep: { dayly: 7 } }', says: 'retention.keep: unknown key "dayly"; did you mean "daily"?' },
    { name: 'a count of days', retention: '{ keep: { within: 30 } }', says: 'retention.keep.within: must be a duration in days, hours and minutes' },
    { name: 'a number for keep', retention: '{ keep: 7 }', says: 'retention.keep: must be a mapping of keys to values' },
    { name: 'no grace', retention: '{ keep: { last: 1 }, graceHours: 0 }', says: 'retention.graceHours: must be a whole number from 1 to 8760' },
    { name: 'half an hour of grace', retention: '{ keep: { last: 1 }, graceHours: 0.5 }', says: 'retention.graceHours: must be a whole number' },
    { name: 'a grace in the form of a duration', retention: '{ keep: { last: 1 }, graceHours: 24h }', says: 'retention.graceHours: must be a whole number' },
    {
      name: 'a recovery window of no length',
      retention: '{ keep: { last: 1 }, recoveryWindow: 0d }',
      says: 'retention.recoveryWindow: must be from 1h to 7300d',
    },
    { name: 'runs without pause', retention: '{ keep: { last: 1 }, runEvery: 0m }', says: 'retention.runEvery: must be from 1m to 31d' },
    { name: 'an unknown mode', retention: '{ keep: { last: 1 }, mode: on }', says: 'retention.mode: must be one of audit, enforce' },
    { name: 'a time zone that is none', retention: '{ keep: { last: 1 }, timezone: "+08:00" }', says: 'retention.timezone: unknown time zone "+08:00"' },
  ])('$name', ({ retention, says }) => {
    const message = mistakeIn(`retention: ${retention}`);

    expect(message).toContain(says);
    expect(message).toMatch(/^keeper\.yaml has a mistake\nkeeper\.yaml:3:\d+: [^\n]+$/);
  });

  test.each([
    { name: 'a group', text: 'rules: [{ name: g, select: {}, retention: { floor: 0 } }]', says: `rules[0].retention.${NO_FLOOR}` },
    {
      name: 'an override, whatever the section allows itself',
      text: 'retention: { keep: { last: 1 }, unsafeAllowNoFloor: true }\noverrides: { rm-1: { retention: { floor: 0 } } }',
      says: `overrides.rm-1.retention.${NO_FLOOR}`,
    },
  ])('a floor of 0 in $name needs the flag beside it', ({ text, says }) => {
    expect(mistakeIn(text)).toContain(says);
  });

  it('a patch may name nothing to keep: the section does', () => {
    const policy = load('retention: { keep: { last: 1 } }\noverrides: { rm-1: { retention: { mode: enforce } } }');

    expect(policy.overrides['rm-1']?.retention).toEqual({ mode: 'enforce' });
  });
});

describe('resolved for an instance', () => {
  const LAYERED = `timezone: Asia/Shanghai
retention: { keep: { last: 3, daily: 7 }, floor: 2 }
rules:
  - { name: gold, select: { tags: { tier: gold } }, retention: { keep: { daily: 14, within: 2d }, floor: 4, graceHours: 48 } }
overrides:
  rm-special: { retention: { mode: enforce, keep: { last: 0, daily: 30 } } }
`;

  it('lays patches over the section count by count, with the origin of every value', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ tags: { tier: 'gold' } }));

    expect(effective?.retention).toMatchObject({
      mode: 'audit',
      timezone: 'Asia/Shanghai',
      keep: { last: 3, hourly: 0, daily: 14 },
      keepWithinMs: 2 * DAY,
      floor: 4,
      graceMs: 48 * HOUR,
    });
    expect(effective?.origins).toMatchObject({
      'retention.mode': 'default',
      'retention.timezone': 'policy (keeper.yaml:3:11)',
      'retention.keep.last': 'policy (keeper.yaml:4:28)',
      'retention.keep.daily': 'rule:gold (keeper.yaml:6:81)',
      'retention.keep.hourly': 'default',
      'retention.keepWithinMs': 'rule:gold (keeper.yaml:6:93)',
      'retention.floor': expect.stringMatching(/^rule:gold \(keeper\.yaml:6:/),
      'retention.graceMs': expect.stringMatching(/^rule:gold \(keeper\.yaml:6:/),
      'retention.recoveryWindowMs': 'default',
    });
  });

  it('lets the override of the instance have the last word', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ id: 'rm-special' }));

    expect(effective?.retention).toMatchObject({ mode: 'enforce', keep: { last: 0, daily: 30 }, floor: 2 });
    expect(effective?.origins['retention.keep.last']).toBe('instance:rm-special (keeper.yaml:8:59)');
  });

  it('a patch alone is enough: defaults fill the rest', () => {
    const policy = load('overrides: { rm-1: { retention: { keep: { last: 5 } } } }');

    expect(resolvePolicy(policy, makeInstance({ id: 'rm-1' }))?.retention).toMatchObject({
      mode: 'audit',
      timezone: 'UTC',
      keep: { last: 5, daily: 0 },
      floor: 2,
    });
    expect(resolvePolicy(policy, makeInstance({ id: 'rm-2' }))?.retention).toBeUndefined();
  });

  it('never takes an empty rule away: it stays a rule, with its floor, for the planner to take as "keeps everything"', () => {
    const policy = load('retention: { keep: { daily: 7 } }\noverrides: { rm-1: { retention: { keep: { daily: 0 } } } }');

    expect(resolvePolicy(policy, makeInstance({ id: 'rm-1' }))?.retention).toMatchObject({
      keep: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
      floor: 2,
    });
  });

  it('says the same of the policy that functions read', () => {
    const policy = load(LAYERED);
    const read = throughJson(policy);

    for (const instance of [makeInstance(), makeInstance({ id: 'rm-special' }), makeInstance({ tags: { tier: 'gold' } })]) {
      expect(resolvePolicy(read, instance)).toEqual(resolvePolicy(policy, instance));
    }
  });
});
