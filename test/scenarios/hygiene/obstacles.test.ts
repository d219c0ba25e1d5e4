// What stands between a decision and its effect: refusals, lost answers, missing permissions, time that runs out. The others go on, and nothing is silent.
import { MINUTE_MS } from '../../../lib/base/instant';
import type { Fault } from '../../../lib/local/kinds';
import { type TestKeeper, verdictsOn } from '../../support/keeper';
import { KEEP_TEN, marksOf, memberWithSets, nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyOf(KEEP_TEN, WIDE);
const SURPLUS = ['111', '112', '113', '114'];

function onDelete(fault: Partial<Fault>): Fault {
  return { service: 'rds', operation: 'DeleteBackup', effect: 'none', reply: { kind: 'normal' }, ...fault };
}

async function startDue(policy = POLICY): Promise<void> {
  keeper = await startOwner([memberWithSets(14), memberWithSets(14, 'rm-two', 201)], policy);
  await keeper.hygiene();
  nextDay(keeper);
}

test('a lost answer to a deletion that took effect: the sets are seen to be gone', async () => {
  await startDue();
  keeper.cloud.faults.add(onDelete({ effect: 'applied', reply: { kind: 'reset' } }));

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { purged: 8 } });
});

test('a deletion whose outcome stays unknown: ambiguous, partial, and looked at again once the call can no longer take effect', async () => {
  await startDue();
  keeper.cloud.faults.add(onDelete({ match: { DBInstanceId: ONE }, times: 9, reply: { kind: 'reset' } }));

  const run = await keeper.hygiene();
  const marks = await marksOf(keeper);
  keeper.cloud.faults.clear();
  keeper.clock.advance(10 * MINUTE_MS);
  const soon = await keeper.hygiene();
  keeper.clock.advance(15 * MINUTE_MS);
  const later = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { ambiguous: 4, purged: 4 } });
  expect(run.summary.findings.map(({ rule }) => rule)).toContain('set-not-purged');
  expect(marks.map(({ state }) => state)).toEqual(['deleting', 'deleting', 'deleting', 'deleting']);
  expect(soon.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(later.summary.counts).toMatchObject({ purged: 4 });
});

test('a deletion that is answered while the set stays listed is not believed', async () => {
  await startDue();
  const { ports } = keeper.openHouse();

  const run = await keeper.hygiene({ ports: { ...ports, gatewayOf: (target) => ({ ...ports.gatewayOf(target), deleteSets: async () => undefined }) } });

  expect(run.summary).toMatchObject({ status: 'partial', counts: { ambiguous: 8 } });
});

test('a deletion that takes effect long after its answer was lost: the next run sees that the sets are gone', async () => {
  await startDue();
  keeper.cloud.faults.add(onDelete({ match: { DBInstanceId: ONE }, effect: { appliedAfterMs: 12 * MINUTE_MS }, reply: { kind: 'reset' } }));
  keeper.cloud.faults.add(onDelete({ match: { DBInstanceId: ONE }, times: 9, reply: { kind: 'reset' } }));
  await keeper.hygiene();
  keeper.cloud.faults.clear();
  keeper.clock.advance(30 * MINUTE_MS);

  const run = await keeper.hygiene();

  expect(verdictsOn(run, ONE).filter((verdict) => verdict === 'purged')).toHaveLength(4);
  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(await marksOf(keeper)).toEqual([]);
});

test('a set that the service refuses to delete: the others of the same call go all the same', async () => {
  await startDue();
  const refused = { kind: 'error', status: 403, code: 'OperationDenied.BackupSetDeleteNotSupport', message: 'No.' } as const;
  keeper.cloud.faults.add(onDelete({ match: { BackupId: '111,112,113,114' }, reply: refused }));
  keeper.cloud.faults.add(onDelete({ match: { BackupId: '112' }, reply: refused }));

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { purged: 7, refused: 1 } });
  expect(keeper.manualSets(ONE).filter((id) => SURPLUS.includes(id))).toEqual(['112']);
});

test('an instance whose sets cannot be listed is a verdict, and the others go on', async () => {
  await startDue();
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeBackups',
    match: { DBInstanceId: ONE },
    times: 50,
    effect: 'none',
    reply: { kind: 'html', status: 502 },
  });

  const run = await keeper.hygiene();

  expect(run.summary.status).toBe('partial');
  expect(verdictsOn(run, ONE)).toContain('unreachable');
  expect(verdictsOn(run, 'rm-two').filter((verdict) => verdict === 'purged')).toHaveLength(4);
});

test('an instance that stops between the look and the call: its sets wait', async () => {
  await startDue();
  keeper.cloud.faults.add(
    onDelete({ match: { DBInstanceId: ONE }, times: 9, reply: { kind: 'error', status: 403, code: 'IncorrectDBInstanceState', message: 'No.' } }),
  );

  const run = await keeper.hygiene();

  expect(verdictsOn(run, ONE).filter((verdict) => verdict === 'instance-not-running')).toHaveLength(4);
  expect(verdictsOn(run, 'rm-two').filter((verdict) => verdict === 'purged')).toHaveLength(4);
});

test('without the permission to delete: denied, with the action to grant, and the instance is left as it was', async () => {
  await startDue();
  keeper.cloud.faults.add(
    onDelete({ times: 9, reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' } }),
  );

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { denied: 8 } });
  expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'permission-denied', message: expect.stringContaining('rds:DeleteBackup') }));
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('out of time before the purges: handed off, and the next run does them', async () => {
  await startDue();

  const run = await keeper.hygiene({ remainingMs: 500 });
  const next = await keeper.hygiene({ timer: 'again' });

  expect(run.summary.status).toBe('continued');
  expect(next.summary.counts).toMatchObject({ purged: 8 });
});

test('a limit of changes is not exceeded, and what is left over is said', async () => {
  await startDue(policyOf(KEEP_TEN, 'limits: { maxChangesPerRun: 3, maxPurgePercentPerDay: 100 }'));

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { purged: 3, 'over-limit': 5 } });
});

test('an instance that is named and left out by the policy hears of it; an unknown one stops the run', async () => {
  keeper = await startOwner([memberWithSets(1)], policyOf('select: { ids: [rm-other] }', KEEP_TEN));

  const run = await keeper.hygiene({ instances: [ONE] });

  expect(verdictsOn(run, ONE)).toEqual(['no-rule']);
  await expect(keeper.hygiene({ instances: ['rm-nowhere'], timer: 'again' })).rejects.toMatchObject({ code: 'unknown-instance' });
});

test('a refusal that is about the instance is not asked for again set by set', async () => {
  await startDue();
  const stopped = { kind: 'error', status: 403, code: 'IncorrectDBInstanceState', message: 'No.' } as const;
  keeper.cloud.faults.add(onDelete({ match: { DBInstanceId: ONE }, times: 9, reply: stopped }));

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ 'instance-not-running': 4, purged: 4 });
  expect(run.summary.apiCalls['DeleteBackup']).toBe(2);
});
