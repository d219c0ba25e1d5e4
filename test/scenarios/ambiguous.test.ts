// The answer to CreateBackup is lost: nothing is ever sent twice, what is ours is found again, and nothing foreign is taken for it.
import type { Fault } from '../../lib/local/kinds';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };
const POLICY = policyWith('  - { name: daily, schedule: "0 2 * * *" }\n');

async function tickWith(fault: Pick<Fault, 'effect' | 'reply'>) {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', ...fault });
  return keeper.tick();
}

/** Reconcile and tick every quarter of an hour for three hours; the verdicts of reconcile, in order, without repetitions. */
async function letTimePass(): Promise<string[]> {
  const seen: string[] = [];
  for (let minute = 15; minute <= 180; minute += 15) {
    keeper.clock.advance(15 * 60_000);
    const run = await keeper.reconcile();
    await keeper.tick();
    for (const verdict of verdictsOn(run, 'rm-one')) if (seen.at(-1) !== verdict) seen.push(verdict);
  }
  return seen;
}

const LOST_REPLIES: { name: string; reply: Fault['reply'] }[] = [
  { name: 'a reset', reply: { kind: 'reset' } },
  { name: 'an HTML page of a proxy', reply: { kind: 'html', status: 502 } },
  { name: 'an empty 503', reply: { kind: 'empty', status: 503 } },
  { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalError', message: 'The request processing has failed.' } },
  { name: 'half an answer', reply: { kind: 'partial' } },
];

test.each(LOST_REPLIES)('the call took effect and the answer was $name: the set is adopted, no second one is made', async ({ reply }) => {
  const tick = await tickWith({ effect: 'applied', reply });

  const verdicts = await letTimePass();

  expect(verdictsOn(tick, 'rm-one')).toEqual(['ambiguous']);
  expect(tick.summary.status).toBe('partial');
  expect(tick.summary.apiCalls['CreateBackup']).toBe(1);
  expect(verdicts).toEqual(['ambiguous', 'adopted']);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await keeper.house.ledger.listSets('rm-one')).toMatchObject([{ origin: 'adopted' }]);
});

test.each(LOST_REPLIES)(
  'the call had no effect and the answer was $name: the slot is abandoned with a finding, and nothing is sent again',
  async ({ reply }) => {
    await tickWith({ effect: 'none', reply });

    const verdicts = await letTimePass();

    expect(verdicts).toEqual(['ambiguous', 'abandoned']);
    expect(keeper.manualStarts('rm-one')).toEqual([]);
  },
);

test('a request that takes effect ten minutes after its timeout is adopted', async () => {
  await tickWith({ effect: { appliedAfterMs: 600_000 }, reply: { kind: 'reset' } });

  const verdicts = await letTimePass();

  expect(verdicts).toEqual(['ambiguous', 'adopted']);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test("a human's backup in the same window makes two candidates: nothing is adopted, a finding says so", async () => {
  await tickWith({ effect: 'applied', reply: { kind: 'reset' } });
  const findings: string[] = [];

  for (let minute = 10; minute <= 60; minute += 10) {
    keeper.clock.advance(10 * 60_000);
    if (minute === 10) keeper.cloud.world.humanBackup('rm-one');
    const run = await keeper.reconcile();
    findings.push(...run.summary.findings.map((finding) => finding.rule));
  }

  expect(findings).toEqual(['ambiguous-adoption']);
  expect(await keeper.house.ledger.listSets('rm-one')).toEqual([]);
  expect(await keeper.intents()).toEqual([]);
});

test("a human's backup that ran when we looked is not taken for ours", async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:40:00Z' });
  await keeper.tick();
  keeper.cloud.world.humanBackup('rm-one');
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({ service: 'rds', operation: 'CreateBackup', effect: 'none', reply: { kind: 'reset' } });
  await keeper.tick();

  const verdicts = await letTimePass();

  expect(verdicts).toEqual(['ambiguous', 'abandoned']);
  expect(await keeper.house.ledger.listSets('rm-one')).toEqual([]);
});

test('a job id that came back is followed to its set although the ledger lost the answer to its own write', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({
    service: 'tablestore',
    operation: '*',
    match: { table: 'keeper_intents' },
    skip: 2,
    times: 3,
    effect: 'applied',
    reply: { kind: 'reset' },
  });

  const tick = await keeper.tick();

  expect(verdictsOn(tick, 'rm-one')).toEqual(['submitted']);
  expect(await letTimePass()).toEqual(['already-done']);
});

test('a job that fails is a failed slot with a finding', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.world.planNextJob('rm-one', { outcome: 'Failed' });
  await keeper.tick();
  keeper.goTo('2026-11-21T04:00:00Z');

  const run = await keeper.reconcile();

  expect(verdictsOn(run, 'rm-one')).toEqual(['failed']);
  expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'backup-failed' }] });
});

test('a job that never ends is a finding, and the rule goes on the next day when the job is gone', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.world.planNextJob('rm-one', { neverEnds: true });
  await keeper.tick();
  keeper.goTo('2026-11-22T02:30:00Z');
  const stuck = await keeper.reconcile();
  const blocked = await keeper.tick();
  keeper.goTo('2026-11-23T03:30:00Z');
  const given = await keeper.reconcile();

  expect(stuck.summary.findings.map((finding) => finding.rule)).toEqual(['stuck-job']);
  expect(verdictsOn(blocked, 'rm-one')).toContain('job-running');
  expect(verdictsOn(given, 'rm-one')).toEqual(['failed']);
  expect(await keeper.intents()).toEqual([]);
});
