import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InvokeOptions, type InvokeResult, invokeFunction } from '../../../lib/local/fc';
import { builtBundle } from '../../support/bundles';

let folder: string;
let bootstrap: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-fc-'));
  bootstrap = builtBundle('fcBootstrap');
});

afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** Runs a function whose source is given, as a bundle of its own. */
async function run(source: string, options: Partial<InvokeOptions> = {}): Promise<InvokeResult> {
  count += 1;
  const bundle = join(folder, `function-${count}.js`);
  writeFileSync(bundle, source);
  return invokeFunction({ bundle, bootstrap, event: Buffer.from('{"n":1}'), ...options });
}

function parse(result: InvokeResult): unknown {
  return JSON.parse(result.body);
}

describe('what a handler returns', () => {
  test.each([
    { name: 'an object comes back as JSON', returned: '({ status: "succeeded", n: 2 })', body: '{"status":"succeeded","n":2}' },
    { name: 'a list comes back as JSON', returned: '[1, "two"]', body: '[1,"two"]' },
    { name: 'a text comes back as it is', returned: '"plain"', body: 'plain' },
    { name: 'a Buffer comes back as it is', returned: 'Buffer.from("bytes")', body: 'bytes' },
    { name: 'a number comes back as text', returned: '42', body: '42' },
    { name: 'null comes back as an empty body', returned: 'null', body: '' },
    { name: 'undefined comes back as an empty body', returned: 'undefined', body: '' },
  ])('$name', async ({ returned, body }) => {
    const result = await run(`exports.handler = async () => ${returned};`);

    expect(result).toMatchObject({ ok: true, body });
  });

  test('a callback answers for the handler', async () => {
    const result = await run('exports.handler = (event, context, callback) => { setImmediate(() => callback(null, { by: "callback" })); };');

    expect(result).toMatchObject({ ok: true, body: '{"by":"callback"}' });
  });
});

describe('what a handler is given', () => {
  test('the event is a Buffer, and every field of the context is there', async () => {
    const result = await run(
      `exports.handler = async (event, context) => ({
        isBuffer: Buffer.isBuffer(event), event: event.toString(), keys: Object.keys(context).sort(), credentials: context.credentials,
        function: context.function, retryCount: context.retryCount, logger: Object.keys(context.logger).sort(),
      });`,
      {
        context: { requestId: 'r-1', credentials: { accessKeyId: 'STS.a', accessKeySecret: 'b', securityToken: 'c' }, retryCount: 2 },
        timeoutMs: 30_000,
        memoryMb: 256,
      },
    );

    expect(parse(result)).toEqual({
      isBuffer: true,
      event: '{"n":1}',
      keys: [
        'accountId',
        'credentials',
        'function',
        'logger',
        'region',
        'requestId',
        'retryCount',
        'service',
        'tracing',
        'waitsForEmptyEventLoopBeforeCallback',
      ],
      credentials: { accessKeyId: 'STS.a', accessKeySecret: 'b', securityToken: 'c' },
      function: { name: `function-${count}`, handler: `function-${count}.handler`, memory: 256, timeout: 30 },
      retryCount: 2,
      logger: ['debug', 'error', 'info', 'log', 'setLogLevel', 'warn'],
    });
  });

  test('nothing of the parent process shows in its environment', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'must-not-leak';
    process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'must-not-leak';

    const result = await run('exports.handler = async () => process.env;', { env: { KEEPER_CONFIG: '/code/keeper.json' } });

    delete process.env['AWS_SECRET_ACCESS_KEY'];
    delete process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'];
    expect(parse(result)).toEqual({
      KEEPER_CONFIG: '/code/keeper.json',
      FC_FUNC_CODE_PATH: folder,
      FC_FUNCTION_NAME: `function-${count}`,
      FC_FUNCTION_HANDLER: `function-${count}.handler`,
      FC_FUNCTION_MEMORY_SIZE: '512',
      FC_REGION: 'cn-hangzhou',
      FC_ACCOUNT_ID: '1234567890123456',
      FC_INSTANCE_ID: expect.stringMatching(/^c-1-/),
    });
  });

  test('credentials of the role are in the environment too', async () => {
    const result = await run('exports.handler = async () => [process.env.ALIBABA_CLOUD_ACCESS_KEY_ID, process.env.ALIBABA_CLOUD_SECURITY_TOKEN];', {
      context: { credentials: { accessKeyId: 'STS.a', accessKeySecret: 'b', securityToken: 'c' } },
    });

    expect(parse(result)).toEqual(['STS.a', 'c']);
  });

  test('a preload shifts its clock', async () => {
    const clockFile = join(folder, 'clock.json');
    writeFileSync(clockFile, JSON.stringify({ offsetMs: 86_400_000 * 365 * 100 }));

    const result = await run('exports.handler = async () => new Date().getUTCFullYear() > 2100;', {
      nodeOptions: ['--require', builtBundle('clockShim')],
      env: { KEEPER_CLOCK_FILE: clockFile },
    });

    expect(result).toMatchObject({ ok: true, body: 'true' });
  });

  test('the heap is nine tenths of its memory', async () => {
    const result = await run('exports.handler = async () => require("node:v8").getHeapStatistics().heap_size_limit / 1048576;', { memoryMb: 256 });

    expect(Number(result.body)).toBeGreaterThanOrEqual(230);
    expect(Number(result.body)).toBeLessThan(300);
  });
});

