import { instant } from '../../../lib/base/instant';
import { makeLogTail } from '../../../lib/local/fc/log-tail';
import { makeRecordList } from '../../../lib/local/fc/record-list';
import { closeLabs, type Lab, makeLab, text } from './engine-fixture';

afterEach(closeLabs);

const EVENT = Buffer.from('{}');

async function logsOfCalls(source: string, calls: number): Promise<readonly (readonly string[])[]> {
  const lab = makeLab({ functions: { work: { source } } });
  for (let call = 0; call < calls; call += 1) await lab.engine.invoke('work', EVENT, 'sync');
  return lab.engine.records().map(({ logs }) => logs);
}

describe('what a function prints', () => {
  test('is all in the log of its own invocation, also when it is more than a pipe takes at once', async () => {
    const source = `let calls = 0; exports.handler = async () => { calls += 1; for (let n = 0; n < 5000; n += 1) console.log(calls, 'x'.repeat(100)); };`;

    const [first = [], second = []] = await logsOfCalls(source, 2);

    expect([first.length, second.length]).toEqual([5_002, 5_002]);
    expect([first.at(-1), second[0]]).toEqual([expect.stringMatching(/^FC Invoke End/), expect.stringMatching(/^FC Invoke Start/)]);
    expect(second.filter((line) => line.includes('[verbose] 1 '))).toEqual([]);
  });

  test('comes in pieces of 32 KB where it has no line breaks', async () => {
    const [logs = []] = await logsOfCalls(`exports.handler = async () => { process.stdout.write('y'.repeat(200000)); };`, 1);

    expect(Math.max(...logs.map(({ length }) => length))).toBe(32_768);
    expect(logs.join('').match(/y/g)).toHaveLength(200_000);
  });

  test('tells of an error in work that nobody awaited, in the log of the invocation that it costs', async () => {
    const [, second = []] = await logsOfCalls(`exports.handler = async () => { void Promise.reject(new Error('nobody awaits me')); return 'fine'; };`, 2);

    expect(second.join()).toContain('Error: nobody awaits me');
  });
});

test('an instance ends although a process that it started holds its output open', async () => {
  const source = `
    const { spawn } = require('node:child_process');
    exports.handler = async () => String(spawn(process.execPath, ['-e', 'setTimeout(() => 0, 30000)'], { stdio: 'inherit' }).pid);`;
  const lab: Lab = makeLab({ functions: { work: { source } } });
  const pid = Number(text(await lab.engine.invoke('work', EVENT, 'sync')));

  try {
    await expect(lab.engine.close()).resolves.toBeUndefined();
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('of very much output the newest is kept, with the number of lines before it', () => {
  const tail = makeLogTail(100);

  for (let n = 0; n < 30; n += 1) tail.add(`line ${String(n).padStart(5, '0')}`);

  expect(tail.lines()).toEqual(['(24 earlier lines are not kept)', ...[24, 25, 26, 27, 28, 29].map((n) => `line 000${n}`)]);
});

test('of very large records the newest are kept, one at least', () => {
  const records = makeRecordList(1_000);
  const facts = {
    function: 'work',
    type: 'sync' as const,
    taskId: undefined,
    at: instant(0),
    retryCount: 0,
    ok: true,
    errorType: undefined,
    durationMs: 1,
    maxMemoryMb: 1,
  };
  const add = (requestId: string, bytes: number): void => records.add({ ...facts, requestId, logs: ['x'.repeat(bytes / 2)], body: Buffer.alloc(bytes / 2) });

  for (const [requestId, bytes] of [
    ['a', 600],
    ['b', 300],
    ['c', 200],
  ] as const)
    add(requestId, bytes);
  const kept = records.all().map(({ requestId }) => requestId);
  add('d', 5_000);

  expect(kept).toEqual(['b', 'c']);
  expect(records.all().map(({ requestId }) => requestId)).toEqual(['d']);
});
