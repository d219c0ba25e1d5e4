// A hold that is placed at any step of a purge, by the timer or by hand, or of a change of settings either wins or is refused: what is held is never lost.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { HoldTarget } from '../../../lib/domain/guard';
import { onDemandSlotId } from '../../../lib/domain/slot';
import { applyPlan } from '../../../lib/run/apply';
import { runDeleteByHand } from '../../../lib/run/hygiene/delete-by-hand';
import { planFileOf } from '../../../lib/run/plan-file';
import type { RunPorts } from '../../../lib/run/types';
import type { TestKeeper } from '../../support/keeper';
import { interruptWorker } from '../../support/steps';
import { holdNow, KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyOf(KEEP_TEN, WIDE);
const OF_RELEASE = '112';

const THE_SET: HoldTarget = { kind: 'set', backupId: '112' };

async function startDue(): Promise<void> {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  const [record] = (await keeper.house.ledger.listSets(ONE)).filter(({ backupId }) => backupId === OF_RELEASE);
  if (record === undefined) throw new Error('no record');
  await keeper.house.ledger.putSet({ ...record, slotId: onDemandSlotId('v1', 'instance') });
  await keeper.hygiene();
  nextDay(keeper);
}

async function byHand(ports: RunPorts): Promise<void> {
  const asOf = keeper.clock.now();
  const request = { trigger: { type: 'cli', id: 'delete', time: asOf }, asOf, dryRun: false, policy: keeper.policy } as const;
  await runDeleteByHand({ ...request, deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000) }, ports, { instanceId: ONE, backupIds: ['111', '112'] });
}

interface HeldAt {
  /** `placed`, or the code of the refusal. */
  readonly outcome: string;
  readonly isThere: boolean;
  readonly happenedAt: string | undefined;
}

/** Places the hold just before the n-th step of the run. */
async function holdAt(run: (ports: RunPorts) => Promise<unknown>, target: HoldTarget, atCall: number): Promise<HeldAt> {
  await startDue();
  let outcome = 'placed';
  const happen = async (): Promise<void> => {
    await holdNow(keeper, target).catch((error: { code?: string }) => {
      outcome = String(error.code);
    });
  };
  const worker = interruptWorker(keeper.openHouse().ports, { at: atCall, when: 'before', happen });
  await run(worker.ports);
  const held = { outcome, isThere: keeper.manualSets(ONE).includes('112'), happenedAt: worker.happenedAt() };
  await keeper.close();
  return held;
}

/** The brakes: what comes before it is the sweep, which the first case has. */
const FROM = 10;

const byTimer = (ports: RunPorts): Promise<unknown> => keeper.hygiene({ ports });

test.each<{ name: string; run: (ports: RunPorts) => Promise<unknown>; target: HoldTarget; from: number }>([
  { name: 'the timer deletes: a hold on the set', run: byTimer, target: THE_SET, from: 1 },
  { name: 'the timer deletes: a hold on its release', run: byTimer, target: { kind: 'release', release: 'v1' }, from: FROM },
  { name: 'the timer deletes: a hold on its instance', run: byTimer, target: { kind: 'instance' }, from: FROM },
  { name: 'an operator deletes: a hold on the set', run: byHand, target: THE_SET, from: 5 },
])('while $name, at every step', async ({ run, target, from }) => {
  const seen: HeldAt[] = [];
  for (let atCall = from; seen.at(-1)?.happenedAt !== undefined || atCall === from; atCall += 1) seen.push(await holdAt(run, target, atCall));
  seen.pop(); // the run had no such step any more

  const refused = seen.filter(({ outcome }) => outcome === 'set-being-deleted');
  const firstRefused = seen.findIndex(({ outcome }) => outcome === 'set-being-deleted');
  expect(refused.filter(({ isThere }) => isThere)).toEqual([]);
  expect(refused.map(({ happenedAt }) => happenedAt)).toContain('rds.deleteSets (before)');
  expect(seen.slice(0, firstRefused).filter(({ outcome, isThere }) => outcome !== 'placed' || !isThere)).toEqual([]);
  expect(firstRefused).toBeGreaterThan(3);
});

test('a hold can be placed again once the call that failed can no longer take effect, also where no run looks after the mark', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(WIDE));
  const denied = { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' } as const;
  keeper.cloud.faults.add({ service: 'rds', operation: 'DeleteBackup', times: 9, effect: 'none', reply: denied });
  await byHand(keeper.openHouse().ports).catch(() => undefined);

  await expect(holdNow(keeper, { kind: 'instance' })).rejects.toMatchObject({ code: 'set-being-deleted', hint: expect.stringContaining('2026-11-21T01:25') });
  keeper.clock.advance(26 * MINUTE_MS);
  await holdNow(keeper, { kind: 'instance' });

  expect(await marksOf(keeper)).toEqual([]);
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a set that an operator could not delete is no surplus set past its grace: the timer marks and waits', async () => {
  keeper = await startOwner([memberWithSets(14)], POLICY);
  keeper.cloud.faults.add({ service: 'rds', operation: 'DeleteBackup', times: 9, effect: 'none', reply: { kind: 'reset' } });
  await byHand(keeper.openHouse().ports);
  keeper.cloud.faults.clear();
  keeper.clock.advance(HOUR_MS);

  await keeper.hygiene();

  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('a plan that is being applied while a hold is placed: the hold wins, and the run is partial', async () => {
  await startDue();
  const plan = await keeper.plan('retention-hygiene');
  const file = planFileOf(plan, { installationId: (await keeper.house.ledger.meta())?.installationId ?? '', instances: undefined });
  const happen = async (): Promise<void> => {
    await holdNow(keeper, THE_SET);
  };
  const worker = interruptWorker(keeper.openHouse().ports, { at: { call: 'ledger.putBrakes', nth: 1 }, when: 'after', happen });

  const applied = await applyPlan({ file, policy: keeper.policy, deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000) }, worker.ports);

  expect(applied).toMatchObject({ kind: 'applied', summary: { status: 'partial', counts: { refused: 1, purged: 3 } } });
  expect(keeper.manualSets(ONE)).toContain('112');
});
