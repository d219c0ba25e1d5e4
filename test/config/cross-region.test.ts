import { resolvePolicy } from '../../lib/config/resolve';
import type { CrossRegionPolicy } from '../../lib/domain/protection-policy';
import { DAY, HOUR, MINUTE, makeCrossRegionPolicy, makeInstance } from '../policy/fixtures';
import { load, mistakeIn, throughJson } from './support';

describe('compiled', () => {
  it('is undefined where the file has no section', () => {
    expect(load('timezone: UTC').crossRegion).toBeUndefined();
  });

  it('requires copies and leaves the rest open where the section is empty', () => {
    expect(load('crossRegion: {}').crossRegion).toEqual({
      mode: 'audit',
      isRequired: true,
      destination: undefined,
      retentionDays: undefined,
      copiesLogs: undefined,
      maxLagMs: 180 * MINUTE,
      rpoMs: undefined,
      probeEveryMs: 24 * HOUR,
      lookBackMs: 7 * DAY,
      allowCost: false,
      allowDestructive: false,
    });
  });

  it('keeps what is written, converted, and where', () => {
    const policy = load(`crossRegion:
  mode: enforce
  required: false
  destination: cn-shanghai
  retention: { min: 30, max: 365 }
  logs: true
  maxLagMinutes: 90
  rpoMinutes: 15
  probeEvery: 12h
  lookBack: 3d
  allowCost: true
  allowDestructive: true
`);

    expect(policy.crossRegion).toEqual({
      mode: 'enforce',
      isRequired: false,
      destination: 'cn-shanghai',
      retentionDays: { atLeast: 30, atMost: 365 },
      copiesLogs: true,
      maxLagMs: 90 * MINUTE,
      rpoMs: 15 * MINUTE,
      probeEveryMs: 12 * HOUR,
      lookBackMs: 3 * DAY,
      allowCost: true,
      allowDestructive: true,
    });
    expect(policy.origins).toMatchObject({
      crossRegion: 'keeper.yaml:4:3',
      'crossRegion.mode': 'keeper.yaml:4:9',
      'crossRegion.isRequired': 'keeper.yaml:5:13',
      'crossRegion.destination': 'keeper.yaml:6:16',
      'crossRegion.retentionDays': 'keeper.yaml:7:14',
      'crossRegion.copiesLogs': 'keeper.yaml:8:9',
      'crossRegion.maxLagMs': 'keeper.yaml:9:18',
      'crossRegion.rpoMs': 'keeper.yaml:10:15',
      'crossRegion.probeEveryMs': 'keeper.yaml:11:15',
      'crossRegion.lookBackMs': 'keeper.yaml:12:13',
    });
  });

  test.each<{ name: string; text: string; wanted: Partial<CrossRegionPolicy> }>([
    { name: 'the shortest retention', text: 'retention: 7', wanted: { retentionDays: { exactly: 7 } } },
    { name: 'the longest retention', text: 'retention: 1825', wanted: { retentionDays: { exactly: 1825 } } },
    { name: 'a range that is open above', text: 'retention: { min: 90 }', wanted: { retentionDays: { atLeast: 90, atMost: undefined } } },
    { name: 'a range that is open below', text: 'retention: { max: 90 }', wanted: { retentionDays: { atLeast: undefined, atMost: 90 } } },
    { name: 'logs that are not to be copied', text: 'logs: false', wanted: { copiesLogs: false } },
    { name: 'logs, in the other words', text: 'logs: on', wanted: { copiesLogs: true } },
    { name: 'no probes', text: 'probeEvery: never', wanted: { probeEveryMs: undefined } },
    { name: 'the shortest look back', text: 'lookBack: 1d', wanted: { lookBackMs: DAY } },
    { name: 'the longest look back', text: 'lookBack: 31d', wanted: { lookBackMs: 31 * DAY } },
  ])('$name', ({ text, wanted }) => {
    expect(load(`crossRegion: { ${text} }`).crossRegion).toEqual(makeCrossRegionPolicy(wanted));
  });

  it('has a monthly budget of calls where the file gives one', () => {
    const policy = load('limits: { apiCallsPerMonth: 1000000000 }');

    expect(policy.limits.apiCallsPerMonth).toBe(1_000_000_000);
    expect(policy.origins['limits.apiCallsPerMonth']).toBe('keeper.yaml:3:29');
    expect(load('timezone: UTC').limits.apiCallsPerMonth).toBeUndefined();
  });
});

