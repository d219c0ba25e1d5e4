// Other writers who keep winning: whoever cannot write down what is about to be destroyed destroys nothing, and says so.
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import type { Ledger } from '../../../lib/domain/ports';
import type { SlotVerdict } from '../../../lib/domain/verdict';
import { runDeleteByHand } from '../../../lib/run/hygiene/delete-by-hand';
import { type DuePurge, makePurgeQueue } from '../../../lib/run/hygiene/purge';
import type { RunPorts } from '../../../lib/run/types';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper | undefined;
afterEach(async () => {
  await keeper?.close();
  keeper = undefined;
});

async function startDue(limits = WIDE): Promise<TestKeeper> {
  const started = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, limits));
  keeper = started;
  await started.hygiene();
  nextDay(started);
  return started;
}

/** The real ledger, where this write always loses. */
function losing(of: TestKeeper, write: 'putGuard' | 'putBrakes'): RunPorts {
  const { ports } = of.openHouse();
  const lost: Partial<Ledger> = { [write]: async () => undefined };
  return { ...ports, ledger: { ...ports.ledger, ...lost } };
}

test('a guard row that others keep writing: nothing is deleted, and the sets wait', async () => {
  const of = await startDue();

  const run = await of.hygiene({ ports: losing(of, 'putGuard') });

  expect(run.summary.counts).toMatchObject({ 'deferred-throttled': 4 });
  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect((await marksOf(of)).map(({ state }) => state)).toEqual(['marked', 'marked', 'marked', 'marked']);
});

test('brakes that others keep writing: nothing is deleted, and a finding says so', async () => {
  const of = await startDue();

  const run = await of.hygiene({ ports: losing(of, 'putBrakes') });

  expect(run.summary).toMatchObject({ status: 'partial', counts: { braked: 4 } });
  expect(run.summary.findings.map(({ rule }) => rule)).toContain('purges-braked');
  expect(of.manualSets(ONE)).toHaveLength(14);
});

test('settings whose corrections cannot be written down are not written', async () => {
  const of = await startKeeper({
    fleet: [{ id: ONE, engine: 'MySQL', settings: { retentionDays: 7 } }],
    policy: policyOf('settings: { mode: enforce, dataRetention: 14 }'),
  });
  keeper = of;

  const run = await of.hygiene({ ports: losing(of, 'putGuard') });

  expect(run.summary.counts).toMatchObject({ waiting: 1 });
  expect(run.summary.apiCalls['ModifyBackupPolicy']).toBeUndefined();
});

test('an instance that cannot be looked at: deleting by hand touches nothing of it, and says why', async () => {
  const of = await startDue();
  of.cloud.faults.add({ service: 'rds', operation: 'DescribeBackups', times: 9, effect: 'none', reply: { kind: 'html', status: 502 } });
  const verdicts: SlotVerdict[] = [];
  const asOf = of.clock.now();
  const request = { trigger: { type: 'cli', id: 'delete', time: asOf }, asOf, dryRun: false, policy: of.policy } as const;
  const deadline = makeDeadline(of.clock, HOUR_MS, 1_000);

  const summary = await runDeleteByHand(
    { ...request, deadline },
    of.openHouse().ports,
    { instanceId: ONE, backupIds: ['112'] },
    { onVerdict: (each) => verdicts.push(each) },
  );

  expect(summary.status).toBe('partial');
  expect(verdicts).toEqual([expect.objectContaining({ backupId: '112', verdict: 'unreachable' })]);
});

test('what one run may not change any more waits for the next, and is told of the instance', async () => {
  const of = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100, maxChangesPerRun: 3 }'));
  keeper = of;
  await of.hygiene();
  nextDay(of);

  const first = await of.hygiene();
  of.clock.advance(DAY_MS);
  const second = await of.hygiene();

  expect(first.summary).toMatchObject({ status: 'partial', counts: { purged: 3, 'over-limit': 1 } });
  expect(second.summary.counts).toMatchObject({ purged: 1 });
  expect(of.manualSets(ONE)).toHaveLength(10);
});

describe('the queue of purges', () => {
  // Nothing of what is queued is looked at.
  const purges = ['1', '2', '3', '4'].map((id) => ({ reason: id }) as DuePurge);

  test('gives up all of them, each told once, as soon as there are more than could ever be allowed', () => {
    const refused: string[] = [];
    const queue = makePurgeQueue(2, ({ reason }) => refused.push(reason));

    for (const each of purges) queue.add(each);

    expect(refused).toEqual(['1', '2', '3', '4']);
    expect([queue.due, queue.total, queue.isOverfull]).toEqual([[], 4, true]);
  });

  test('keeps what may be allowed', () => {
    const queue = makePurgeQueue(4, () => undefined);

    for (const each of purges) queue.add(each);

    expect([queue.due, queue.isOverfull]).toEqual([purges, false]);
  });
});