describe('how an invocation fails', () => {
  test('an error thrown is unhandled: its type carries the name that the runtime puts before it', async () => {
    const result = await run('exports.handler = async () => { throw new RangeError("too far"); };');

    expect(result).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(parse(result)).toEqual({
      errorMessage: 'too far',
      errorType: 'FunctionUnhandledError: RangeError',
      stackTrace: expect.arrayContaining(['RangeError: too far']),
    });
  });

  test('an error passed to the callback is handled', async () => {
    const result = await run('exports.handler = (event, context, callback) => callback(new TypeError("no such thing"));');

    expect(result).toMatchObject({ ok: false, errorType: 'HandledInvocationError' });
    expect(parse(result)).toMatchObject({ errorMessage: 'no such thing', errorType: 'TypeError' });
  });

  test('something that is no error, passed to the callback, has a type of its own', async () => {
    const result = await run('exports.handler = (event, context, callback) => callback("just words");');

    expect(parse(result)).toEqual({ errorMessage: 'just words', errorType: 'FunctionHandledError' });
  });

  test.each([
    { name: 'a text', thrown: '"just words"', message: 'just words' },
    { name: 'nothing', thrown: 'undefined', message: 'undefined' },
    { name: 'a big number', thrown: '10n', message: '10n' },
    { name: 'an object that leads to itself', thrown: '(() => { const a = {}; a.a = a; return a; })()', message: '<ref *1> { a: [Circular *1] }' },
    { name: 'an object like that of the runtime itself', thrown: '{ handled: 1 }', message: '{"handled":1}' },
  ])('$name, thrown, is unhandled and has a type of its own', async ({ thrown, message }) => {
    const result = await run(`exports.handler = async () => { throw ${thrown}; };`);

    expect(result).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(parse(result)).toEqual({ errorMessage: message, errorType: 'FunctionUnhandledError' });
  });

  test.each([
    { name: 'a bundle that does not parse', source: 'exports.handler = async () => {', message: /Unexpected/ },
    { name: 'a bundle that fails while it loads', source: 'throw new Error("at load");', message: /^at load$/ },
    { name: 'a bundle without the handler', source: 'exports.other = async () => 1;', message: /^Handler 'handler' is missing on module/ },
    { name: 'an answer that is no JSON', source: 'exports.handler = async () => { const a = {}; a.a = a; return a; };', message: /circular/ },
    {
      name: 'a rejection that nobody awaits',
      source: 'exports.handler = async () => { Promise.reject(new Error("stray")); await new Promise(() => 0); };',
      message: /^stray$/,
    },
  ])('$name is an unhandled error', async ({ source, message }) => {
    const result = await run(source);

    expect(result).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(parse(result)).toMatchObject({ errorMessage: expect.stringMatching(message) });
  });

  test('a process that ends by itself has not answered', async () => {
    const result = await run('exports.handler = async () => process.exit(0);');

    expect(result).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError' });
    expect(parse(result)).toEqual({
      errorMessage: expect.stringMatching(/^Process exited unexpectedly before completing request \(duration: \d+ms, maxMemoryUsage: \d+MB\)$/),
    });
  });

  test('a process that is killed has not answered', async () => {
    const result = await run('exports.handler = () => new Promise(() => setInterval(() => 0, 1000));', { onStart: (pid) => process.kill(pid, 'SIGKILL') });

    expect(result).toMatchObject({ ok: false, body: expect.stringContaining('Process exited unexpectedly') });
  });

  test('a process that takes too long is killed', async () => {
    let pid = 0;

    const result = await run('exports.handler = () => new Promise(() => setInterval(() => 0, 1000));', {
      timeoutMs: 300,
      onStart: (started) => {
        pid = started;
      },
    });

    expect(result).toMatchObject({ ok: false, errorType: 'UnhandledInvocationError', body: '{"errorMessage":"Function time out after 0.3 seconds"}' });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('work that nobody awaits does not keep the instance alive', async () => {
    const result = await run('exports.handler = async () => { setInterval(() => 0, 1000); return "answered"; };');

    expect(result).toMatchObject({ ok: true, body: 'answered' });
  });

  test('a bundle that was never built is an error that says how to build it', async () => {
    const invocation = invokeFunction({ bundle: join(folder, 'nowhere.js'), bootstrap, event: Buffer.from('') });

    await expect(invocation).rejects.toMatchObject({ code: 'bundle-missing', hint: 'run: npm run build' });
  });
});

test('what the function prints comes back as lines, between the marks of the platform', async () => {
  const source =
    'exports.handler = async (event, context) => { console.log("one\\ntwo", { n: 3 }); context.logger.warn("careful"); process.stdout.write("raw"); };';

  const { logs } = await run(source, { context: { requestId: 'r-9' } });

  expect(logs).toEqual([
    'FC Invoke Start RequestId: r-9',
    expect.stringMatching(/^\d{4}-\S+Z r-9 \[verbose\] one\rtwo \{ n: 3 \}$/),
    expect.stringMatching(/^\d{4}-\S+Z r-9 \[warn\] careful$/),
    'rawFC Invoke End RequestId: r-9',
  ]);
});