describe('mistakes, each told once with its place and the remedy', () => {
  const DAYS = 'must be a whole number of days from 7 to 1825';
  const PROBE = 'must be a duration such as 24h, or never';

  test.each([
    { name: 'an unknown mode', text: '{ mode: enforced }', says: '3:22: crossRegion.mode: must be one of audit, enforce; did you mean "enforce"?' },
    { name: 'an unknown key', text: '{ destinaton: cn-shanghai }', says: '3:16: crossRegion: unknown key "destinaton"; did you mean "destination"?' },
    { name: 'the key of the API', text: '{ backupEnabled: 1 }', says: '3:16: crossRegion: unknown key "backupEnabled"; known here: mode, required' },
    { name: 'a destination that is no region id', text: '{ destination: "China (Shanghai)" }', says: '3:29: crossRegion.destination: must be a region id' },
    { name: 'two destinations', text: '{ destination: [cn-shanghai, cn-beijing] }', says: '3:29: crossRegion.destination: must be a region id' },
    { name: 'a retention below the range', text: '{ retention: 6 }', says: `3:27: crossRegion.retention: ${DAYS}, or a range` },
    { name: 'a retention above the range', text: '{ retention: 1826 }', says: `3:27: crossRegion.retention: ${DAYS}` },
    { name: 'half a day', text: '{ retention: 7.5 }', says: `crossRegion.retention: ${DAYS}` },
    { name: 'a retention in words', text: '{ retention: 30d }', says: `crossRegion.retention: ${DAYS}` },
    { name: 'a range that is upside down', text: '{ retention: { min: 30, max: 7 } }', says: '3:34: crossRegion.retention.min: must not be above max' },
    { name: 'an empty range', text: '{ retention: {} }', says: 'crossRegion.retention: is empty; give min, max or both' },
    { name: 'a range beyond the range', text: '{ retention: { max: 2000 } }', says: `crossRegion.retention.max: ${DAYS}` },
    { name: 'required, in a number', text: '{ required: 1 }', says: 'crossRegion.required: must be true or false' },
    { name: 'logs, in days', text: '{ logs: 7 }', says: 'crossRegion.logs: must be true or false' },
    { name: 'no lag at all', text: '{ maxLagMinutes: 0 }', says: 'crossRegion.maxLagMinutes: must be a whole number from 1 to 44640' },
    { name: 'a lag in the form of a duration', text: '{ maxLagMinutes: 3h }', says: 'crossRegion.maxLagMinutes: must be a whole number from 1 to 44640' },
    { name: 'a negative RPO', text: '{ rpoMinutes: -5 }', says: 'crossRegion.rpoMinutes: must be a whole number from 1 to 44640' },
    { name: 'a probe a minute', text: '{ probeEvery: 1m }', says: '3:28: crossRegion.probeEvery: must be from 1h to 31d' },
    { name: 'a number of probes', text: '{ probeEvery: 24 }', says: `crossRegion.probeEvery: ${PROBE}` },
    { name: 'a word for never', text: '{ probeEvery: off }', says: `crossRegion.probeEvery: ${PROBE}` },
    { name: 'a look back of hours', text: '{ lookBack: 12h }', says: '3:26: crossRegion.lookBack: must be from 1d to 31d' },
    { name: 'a look back of months', text: '{ lookBack: 32d }', says: 'crossRegion.lookBack: must be from 1d to 31d' },
    { name: 'a look back in days', text: '{ lookBack: 7 }', says: 'crossRegion.lookBack: must be a duration in days, hours and minutes' },
    { name: 'a price', text: '{ allowCost: 100 }', says: 'crossRegion.allowCost: must be true or false' },
    { name: 'yes', text: '{ allowDestructive: yes }', says: 'crossRegion.allowDestructive: must be true or false' },
    { name: 'a list', text: '[cn-shanghai]', says: 'crossRegion: must be a mapping of keys to values' },
    { name: 'nothing', text: '', says: 'crossRegion: must be a mapping of keys to values' },
  ])('$name', ({ text, says }) => {
    const message = mistakeIn(`crossRegion: ${text}`);

    expect(message).toContain(says);
    expect(message).toMatch(/^keeper\.yaml has a mistake\nkeeper\.yaml:3:\d+: [^\n]+$/);
  });

  test.each([
    { name: 'a budget that is none', text: '999', says: 'keeper.yaml:3:29: limits.apiCallsPerMonth: must be a whole number from 1000 to 1000000000' },
    { name: 'a budget without end', text: '1000000001', says: 'limits.apiCallsPerMonth: must be a whole number from 1000 to 1000000000' },
    { name: 'a budget in words', text: '1 million', says: 'limits.apiCallsPerMonth: must be a whole number from 1000 to 1000000000' },
  ])('$name', ({ text, says }) => {
    expect(mistakeIn(`limits: { apiCallsPerMonth: ${text} }`)).toContain(says);
  });

  it('in a patch they have their place, too', () => {
    expect(mistakeIn('rules: [{ name: g, select: {}, crossRegion: { retention: 5 } }]')).toContain(
      'keeper.yaml:3:58: rules[0].crossRegion.retention: must be a whole number of days from 7 to 1825',
    );
    expect(mistakeIn('overrides: { rm-1: { crossRegion: { isRequired: true } } }')).toContain(
      'keeper.yaml:3:37: overrides.rm-1.crossRegion: unknown key "isRequired"; did you mean "required"?',
    );
  });
});

