import { instant, plusMs } from '../../../lib/base/instant';
import type { FcStarted } from '../../../lib/local/fc';
import { closeLabs, type FunctionSpec, type Lab, type LabSpec, makeLab, text } from './engine-fixture';

afterEach(closeLabs);

const EVENT = Buffer.from('{"n":1}');
const HOUR_MS = 3_600_000;

const ECHO = 'exports.handler = async (event, context) => event.toString() + context.retryCount;';
const FAILS = 'exports.handler = async (event, context) => { throw new RangeError("try " + context.retryCount); };';
/** Fails until the given try. */
const failsUntil = (tries: number): string =>
  `exports.handler = async (event, context) => { if (context.retryCount < ${tries}) throw new Error("not yet"); return "done"; };`;
const SLOW = 'exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 40)); };';

function labOf(work: FunctionSpec, options: Omit<LabSpec, 'functions'> = {}): Lab {
  return makeLab({ functions: { work }, ...options });
}

/** When each invocation began, in seconds from the start of the lab's time, with its outcome. */
function history({ engine }: Lab, start = '2026-11-21T01:00:00Z'): readonly string[] {
  return engine
    .records()
    .map((record) => `${(record.at - Date.parse(start)) / 1_000} s: ${record.function}#${record.retryCount} ${record.ok ? 'ok' : record.errorType}`);
}

async function pass(lab: Lab, ms: number): Promise<void> {
  await lab.engine.passTime(plusMs(lab.clock.now(), ms));
}

describe('an asynchronous event', () => {
  test('is accepted at once and delivered when the engine runs what is due', async () => {
    const lab = labOf({ source: ECHO });

    const accepted = lab.engine.enqueue('work', EVENT);
    expect(accepted).toMatchObject({ kind: 'accepted', requestId: expect.stringMatching(/^1-/) });
    expect(lab.engine.nextAt()).toBe(lab.clock.now());
    expect(lab.engine.records()).toEqual([]);
    await lab.engine.runDue();

    expect(lab.engine.records()).toMatchObject([{ function: 'work', type: 'async', ok: true, errorType: undefined, at: lab.clock.now(), retryCount: 0 }]);
    expect(text(lab.engine.records()[0])).toBe('{"n":1}0');
    expect(lab.engine.nextAt()).toBeUndefined();
  });

  test('can be told to wait', async () => {
    const lab = labOf({ source: ECHO });

    lab.engine.enqueue('work', EVENT, { delayMs: 90_000 });
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['90 s: work#0 ok']);
  });

  test.each([
    { name: 'a function that nobody deployed', target: 'nobody', bytes: 1, reason: 'unknown-function' },
    { name: 'more than 128 KB', target: 'work', bytes: 128 * 1_024 + 1, reason: 'too-large' },
  ])('$name is refused', ({ target, bytes, reason }) => {
    const lab = labOf({ source: ECHO });

    expect(lab.engine.enqueue(target, Buffer.alloc(bytes))).toEqual({ kind: 'refused', reason });
  });

  test('is tried again when it fails, each wait twice the one before, and the try is counted in its context', async () => {
    const lab = labOf({ source: FAILS, async: { maxRetries: 3 } });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual([0, 1, 3, 7].map((second, index) => `${second} s: work#${index} UnhandledInvocationError`));
    expect(lab.engine.failures()).toMatchObject([{ function: 'work', errorType: 'UnhandledInvocationError', retryCount: 3 }]);
    expect(text(lab.engine.failures()[0])).toContain('try 3');
  });

  test('is not tried again once it succeeds', async () => {
    const lab = labOf({ source: failsUntil(1), async: { maxRetries: 8 } });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['0 s: work#0 UnhandledInvocationError', '1 s: work#1 ok']);
    expect(lab.engine.failures()).toEqual([]);
  });

  test('waits half a second, then one, two, four... while no instance is free', async () => {
    const lab = labOf({ source: SLOW, maxInstances: 1 });

    for (let n = 0; n < 4; n += 1) lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['0 s: work#0 ok', '0.5 s: work#0 ok', '1.5 s: work#0 ok', '3.5 s: work#0 ok']);
  });

  test('that is too old is given up without having been called', async () => {
    const lab = labOf({ source: ECHO, async: { maxAgeMs: 60_000, isTask: true } });

    lab.engine.enqueue('work', EVENT, { taskId: 'late', delayMs: 60_001 });
    await pass(lab, HOUR_MS);

    expect(lab.engine.records()).toEqual([]);
    expect(lab.engine.failures()).toMatchObject([{ function: 'work', ok: false, errorType: undefined, taskId: 'late' }]);
    expect(lab.engine.task('work', 'late')).toMatchObject({ status: 'Expired', tries: 0 });
  });

  test('that grows too old between two tries has failed', async () => {
    const lab = labOf({ source: FAILS, async: { maxRetries: 8, maxAgeMs: 2_000, isTask: true } });

    lab.engine.enqueue('work', EVENT, { taskId: 't' });
    await pass(lab, HOUR_MS);

    expect(history(lab)).toHaveLength(2);
    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Failed', tries: 2 });
  });

  test('waits in line when the host runs as many as it may, without the world noticing', async () => {
    const lab = labOf({ source: SLOW }, { maxParallel: 1 });

    for (let n = 0; n < 3; n += 1) lab.engine.enqueue('work', EVENT);
    await pass(lab, 1_000);

    expect(history(lab)).toEqual(['0 s: work#0 ok', '0 s: work#0 ok', '0 s: work#0 ok']);
  });

  test('that is accepted while others run is started at once', async () => {
    const lab: Lab = makeLab({
      functions: { first: { source: SLOW }, second: { source: ECHO } },
      onStart: ({ function: name }) => {
        if (name === 'first') lab.engine.enqueue('second', EVENT);
      },
    });

    lab.engine.enqueue('first', EVENT);
    await lab.engine.runDue();

    expect(
      lab.engine
        .records()
        .map((record) => record.function)
        .sort(),
    ).toEqual(['first', 'second']);
  });
});

