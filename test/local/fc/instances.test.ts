import type { FcStarted } from '../../../lib/local/fc';
import { closeLabs, type FunctionSpec, type Lab, type LabSpec, makeLab, text } from './engine-fixture';

afterEach(closeLabs);

const EVENT = Buffer.from('{"n":1}');
const COUNTER = 'let calls = 0; exports.handler = async () => [process.pid, ++calls].join(" ");';

function labOf(work: FunctionSpec, options: Omit<LabSpec, 'functions'> = {}): Lab {
  return makeLab({ functions: { work }, ...options });
}

async function call(lab: Lab, event = EVENT): Promise<string> {
  return text(await lab.engine.invoke('work', event, 'sync'));
}

describe('an instance', () => {
  test('is used again: what its module keeps is still there', async () => {
    const lab = labOf({ source: COUNTER });

    const answers = [await call(lab), await call(lab), await call(lab)];

    const [pid] = (answers[0] ?? '').split(' ');
    expect(answers).toEqual([`${pid} 1`, `${pid} 2`, `${pid} 3`]);
  });

  test('stands still after its reply: work that nobody awaits runs on in the next invocation only', async () => {
    const source = `
      let ticks = 0;
      exports.handler = async (event) => {
        if (event.toString() === 'begin') { setInterval(() => { ticks += 1; }, 5); return ticks; }
        const seen = ticks;
        await new Promise((resolve) => setTimeout(resolve, 60));
        return [seen <= 4, ticks > seen].join(); // a tick per turn of the event loop before and after the stand-still
      };`;
    const lab = labOf({ source });

    expect(await call(lab, Buffer.from('begin'))).toBe('0');
    await new Promise((resolve) => setTimeout(resolve, 150)); // the host's time goes by: the interval would have come thirty times
    expect(await call(lab)).toBe('true,true');
  });

  test('serves one request at a time; a second one at the same moment gets an instance of its own', async () => {
    const source = 'exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return process.pid; };';
    const lab = labOf({ source });

    const answers = await Promise.all([call(lab), call(lab)]);

    expect(new Set(answers).size).toBe(2);
  });

  test('is refused as busy when the function has as many at work as it may have', async () => {
    const source = 'exports.handler = async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return "done"; };';
    const lab = labOf({ source, maxInstances: 1 });

    expect(await Promise.all([call(lab), call(lab)])).toEqual(['done', 'busy']);
    expect(await call(lab)).toBe('done');
  });

  test('is told the time of the world with each request', async () => {
    const lab = labOf({ source: 'exports.handler = async () => new Date().toISOString().slice(0, 16);' });

    const first = await call(lab);
    lab.clock.advance(23 * 3_600_000);
    const second = await call(lab);

    expect([first, second]).toEqual(['2026-11-21T01:00', '2026-11-22T00:00']);
  });

  test('is replaced after a day, as the credentials of its start grow old', async () => {
    const lab = labOf({ source: COUNTER });

    const first = await call(lab);
    lab.clock.advance(86_400_000);
    const second = await call(lab);

    expect([first.split(' ')[1], second.split(' ')[1]]).toEqual(['1', '1']);
    expect(second).not.toBe(first);
  });

  test('makes room for those of other functions when there are many', async () => {
    const lab = makeLab({ functions: { work: { source: COUNTER }, other: { source: COUNTER } }, maxProcesses: 1 });

    const first = await call(lab);
    await lab.engine.invoke('other', EVENT, 'sync');
    const second = await call(lab);

    expect([first.split(' ')[1], second.split(' ')[1]]).toEqual(['1', '1']);
  });

  test('ends with its engine, also while it is frozen', async () => {
    const started: FcStarted[] = [];
    const lab = labOf({ source: COUNTER }, { onStart: (one) => started.push(one) });
    await call(lab);

    await lab.engine.close();

    expect(started).toHaveLength(1);
    expect(() => process.kill(started[0]?.pid ?? 0, 0)).toThrow('ESRCH');
    await expect(lab.engine.invoke('work', EVENT, 'sync')).rejects.toMatchObject({ code: 'fc-closed' });
  });
});

describe('what an invocation is given', () => {
  test('credentials of its role, fresh for every request, and the variables of the function and of the cloud', async () => {
    let asked = 0;
    const credentialsOf = (role: string, functionName: string) => {
      asked += 1;
      return { accessKeyId: `STS.${role}.${functionName}.${asked}`, accessKeySecret: 's', securityToken: 't' };
    };
    const source = 'exports.handler = async (event, context) => [context.credentials.accessKeyId, process.env.OWN, process.env.CLOUD].join();';
    const lab = labOf({ source, role: 'keeper-observe', env: { OWN: '1', CLOUD: 'elsewhere' } }, { credentialsOf, env: { CLOUD: 'local' } });

    const answers = [await call(lab), await call(lab)];

    expect(answers[0]).toMatch(/^STS\.keeper-observe\.work\.\d+,1,local$/);
    expect(answers[1]).not.toBe(answers[0]);
  });

  test('no credentials without a role', async () => {
    const lab = labOf({ source: 'exports.handler = async (event, context) => "credentials" in context;' }, { credentialsOf: () => undefined });

    expect(await call(lab)).toBe('false');
  });

  test('a handler in a folder of the code is found', async () => {
    const lab = labOf({ source: 'exports.main = async (event, context) => context.function.handler;', handler: './work.main' });

    expect(await call(lab)).toBe('./work.main');
  });

  test('its own lines as the log, and not those of the invocation before', async () => {
    const lab = labOf({ source: 'exports.handler = async (event) => { console.error("to", event.toString()); };' });

    await call(lab, Buffer.from('Ada'));
    await call(lab, Buffer.from('Bob'));

    const logs = lab.engine.records().map((record) => record.logs.map((line) => line.replace(/^\S+Z \S+ /, '').replace(/RequestId: .*/, '...')));
    expect(logs).toEqual([
      ['FC Invoke Start ...', '[error] to Ada', 'FC Invoke End ...'],
      ['FC Invoke Start ...', '[error] to Bob', 'FC Invoke End ...'],
    ]);
  });
});

