// What becomes of cross-region settings that are not as agreed.
import type { CrossRegionSettings } from '../../../lib/domain/cross-region';
import type { Instance } from '../../../lib/domain/instance';
import type { CrossRegionPolicy } from '../../../lib/domain/protection-policy';
import { settingsDiffer } from '../../../lib/policy/cross-region/read-back';
import { decideCrossRegion } from '../../../lib/policy/cross-region/settings';
import type { CrossRegionDrift } from '../../../lib/policy/cross-region/types';
import { makeCrossRegionPolicy, makeCrossRegionSettings, makeInstance } from '../fixtures';

const NEVER_ON = { isEnabled: false, destination: undefined, retentionDays: undefined, enabledAt: undefined };
/** Enforces, whatever it costs and drops. */
const FREE = { mode: 'enforce', allowCost: true, allowDestructive: true } as const;

interface Case {
  readonly policy?: Partial<CrossRegionPolicy>;
  readonly settings?: Partial<CrossRegionSettings>;
  readonly instance?: Partial<Instance>;
  readonly destinations?: readonly string[] | undefined;
}

function decide({ policy, settings, instance, ...rest }: Case): CrossRegionDrift {
  const destinations = 'destinations' in rest ? rest.destinations : ['cn-shanghai', 'cn-beijing'];
  return decideCrossRegion(makeInstance(instance), makeCrossRegionPolicy(policy), makeCrossRegionSettings(settings), destinations);
}

test.each<{ name: string; given: Case }>([
  { name: 'as agreed', given: { policy: { destination: 'cn-shanghai', retentionDays: { exactly: 30 }, copiesLogs: false } } },
  { name: 'nothing agreed but that they are on', given: { policy: FREE } },
  { name: 'off and not required', given: { policy: { isRequired: false, destination: 'cn-beijing' }, settings: NEVER_ON } },
  { name: 'on and not required', given: { policy: { isRequired: false } } },
  { name: 'inside a range', given: { policy: { retentionDays: { atLeast: 7, atMost: 30 } } } },
  { name: 'of a replica, which has no backups of its own', given: { instance: { role: 'read-only' }, settings: NEVER_ON } },
])('nothing is done about settings that are $name', ({ given }) => {
  expect(decide(given)).toEqual({ action: 'none' });
});

test.each<{ name: string; given: Case; write: object; isDestructive: boolean; costs: boolean }>([
  {
    name: 'copies that were never on',
    given: { policy: { destination: 'cn-shanghai' }, settings: NEVER_ON },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 7, copiesLogs: false },
    isDestructive: false,
    costs: true,
  },
  {
    name: 'copies that were on, as they were where nothing else is wished for',
    given: { settings: { isEnabled: false, copiesLogs: false } },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 30, copiesLogs: false },
    isDestructive: false,
    costs: true,
  },
  {
    name: 'copies that were on, without shortening what the old ones have',
    given: { policy: { destination: 'cn-beijing', retentionDays: { exactly: 14 }, copiesLogs: true }, settings: { isEnabled: false } },
    write: { isEnabled: true, destination: 'cn-beijing', retentionDays: 30, copiesLogs: true },
    isDestructive: false,
    costs: true,
  },
  {
    name: 'a destination',
    given: { policy: { destination: 'cn-beijing' } },
    write: { isEnabled: true, destination: 'cn-beijing', retentionDays: 30, copiesLogs: false },
    isDestructive: false,
    costs: true,
  },
  {
    name: 'a longer retention',
    given: { policy: { retentionDays: { atLeast: 60, atMost: undefined } } },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 60, copiesLogs: false },
    isDestructive: false,
    costs: false,
  },
  {
    name: 'a shorter retention',
    given: { policy: { retentionDays: { exactly: 7 } } },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 7, copiesLogs: false },
    isDestructive: true,
    costs: false,
  },
  {
    name: 'logs that are to be copied',
    given: { policy: { copiesLogs: true } },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 30, copiesLogs: true },
    isDestructive: false,
    costs: true,
  },
  {
    name: 'logs that are not to be copied',
    given: { policy: { copiesLogs: false }, settings: { copiesLogs: true } },
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 30, copiesLogs: false },
    isDestructive: true,
    costs: false,
  },
  {
    name: 'all of it at once',
    given: { policy: { destination: 'cn-beijing', retentionDays: { exactly: 7 }, copiesLogs: true } },
    write: { isEnabled: true, destination: 'cn-beijing', retentionDays: 7, copiesLogs: true },
    isDestructive: true,
    costs: true,
  },
])('enforce corrects $name by one whole write', ({ given, write, isDestructive, costs }) => {
  expect(decide({ ...given, policy: { ...FREE, ...given.policy } })).toMatchObject({ action: 'correct', write, isDestructive, costs });
});

