import type { DaysWish } from '../../../lib/domain/protection-policy';
import { nearestDays, utcMinuteOf } from '../../../lib/policy/settings/wishes';
import { at } from '../fixtures';
import { actionsOf, decide, driftOf } from './fixtures';

test.each<{ name: string; wish: DaysWish | undefined; current: number | undefined; days: number | undefined }>([
  { name: 'no wish, no change', wish: undefined, current: 30, days: 30 },
  { name: 'exactly raises', wish: { exactly: 60 }, current: 30, days: 60 },
  { name: 'exactly lowers', wish: { exactly: 7 }, current: 30, days: 7 },
  { name: 'a lower bound raises', wish: { atLeast: 60, atMost: undefined }, current: 30, days: 60 },
  { name: 'a lower bound never lowers', wish: { atLeast: 7, atMost: undefined }, current: 30, days: 30 },
  { name: 'an upper bound lowers', wish: { atLeast: undefined, atMost: 14 }, current: 30, days: 14 },
  { name: 'an upper bound never raises', wish: { atLeast: undefined, atMost: 60 }, current: 30, days: 30 },
  { name: 'inside a range nothing changes', wish: { atLeast: 7, atMost: 60 }, current: 30, days: 30 },
  { name: 'at the edge of a range nothing changes', wish: { atLeast: 30, atMost: 30 }, current: 30, days: 30 },
  { name: 'below a range: to its lower bound', wish: { atLeast: 40, atMost: 60 }, current: 30, days: 40 },
  { name: 'above a range: to its upper bound', wish: { atLeast: 7, atMost: 20 }, current: 30, days: 20 },
  { name: 'of bounds that contradict each other the lower one wins', wish: { atLeast: 20, atMost: 10 }, current: 30, days: 20 },
  { name: 'unknown: exactly', wish: { exactly: 7 }, current: undefined, days: 7 },
  { name: 'unknown: the lower bound', wish: { atLeast: 7, atMost: 60 }, current: undefined, days: 7 },
  { name: 'unknown: the upper bound', wish: { atLeast: undefined, atMost: 60 }, current: undefined, days: 60 },
])('$name', ({ wish, current, days }) => {
  expect(nearestDays(wish, current)).toBe(days);
});

const MINUTE_OF = { '01:30': 90, '02:00': 120, '02:30': 150, '23:30': 1410 } as const;

test.each<{ name: string; local: keyof typeof MINUTE_OF; zone: string; at: string; utc: string }>([
  { name: 'UTC', local: '02:00', zone: 'UTC', at: '2026-11-21T02:05:00Z', utc: '02:00' },
  { name: 'Shanghai, on the day before in UTC', local: '02:00', zone: 'Asia/Shanghai', at: '2026-11-21T02:05:00Z', utc: '18:00' },
  { name: 'Kolkata, half an hour off', local: '02:00', zone: 'Asia/Kolkata', at: '2026-11-21T02:05:00Z', utc: '20:30' },
  { name: 'Berlin in winter', local: '02:00', zone: 'Europe/Berlin', at: '2026-01-21T02:05:00Z', utc: '01:00' },
  { name: 'Berlin in summer: an hour earlier', local: '02:00', zone: 'Europe/Berlin', at: '2026-07-21T02:05:00Z', utc: '00:00' },
  {
    name: 'Berlin, 29 March: the time that the clocks skip is taken as on the day before',
    local: '02:30',
    zone: 'Europe/Berlin',
    at: '2026-03-29T12:00:00Z',
    utc: '01:30',
  },
  { name: 'Berlin, 30 March: as in summer', local: '02:30', zone: 'Europe/Berlin', at: '2026-03-30T12:00:00Z', utc: '00:30' },
  {
    name: 'Berlin, 25 October: of the time that comes twice the first, in the morning',
    local: '02:30',
    zone: 'Europe/Berlin',
    at: '2026-10-24T23:00:00Z',
    utc: '00:30',
  },
  {
    name: 'Berlin, 25 October: of the time that comes twice the first, also in the evening',
    local: '02:30',
    zone: 'Europe/Berlin',
    at: '2026-10-25T20:00:00Z',
    utc: '00:30',
  },
  { name: 'New York, the local day decides: still summer there', local: '23:30', zone: 'America/New_York', at: '2026-11-01T03:00:00Z', utc: '03:30' },
])('a window that starts at $local: $name', ({ local, zone, at: now, utc }) => {
  const minute = utcMinuteOf(MINUTE_OF[local], zone, at(now));

  expect(`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`).toBe(utc);
});

test('the window drifts when the clocks change, and is corrected', () => {
  const policy = { timezone: 'Europe/Berlin' };
  const inSummer = { settings: { backupWindowMinute: 0 }, policy, asOf: at('2026-10-24T12:00:00Z') };

  expect(decide({ backupWindowLocalMinute: 120 }, inSummer).drifts).toEqual([]);

  const inWinter = decide({ backupWindowLocalMinute: 120 }, { ...inSummer, asOf: at('2026-10-26T12:00:00Z') });

  expect(driftOf(inWinter, 'backupWindowMinute')).toMatchObject({ before: '00:00-01:00 UTC', wanted: '01:00-02:00 UTC', action: 'correct' });
});

