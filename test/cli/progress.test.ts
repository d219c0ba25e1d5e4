import { Writable } from 'node:stream';
import { startCounter } from '../../lib/cli/progress';

function counterOn(isTTY: boolean, isJson: boolean): string {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  const stderr = Object.assign(stream, { isTTY, columns: 100 });
  const counter = startCounter({ stderr }, isJson, 'plan');
  counter.update(25);
  counter.stop();
  return chunks.join('');
}

test('somebody at a terminal sees how far it is', () => {
  expect(counterOn(true, false)).toContain('plan: 0 instances');
});

test.each([
  { name: 'a log file', isTTY: false, isJson: false },
  { name: 'a program', isTTY: true, isJson: true },
])('$name gets no progress', ({ isTTY, isJson }) => {
  expect(counterOn(isTTY, isJson)).toBe('');
});
