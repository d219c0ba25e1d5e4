// What surrounds the copies: kinds of instances, instances that are gone, copies that were switched off, a budget that is used up, and runs that could not look.
import { DAY_MS, HOUR_MS, instant } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { readStatus } from '../../../lib/run/status';
import { startKeeper, type TestKeeper, type TestRun, verdictsOn } from '../../support/keeper';
import { ASKED, COPIED, findingsOf, ONE, policyOf, runThroughBackup, startCopied } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const SQL_SERVER: FleetMember = { ...COPIED, engine: 'SQLServer' };

function plantGap(where?: 'both'): void {
  keeper.cloud.world.plantLogGap(ONE, instant(keeper.clock.now() - 30 * HOUR_MS), instant(keeper.clock.now() - 28 * HOUR_MS), where);
}

function messagesOf(run: TestRun): string {
  return run.summary.findings.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
}

describe('kinds of instances', () => {
  test('MySQL on cloud disks, whose copies the service does not list: unknown, never missing', async () => {
    keeper = await startCopied([{ ...COPIED, storageType: 'cloud_essd' }]);

    const runs = [await keeper.verify(), ...(await runThroughBackup(keeper))];

    expect(runs.map((run) => verdictsOn(run, ONE))).toEqual(runs.map(() => ['in-line', 'copies-unknown']));
    expect(runs.flatMap(findingsOf)).toEqual([]);
  });

  test('SQL Server: healthy by its log backups, which have minutes and no names', async () => {
    keeper = await startCopied([SQL_SERVER]);

    const runs = [await keeper.verify(), ...(await runThroughBackup(keeper))];

    expect(runs.flatMap(findingsOf)).toEqual([]);
    expect(runs[0]?.summary.apiCalls['DescribeLogBackupFiles']).toBeGreaterThan(0);
    expect(runs[0]?.summary.apiCalls['DescribeBinlogFiles']).toBeUndefined();
  });

  test.each([
    { name: 'the copied logs', where: undefined, finding: 'copied-log-gap' },
    { name: 'the local logs', where: 'both', finding: 'local-log-gap' },
  ] as const)('SQL Server: a gap in $name is found', async ({ where, finding }) => {
    keeper = await startCopied([SQL_SERVER]);
    plantGap(where);

    expect(findingsOf(await keeper.verify())).toEqual([finding]);
  });

  test('snapshots of SQL Server outside Cluster Edition cannot be copied', async () => {
    const settings = { method: 'Snapshot' } as const;
    keeper = await startCopied([{ ...SQL_SERVER, settings }], policyOf('{ destination: cn-shanghai, retention: 30, logs: true }'));

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['sets-not-copyable']);
    expect(verdictsOn(run, ONE)).toEqual(['in-line', 'copies-at-risk']);
  });

  test('an encrypted disk, and an account that is not active in the destination: refused, with what to do', async () => {
    const { crossRegion: _, ...plain } = COPIED;
    keeper = await startKeeper({
      fleet: [{ ...plain, engine: 'PostgreSQL', isEncrypted: true }],
      policy: policyOf('{ mode: enforce, destination: cn-shanghai, allowCost: true }'),
      cloud: { rds: { crossRegion: { inactiveRegions: ['cn-shanghai'] } } },
    });

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toEqual(['refused', 'copies-at-risk']);
    expect(findingsOf(run)).toEqual(['cross-region-not-written']);
    expect(messagesOf(run)).toMatch(/activate/);
  });
});

describe('faults that time brings', () => {
  test('a copy that does not come in time is missing, and late when it comes', async () => {
    keeper = await startCopied();
    keeper.cloud.world.plantCopyFault(ONE, 'next', { kind: 'late', lagMs: 5 * HOUR_MS });
    const found: string[][] = [];

    for (const time of ['21T17:55', '21T19:00', '21T21:00', '21T23:00', '22T01:30', '22T02:00']) {
      keeper.goTo(`2026-11-${time}:00Z`);
      found.push(findingsOf(await keeper.verify()));
    }

    expect(new Set(found.map((rules) => rules.join()))).toEqual(new Set(['', 'copy-missing', 'copy-late']));
    expect(found[0]).toEqual([]);
    expect(found.at(-1)).toEqual(['copy-late']);
  });

  test('copies that go before their sets', async () => {
    const crossRegion = { destination: 'cn-shanghai', retentionDays: 10, logs: true, enabledAgoMs: 60 * DAY_MS };
    keeper = await startCopied([{ ...COPIED, crossRegion, settings: { retentionDays: 60 } }], policyOf('{ destination: cn-shanghai, logs: true }'));

    expect(findingsOf(await keeper.verify())).toEqual(['copy-expires-early']);
  });
});

