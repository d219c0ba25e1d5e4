import { preReleaseOrigins } from '../../lib/config/resolve';
import type { PreReleasePolicy } from '../../lib/domain/protection-policy';
import { DAY, HOUR, MINUTE, PRE_RELEASE } from '../policy/fixtures';
import { load, mistakeIn, throughJson } from './support';

describe('compiled', () => {
  it('has its defaults where the file has no section', () => {
    const policy = load('timezone: UTC');

    expect(policy.preRelease).toEqual(PRE_RELEASE);
    expect(policy.origins).toMatchObject({ 'preRelease.freshForMs': 'default', 'preRelease.maxInstances': 'default' });
    expect(policy.origins).not.toHaveProperty('preRelease');
  });

  it('keeps what is written, converted, and where', () => {
    const policy = load('preRelease:\n  freshFor: 30m\n  deadline: 1h30m\n  holdFor: 14d\n  maxInstances: 200\n');

    expect(policy.preRelease).toEqual({ freshForMs: 30 * MINUTE, deadlineMs: 90 * MINUTE, holdForMs: 14 * DAY, maxInstances: 200 });
    expect(policy.origins).toMatchObject({
      preRelease: 'keeper.yaml:4:3',
      'preRelease.freshForMs': 'keeper.yaml:4:13',
      'preRelease.deadlineMs': 'keeper.yaml:5:13',
      'preRelease.holdForMs': 'keeper.yaml:6:12',
      'preRelease.maxInstances': 'keeper.yaml:7:17',
    });
    expect(throughJson(policy).preRelease).toEqual(policy.preRelease);
  });

  test.each<{ name: string; text: string; wanted: Partial<PreReleasePolicy> }>([
    { name: 'the shortest freshness', text: 'freshFor: 1m', wanted: { freshForMs: MINUTE } },
    { name: 'the longest freshness', text: 'freshFor: 31d', wanted: { freshForMs: 31 * DAY } },
    { name: 'the shortest deadline', text: 'deadline: 5m', wanted: { deadlineMs: 5 * MINUTE } },
    { name: 'the longest deadline', text: 'deadline: 7d', wanted: { deadlineMs: 7 * DAY } },
    { name: 'the shortest hold', text: 'holdFor: 1h', wanted: { holdForMs: HOUR } },
    { name: 'the longest hold', text: 'holdFor: 3650d', wanted: { holdForMs: 3650 * DAY } },
    { name: 'the most instances', text: 'maxInstances: 1000', wanted: { maxInstances: 1000 } },
  ])('$name', ({ text, wanted }) => {
    expect(load(`preRelease: { ${text} }`).preRelease).toEqual({ ...PRE_RELEASE, ...wanted });
  });

  test.each([
    { name: 'a freshness of nothing', text: 'freshFor: 0m', says: 'keeper.yaml:3:25: preRelease.freshFor: must be from 1m to 31d' },
    { name: 'a deadline that no backup meets', text: 'deadline: 1m', says: 'preRelease.deadline: must be from 5m to 7d' },
    { name: 'a hold for ever', text: 'holdFor: forever', says: 'preRelease.holdFor: must be a duration' },
    { name: 'more instances than a request can name', text: 'maxInstances: 1001', says: 'preRelease.maxInstances: must be a whole number from 1 to 1000' },
    { name: 'an unknown key', text: 'freshfor: 1h', says: 'unknown key "freshfor"; did you mean "freshFor"?' },
  ])('$name is refused', ({ text, says }) => {
    expect(mistakeIn(`preRelease: { ${text} }`)).toContain(says);
  });
});

it('tells where its values come from', () => {
  expect(preReleaseOrigins(load('preRelease: { deadline: 1h }'))).toEqual({
    'preRelease.freshForMs': 'default',
    'preRelease.deadlineMs': 'policy (keeper.yaml:3:25)',
    'preRelease.holdForMs': 'default',
    'preRelease.maxInstances': 'default',
  });
});
