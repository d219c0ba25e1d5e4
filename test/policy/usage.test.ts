// The sums of a month's calls, and what they are against quotas, prices and the budget.
import type { RunRecord } from '../../lib/domain/run';
import { addRuns, apiBudgetReached, callsOfMonth, DOCUMENT_TARIFF, emptyUsage, monthOf, parseMonth, usageLines } from '../../lib/policy/usage';
import { at } from './fixtures';

const NOVEMBER = { name: '2026-11', from: at('2026-11-01T00:00:00Z'), to: at('2026-12-01T00:00:00Z') };

/** Only the calls of a summary are looked at. */
function run(apiCalls: Readonly<Record<string, number>> | undefined): Pick<RunRecord, 'summary'> {
  return { summary: apiCalls === undefined ? undefined : ({ apiCalls } as RunRecord['summary']) };
}

test.each([
  { name: 'its first moment', time: '2026-11-01T00:00:00Z' },
  { name: 'its last second', time: '2026-11-30T23:59:59Z' },
  { name: 'the first hours of December in China, which are still November in UTC', time: '2026-12-01T07:59:59+08:00' },
])('a month is one in UTC: $name', ({ time }) => {
  expect(monthOf(at(time))).toEqual(NOVEMBER);
});

test('the month after December is in the next year', () => {
  expect(parseMonth('2026-12')).toEqual({ name: '2026-12', from: at('2026-12-01T00:00:00Z'), to: at('2027-01-01T00:00:00Z') });
});

test.each(['2026-13', '2026-00', '2026-1', '26-11', '2026-11-01', '', 'november'])('%j is no month', (text) => {
  expect(parseMonth(text)).toBeUndefined();
});

test('runs add up by operation, and those that are not finished are counted apart', () => {
  const first = addRuns(emptyUsage(NOVEMBER), [run({ DescribeBackups: 2, CreateBackup: 1 }), run(undefined)]);
  const both = addRuns(first, [run({ DescribeBackups: 3 }), run({})]);

  expect(both).toEqual({ month: NOVEMBER, runs: 4, unfinishedRuns: 1, calls: { DescribeBackups: 5, CreateBackup: 1 } });
  expect(callsOfMonth(both)).toBe(6);
  expect(callsOfMonth(emptyUsage(NOVEMBER))).toBe(0);
});

test.each([
  { name: 'below its quota', calls: 400, entry: { freePerMonth: 1000 }, line: { freeLeft: 600, beyondFree: 0, price: 0 } },
  { name: 'at its quota', calls: 1000, entry: { freePerMonth: 1000 }, line: { freeLeft: 0, beyondFree: 0, price: 0 } },
  { name: 'above its quota, with no price', calls: 1001, entry: { freePerMonth: 1000 }, line: { freeLeft: 0, beyondFree: 1, price: undefined } },
  { name: 'above its quota, with a price', calls: 1004, entry: { freePerMonth: 1000, pricePerCall: 0.5 }, line: { freeLeft: 0, beyondFree: 4, price: 2 } },
  {
    name: 'free without a limit',
    calls: 9,
    entry: { freePerMonth: 'unlimited', pricePerCall: 1 } as const,
    line: { freeLeft: 'unlimited', beyondFree: 0, price: 0 },
  },
  { name: 'with a price only', calls: 4, entry: { pricePerCall: 0.25 }, line: { freeLeft: undefined, beyondFree: 4, price: 1 } },
  { name: 'with no figures at all', calls: 4, entry: undefined, line: { freeLeft: undefined, beyondFree: 4, price: undefined } },
])('an operation $name', ({ calls, entry, line }) => {
  const [only] = usageLines({ calls: { Op: calls } }, entry === undefined ? {} : { Op: entry });

  expect(only).toMatchObject({ operation: 'Op', calls, ...line });
});

test('what has a quota is shown also without calls, by name; what only has a price is not', () => {
  const lines = usageLines({ calls: { CreateBackup: 1 } }, { Zebra: { freePerMonth: 1 }, Ape: { freePerMonth: 'unlimited' }, Priced: { pricePerCall: 1 } });

  expect(lines.map(({ operation, calls }) => [operation, calls])).toEqual([
    ['Ape', 0],
    ['CreateBackup', 1],
    ['Zebra', 0],
  ]);
});

test('the built-in figures are those of source document 000', () => {
  const quotas = Object.entries(DOCUMENT_TARIFF).filter(([, { freePerMonth }]) => freePerMonth !== undefined);
  const prices = new Set(Object.values(DOCUMENT_TARIFF).map(({ pricePerCall }) => pricePerCall));

  expect(quotas).toEqual([
    ['DescribeBackupPolicy', { freePerMonth: 'unlimited' }],
    ['DescribeBackupTasks', { freePerMonth: 1000 }],
    ['DescribeDetachedBackups', { freePerMonth: 100 }],
    ['DescribeRCSnapshots', { freePerMonth: 100 }],
  ]);
  expect(prices).toEqual(new Set([undefined, 0.001]));
});

test('a used-up budget is one finding for the fleet, with the figures', () => {
  const finding = apiBudgetReached(1200, 1000);

  expect(finding).toMatchObject({ id: 'api-budget-reached:fleet', severity: 'warning', instanceId: undefined, evidence: { used: 1200, budget: 1000 } });
  expect(finding.message).toContain('1200 calls');
});