test('a correction is told with before, after and why', () => {
  expect(decide({ policy: { ...FREE, destination: 'cn-shanghai', retentionDays: { exactly: 30 } }, settings: NEVER_ON })).toEqual({
    action: 'correct',
    write: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 30, copiesLogs: false },
    before: 'off',
    after: 'on (cn-shanghai, 30 days, logs off)',
    reason: 'the policy wants it; it costs storage and traffic; a backup may start at once where there is no good set of the last 24 hours',
    isDestructive: false,
    costs: true,
    parts: [expect.objectContaining({ aspect: 'copies', action: 'correct' })],
  });
});

test('what is held back does not keep the rest from being corrected, and is told', () => {
  const drift = decide({ policy: { mode: 'enforce', destination: 'cn-beijing', retentionDays: { exactly: 60 } } });

  expect(drift).toMatchObject({
    action: 'correct',
    write: { destination: 'cn-shanghai', retentionDays: 60 },
    before: 'copies kept for 30 days',
    after: 'copies kept for 60 days',
    reason: expect.stringContaining('copies in cn-shanghai → copies in cn-beijing is not corrected: held back as it costs'),
    costs: false,
    parts: [
      { aspect: 'destination', action: 'report' },
      { aspect: 'retention', action: 'correct' },
    ],
  });
});

test.each<{ name: string; given: Case; reason: string }>([
  { name: 'in audit mode', given: { policy: { mode: 'audit', copiesLogs: true } }, reason: 'audit mode: nothing is written' },
  {
    name: 'in audit mode, also what could not be corrected',
    given: { policy: { mode: 'audit', destination: 'mars' } },
    reason: 'audit mode: nothing is written, and it could not be: backups of cn-hangzhou cannot be copied to mars',
  },
  { name: 'when it costs and that is not allowed', given: { policy: { ...FREE, allowCost: false, copiesLogs: true } }, reason: 'allowCost' },
  {
    name: 'when it drops copies and that is not allowed',
    given: { policy: { ...FREE, allowDestructive: false, retentionDays: { exactly: 7 } } },
    reason: 'allowDestructive',
  },
  {
    name: 'while the instance is locked',
    given: { policy: { ...FREE, copiesLogs: true }, instance: { isLocked: true } },
    reason: 'the instance is locked; unlock it',
  },
  {
    name: 'while the instance is locked, with the reason',
    given: { policy: { ...FREE, copiesLogs: true }, instance: { isLocked: true, lockReason: 'disk full' } },
    reason: 'the instance is locked (disk full)',
  },
  {
    name: 'while the instance is not running',
    given: { policy: { ...FREE, copiesLogs: true }, instance: { status: 'Rebooting' } },
    reason: 'the instance is Rebooting',
  },
])('it is reported only $name', ({ given, reason }) => {
  expect(decide(given)).toMatchObject({ action: 'report', reason: expect.stringContaining(reason) });
});

