// keeper invoke: the event it sends, what it prints, and the exit codes that pipelines go by.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runCli } from '../../lib/cli/cli';
import { type Answer, type FcStub, refusal, reply, startFcStub } from '../gateways/fc/rig';
import { makeVirtualClock } from '../support/virtual-clock';
import { openShell, type Shell } from './harness';

const CHAIN = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-of-the-shell', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret-of-the-shell' } as const;
const FC3 = { apiVersion: '2023-03-30' } as const;

let shell: Shell;
let stub: FcStub | undefined;

beforeEach(() => {
  shell = openShell();
  shell.clock = makeVirtualClock();
  Object.assign(process.env, CHAIN);
});

afterEach(async () => {
  shell.close();
  await stub?.close();
  stub = undefined;
  for (const name of Object.keys(CHAIN)) delete process.env[name];
  jest.useRealTimers();
});

async function served(answer: Answer): Promise<FcStub> {
  stub = await startFcStub(answer);
  Object.assign(shell.env, { KEEPER_FC_ENDPOINT: stub.endpoint, KEEPER_FC_ACCOUNT_ID: '1234567890123456', KEEPER_FC_REGION: 'cn-hangzhou' });
  return stub;
}

const SUMMARY = { runId: 'r', status: 'succeeded' };

describe('the call', () => {
  test.each([
    {
      name: 'one of ours gets the prefix',
      env: {},
      args: ['extra-backup'],
      path: '/2023-03-30/functions/keeper-extra-backup/invocations',
      body: '{"kind":"on-demand"}',
    },
    {
      name: 'the prefix is that of the deployment',
      env: { KEEPER_FUNCTION_PREFIX: 'prod' },
      args: ['report'],
      path: '/2023-03-30/functions/prod-report/invocations',
      body: '{"kind":"on-demand"}',
    },
    { name: 'any other is called as it is named', env: {}, args: ['somebody-elses'], path: '/2023-03-30/functions/somebody-elses/invocations', body: '' },
    {
      name: 'a function of a service',
      env: { KEEPER_FC_API: '2016-08-15', KEEPER_FC_SERVICE: 'svc' },
      args: ['reconcile'],
      path: '/2016-08-15/services/svc/functions/keeper-reconcile/invocations',
      body: '{"kind":"on-demand"}',
    },
    {
      name: 'the event of a file',
      env: {},
      args: ['report', '--event', 'event.json'],
      path: '/2023-03-30/functions/keeper-report/invocations',
      body: '{"a":1}',
    },
  ])('$name', async ({ env, args, path, body }) => {
    const { calls } = await served(reply(200, SUMMARY));
    Object.assign(shell.env, env);
    shell.write('event.json', '{"a":1}');

    const { code } = await shell.keeper('invoke', ...args);

    expect(code).toBe(0);
    expect(calls.map((call) => ({ path: call.path, body: call.body }))).toEqual([{ path, body }]);
  });

  test('takes its event from a pipe', async () => {
    const { calls } = await served(reply(200, SUMMARY));
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const io = { env: shell.env, cwd: shell.folder, stdout: nowhere, stderr: nowhere, clock: shell.clock, untilStopped: () => Promise.resolve() };

    const code = await runCli(['invoke', 'report', '--event', '-'], { ...io, stdin: Readable.from(['{"pip', 'ed":1}']) });

    expect(code).toBe(0);
    expect(calls[0]?.body).toBe('{"piped":1}');
  });

  test('reads no more of a pipe that has no end than a call takes', async () => {
    const { calls } = await served(reply(200, SUMMARY));
    const told: string[] = [];
    const stderr = new Writable({ decodeStrings: false, write: (chunk: string, _encoding, done) => done(void told.push(chunk)) });
    const io = { env: shell.env, cwd: shell.folder, stdout: stderr, stderr, clock: shell.clock, untilStopped: () => Promise.resolve() };
    let pulled = 0;
    const endless = (function* () {
      for (; ; pulled += 1) yield Buffer.alloc(64 * 1024, 'x');
    })();

    const code = await runCli(['invoke', 'report', '--async', '--event', '-'], { ...io, stdin: Readable.from(endless) });

    expect({ code, sent: calls.length }).toEqual({ code: 2, sent: 0 });
    expect(told.join('')).toContain('a call with --async takes 128 KB');
    expect(pulled).toBeLessThan(50);
  });

  test('needs no policy and no ledger, and says which part of its own environment is missing', async () => {
    const { code, stderr } = await shell.keeper('invoke', 'report');

    expect(code).toBe(2);
    expect(stderr).toContain('KEEPER_FC_ACCOUNT_ID');
  });
});