describe('the initializer', () => {
  test('runs once per instance, before the first handler', async () => {
    const source = `
      const calls = [];
      exports.start = async (context) => { console.log('ready'); calls.push('start of ' + context.function.name); };
      exports.handler = async () => { calls.push('call'); return calls.join(); };`;
    const lab = labOf({ source, initializer: 'work.start' });

    const answers = [await call(lab), await call(lab)];

    expect(answers).toEqual(['start of work,call', 'start of work,call,call']);
    expect(lab.engine.records()[0]?.logs.map((line) => line.replace(/RequestId: .*/, '...'))).toEqual([
      'FC Initialize Start ...',
      expect.stringContaining('ready'),
      'FC Initialize End ...',
      'FC Invoke Start ...',
      'FC Invoke End ...',
    ]);
  });

  test.each([
    { name: 'that throws', start: 'async () => { throw new Error("no secret"); }', message: 'no secret' },
    { name: 'that answers its callback with an error', start: '(context, callback) => callback(new Error("no network"))', message: 'no network' },
    { name: 'that ends the process', start: 'async () => process.exit(3)', message: 'Process exited unexpectedly' },
    { name: 'that takes too long', start: '() => new Promise(() => setInterval(() => 0, 1000))', message: 'Function time out after 0.4 seconds' },
    { name: 'that is not there', start: '"none"', message: "Initializer 'start' is missing" },
  ])('one $name fails the invocation, and the instance is thrown away', async ({ start, message }) => {
    const source = `exports.start = ${start}; exports.handler = async () => 'never';`;
    const started: FcStarted[] = [];
    const lab = labOf({ source, initializer: 'work.start', timeoutMs: 400 }, { onStart: (one) => started.push(one) });

    const answer = await lab.engine.invoke('work', EVENT, 'sync');

    expect(answer).toMatchObject({ ok: false, errorType: 'InitializationError' });
    expect(text(answer)).toContain(message);
    expect(() => process.kill(started[0]?.pid ?? 0, 0)).toThrow('ESRCH');
  });
});

describe('an invocation that goes wrong', () => {
  test.each([
    { name: 'a timeout', bad: 'await new Promise(() => setInterval(() => 0, 1000))', message: /^Function time out after 0.5 seconds$/ },
    {
      name: 'an exit',
      bad: 'process.exit(0)',
      message: /^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: \d+MB\)$/,
    },
    { name: 'an error that nobody catches', bad: 'setTimeout(() => { throw new Error("stray"); }, 1); await new Promise(() => 0)', message: /^stray$/ },
  ])('$name costs the instance; the next request gets a new one', async ({ bad, message }) => {
    const source = `let calls = 0; exports.handler = async (event) => { calls += 1; if (event.toString() === 'bad') { ${bad}; } return calls; };`;
    const lab = labOf({ source, timeoutMs: 500 });
    await call(lab);

    const answer = await lab.engine.invoke('work', Buffer.from('bad'), 'sync');

    expect(answer).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(JSON.parse(text(answer))).toMatchObject({ errorMessage: expect.stringMatching(message) });
    expect(await call(lab)).toBe('1');
  });

  test('an error of the handler leaves the instance as it is', async () => {
    const lab = labOf({ source: 'let calls = 0; exports.handler = async () => { calls += 1; if (calls === 1) throw new TypeError("first"); return calls; };' });

    const answers = [await call(lab), await call(lab)];

    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ errorMessage: 'first', errorType: 'FunctionUnhandledError: TypeError' });
    expect(answers[1]).toBe('2');
  });

  test('more memory than it has, outside the heap, gets it killed with an error that says so', async () => {
    if (process.platform !== 'linux') return; // only Linux tells

    const lab = labOf({ source: 'exports.handler = async () => { Buffer.alloc(200 * 1048576, 1); return "kept"; };', memoryMb: 128 });

    const answer = await lab.engine.invoke('work', EVENT, 'sync');

    expect(answer).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(JSON.parse(text(answer)).errorMessage).toMatch(
      /^Process was killed because it took more than its memory of 128MB \(duration: \d+ms, maxMemoryUsage: \d+MB\)$/,
    );
  });

  test.each([
    { name: 'a function that nobody deployed', target: 'nobody', bytes: 1, outcome: 'unknown-function' },
    { name: 'a body of more than 32 MB', target: 'work', bytes: 32 * 1_048_576 + 1, outcome: 'too-large' },
  ])('$name is refused as $outcome', async ({ target, bytes, outcome }) => {
    const lab = labOf({ source: COUNTER });

    expect(await lab.engine.invoke(target, Buffer.alloc(bytes), 'sync')).toBe(outcome);
  });

  test('a process that ends before it can serve has not answered', async () => {
    const lab = labOf({ source: COUNTER }, { bootstrap: '/nowhere/fc-bootstrap.js' });

    expect(JSON.parse(await call(lab)).errorMessage).toContain('Process exited unexpectedly');
  });
});