describe('copies that nobody looks after', () => {
  test('of a released instance: found once, where no other instance is left, and closed when the last one has gone', async () => {
    keeper = await startCopied();
    await keeper.verify();
    keeper.cloud.world.releaseInstance(ONE);

    const [first, second] = [await keeper.verify({ timer: 'a' }), await keeper.verify({ timer: 'b' })];
    const status = await readStatus(keeper.house.ledger, keeper.policy);
    keeper.clock.advance(40 * DAY_MS);
    const last = await keeper.verify();

    expect([first, second].map(findingsOf)).toEqual([['copies-of-released'], ['copies-of-released']]);
    expect([first, second, last].map((run) => run.summary.findingChanges)).toMatchObject([{ opened: 1 }, { opened: 0, closed: 0 }, { closed: 1 }]);
    expect(status.postures.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual(['copies-of-released']);
    expect(findingsOf(last)).toEqual([]);
  });

  test('what was said of a released instance before is closed', async () => {
    keeper = await startCopied();
    plantGap();
    await keeper.verify({ timer: 'before' });
    keeper.cloud.world.releaseInstance(ONE);
    keeper.clock.advance(HOUR_MS);

    const run = await keeper.verify();

    const status = await readStatus(keeper.house.ledger, keeper.policy);
    expect(run.summary.findingChanges).toEqual({ opened: 1, updated: 0, closed: 1 });
    expect(status.postures.flatMap(({ rules }) => Object.keys(rules))).toEqual(['leftover-copies']);
  });

  test('that are still paid for after the feature was switched off', async () => {
    keeper = await startCopied([{ ...COPIED, crossRegion: { destination: 'cn-shanghai', isOff: true } }], policyOf('{ required: false }'));

    const [first, second] = [await keeper.verify({ timer: 'a' }), await keeper.verify({ timer: 'b' })];

    expect([first, second].map(findingsOf)).toEqual([['copies-paid-after-off'], ['copies-paid-after-off']]);
    expect([first, second].map((run) => run.summary.findingChanges?.opened)).toEqual([1, 0]);
    expect(verdictsOn(first, ONE)).toEqual(['in-line', 'not-required']);
  });

  test('where copies are required and were switched off, that is the finding, and the instance is at risk', async () => {
    keeper = await startCopied([{ ...COPIED, crossRegion: { destination: 'cn-shanghai', isOff: true } }], policyOf('{ destination: cn-shanghai }'));

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['copies-off']);
    expect(verdictsOn(run, ONE)).toEqual(['drifted', 'copies-at-risk']);
  });
});

test('instances without copies are judged from the list of the region alone', async () => {
  const { crossRegion: _, ...plain } = COPIED;
  keeper = await startCopied([plain, { ...plain, id: 'rm-two' }], policyOf('{ destination: cn-shanghai }'));

  const run = await keeper.verify();

  expect(run.summary.counts).toEqual({ drifted: 2, 'copies-at-risk': 2 });
  expect(run.summary.apiCalls).toEqual({ DescribeDBInstances: 1, DescribeCrossRegionBackupDBInstance: 1, DescribeAvailableCrossRegion: 1 });
});

describe('runs that could not look', () => {
  beforeEach(async () => {
    keeper = await startCopied();
    plantGap();
    await keeper.verify({ timer: 'before' });
  });

  test('an outage closes no finding', async () => {
    const reply = { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' } as const;
    keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeCrossRegionBackups', times: 50, effect: 'none', reply });

    const run = await keeper.verify();

    expect(verdictsOn(run, ONE)).toContain('unreachable');
    expect(run.summary.findingChanges).toMatchObject({ closed: 0 });
    expect(findingsOf(run)).toContain('copied-log-gap');
  });

  test('logs that cannot be listed close no finding on logs, and that is said', async () => {
    const reply = { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'later' } as const;
    keeper.cloud.faults.add({ service: 'rds', operation: 'DescribeCrossRegionLogBackupFiles', times: 50, effect: 'none', reply });

    const run = await keeper.verify();

    expect(findingsOf(run)).toEqual(['copied-log-gap', 'copies-not-fully-read']);
    expect(run.summary.findingChanges).toEqual({ opened: 1, updated: 0, closed: 0 });
  });

  test('a budget of calls that is used up leaves out what is optional, says so, and closes nothing', async () => {
    const policy = { ...keeper.policy, limits: { ...keeper.policy.limits, apiCallsPerMonth: 1 } };

    const run = await keeper.verify({ policy });

    expect(findingsOf(run)).toEqual(['api-budget-reached', 'copied-log-gap']);
    expect(Object.keys(run.summary.apiCalls).sort()).toEqual([
      'DescribeAvailableCrossRegion',
      'DescribeBackups',
      'DescribeCrossRegionBackupDBInstance',
      'DescribeCrossRegionBackups',
      'DescribeDBInstances',
    ]);
    expect(run.summary.findingChanges).toMatchObject({ closed: 0 });
  });
});

test('a budget of calls that is used up leaves leftovers alone, and what was found of them stands', async () => {
  keeper = await startCopied([{ ...COPIED, crossRegion: { destination: 'cn-shanghai', isOff: true } }], policyOf('{ required: false }'));
  await keeper.verify({ timer: 'before' });

  const run = await keeper.verify({ policy: { ...keeper.policy, limits: { ...keeper.policy.limits, apiCallsPerMonth: 1 } } });

  expect(findingsOf(run)).toEqual(['api-budget-reached']);
  expect(run.summary.findingChanges).toMatchObject({ closed: 0 });
});

test('the lag of each day is kept', async () => {
  keeper = await startCopied([COPIED], policyOf(ASKED));

  await runThroughBackup(keeper);

  const posture = (await keeper.house.ledger.getPostures('default/cn-hangzhou#verify-cross-region', [ONE])).get(ONE);
  expect(posture?.copies?.lagHistory).toEqual([
    { day: '2026-11-21', copies: 1, p50Ms: expect.any(Number), p95Ms: expect.any(Number), maxMs: expect.any(Number) },
  ]);
});
