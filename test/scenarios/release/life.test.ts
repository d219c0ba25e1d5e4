// The life of a release: asked for, backed up once, held, passed; and what its receipt says meanwhile.
import { HOUR_MS } from '../../../lib/base/instant';
import { releaseKey } from '../../../lib/policy/release/identity';
import { readStatus } from '../../../lib/run/status';
import type { TestKeeper } from '../../support/keeper';
import { check, holdsOf, openTasks, pass, RELEASE, SOURCE, start, startGate } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

test('asked for, started, followed by reconcile, held and passed; a repeat gets the same receipt', async () => {
  keeper = await startGate();

  const asked = await start(keeper);
  const meanwhile = await check(keeper);
  const shown = await readStatus(keeper.house.ledger, keeper.policy);
  const followed = await keeper.reconcile({ timer: 'early' });
  await pass(keeper, 10);
  const shownAfterwards = await readStatus(keeper.house.ledger, keeper.policy);
  const status = await check(keeper, 'status');
  const repeated = await start(keeper);

  expect(asked.summary).toMatchObject({ status: 'continued', counts: { submitted: 1 }, findingsTotal: 0 });
  expect(asked.receipt).toMatchObject({ version: 1, source: SOURCE, release: RELEASE, status: 'pending', attempt: 1, deadline: '2026-11-21T03:00:00Z' });
  expect(asked.receipt.reason).toContain(`rm-one: backup job ${asked.receipt.instances[0]?.jobId} was submitted: `);
  expect(followed.summary.counts).toEqual({ 'in-flight': 1 });
  expect([shown.releases, shownAfterwards.releases]).toMatchObject([[{ release: RELEASE, status: 'pending' }], []]);
  expect(meanwhile.receipt).toMatchObject({ status: 'pending', instances: [{ jobId: expect.any(String), reused: false }] });
  const [set] = await keeper.house.ledger.listSets('rm-one');
  expect(status.receipt).toMatchObject({
    key: releaseKey(SOURCE, RELEASE),
    status: 'passed',
    validUntil: '2026-11-21T02:00:00Z',
    instances: [{ status: 'passed', backupId: set?.backupId, startedAt: '2026-11-21T01:00:00Z', heldUntil: '2026-11-28T01:05:00Z' }],
  });
  expect(repeated.summary).toMatchObject({ status: 'succeeded', scope: { instances: 1 } });
  expect(repeated.receipt.instances).toEqual(status.receipt.instances);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await holdsOf(keeper)).toMatchObject([{ owner: 'pre-release', target: { kind: 'set', backupId: set?.backupId } }]);
  expect(await openTasks(keeper)).toEqual([]);
  expect(await keeper.intents()).toEqual([]);
});

test('past its validity a request opens a new attempt, with a backup of its own', async () => {
  keeper = await startGate();
  await start(keeper);
  await pass(keeper, 10);
  keeper.clock.advance(HOUR_MS);

  const stale = await check(keeper);
  const again = await start(keeper);
  await pass(keeper, 10);

  expect(stale.receipt).toMatchObject({ status: 'failed', reason: expect.stringContaining('valid until 2026-11-21T02:00:00Z') });
  expect(again.receipt).toMatchObject({ status: 'pending', attempt: 2 });
  expect((await check(keeper, 'status')).receipt).toMatchObject({ status: 'passed', attempt: 2 });
  expect(keeper.manualStarts('rm-one')).toHaveLength(2);
});