test.each<{ name: string; given: Case; reason: string }>([
  {
    name: 'on an engine whose backups are never copied',
    given: { policy: { destination: 'cn-shanghai' }, settings: NEVER_ON, instance: { engine: 'mariadb' } },
    reason: 'MySQL, PostgreSQL and SQL Server only',
  },
  { name: 'without a destination', given: { settings: NEVER_ON }, reason: 'name crossRegion.destination' },
  { name: 'into the own region', given: { policy: { destination: 'cn-hangzhou' } }, reason: 'both are cn-hangzhou' },
  { name: 'to a region that the service does not name', given: { policy: { destination: 'cn-qingdao' } }, reason: 'the service names cn-beijing, cn-shanghai' },
  { name: 'from a region where the service names none', given: { policy: { destination: 'cn-qingdao' }, destinations: [] }, reason: 'the service names none' },
  {
    name: 'to a region that the documents do not name, where the service does not say',
    given: { policy: { destination: 'mars' }, destinations: undefined },
    reason: 'no cross-region backup in mars',
  },
  { name: 'for longer than the service keeps copies', given: { policy: { retentionDays: { exactly: 2_000 } } }, reason: '7 to 1825 days' },
  { name: 'for shorter', given: { policy: { retentionDays: { exactly: 1 } } }, reason: '7 to 1825 days' },
  { name: 'where the retention is not known', given: { policy: { copiesLogs: true }, settings: { retentionDays: undefined } }, reason: 'does not say' },
  {
    name: 'where the destination is not known',
    given: { policy: { destination: 'cn-beijing' }, settings: { destination: undefined } },
    reason: 'does not say',
  },
])('it cannot be corrected $name', ({ given, reason }) => {
  expect(decide({ ...given, policy: { ...FREE, ...given.policy } })).toMatchObject({ action: 'not-correctable', reason: expect.stringContaining(reason) });
});

test.each<{ name: string; given: Case }>([
  { name: 'documents that are not certain', given: { instance: { engine: 'sqlserver', region: 'cn-shanghai-finance-1' } } },
  { name: 'an engine that the documents do not know', given: { instance: { engine: 'other' } } },
])('where the service does not say where copies may go, $name stand in nobody’s way', ({ given }) => {
  expect(decide({ ...given, policy: { ...FREE, destination: 'cn-beijing' }, destinations: undefined })).toMatchObject({ action: 'correct' });
});

test('settings that are on prove that the instance can have them', () => {
  expect(decide({ policy: { ...FREE, copiesLogs: true }, instance: { edition: 'serverless' } })).toMatchObject({ action: 'correct' });
});

describe('reading back', () => {
  const write = { isEnabled: true, destination: 'cn-beijing', retentionDays: 60, copiesLogs: true };

  test.each<{ name: string; shown: Partial<CrossRegionSettings>; difference: string | undefined }>([
    { name: 'is content with what was written', shown: {}, difference: undefined },
    { name: 'tells a switch', shown: { isEnabled: false, destination: 'cn-shanghai' }, difference: 'copies were set to be on, and the service shows off' },
    {
      name: 'tells destination, logs and retention',
      shown: { destination: undefined, copiesLogs: false, retentionDays: 30 },
      difference:
        'the destination was set to be cn-beijing, and the service shows none; the copied logs were set to be on, and the service shows off; the retention of copies was set to be 60 days, and the service shows 30 days',
    },
    {
      name: 'tells what is not shown',
      shown: { retentionDays: undefined },
      difference: 'the retention of copies was set to be 60 days, and the service shows unknown',
    },
  ])('$name', ({ shown, difference }) => {
    expect(settingsDiffer(write, makeCrossRegionSettings({ ...write, ...shown }))).toBe(difference);
  });

  test('does not compare the rest where copies are off', () => {
    expect(settingsDiffer({ ...write, isEnabled: false }, makeCrossRegionSettings({ isEnabled: false, retentionDays: 60 }))).toBeUndefined();
  });
});
