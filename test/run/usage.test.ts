// Whose runs the month's calls are summed from.
import { instant } from '../../lib/base/instant';
import type { Ledger } from '../../lib/domain/ports';
import type { RunRecord } from '../../lib/domain/run';
import { FUNCTION_NAMES } from '../../lib/domain/run';
import { callsOfMonth } from '../../lib/policy/usage';
import { readUsage } from '../../lib/run/usage';

/** Only the calls of a summary are looked at. */
const RUN = { summary: { apiCalls: { DescribeBackups: 1 } } } as unknown as RunRecord;

test('every function and restores, in pages, in the month of the time that is asked for', async () => {
  const asked: unknown[] = [];
  const ledger: Pick<Ledger, 'scanRuns'> = {
    scanRuns: async function* (scope, window) {
      asked.push([scope, new Date(window.from).toISOString(), new Date(window.to).toISOString()]);
      yield [RUN, RUN];
      yield [RUN];
    },
  };

  const usage = await readUsage(ledger, instant(Date.UTC(2026, 1, 28, 23, 59)));

  expect(asked).toEqual([...FUNCTION_NAMES, 'restore'].map((scope) => [scope, '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']));
  expect(usage).toMatchObject({ month: { name: '2026-02' }, runs: 24, unfinishedRuns: 0 });
  expect(callsOfMonth(usage)).toBe(24);
});
