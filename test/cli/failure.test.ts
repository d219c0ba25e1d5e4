import { Writable } from 'node:stream';
import { systemClock } from '../../lib/base/clock';
import { UsageError } from '../../lib/base/errors';
import { tellFailure } from '../../lib/cli/failure';

function told(error: unknown, env: Record<string, string>): { readonly code: number; readonly stderr: string } {
  let stderr = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      stderr += chunk;
      done();
    },
  });
  const io = { env, cwd: '.', stdout: new Writable(), stderr: stream, clock: systemClock, untilStopped: () => Promise.resolve() };
  const code = tellFailure(error, io, false);
  return { code, stderr };
}

test('an error that nobody foresaw says how to learn more', () => {
  const { code, stderr } = told(new TypeError('x is no function'), {});

  expect(code).toBe(1);
  expect(stderr).toBe('error: x is no function\nhint: run it again with LOG_LEVEL=debug; if it stays, report it\n');
});

test('and where it happened, when it is run like that', () => {
  const { stderr } = told(new TypeError('x is no function'), { LOG_LEVEL: 'debug' });

  expect(stderr).toMatch(/\nTypeError: x is no function\n +at .*failure\.test\.ts/);
});

test('a foreseen error needs no place', () => {
  const { code, stderr } = told(new UsageError('not a tag', 'write --tag key=value'), { LOG_LEVEL: 'debug' });

  expect(code).toBe(2);
  expect(stderr).toBe('error: not a tag\nhint: write --tag key=value\n');
});