describe('the exit code', () => {
  test.each([
    { name: 'a run that succeeded', answer: reply(200, SUMMARY), code: 0 },
    { name: 'a run with instances that need a look', answer: reply(200, { ...SUMMARY, status: 'partial' }), code: 3 },
    { name: 'a run that went on elsewhere', answer: reply(200, { ...SUMMARY, status: 'continued' }), code: 0 },
    { name: 'a refusal as of an HTTP request', answer: reply(200, { statusCode: 400, body: '{}' }), code: 1 },
    { name: 'an answer as to an HTTP request', answer: reply(200, { statusCode: 202, body: '{}' }), code: 0 },
    { name: 'an answer that is no summary', answer: reply(200, 'hello'), code: 0 },
    {
      name: 'a function that failed',
      answer: reply(200, { errorMessage: 'no meta row', errorType: 'LedgerError' }, { 'x-fc-error-type': 'UnhandledInvocationError' }),
      code: 1,
    },
    { name: 'a function that is not there', answer: reply(404, refusal(FC3, 'FunctionNotFound', 'none')), code: 1 },
    { name: 'a missing permission', answer: reply(403, refusal(FC3, 'AccessDenied', 'no')), code: 1 },
    { name: 'a service in trouble', answer: reply(503, refusal(FC3, 'ServiceUnavailable', 'later')), code: 1 },
  ])('of $name is $code', async ({ answer, code }) => {
    await served(answer);

    const result = await shell.keeper('invoke', 'extra-backup');

    expect(result.code).toBe(code);
  });

  test.each([
    { name: 'a name that no function has', args: ['../x'], says: 'not the name of a function' },
    { name: 'a task id of a call that waits', args: ['report', '--task-id', 'k_1'], says: '--task-id goes with --async' },
    { name: 'a task id that is none', args: ['report', '--async', '--task-id', '1!'], says: 'not a task id' },
    { name: 'an event that is not there', args: ['report', '--event', 'none.json'], says: 'cannot read the event' },
    { name: 'an event that is no text', args: ['report', '--event', 'binary'], says: 'the event is not UTF-8 text' },
    { name: 'an event that is too large', args: ['report', '--async', '--event', 'large'], says: 'the event is too large' },
  ])('of $name is 2, and nothing is sent', async ({ args, says }) => {
    const { calls } = await served(reply(200, ''));
    shell.write('large', 'x'.repeat(128 * 1024 + 1));
    writeFileSync(join(shell.folder, 'binary'), Buffer.from([0x7b, 0xff, 0x7d]));

    const { code, stderr } = await shell.keeper('invoke', ...args);

    expect({ code, sent: calls.length }).toEqual({ code: 2, sent: 0 });
    expect(stderr).toContain(says);
  });
});

describe('what is printed', () => {
  test('is the answer of the function, with nothing in it that acts on a terminal', async () => {
    await served(reply(200, 'done\u001b[2J'));

    const { stdout } = await shell.keeper('invoke', 'somebody-elses');

    expect(stdout).toBe('done\n');
  });

  test('tells how a function failed, in its own words, and where to look', async () => {
    await served(reply(200, { errorMessage: 'no meta row', errorType: 'LedgerError' }, { 'x-fc-error-type': 'UnhandledInvocationError' }));

    const { stdout, stderr } = await shell.keeper('invoke', 'extra-backup');

    expect(stdout).toBe('');
    expect(stderr).toBe('error: keeper-extra-backup failed: LedgerError: no meta row\nhint: its log has more: look for the request id REQ-1\n');
  });

  test.each([
    { status: 202, body: '', outcome: 'accepted', text: 'keeper-report is queued: task k_1\n' },
    { status: 409, body: refusal(FC3, 'AsyncTaskAlreadyExists', 'it is'), outcome: 'already-queued', text: 'keeper-report was queued before: task k_1\n' },
  ])('is whether a task was taken: $outcome', async ({ status, body, outcome, text }) => {
    await served(reply(status, body));
    const call = ['invoke', 'report', '--async', '--task-id', 'k_1'] as const;

    const plain = await shell.keeper(...call);
    const { document } = await shell.json(...call);

    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 0, stdout: text });
    expect(document).toEqual({ function: 'keeper-report', mode: 'async', taskId: 'k_1', outcome, requestId: 'REQ-1' });
  });

  test('as JSON holds the answer as JSON, and a failure as an error', async () => {
    await served((response, call, number) =>
      (number === 1 ? reply(200, SUMMARY) : reply(200, 'killed', { 'x-fc-error-type': 'UnhandledInvocationError' }))(response, call, number),
    );

    const answered = await shell.json('invoke', 'extra-backup');
    const failed = await shell.json('invoke', 'extra-backup');

    expect(answered).toEqual({
      code: 0,
      document: { function: 'keeper-extra-backup', mode: 'sync', outcome: 'answered', requestId: 'REQ-1', answer: SUMMARY },
    });
    expect(failed).toMatchObject({
      code: 1,
      document: { error: { code: 'function-failed', message: 'keeper-extra-backup failed: UnhandledInvocationError' } },
    });
  });
});
