// The child process of an instance: takes requests over its channel, one at a time, answers each, and stands still in between.
import { readSync } from 'node:fs';
import { inspect } from 'node:util';
import { type ShiftedDate, shiftGlobalDate } from '../shifted-date';
import { callHandler, callInitializer, failureOf } from './runtime';
import { endMark, type OutcomeMessage, type RequestMessage, THAW_FD } from './types';

let clock: ShiftedDate | undefined;
let current: RequestMessage | undefined;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function serve(request: RequestMessage): Promise<void> {
  await hearWhatHappened();
  if (request.worldNow !== undefined) {
    clock ??= shiftGlobalDate(0);
    clock.setNow(request.worldNow);
  }
  current = request;
  const outcome = await (request.kind === 'initialize' ? callInitializer(request, print) : callHandler(request, print));
  reply(request, outcome);
}

/** While the process stood still, servers may have closed its idle connections: one turn of the event loop hears of it, the next lets the sockets go. */
async function hearWhatHappened(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Only the first answer to a request counts. What was printed goes before it: a process that stands still writes nothing more. */
function reply(request: RequestMessage, outcome: OutcomeMessage): void {
  if (current !== request) return;
  current = undefined;
  const send = (): unknown => process.send?.(outcome, freeze);
  if (process.stdout.writableLength === 0) send();
  else process.stdout.write('', send);
}

/**
 * Function Compute freezes an instance after its reply: work that nobody awaited does not run on. A read that blocks the only thread does
 * the same at the very moment of the reply, on every platform; the process ends when the parent is gone.
 */
function freeze(): void {
  const byte = Buffer.alloc(1);
  for (;;) {
    try {
      if (readSync(THAW_FD, byte) === 0) process.exit(0);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) process.exit(1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // a platform whose pipes do not block
    }
  }
}

/** An error that nobody caught fails the request under way, and ends the process. Without one it comes from work that nobody awaited: only the log can tell. */
function crash(error: unknown): void {
  if (current === undefined) {
    process.stdout.write(`${inspect(error).replaceAll('\n', '\r')}\n`, () => process.exit(1));
    return;
  }
  const { kind, context } = current;
  print(`${endMark(kind, context.requestId)}, Error: Unhandled function error`);
  reply(current, { ...failureOf(kind === 'invoke' ? 'UnhandledInvocationError' : 'InitializationError', error), isLast: true });
}

// Both streams in one, so that the order of the lines is kept.
process.stderr.write = process.stdout.write.bind(process.stdout);
process.stdout.on('error', () => undefined); // a function that closes its output has nothing more to say
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);
process.on('disconnect', () => process.exit(0));
// The parent of this very program is the only sender.
process.on('message', (message) => {
  serve(message as RequestMessage).catch(crash);
});
