// The report on a real ledger: how a fleet stands after its runs, and the record that a timer's run leaves.
import { makeDeadline } from '../../lib/base/deadline';
import { DAY_MS } from '../../lib/base/instant';
import { LedgerError } from '../../lib/domain/ledger-error';
import type { RunSummary } from '../../lib/domain/run';
import { readReport, runReport } from '../../lib/run/report';
import { HOURLY, policyWith, startKeeper, type TestKeeper } from '../support/keeper';
import { aPosture } from '../support/ledger';

let keeper: TestKeeper;

afterEach(() => keeper.close());

async function start(withoutLedger = false): Promise<void> {
  keeper = await startKeeper({ fleet: [{ id: 'rm-a', engine: 'MySQL', history: { days: 0 } }], policy: policyWith(HOURLY), withoutLedger });
}

const report = (dryRun = false): Promise<RunSummary> =>
  runReport(
    {
      trigger: { type: 'timer', id: 'report', time: keeper.clock.now() },
      asOf: keeper.clock.now(),
      dryRun,
      policy: keeper.policy,
      deadline: makeDeadline(keeper.clock, DAY_MS, 1_000),
    },
    keeper.house.ports,
  );

/** `rm-a protected`, one line per instance. */
async function standing(): Promise<readonly string[]> {
  const { instances } = await readReport(keeper.house.ledger, keeper.policy, keeper.clock.now());
  return instances.map(({ instanceId, posture }) => `${instanceId} ${posture}`);
}

test('an instance is protected once its backup is there, also while the next one runs, and unknown again when the timers stop', async () => {
  await start();
  expect(await standing()).toEqual([]);
  await keeper.tick();
  expect(await standing()).toEqual(['rm-a unknown']);

  keeper.goTo('2026-11-21T01:50:00Z');
  await keeper.reconcile();
  expect(await standing()).toEqual(['rm-a protected']);

  keeper.goTo('2026-11-21T02:01:00Z');
  await keeper.tick();
  const { instances } = await readReport(keeper.house.ledger, keeper.policy, keeper.clock.now());
  expect(instances).toMatchObject([
    {
      account: 'default',
      region: 'cn-hangzhou',
      posture: 'protected',
      reason: expect.stringMatching(/^hourly: backup set \d+ was made for its slot of 2026-11-21T01:00:00Z, and the next one is under way$/),
    },
  ]);

  keeper.goTo('2026-11-21T09:00:00Z');
  expect(await standing()).toEqual(['rm-a unknown']);
});

test('a run of the timer records how many stand how, once, and calls nothing but the ledger', async () => {
  await start();
  await keeper.house.ledger.putPostures([aPosture({ scope: 'default/cn-shanghai', instanceId: 'rm-b' })]);

  const summary = await report();

  expect(summary).toMatchObject({ function: 'report', status: 'succeeded', scope: { instances: 1 }, apiCalls: {} });
  expect(summary.counts).toEqual({ unprotected: 1, 'at-risk': 0, unknown: 0, protected: 0 });
  expect(await report()).toEqual(summary);
  const { runs } = await readReport(keeper.house.ledger, keeper.policy, keeper.clock.now());
  expect(runs.map((run) => run.summary)).toEqual([summary]);
});

test('a dry run records nothing', async () => {
  await start();

  await report(true);

  expect((await readReport(keeper.house.ledger, keeper.policy, keeper.clock.now())).runs).toEqual([]);
});

test('the words of all functions meet in one instance; what was forgotten says nothing, and leftovers stand apart', async () => {
  await start();
  const scope = 'default/cn-hangzhou';
  const finding = { id: 'f', severity: 'error', rule: 'r', instanceId: 'rm-a', message: 'drifted', evidence: {}, remedy: '' } as const;
  const copies = { earlier: { x: { copyId: 'y', absentAt: undefined } }, lagP50Ms: undefined, lagP95Ms: undefined, lagMaxMs: undefined };
  const measured = { ...copies, firstSeen: { '1': keeper.clock.now() }, copies: 1, lagHistory: [], achievedRpoMs: undefined };
  await keeper.house.ledger.putPostures([
    aPosture({ scope, instanceId: 'rm-a' }),
    aPosture({ scope: `${scope}#retention-hygiene`, instanceId: 'rm-a', findings: [finding] }),
    aPosture({
      scope: `${scope}#verify-cross-region`,
      instanceId: 'rm-a',
      findings: [finding],
      copies: { ...measured, localWindow: undefined, copyWindow: undefined, probe: undefined },
    }),
    aPosture({ scope: `${scope}#extend-expiry`, instanceId: 'rm-forgotten' }),
    aPosture({ scope: `${scope}#verify-cross-region#leftovers`, instanceId: 'rm-gone', findings: [finding] }),
    aPosture({ scope: 'other/cn-hangzhou', instanceId: 'rm-of-another-policy' }),
  ]);

  const { instances, leftovers } = await readReport(keeper.house.ledger, keeper.policy, keeper.clock.now());

  expect(instances.map(({ instanceId, posture, others }) => [instanceId, posture, others.length])).toEqual([['rm-a', 'at-risk', 2]]);
  expect(instances[0]?.others[1]?.copies).toMatchObject({ copies: 1, firstSeen: {}, earlier: {} });
  expect(leftovers.map(({ instanceId }) => instanceId)).toEqual(['rm-gone']);
});

test('a ledger without tables is refused, and so is one without its meta row', async () => {
  await start(true);

  await expect(readReport(keeper.house.ledger, keeper.policy, keeper.clock.now())).rejects.toThrow(LedgerError);
  await expect(report()).rejects.toMatchObject({ code: 'ledger-missing-table' });
  await expect(readReport({ ...keeper.house.ledger, meta: async () => undefined }, keeper.policy, keeper.clock.now())).rejects.toMatchObject({
    code: 'ledger-not-initialised',
  });
});