describe('a task', () => {
  const TASK: FunctionSpec = { source: ECHO, async: { isTask: true } };

  test('id is taken once, for seven days', async () => {
    const lab = labOf(TASK);

    expect(lab.engine.enqueue('work', EVENT, { taskId: 'k_1' })).toMatchObject({ kind: 'accepted', taskId: 'k_1' });
    await pass(lab, 7 * 24 * HOUR_MS);
    expect(lab.engine.enqueue('work', EVENT, { taskId: 'k_1' })).toEqual({ kind: 'refused', reason: 'duplicate' });
    await pass(lab, 1);
    expect(lab.engine.enqueue('work', EVENT, { taskId: 'k_1' })).toMatchObject({ kind: 'accepted' });
  });

  test('id that another function uses is free', () => {
    const lab = makeLab({ functions: { work: TASK, other: TASK } });

    const outcomes = ['work', 'other'].map((name) => lab.engine.enqueue(name, EVENT, { taskId: 'same' }).kind);

    expect(outcomes).toEqual(['accepted', 'accepted']);
  });

  test('goes from Enqueued to its end, and says when and after how many tries', async () => {
    const lab = labOf({ source: failsUntil(2), async: { isTask: true, maxRetries: 2 } });
    const seen: (string | undefined)[] = [];
    const look = (): void => void seen.push(lab.engine.task('work', 't')?.status);

    lab.engine.enqueue('work', EVENT, { taskId: 't' });
    look();
    await lab.engine.runDue();
    look();
    await pass(lab, HOUR_MS);
    look();

    expect(seen).toEqual(['Enqueued', 'Retrying', 'Succeeded']);
    const startedAt = instant(Date.parse('2026-11-21T01:00:00Z'));
    expect(lab.engine.tasks('work')).toEqual([
      { id: 't', function: 'work', status: 'Succeeded', startedAt, endedAt: plusMs(startedAt, 3_000), requestId: expect.any(String), tries: 3 },
    ]);
  });

  test('says Running while its handler is at work', async () => {
    const seen: (string | undefined)[] = [];
    const lab: Lab = labOf({ source: SLOW, async: { isTask: true } });
    lab.engine.enqueue('work', EVENT, { taskId: 't' });

    const run = lab.engine.runDue();
    seen.push(lab.engine.task('work', 't')?.status);
    await run;

    expect(seen).toEqual(['Running']);
  });

  test('that has not begun can be stopped, once', async () => {
    const lab = labOf(TASK);
    lab.engine.enqueue('work', EVENT, { taskId: 't', delayMs: 1_000 });

    expect([lab.engine.stopTask('work', 't'), lab.engine.stopTask('work', 't'), lab.engine.stopTask('work', 'unknown')]).toEqual([true, false, false]);
    await pass(lab, HOUR_MS);

    expect(lab.engine.records()).toEqual([]);
    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Stopped', tries: 0 });
  });

  test('that runs is killed when it is stopped, and not tried again', async () => {
    const lab: Lab = labOf(
      { source: 'exports.handler = () => new Promise(() => setInterval(() => 0, 1000));', async: { isTask: true, maxRetries: 3 } },
      { onStart: () => setImmediate(() => lab.engine.stopTask('work', 't')) },
    );
    lab.engine.enqueue('work', EVENT, { taskId: 't' });

    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['0 s: work#0 UnhandledInvocationError']);
    expect(lab.engine.failures()).toEqual([]);
    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Stopped', tries: 1 });
  });

  test('is not kept for a function without task mode: ids are not taken there', () => {
    const lab = labOf({ source: ECHO });

    const outcomes = [1, 2].map(() => lab.engine.enqueue('work', EVENT, { taskId: 'same' }).kind);

    expect(outcomes).toEqual(['accepted', 'accepted']);
    expect(lab.engine.tasks('work')).toEqual([]);
  });
});

