// The smaller use cases: status, claims by hand, the check-up.

import { claimSet } from '../../lib/run/claim-set';
import { checkUp, type DoctorDeps } from '../../lib/run/doctor';
import { shardsOf } from '../../lib/run/shards';
import { readStatus } from '../../lib/run/status';
import { HOURLY, policyWith, startKeeper, type TestKeeper } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const, history: { days: 2, foreignToday: 1 } };

function depsOf({ withHygiene = false, withCrossRegion = false }: Partial<Pick<DoctorDeps, 'withHygiene' | 'withCrossRegion'>> = {}): DoctorDeps {
  const shards = shardsOf(keeper.policy, keeper.house.ports.gatewayOf);
  return { ledger: keeper.house.ledger, shards, asOf: keeper.clock.now(), withHygiene, withCrossRegion };
}

async function claim(backupId: string, claimedBy = 'Ada') {
  const gateway = keeper.house.ports.gatewayOf({ account: 'default', region: 'cn-hangzhou' });
  return claimSet({ ledger: keeper.house.ledger, gateway, instanceId: 'rm-one', backupId, claimedBy, asOf: keeper.clock.now() });
}

function setOf(mode: 'Manual' | 'Automated'): string {
  keeper.cloud.world.settle(keeper.clock.now());
  return keeper.cloud.world.find('rm-one')?.sets.find((set) => set.mode === mode)?.id ?? 'none';
}

describe('claiming a set', () => {
  beforeEach(async () => {
    keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(HOURLY) });
  });

  test('a foreign manual set becomes ours, with the name of whoever says so', async () => {
    const backupId = setOf('Manual');

    const record = await claim(backupId);

    expect(record).toMatchObject({ origin: 'claimed', claimedBy: 'Ada', backupId });
    expect(await keeper.house.ledger.getSet('rm-one', backupId)).toEqual(record);
  });

  test('claiming twice changes nothing', async () => {
    const backupId = setOf('Manual');
    await claim(backupId);

    expect(await claim(backupId, 'Bob')).toMatchObject({ claimedBy: 'Ada' });
  });

  test("one of the service's own sets cannot be claimed", async () => {
    await expect(claim(setOf('Automated'))).rejects.toMatchObject({ code: 'not-claimable' });
  });

  test('a set that is not listed cannot be claimed', async () => {
    await expect(claim('999')).rejects.toMatchObject({ code: 'unknown-backup-set', hint: expect.any(String) });
  });
});

test('status tells the runs, what is open, and the newest verdicts', async () => {
  keeper = await startKeeper({ fleet: [{ id: 'rm-one', engine: 'MySQL' }], policy: policyWith(HOURLY) });
  await keeper.tick();
  await keeper.reconcile();

  const status = await readStatus(keeper.house.ledger, keeper.policy);

  expect(status.runs.map((run) => run.function).sort()).toEqual(['extra-backup', 'reconcile']);
  expect(status.open).toMatchObject([{ instanceId: 'rm-one', state: 'submitted' }]);
  expect(status.postures).toMatchObject([{ instanceId: 'rm-one', rules: { hourly: { isSettled: false } } }]);
});

test('a check-up of a healthy installation finds everything in order', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(HOURLY) });

  const results = await checkUp(depsOf({ withHygiene: false }));

  expect(results.filter((result) => !result.isOk)).toEqual([]);
  expect(results.map((result) => result.name)).toContain('default in cn-hangzhou: list backup sets');
  expect(results.map((result) => result.name)).not.toContain('default in cn-hangzhou: read backup settings');
});

test('what hygiene reads is checked where the policy has it do something', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(HOURLY) });
  const fault = { service: 'rds', times: 10, effect: 'none', reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' } } as const;
  keeper.cloud.faults.add({ ...fault, operation: 'DescribeDetachedBackups' });

  const results = await checkUp(depsOf({ withHygiene: true }));

  expect(results.find(({ name }) => name === 'default in cn-hangzhou: read backup settings')).toMatchObject({ isOk: true, detail: 'those of rm-one' });
  const failed = results.filter(({ isOk }) => !isOk);
  expect(failed.map(({ name }) => name)).toEqual(['cn-hangzhou', 'cn-shanghai'].map((region) => `default in ${region}: list sets of released instances`));
  expect(failed[0]?.detail).toContain('rds:DescribeDetachedBackups');
});

describe('what the verification of copies reads', () => {
  const CROSS_REGION = { destination: 'cn-shanghai', logs: true };

  test('is checked where the policy asks for copies, on an instance that has some', async () => {
    const fleet = [MYSQL, { ...MYSQL, id: 'rm-two', crossRegion: CROSS_REGION }];
    keeper = await startKeeper({ fleet, policy: policyWith(HOURLY) });

    const results = await checkUp(depsOf({ withCrossRegion: true }));

    expect(results.filter(({ isOk }) => !isOk)).toEqual([]);
    expect(results).toContainEqual({ name: 'default in cn-hangzhou: list copied logs', isOk: true, detail: 'those of rm-two', hint: undefined });
  });

  test('is not missing because the service refuses it for a kind of instance', async () => {
    keeper = await startKeeper({ fleet: [{ ...MYSQL, engine: 'SQLServer', crossRegion: CROSS_REGION }], policy: policyWith(HOURLY) });

    const results = await checkUp(depsOf({ withCrossRegion: true }));

    expect(results.filter(({ isOk }) => !isOk)).toEqual([]);
    expect(results.find(({ name }) => name === 'default in cn-hangzhou: read the recovery window')?.detail).toMatch(/^allowed; not for rm-one/);
  });

  test.each([
    ['DescribeCrossRegionBackupDBInstance', 'list instances with copies'],
    ['DescribeAvailableCrossRegion', 'list destinations of copies'],
    ['DescribeInstanceCrossBackupPolicy', 'read cross-region settings'],
    ['DescribeCrossRegionBackups', 'list copies'],
    ['DescribeBinlogFiles', 'list logs'],
    ['DescribeCrossRegionLogBackupFiles', 'list copied logs'],
    ['DescribeLocalAvailableRecoveryTime', 'read the recovery window'],
  ])('%s: a missing permission is named', async (operation, what) => {
    keeper = await startKeeper({ fleet: [{ ...MYSQL, crossRegion: CROSS_REGION }], policy: policyWith(HOURLY) });
    const reply = { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' } as const;
    keeper.cloud.faults.add({ service: 'rds', operation, times: 10, effect: 'none', reply });

    const results = await checkUp(depsOf({ withCrossRegion: true }));

    const failed = results.find(({ name }) => name === `default in cn-hangzhou: ${what}`);
    expect(failed).toMatchObject({ isOk: false, detail: expect.stringContaining(`rds:${operation}`) });
  });
});

test('a check-up goes on after what fails, and says what to do about each', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(HOURLY), withoutLedger: true });
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeBackupTasks',
    times: 10,
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' },
  });

  const results = await checkUp(depsOf({ withHygiene: false }));

  const failed = results.filter((result) => !result.isOk);
  expect(failed.map((result) => result.name)).toEqual(['ledger tables', 'ledger meta row', 'default in cn-hangzhou: list backup jobs']);
  expect(failed.every((result) => (result.hint ?? '').length > 0)).toBe(true);
  expect(failed[2]?.detail).toContain('rds:DescribeBackupTasks');
});
