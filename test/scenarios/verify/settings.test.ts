// An instance's cross-region settings are as agreed: reported, or written and read back; what costs or destroys needs leave.
import { type TestKeeper, verdictsOn } from '../../support/keeper';
import { COPIED, findingsOf, ONE, policyOf, startCopied } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const { crossRegion: _, ...PLAIN } = COPIED;

function settingsNow(): unknown {
  return keeper.cloud.world.find(ONE)?.spec.crossRegion;
}

test('switching copies on costs, so without leave it is only reported', async () => {
  keeper = await startCopied([PLAIN], policyOf('{ mode: enforce, destination: cn-shanghai }'));

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)[0]).toBe('drifted');
  expect(run.summary.apiCalls['ModifyInstanceCrossBackupPolicy']).toBeUndefined();
});

test('with leave it is switched on, and reads back', async () => {
  keeper = await startCopied([PLAIN], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 30, logs: true, allowCost: true }'));

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)[0]).toBe('corrected');
  expect(settingsNow()).toMatchObject({ destination: 'cn-shanghai', retentionDays: 30 });
});

test('a longer retention is written; a shorter one needs its own leave', async () => {
  keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 14 }'));

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)[0]).toBe('drifted');
  expect(settingsNow()).toMatchObject({ retentionDays: 30 });
});

test('a lost answer to a write that took effect is no failure', async () => {
  keeper = await startCopied([COPIED], policyOf('{ mode: enforce, destination: cn-shanghai, retention: 60, allowCost: true }'));
  keeper.cloud.faults.add({ service: 'rds', operation: 'ModifyInstanceCrossBackupPolicy', effect: 'applied', reply: { kind: 'reset' } });

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)[0]).toBe('corrected');
  expect(findingsOf(run)).toEqual([]);
});

test('the plan has the change, marked with what it costs', async () => {
  keeper = await startCopied([PLAIN], policyOf('{ mode: enforce, destination: cn-shanghai, allowCost: true }'));

  const plan = await keeper.plan('verify-cross-region');

  expect(plan.steps).toEqual([expect.objectContaining({ action: 'change-cross-region', instanceId: ONE, costs: true, isDestructive: false })]);
  expect(settingsNow()).toBeUndefined();
});

test('without the permission to list copies: denied, with the action to grant, and the others go on', async () => {
  keeper = await startCopied([COPIED, { ...COPIED, id: 'rm-two' }]);
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeCrossRegionBackups',
    match: { DBInstanceId: ONE },
    times: 9,
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' },
  });

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)).toContain('denied');
  expect(run.summary.findings[0]?.message).toContain('rds:DescribeCrossRegionBackups');
  expect(verdictsOn(run, 'rm-two')).toEqual(['in-line', 'copied']);
  expect(run.summary.status).toBe('partial');
});
