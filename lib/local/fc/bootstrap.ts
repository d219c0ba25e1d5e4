// The child process of one invocation: takes the event over its channel, calls the handler, sends the outcome back, and ends.
import { callHandler, failureOf } from './runtime';
import type { InvokeMessage, OutcomeMessage } from './types';

function finish(outcome: OutcomeMessage): void {
  process.send?.(outcome, () => process.exit(0)); // un-awaited work freezes with the instance; here it ends
}

process.once('message', (message) => {
  const fail = (error: unknown): void => finish(failureOf('UnhandledInvocationError', error));
  process.once('uncaughtException', fail);
  process.once('unhandledRejection', fail);
  // The parent of this very program is the only sender.
  callHandler(message as InvokeMessage, (line) => process.stdout.write(`${line}\n`)).then(finish, fail);
});
