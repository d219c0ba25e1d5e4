// The entry of the keeper command: gives the command line its process.
import { systemClock } from '../base/clock';
import { runCli } from './cli';

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

const io = { env: process.env, cwd: process.cwd(), stdout: process.stdout, stderr: process.stderr, clock: systemClock, untilStopped };
void runCli(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
