// How keeper pre-release waits: when it asks again, when it stops, and which failures it bears.
import { Writable } from 'node:stream';
import { KeeperError } from '../../lib/base/errors';
import { MINUTE_MS, SECOND_MS } from '../../lib/base/instant';
import type { Gate } from '../../lib/cli/commands/pre-release-gate';
import { waitFor } from '../../lib/cli/commands/pre-release-wait';
import type { CliIo } from '../../lib/cli/io';
import type { ReleaseReceipt, ReleaseStatus } from '../../lib/domain/release';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

let clock: VirtualClock;
let told: string;
let asked: unknown[];
beforeEach(() => {
  clock = makeVirtualClock();
  told = '';
  asked = [];
});
afterEach(() => {
  jest.useRealTimers();
});

const OPTIONS = { source: 'acme/shop', release: 'v1', interval: 30 * SECOND_MS };

function receipt(status: ReleaseStatus, reason: string): ReleaseReceipt {
  const times = { asOf: '2026-11-21T02:00:00Z', deadline: '2026-11-21T04:00:00Z' };
  return { version: 1, key: 'v1-0', source: 'acme/shop', release: 'v1', status, reason, attempt: 1, ...times, instances: [] };
}
const PENDING = receipt('pending', 'job 7 runs');
const PASSED = receipt('passed', 'all is well');

function io(): CliIo {
  const stderr = new Writable({
    write: (chunk, _encoding, done) => {
      told += String(chunk);
      done();
    },
  });
  return { env: {}, cwd: '/', stdout: stderr, stderr, clock, untilStopped: () => Promise.resolve() };
}

/** Gives the answers in turn, the last one for ever. */
function gateOf(...answers: readonly (ReleaseReceipt | Error)[]): Gate {
  return async (fields) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(fields);
    if (answer instanceof KeeperError || answer instanceof TypeError) throw answer;
    return answer as ReleaseReceipt; // the callers give one
  };
}

function lost(code: string): KeeperError {
  return new KeeperError(`it is ${code}`, { code });
}

test.each(['passed', 'failed'] as const)('a release that has %s is not asked about again', async (status) => {
  const first = receipt(status, 'it is over');

  expect(await waitFor(io(), gateOf(), first, OPTIONS)).toBe(first);
  expect([asked, clock.sleeps, told]).toEqual([[], [], '']);
});

test('it checks at the interval, and tells what is new only', async () => {
  const answer = await waitFor(io(), gateOf(PENDING, receipt('pending', 'job 7 is half done'), PASSED), PENDING, OPTIONS);

  expect(answer).toBe(PASSED);
  expect(asked).toEqual(Array.from({ length: 3 }, () => ({ kind: 'pre-release', action: 'check', source: 'acme/shop', release: 'v1' })));
  expect(clock.sleeps).toEqual([30_000, 30_000, 30_000]);
  expect(told).toBe('pending: job 7 runs\npending: job 7 is half done\n');
});

test('when the time is up, it asks a last time', async () => {
  const answer = await waitFor(io(), gateOf(PENDING), PENDING, { ...OPTIONS, timeout: MINUTE_MS + 1 });

  expect(answer).toBe(PENDING);
  expect(clock.sleeps).toEqual([30_000, 30_000, 1]);
  expect(asked).toHaveLength(3);
});

test('lost answers are told, and asked for again', async () => {
  const answer = await waitFor(
    io(),
    gateOf(lost('throttled'), lost('function-failed'), lost('ledger-unreachable'), lost('ambiguous'), PASSED),
    PENDING,
    OPTIONS,
  );

  expect(answer).toBe(PASSED);
  expect(told).toContain('no answer, asking again: it is throttled\n');
});

test.each([
  { name: 'five in a row', answers: Array.from({ length: 5 }, () => lost('unreachable')), questions: 5 },
  { name: 'what asking again does not change', answers: [lost('unknown-release')], questions: 1 },
  { name: 'a mistake of ours', answers: [new TypeError('x is not a function')], questions: 1 },
])('$name is the answer', async ({ answers, questions }) => {
  await expect(waitFor(io(), gateOf(...answers), PENDING, OPTIONS)).rejects.toBe(answers.at(-1));

  expect(asked).toHaveLength(questions);
});

test('an answer in between begins the count anew', async () => {
  const four = Array.from({ length: 4 }, () => lost('unreachable'));

  expect(await waitFor(io(), gateOf(...four, PENDING, ...four, PASSED), PENDING, OPTIONS)).toBe(PASSED);
});