test('days in another order are no drift, and the days are not shifted with the window', () => {
  const decision = decide({ backupDays: ['fri', 'wed', 'mon'], backupWindowLocalMinute: 120 }, { policy: { timezone: 'Asia/Shanghai' } });

  expect(decision.drifts).toEqual([]);
});

describe('the two retentions', () => {
  const allowed = { policy: { allowDestructive: true } };

  test('both raised: data first, so that logs are never kept longer', () => {
    const { drifts, writes } = decide({ dataRetentionDays: { exactly: 90 }, logRetentionDays: { exactly: 60 } }, {});

    expect(drifts.map(({ action }) => action)).toEqual(['correct', 'correct']);
    expect(writes.map(({ mode, values }) => [mode, values.dataRetentionDays, values.logRetentionDays])).toEqual([
      ['data', 90, 14],
      ['log', 90, 60],
    ]);
  });

  test('both lowered: logs first', () => {
    const { writes } = decide({ dataRetentionDays: { exactly: 10 }, logRetentionDays: { exactly: 7 } }, allowed);

    expect(writes.map(({ mode, values }) => [mode, values.dataRetentionDays, values.logRetentionDays])).toEqual([
      ['log', 30, 7],
      ['data', 10, 7],
    ]);
  });

  test('data shortened below the logs takes them along, without a wish for them, as destructive', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, allowed);

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct', 'logRetentionDays: correct']);
    expect(driftOf(decision, 'logRetentionDays')).toMatchObject({ before: '14 days', wanted: '10 days', isDestructive: true });
    expect(driftOf(decision, 'logRetentionDays').reason).toMatch(/^logs cannot be kept longer than data backups/);
    expect(decision.writes.map(({ mode }) => mode)).toEqual(['log', 'data']);
  });

  test('logs in the range of their wish are shortened with the data as far as the range goes', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 }, logRetentionDays: { atLeast: 7, atMost: 20 } }, allowed);

    expect(driftOf(decision, 'logRetentionDays')).toMatchObject({ wanted: '10 days', action: 'correct' });
  });

  test('data is not shortened below what is wanted for the logs', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 }, logRetentionDays: { atLeast: 14, atMost: undefined } }, allowed);

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: not-correctable']);
    expect(driftOf(decision, 'dataRetentionDays').reason).toContain('14 days against 10 days');
    expect(decision.writes).toEqual([]);
  });

  test('data is raised although the logs can never be kept as long as wished', () => {
    const decision = decide({ dataRetentionDays: { exactly: 40 }, logRetentionDays: { exactly: 60 } });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct', 'logRetentionDays: not-correctable']);
  });

  test('logs that are off do not stand in the way, and stay as they are', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { ...allowed, settings: { logBackup: false } });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct']);
    expect(decision.writes[0]?.values).toMatchObject({ dataRetentionDays: 10, logRetentionDays: 14 });
  });

  test('switching logs on fits their retention to that of data, which costs nothing', () => {
    const decision = decide({ logBackup: true }, { settings: { logBackup: false, logRetentionDays: 60 } });

    expect(actionsOf(decision)).toEqual(['logBackup: correct', 'logRetentionDays: correct']);
    expect(driftOf(decision, 'logRetentionDays')).toMatchObject({ wanted: '30 days', isDestructive: false });
    expect(decision.writes).toMatchObject([{ mode: 'log', changed: ['logBackup', 'logRetentionDays'], values: { logBackup: true, logRetentionDays: 30 } }]);
  });

  test('logs that cannot be shortened keep the data from being shortened, and are no drift of their own', () => {
    const settings = { localLogHours: undefined };
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { ...allowed, settings });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: not-correctable']);
  });

  test('a consequence goes when what caused it cannot be corrected', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { ...allowed, settings: { backupDays: undefined } });

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: not-correctable']);
  });

  test('SQL Server: the logs go with the data, by one write', () => {
    const sqlserver = { instance: { engine: 'sqlserver', storage: 'cloud-disk' } as const, settings: { logRetentionDays: 30 } };
    const decision = decide({ dataRetentionDays: { exactly: 60 }, logRetentionDays: { exactly: 60 } }, sqlserver);

    expect(actionsOf(decision)).toEqual(['dataRetentionDays: correct']);
    expect(decision.writes).toMatchObject([{ mode: 'data', changed: ['dataRetentionDays'], values: { dataRetentionDays: 60, logRetentionDays: 60 } }]);
  });

  test('SQL Server with an own log retention: shortening data never leaves the logs longer', () => {
    const sqlserver = { instance: { engine: 'sqlserver', storage: 'cloud-disk' } as const, settings: { logRetentionDays: 14 } };
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { ...sqlserver, ...allowed });

    expect(decision.writes).toMatchObject([{ mode: 'data', values: { dataRetentionDays: 10, logRetentionDays: 10 } }]);
  });

  test('where the service says nothing of the logs, the data is shortened alone', () => {
    const decision = decide({ dataRetentionDays: { exactly: 10 } }, { ...allowed, settings: { logRetentionDays: undefined } });

    expect(decision.writes.map(({ changed }) => changed)).toEqual([['dataRetentionDays']]);
  });
});
