// Runs whose time is not the clock's (an old plan, --at, a timer whose clock is ahead): what must stay by either time stays.
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { Guard, Hold } from '../../../lib/domain/guard';
import { runRetentionHygiene } from '../../../lib/run/hygiene/run';
import { updateGuard } from '../../../lib/run/reserve';
import type { TestKeeper } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

/** As `keeper run retention-hygiene --at` does it: nothing but the clock's future is refused. */
async function runAt(asOf: Instant): Promise<Readonly<Record<string, number>>> {
  const trigger = { type: 'cli', id: 'keeper-run', time: asOf } as const;
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  const summary = await runRetentionHygiene({ trigger, asOf, dryRun: false, policy: keeper.policy, deadline }, keeper.openHouse().ports);
  return summary.counts;
}

async function change(next: (guard: Guard) => Guard): Promise<void> {
  await updateGuard(keeper.house.ledger, ONE, next);
}

test('a run for an earlier time counts no set towards the floor that is about to expire by now', async () => {
  const member = memberWithSets(14);
  const soon = (member.history?.manualSets ?? []).map((set, at) =>
    at < 2 ? { ...set, agoMs: (36 + at) * HOUR_MS, keepDays: 3 } : { ...set, agoMs: (at + 8) * DAY_MS },
  );
  keeper = await startOwner(
    [{ ...member, history: { days: 0, manualSets: soon } }],
    policyOf('retention: { mode: enforce, keep: { last: 1 }, floor: 2, recoveryWindow: 1h }', WIDE),
  );
  const start = keeper.clock.now();
  await change((guard) => ({
    ...guard,
    marks: Array.from({ length: 12 }, (_, at) => ({
      backupId: String(103 + at),
      markedAt: plusMs(start, -9 * DAY_MS),
      state: 'marked',
      deletingAt: undefined,
    })),
  }));

  await runAt(plusMs(start, -DAY_MS + HOUR_MS));

  expect(keeper.manualSets(ONE)).toEqual(expect.arrayContaining(['103', '104']));
});

test('a run that is a little ahead of the clock does not end a hold early', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));
  await keeper.hygiene();
  nextDay(keeper);
  const now = keeper.clock.now();
  const hold: Hold = { id: 'h-1', target: { kind: 'instance' }, owner: 'dba', reason: 'audit', placedAt: now, until: plusMs(now, MINUTE_MS) };
  await change((guard) => ({ ...guard, holds: [hold] }));

  const counts = await runAt(plusMs(now, 2 * MINUTE_MS));

  expect(counts).toMatchObject({ held: 4 });
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a run for an earlier time leaves alone the mark of a newer set that is being deleted', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, WIDE));
  const now = keeper.clock.now();
  await change((guard) => ({ ...guard, marks: [{ backupId: '101', markedAt: now, state: 'deleting', deletingAt: now }] }));

  const counts = await runAt(plusMs(now, -5 * DAY_MS));

  expect(await marksOf(keeper)).toEqual(expect.arrayContaining([expect.objectContaining({ backupId: '101', state: 'deleting' })]));
  expect(counts['purged']).toBeUndefined();
});

test('marks are dated by the clock, whatever time a run is for: no grace is ever skipped', async () => {
  keeper = await startOwner([memberWithSets(30)], policyOf(KEEP_TEN, WIDE));
  const now = keeper.clock.now();

  await runAt(plusMs(now, -5 * DAY_MS));
  const marked = (await marksOf(keeper)).map(({ markedAt }) => markedAt);
  keeper.clock.advance(MINUTE_MS);
  await keeper.hygiene();

  expect(Math.min(...marked)).toBeGreaterThan(now - 11 * MINUTE_MS);
  expect(keeper.manualSets(ONE)).toHaveLength(30);
});
