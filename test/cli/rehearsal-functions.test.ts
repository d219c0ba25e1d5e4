import { formatInstant, type Instant, parseInstant } from '../../lib/base/instant';
import { fireTimer, timerAt, withSilentTimers } from '../../lib/cli/rehearsal/functions';
import type { FcManifest, FcRecord, RunningFcEngine } from '../../lib/local';

const NOON = parseInstant('2026-11-21T12:00:00Z') as Instant; // a literal

const MANIFEST: FcManifest = {
  region: 'cn-hangzhou',
  accountId: '1234567890123456',
  functions: ['extra-backup', 'pre-release-backup'].map((name) => ({
    name: `test-${name}`,
    codeFolder: '/code',
    handler: `${name}.handler`,
    initializer: undefined,
    memoryMb: 512,
    timeoutMs: 60_000,
    env: {},
    role: undefined,
    maxInstances: 1,
    async: { maxRetries: 0, maxAgeMs: 60_000, isTask: true, onFailureFunction: undefined, onSuccessFunction: undefined },
    timers: name === 'extra-backup' ? [{ name: 'quarter', cron: 'CRON_TZ=UTC 0 0,15,30,45 * * * *', isEnabled: true, payload: '' }] : [],
    http: [],
  })),
};

/** An engine whose timer leads to these records. */
function engineWith(led: readonly Partial<FcRecord>[]): RunningFcEngine {
  const records: FcRecord[] = [];
  const fire = (): boolean => {
    for (const each of led) {
      const plain = { requestId: 'r', ok: true, errorType: undefined, body: Buffer.from('{}'), logs: [], durationMs: 1, maxMemoryMb: 1 };
      records.push({ ...plain, function: 'test-extra-backup', type: 'timer', taskId: undefined, at: NOON, retryCount: 0, ...each });
    }
    return true;
  };
  // The rehearsal asks no more of an engine.
  return { manifest: MANIFEST, fireTimer: fire, runDue: async () => undefined, records: () => [...records] } as unknown as RunningFcEngine;
}

function summary(counts: Record<string, number>, status = 'succeeded'): Buffer {
  return Buffer.from(JSON.stringify({ status, counts, scope: { instances: 1 }, findings: [], findingsTotal: 0, apiCalls: {} }));
}

test('no timer of the manifest fires by itself', () => {
  expect(withSilentTimers(MANIFEST).functions[0]?.timers).toEqual([expect.objectContaining({ name: 'quarter', isEnabled: false })]);
});

test.each([
  { name: 'the next time of the timer', from: '2026-11-21T12:01:30Z', at: '2026-11-21T12:15:00Z' },
  { name: 'the time itself when the timer fires then', from: '2026-11-21T12:15:00Z', at: '2026-11-21T12:15:00Z' },
])('a rule that comes due is looked at at $name', ({ from, at }) => {
  expect(formatInstant(timerAt(engineWith([]), 'extra-backup', parseInstant(from) as Instant))).toBe(at);
});

test('a function without a timer is looked at at once', () => {
  expect(timerAt(engineWith([]), 'pre-release-backup', (NOON + 400) as Instant)).toBe(NOON);
});

test('a run is told together with the shards that it handed on', async () => {
  const engine = engineWith([
    { body: summary({}, 'continued') },
    { type: 'async', body: summary({ submitted: 2 }) },
    { type: 'async', body: summary({ submitted: 1, 'not-due': 4 }) },
    { type: 'async', function: 'test-other', body: summary({ other: 1 }) },
  ]);

  const { summary: told, shards } = await fireTimer(engine, 'extra-backup', NOON);

  expect(shards).toBe(2);
  expect(told).toMatchObject({ status: 'succeeded', counts: { submitted: 3, 'not-due': 4 } });
});

test('a function that fails is told in its own words, with the hint of its log', async () => {
  const logs = ['FC Invoke Start', '{"level":"error","hint":"grant it"}', 'FC Invoke End'];
  const engine = engineWith([{ ok: false, errorType: 'UnhandledInvocationError', body: Buffer.from('{"errorMessage":"denied"}'), logs }]);

  await expect(fireTimer(engine, 'extra-backup', NOON)).rejects.toMatchObject({
    message: 'the function extra-backup failed: denied',
    hint: 'grant it',
    code: 'rehearsal-failed',
  });
});

test.each([
  { name: 'that has no timer', fn: 'pre-release-backup', message: 'the function pre-release-backup has no timer' },
  { name: 'that the manifest lacks', fn: 'report', message: 'the function report is not in the manifest' },
  { name: 'that did not run', fn: 'extra-backup', message: 'the function extra-backup was not run' },
] as const)('a function $name is a clear error', async ({ fn, message }) => {
  await expect(fireTimer(engineWith([]), fn, NOON)).rejects.toMatchObject({ message, code: 'rehearsal-failed' });
});
