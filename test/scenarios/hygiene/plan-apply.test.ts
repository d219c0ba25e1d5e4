// Plan is apply: in generated worlds exactly the steps of the plan happen, and none of them is left to do.
import fc from 'fast-check';
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import { applyPlan } from '../../../lib/run/apply';
import { planFileOf } from '../../../lib/run/plan-file';
import type { PlanStep } from '../../../lib/run/types';
import type { TestKeeper } from '../../support/keeper';
import { startKeeper } from '../../support/keeper';
import { marksOf, memberWithSets, ONE, own, placeHold, policyOf } from './world';

const POLICY = policyOf(
  'settings: { mode: enforce, allowDestructive: true, dataRetention: { min: 100, max: 300 }, logRetention: { max: 10 }, backupDays: [mon-fri] }',
  'retention: { mode: enforce, keep: { last: 2, weekly: 2 }, floor: 1, graceHours: 24 }',
  'limits: { maxPurgePercentPerDay: 60 }',
);

/** What can change: the sets, the marks, and the settings. */
async function worldOf(keeper: TestKeeper): Promise<{ sets: readonly string[]; marks: readonly string[]; settings: string }> {
  const marks = (await marksOf(keeper)).map(({ backupId }) => backupId);
  return { sets: keeper.manualSets(ONE), marks, settings: JSON.stringify(keeper.cloud.world.find(ONE)?.spec.settings) };
}

function idsOf(steps: readonly PlanStep[], action: PlanStep['action']): string[] {
  return steps.flatMap((step) => (step.action === action && 'backupId' in step ? [step.backupId] : [])).sort();
}

const worlds = fc.record({
  count: fc.integer({ min: 0, max: 16 }),
  foreign: fc.subarray(['101', '104', '109', '112', '115']),
  held: fc.option(fc.constantFrom('103', '110', '113')),
  retentionDays: fc.constantFrom(50, 200, 400),
  logRetentionDays: fc.constantFrom(7, 30),
  runsBefore: fc.integer({ min: 0, max: 2 }),
  holdLater: fc.option(fc.constantFrom('111', '112', '114')),
  waitHours: fc.integer({ min: 1, max: 50 }),
});

test('the steps of the plan happen, no others, and none is due again', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ count, foreign, held, retentionDays, logRetentionDays, runsBefore, holdLater, waitHours }) => {
      const member = { ...memberWithSets(count), settings: { retentionDays, logRetentionDays } };
      const keeper = await startKeeper({ fleet: [member], policy: POLICY });
      try {
        await own(
          keeper,
          ONE,
          keeper.manualSets(ONE).filter((id) => !foreign.includes(id)),
        );
        if (held !== null) await placeHold(keeper, { kind: 'set', backupId: held });
        for (let run = 0; run < runsBefore; run += 1) {
          await keeper.hygiene();
          keeper.clock.advance(DAY_MS);
        }
        if (holdLater !== null) await placeHold(keeper, { kind: 'set', backupId: holdLater });
        keeper.clock.advance(waitHours * HOUR_MS);
        const before = await worldOf(keeper);
        const plan = await keeper.plan('retention-hygiene');
        const file = planFileOf(plan, { installationId: (await keeper.house.ledger.meta())?.installationId ?? '', instances: undefined });

        await applyPlan({ file, policy: keeper.policy, deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000) }, keeper.openHouse().ports);

        const after = await worldOf(keeper);
        expect(before.sets.filter((id) => !after.sets.includes(id)).sort()).toEqual(idsOf(plan.steps, 'purge'));
        expect(after.marks.filter((id) => !before.marks.includes(id)).sort()).toEqual(idsOf(plan.steps, 'mark-surplus'));
        expect(after.settings !== before.settings).toBe(plan.steps.some(({ action }) => action === 'change-settings'));
        // Shorter logs let the service delete more: only then is there anything left to mark.
        const left = (await keeper.plan('retention-hygiene')).steps.filter(({ action }) => action !== 'mark-surplus' || after.settings === before.settings);
        expect(left).toEqual([]);
      } finally {
        await keeper.close();
      }
    }),
    { numRuns: 30 },
  );
}, 60_000);
