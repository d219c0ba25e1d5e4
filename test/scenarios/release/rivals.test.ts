// Releases that meet others: another source, a timer of the same minute, the last slots of the day, another policy in between, the very end of their validity.
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import { policyWith, startKeeper, type TestKeeper } from '../../support/keeper';
import { check, deliver, holdsOf, MYSQL, openTasks, pass, start, startGate, wishOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

test('two sources at once share one backup where it is fresh enough for both', async () => {
  keeper = await startGate();

  await Promise.all([start(keeper, { source: 'ci/a' }), start(keeper, { source: 'ci/b' }, { ports: keeper.openHouse().ports })]);
  await pass(keeper, 15);
  const answers = await Promise.all([start(keeper, { source: 'ci/a' }), start(keeper, { source: 'ci/b' })]);

  expect(answers.map(({ receipt }) => receipt)).toMatchObject([
    { status: 'passed', attempt: 1 },
    { status: 'passed', attempt: 1 },
  ]);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await holdsOf(keeper)).toHaveLength(2);
  expect([await openTasks(keeper), await keeper.intents()]).toEqual([[], []]);
});

test('two sources that both want a new one get two, one after the other', async () => {
  keeper = await startGate();

  await start(keeper, { source: 'ci/a', freshForMs: 0 });
  keeper.clock.advance(MINUTE_MS);
  await start(keeper, { source: 'ci/b', freshForMs: 0 });
  await pass(keeper, 30);
  const answers = await Promise.all([start(keeper, { source: 'ci/a' }), start(keeper, { source: 'ci/b' })]);

  expect(answers.map(({ receipt: { status, attempt } }) => `${status} ${attempt}`)).toEqual(['passed 1', 'passed 1']);
  expect(keeper.manualStarts('rm-one')).toHaveLength(2);
  expect([await openTasks(keeper), await keeper.intents()]).toEqual([[], []]);
});

test('a timer that is due at the same minute: both are served, the release first or by the timer', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith('  - { name: hourly, schedule: "0 * * * *", freshFor: 30m }\n') });

  await Promise.all([keeper.tick(), start(keeper, {}, { ports: keeper.openHouse().ports })]);
  for (let round = 0; round < 4; round += 1) {
    await pass(keeper, 5);
    await keeper.tick({ timer: `tick-${round}` });
  }

  expect((await check(keeper)).receipt).toMatchObject({ status: 'passed', attempt: 1 });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await keeper.intents()).toEqual([]);
});

test('the last slots of the day are for releases, and the one after the last fails with the figures', async () => {
  keeper = await startGate([{ ...MYSQL, history: { days: 0, foreignToday: 2 } }], { sections: 'cap: { perDay: 4, reserve: { automatic: 0, preRelease: 2 } }' });
  const answers: string[] = [];

  for (const source of ['ci/a', 'ci/b', 'ci/c']) {
    await start(keeper, { source, freshForMs: 0 });
    await pass(keeper, 15);
    const { receipt } = await start(keeper, { source });
    answers.push(`${receipt.status} ${receipt.attempt}`);
  }

  expect(answers).toEqual(['passed 1', 'passed 1', 'failed 2']);
  expect(keeper.manualStarts('rm-one').length).toBe(4);
});

test('another policy between the request and the check: what was agreed stands, and the cap is that of now', async () => {
  keeper = await startGate();
  await start(keeper, { freshForMs: 0 });
  const policy = { ...keeper.policy, preRelease: { ...keeper.policy.preRelease, deadlineMs: 60_000, freshForMs: 0, holdForMs: HOUR_MS, maxInstances: 1 } };
  keeper.clock.advance(10 * MINUTE_MS);

  const { receipt } = await start(keeper, {}, { policy });

  expect(receipt).toMatchObject({ status: 'passed', attempt: 1, deadline: '2026-11-21T03:00:00Z', instances: [{ heldUntil: '2026-11-28T01:10:00Z' }] });
});

test('valid to the last millisecond, and no longer', async () => {
  keeper = await startGate();
  await start(keeper);
  await pass(keeper, 10);
  keeper.clock.advance(50 * MINUTE_MS - 1);

  const last = await check(keeper, 'status');
  const joined = await start(keeper);
  keeper.clock.advance(1);
  const over = await check(keeper, 'status');
  keeper.clock.advance(1);
  const anew = await start(keeper);

  expect([last, joined, over, anew].map(({ receipt: { status, attempt } }) => `${status} ${attempt}`)).toEqual([
    'passed 1',
    'passed 1',
    'failed 1',
    'pending 2',
  ]);
});

test.each([
  { name: 'as many as may be', count: 50, code: undefined },
  { name: 'one too many', count: 51, code: 'too-many-instances' },
])('a selector that picks $name', async ({ count, code }) => {
  const fleet = Array.from({ length: count }, (_, index) => ({ id: `rm-${index}`, engine: 'MySQL' as const, usedGb: 1 }));
  keeper = await startGate(fleet);
  const select = { ids: [], tags: {}, engines: [], names: ['rm-*'], resourceGroups: [], exclude: [] };

  const answer = await deliver(keeper, { action: 'start', wish: wishOf({ instances: undefined, select }) }).catch((error: unknown) => error);

  expect(answer).toMatchObject(code === undefined ? { status: 'continued', counts: { submitted: count } } : { code });
  expect(fleet.filter(({ id }) => keeper.manualStarts(id).length > 0)).toHaveLength(code === undefined ? count : 0);
});

test('names that could be taken for one another, and hostile ones, are releases of their own', async () => {
  keeper = await startGate();
  const names: readonly (readonly [string, string])[] = [
    ['a|b', 'c'],
    ['a', 'b|c'],
    ['a~b', 'c'],
    ['a', 'b~c~a1'],
    ['a', '","'],
    ['a","', ''.padEnd(256, '版')],
    ['a', '../../v1_a1'],
    ['a', '<script>alert(1)</script>'],
  ];

  const keys = new Set<string>();
  for (const [source, release] of names) keys.add((await start(keeper, { source, release })).receipt.key);
  await pass(keeper, 15);

  expect(keys.size).toBe(names.length);
  for (const [source, release] of names)
    expect((await start(keeper, { source, release })).receipt).toMatchObject({ status: 'passed', attempt: 1, source, release });
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
  expect(await openTasks(keeper)).toEqual([]);
});
