// The entry of the keeper command: gives the command line its process.
import { systemClock } from '../base/clock';
import { runCli } from './cli';

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

/** Whoever read along may leave (`keeper status | head`): the work goes on, and its exit code stands. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);
const io = { env: process.env, cwd: process.cwd(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, clock: systemClock, untilStopped };
void runCli(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
