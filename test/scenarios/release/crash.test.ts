// A worker dies after every single write of a release: whoever comes next finishes it, with one backup and one hold per attempt, and leaves nothing open.
import { MINUTE_MS } from '../../../lib/base/instant';
import { LedgerError } from '../../../lib/domain/ledger-error';
import { releaseKey } from '../../../lib/policy/release/identity';
import { isWrite, makeCrashingWorker } from '../../support/crash';
import type { TestKeeper } from '../../support/keeper';
import { check, holdsOf, openTasks, pass, RELEASE, SOURCE, start, startGate } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type Ports = Parameters<typeof start>[2];

interface Phase {
  readonly name: string;
  /** Everything up to the worker that dies. */
  readonly prepare: () => Promise<void>;
  readonly work: (door: Ports) => Promise<unknown>;
}

const PHASES: readonly Phase[] = [
  { name: 'the first request', prepare: async () => undefined, work: (door) => start(keeper, {}, door) },
  {
    name: 'the reconcile that finds the backup done',
    prepare: async () => {
      await start(keeper);
      keeper.clock.advance(10 * MINUTE_MS);
    },
    work: (door = {}) => keeper.reconcile({ timer: 'dies', ...(door.ports === undefined ? {} : { ports: door.ports }) }),
  },
];

/** What pipelines and timers do: they ask again, and reconcile runs. */
async function recover(): Promise<string> {
  for (let round = 0; round < 8; round += 1) {
    keeper.clock.advance(10 * MINUTE_MS);
    await keeper.reconcile({ ports: keeper.house.ports });
    if ((await start(keeper)).receipt.status === 'passed') break;
  }
  await keeper.reconcile({ timer: 'last', ports: keeper.house.ports });
  const { receipt } = await check(keeper, 'status');
  const [starts, holds] = [keeper.manualStarts('rm-one').length, (await holdsOf(keeper)).length];
  return `${receipt.status}, attempt ${receipt.attempt}, ${starts} backups, ${holds} holds, ${(await openTasks(keeper)).length} tasks, ${(await keeper.intents()).length} intents`;
}

test.each(PHASES)('$name, killed after each write', async ({ prepare, work }) => {
  const outcomes: string[] = [];
  let isDone = false;
  for (let atCall = 1; !isDone; atCall += 1) {
    keeper = await startGate();
    await prepare();
    const worker = makeCrashingWorker(keeper.openHouse().ports, { atCall, when: 'after', counts: isWrite });
    await work({ ports: worker.ports }).catch(() => undefined);
    isDone = worker.diedAt() === undefined;
    outcomes.push(`${worker.diedAt()}: ${await recover()}`);
    if (!isDone) await keeper.close();
  }

  const good = /: passed, attempt 1, 1 backups, 1 holds, 0 tasks, 0 intents$/;
  // Nobody can know whether a worker that died around the call has made it: such an attempt is given up, and the next one makes the backup.
  const givenUp = /(advanceIntent|createBackup).*: passed, attempt 2, 1 backups, 1 holds, 0 tasks, 0 intents$/;
  expect(outcomes.filter((outcome) => !good.test(outcome) && !givenUp.test(outcome))).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(5);
});

test('a task whose row was never written goes after an hour, and not before', async () => {
  keeper = await startGate();
  const { ports } = keeper.openHouse();
  const dead = { ...ports, ledger: { ...ports.ledger, putRelease: () => Promise.reject(new Error('dead')) } };
  await start(keeper, {}, { ports: dead }).catch(() => undefined);

  await pass(keeper, 50);
  const young = await openTasks(keeper);
  await pass(keeper, 15);

  expect(young).toEqual([`${releaseKey(SOURCE, RELEASE)}_a1`]);
  expect(await openTasks(keeper)).toEqual([]);
});

test('tasks of attempts that are over, or over and not put away, go', async () => {
  keeper = await startGate();
  await start(keeper);
  await pass(keeper, 10);
  const { ledger } = keeper.house;
  const task = {
    kind: 'release',
    version: 0,
    createdAt: keeper.clock.now(),
    updatedAt: keeper.clock.now(),
    function: 'pre-release-backup',
    target: '',
    event: '',
  } as const;
  for (const attempt of [0, 1]) await ledger.putTask(undefined, { ...task, id: `${releaseKey(SOURCE, RELEASE)}_a${attempt}`, attempt });

  await keeper.reconcile({ timer: 'cleans' });

  expect(await openTasks(keeper)).toEqual([]);
  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', attempt: 1 });
});

test('one release that cannot be advanced is a finding, and the others go on; a ledger that fails stops the run', async () => {
  keeper = await startGate();
  await start(keeper);
  await start(keeper, { source: 'ci/other' });
  keeper.clock.advance(10 * MINUTE_MS);
  const { ports } = keeper.openHouse();
  const failingOnce = (error: Error): typeof ports => {
    let isFirst = true;
    const getIntents: typeof ports.ledger.getIntents = async (keys) => {
      if (!isFirst || !keys.some(({ slotId }) => slotId.startsWith('release~'))) return ports.ledger.getIntents(keys);
      isFirst = false;
      throw error;
    };
    return { ...ports, ledger: { ...ports.ledger, getIntents } };
  };

  await expect(keeper.reconcile({ ports: failingOnce(new LedgerError('ledger-unreachable', 'no answer', 'wait')) })).rejects.toMatchObject({
    code: 'ledger-unreachable',
  });
  const run = await keeper.reconcile({ ports: failingOnce(new Error('a surprise')), timer: 'again' });

  expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'release-not-advanced', message: expect.stringContaining('a surprise') }] });
  expect(await openTasks(keeper)).toHaveLength(1);
});
