// Releases that cannot be asked for: a clear error, the run recorded as failed, and nothing written or started.
import { instant } from '../../../lib/base/instant';
import type { ReleaseWish } from '../../../lib/domain/release';
import { releaseKey } from '../../../lib/policy/release/identity';
import type { TestKeeper } from '../../support/keeper';
import { check, deliver, MYSQL, openTasks, RELEASE, SOURCE, startGate, wishOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const SELECT = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };

test.each<{ name: string; over: Partial<ReleaseWish>; code: string; says: string }>([
  { name: 'an unknown instance', over: { instances: ['rm-one', 'rm-gone'] }, code: 'unknown-instance', says: 'no instance rm-gone' },
  { name: 'one that the policy leaves out', over: { instances: ['rm-left-out'] }, code: 'instance-left-out', says: 'leaves out rm-left-out' },
  { name: 'a selector that picks none', over: { select: { ...SELECT, names: ['nothing-*'] } }, code: 'no-instances', says: 'picks no instance' },
  { name: 'too many by name', over: { instances: ['a', 'b', 'c'] }, code: 'too-many-instances', says: 'asks for 3 instances, and one release may ask for 2' },
  { name: 'too many by selector', over: { select: SELECT }, code: 'too-many-instances', says: 'asks for 3 instances' },
  { name: 'neither instances nor a selector', over: { instances: undefined }, code: 'bad-request', says: 'one of the two' },
  { name: 'an empty list of instances', over: { instances: [] }, code: 'bad-request', says: 'empty list of instances' },
  { name: 'an empty list of databases', over: { databases: [] }, code: 'bad-request', says: 'empty list of databases' },
  { name: 'a deadline that has passed', over: { deadlineAt: instant(0) }, code: 'deadline-passed', says: '1970-01-01' },
])('$name', async ({ over, code, says }) => {
  keeper = await startGate([MYSQL, { id: 'rm-two', engine: 'MySQL' }, { id: 'rm-three', engine: 'MySQL' }, { id: 'rm-left-out', engine: 'MySQL' }], {
    sections: 'preRelease: { maxInstances: 2 }\nselect: { exclude: [{ ids: [rm-left-out] }] }',
  });

  await expect(deliver(keeper, { action: 'start', wish: wishOf(over) })).rejects.toMatchObject({ code, message: expect.stringContaining(says) });

  expect(await keeper.house.ledger.getRelease(releaseKey(SOURCE, RELEASE))).toBeUndefined();
  expect(await openTasks(keeper)).toEqual([]);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
  expect(await keeper.house.ledger.listRuns('pre-release-backup', 5)).toMatchObject([{ summary: { status: 'failed', error: { code } } }]);
});

test('a request without a release, and a dry run, are refused', async () => {
  keeper = await startGate();

  await expect(deliver(keeper, undefined)).rejects.toMatchObject({ code: 'bad-request' });
  await expect(deliver(keeper, { action: 'start', wish: wishOf() }, { dryRun: true })).rejects.toMatchObject({ code: 'bad-request' });
});

test.each(['check', 'status'] as const)('%s of a release that nobody has asked for', async (action) => {
  keeper = await startGate();

  await expect(check(keeper, action)).rejects.toMatchObject({ code: 'unknown-release' });
});

test('an account that cannot be asked may have what a selector picks: nothing is begun', async () => {
  keeper = await startGate();
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'DescribeDBInstances',
    times: 99,
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'no' },
  });

  await expect(deliver(keeper, { action: 'start', wish: wishOf({ select: SELECT }) })).rejects.toMatchObject({ code: 'denied' });
  expect(await openTasks(keeper)).toEqual([]);
});
