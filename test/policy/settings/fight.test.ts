import { plusMs } from '../../../lib/base/instant';
import type { Correction } from '../../../lib/domain/guard';
import { pausedUntil, recentCorrections } from '../../../lib/policy/settings/fight';
import { at, DAY, HOUR, NOW } from '../fixtures';
import { actionsOf, decide, driftOf } from './fixtures';

const RULES = { fightAfter: 3, fightWindowMs: 7 * DAY };
const correctedAgo = (...agoMs: number[]): Correction[] => agoMs.map((ms) => ({ setting: 'dataRetentionDays', wanted: '60 days', at: plusMs(NOW, -ms) }));

test.each<{ name: string; corrections: Correction[]; until: string | undefined }>([
  { name: 'never corrected', corrections: [], until: undefined },
  { name: 'corrected less often', corrections: correctedAgo(2 * DAY, DAY), until: undefined },
  { name: 'corrected as often: until the oldest leaves the window', corrections: correctedAgo(3 * DAY, 2 * DAY, DAY), until: '2026-11-25T02:05:00Z' },
  { name: 'in whatever order', corrections: correctedAgo(DAY, 3 * DAY, 2 * DAY), until: '2026-11-25T02:05:00Z' },
  { name: 'corrected more often: until too few are left', corrections: correctedAgo(5 * DAY, 4 * DAY, 2 * DAY, DAY), until: '2026-11-24T02:05:00Z' },
  { name: 'one that has just left the window does not count', corrections: correctedAgo(7 * DAY, 2 * DAY, DAY), until: undefined },
  { name: 'one that is about to leave it does', corrections: correctedAgo(7 * DAY - HOUR, 2 * DAY, DAY), until: '2026-11-21T03:05:00Z' },
  { name: 'another setting is another matter', corrections: correctedAgo(3, 2, 1).map((each) => ({ ...each, setting: 'backupDays' })), until: undefined },
  { name: 'another wish is another matter', corrections: correctedAgo(3, 2, 1).map((each) => ({ ...each, wanted: '90 days' })), until: undefined },
])('$name', ({ corrections, until }) => {
  const times = recentCorrections(corrections, 'dataRetentionDays', '60 days', RULES, NOW);

  expect(pausedUntil(times, RULES)).toBe(until && at(until));
});

test('a setting that somebody changes back is left alone, and the others go on', () => {
  const wanted = { dataRetentionDays: { exactly: 60 }, compression: 1 };
  const decision = decide(wanted, { settings: { compression: 2 }, corrections: correctedAgo(3 * DAY, 2 * DAY, DAY) });

  expect(actionsOf(decision)).toEqual(['dataRetentionDays: paused', 'compression: correct']);
  expect(driftOf(decision, 'dataRetentionDays').until).toBe(at('2026-11-25T02:05:00Z'));
  expect(driftOf(decision, 'dataRetentionDays').reason).toContain('corrected to 60 days 3 times');
  expect(decision.writes.map(({ changed }) => changed)).toEqual([['compression']]);
});