describe('resolved for an instance', () => {
  const LAYERED = `crossRegion: { destination: cn-shanghai, retention: 30, rpoMinutes: 60 }
rules:
  - { name: gold, select: { tags: { tier: gold } }, crossRegion: { mode: enforce, retention: { min: 90 }, probeEvery: never } }
  - { name: all, select: {}, crossRegion: { logs: true } }
overrides:
  rm-special: { crossRegion: { destination: cn-beijing, probeEvery: 6h } }
`;

  it('lays patches over the section key by key, the later one last, with the origin of every value', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ tags: { tier: 'gold' } }));

    expect(effective?.crossRegion).toEqual(
      makeCrossRegionPolicy({
        mode: 'enforce',
        destination: 'cn-shanghai',
        retentionDays: { atLeast: 90, atMost: undefined },
        copiesLogs: true,
        rpoMs: HOUR,
        probeEveryMs: undefined,
      }),
    );
    expect(effective?.origins).toMatchObject({
      'crossRegion.mode': 'rule:gold (keeper.yaml:5:74)',
      'crossRegion.isRequired': 'default',
      'crossRegion.destination': 'policy (keeper.yaml:3:29)',
      'crossRegion.retentionDays': 'rule:gold (keeper.yaml:5:94)',
      'crossRegion.copiesLogs': expect.stringMatching(/^rule:all \(keeper\.yaml:6:\d+\)$/),
      'crossRegion.maxLagMs': 'default',
      'crossRegion.rpoMs': expect.stringMatching(/^policy \(keeper\.yaml:3:\d+\)$/),
      'crossRegion.probeEveryMs': expect.stringMatching(/^rule:gold \(keeper\.yaml:5:\d+\)$/),
      'crossRegion.lookBackMs': 'default',
      'limits.apiCallsPerMonth': 'default',
    });
  });

  it('lets the override of the instance have the last word, also where a group said never', () => {
    const effective = resolvePolicy(load(LAYERED), makeInstance({ id: 'rm-special', tags: { tier: 'gold' } }));

    expect(effective?.crossRegion).toMatchObject({ mode: 'enforce', destination: 'cn-beijing', probeEveryMs: 6 * HOUR });
    expect(effective?.origins['crossRegion.destination']).toBe('instance:rm-special (keeper.yaml:8:45)');
  });

  it('a patch alone is enough: defaults fill the rest', () => {
    const policy = load('overrides: { rm-1: { crossRegion: { destination: cn-shanghai } } }');

    expect(resolvePolicy(policy, makeInstance({ id: 'rm-1' }))?.crossRegion).toEqual(makeCrossRegionPolicy({ destination: 'cn-shanghai' }));
    expect(resolvePolicy(policy, makeInstance({ id: 'rm-2' }))?.crossRegion).toBeUndefined();
  });

  test.each(['crossRegion: { probeEvery: never }', 'overrides: { rm-1: { crossRegion: { probeEvery: never } } }'])(
    'never stays never in keeper.json: %s',
    (text) => {
      const effective = resolvePolicy(throughJson(load(text)), makeInstance({ id: 'rm-1' }));

      expect(effective?.crossRegion).toMatchObject({ mode: 'audit', lookBackMs: 7 * DAY });
      expect(effective?.crossRegion?.probeEveryMs).toBeUndefined();
    },
  );

  it('says the same of the policy that functions read', () => {
    const policy = load(LAYERED);
    const read = throughJson(policy);

    for (const instance of [makeInstance(), makeInstance({ id: 'rm-special' }), makeInstance({ tags: { tier: 'gold' } })]) {
      expect(resolvePolicy(read, instance)).toEqual(resolvePolicy(policy, instance));
    }
  });
});