describe('destinations', () => {
  const SINK: FunctionSpec = { source: 'exports.handler = async (event) => event;' };

  test('the function for failures gets the event and the answer, after the last try', async () => {
    const lab = makeLab({ functions: { work: { source: FAILS, async: { maxRetries: 1, onFailureFunction: 'sink' } }, sink: SINK } });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    const told = lab.engine.records().filter((record) => record.function === 'sink');
    expect(told).toMatchObject([{ type: 'destination' }]);
    const event = JSON.parse(text(told[0]));
    expect(event).toEqual({
      timestamp: Date.parse('2026-11-21T01:00:01Z'),
      requestContext: {
        requestId: expect.any(String),
        functionArn: 'acs:fc:cn-hangzhou:1234567890123456:functions/work',
        condition: 'UnhandledInvocationError',
        approximateInvokeCount: 2,
      },
      requestPayload: '{"n":1}',
      responseContext: { statusCode: 200, functionError: 'UnhandledInvocationError' },
      responsePayload: expect.stringContaining('try 1'),
    });
  });

  test('the function for successes gets the answer', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, async: { onSuccessFunction: 'sink' } }, sink: SINK } });

    lab.engine.enqueue('work', EVENT);
    await lab.engine.runDue();

    expect(JSON.parse(text(lab.engine.records()[1]))).toMatchObject({ requestContext: { condition: '' }, responsePayload: '{"n":1}0' });
  });

  test('an event that was never delivered is told without an answer', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, async: { maxAgeMs: 1_000, onFailureFunction: 'sink' } }, sink: SINK } });

    lab.engine.enqueue('work', EVENT, { delayMs: 2_000 });
    await pass(lab, HOUR_MS);

    expect(JSON.parse(text(lab.engine.records()[0]))).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
      responseContext: { statusCode: 0, functionError: '' },
    });
  });

  test('one that does not exist is refused when the engine is made', () => {
    expect(() => makeLab({ functions: { work: { source: ECHO, async: { onFailureFunction: 'nobody' } } } })).toThrow(
      expect.objectContaining({ code: 'fc-destination-unknown' }),
    );
  });
});

describe('faults', () => {
  test('a worker that is killed at work is tried again, in a new instance', async () => {
    const started: FcStarted[] = [];
    const source = `exports.handler = async (event, context) => {
      console.log("half done");
      if (context.retryCount === 0) await new Promise(() => setInterval(() => 0, 1000));
      return "done";
    };`;
    const lab = labOf({ source, async: { maxRetries: 1 } }, { onStart: (one) => started.push(one) });
    lab.engine.faults.add({ kind: 'kill', function: 'work', atLine: 'half done' });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['0 s: work#0 UnhandledInvocationError', '1 s: work#1 ok']);
    expect(text(lab.engine.records()[0])).toContain('Process exited unexpectedly');
    expect(lab.engine.records()[0]?.logs.at(-1)).toContain('half done');
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(2);
  });

  test('a test can kill the process itself', async () => {
    const lab = labOf({ source: SLOW, async: { maxRetries: 1 } }, { onStart: ({ pid, retryCount }) => retryCount === 0 && process.kill(pid, 'SIGKILL') });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['0 s: work#0 UnhandledInvocationError', '1 s: work#1 ok']);
  });

  test('an event is delivered twice', async () => {
    const lab = labOf({ source: ECHO, async: { isTask: true } });
    lab.engine.faults.add({ kind: 'twice' });

    lab.engine.enqueue('work', EVENT, { taskId: 't' });
    await lab.engine.runDue();

    const records = lab.engine.records();
    expect(records).toHaveLength(2);
    expect(records[0]?.requestId).toBe(records[1]?.requestId);
    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Succeeded', tries: 1 });
  });

  test('an event is accepted and lost; its task stays where it was, and its id stays taken', async () => {
    const lab = labOf({ source: ECHO, async: { isTask: true } });
    lab.engine.faults.add({ kind: 'lose', function: 'work' });

    expect(lab.engine.enqueue('work', EVENT, { taskId: 't' }).kind).toBe('accepted');
    await pass(lab, HOUR_MS);

    expect(lab.engine.records()).toEqual([]);
    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Enqueued' });
    expect(lab.engine.enqueue('work', EVENT, { taskId: 't' }).kind).toBe('refused');
  });

  test('an event is delivered late', async () => {
    const lab = labOf({ source: ECHO });
    lab.engine.faults.add({ kind: 'delay', delayMs: 600_000 });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['600 s: work#0 ok']);
  });

  test('a queue that is throttled for a while delivers afterwards', async () => {
    const lab = labOf({ source: ECHO });
    lab.engine.faults.add({ kind: 'throttle', times: 4 });

    lab.engine.enqueue('work', EVENT);
    await pass(lab, HOUR_MS);

    expect(history(lab)).toEqual(['7.5 s: work#0 ok']);
  });

  test('an event that is throttled for more than five hours has failed', async () => {
    const lab = makeLab({ functions: { work: { source: ECHO, async: { maxAgeMs: 24 * HOUR_MS, isTask: true } } } });
    lab.engine.faults.add({ kind: 'throttle', function: 'work', times: 100 });

    lab.engine.enqueue('work', EVENT, { taskId: 't' });
    await pass(lab, 24 * HOUR_MS);

    expect(lab.engine.task('work', 't')).toMatchObject({ status: 'Failed', tries: 0 });
    expect(text(lab.engine.failures()[0])).toContain('FunctionResourceExhausted');
  });

  test('a throttled function refuses its callers as busy', async () => {
    const lab = labOf({ source: ECHO });
    lab.engine.faults.add({ kind: 'throttle', function: 'work', skip: 1 });

    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(text(await lab.engine.invoke('work', EVENT, 'sync')));

    expect(answers).toEqual(['{"n":1}0', 'busy', '{"n":1}0']);
  });
});
