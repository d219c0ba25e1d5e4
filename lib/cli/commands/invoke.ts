// keeper invoke: calls a deployed function, and tells by its exit code what came of it.
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KeeperError, messageOf, UsageError } from '../../base/errors';
import { isLogLevel, type LogLevel, makeLogger } from '../../base/logger';
import type { Invocation, InvocationAnswer } from '../../domain/ports';
import { type DeployedFunction, FUNCTION_NAMES, type RunStatus } from '../../domain/run';
import { isFunctionName, isTaskId, MAX_EVENT_BYTES } from '../../gateways/fc/limits';
import { type Cli, printerOf } from '../context';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes';
import type { CliIo } from '../io';
import { answerText, jsonOfAnswer, parsedAnswer } from '../printers/invoke';

interface InvokeOptions {
  readonly event?: string;
  readonly async?: true;
  readonly taskId?: string;
}

/** What every function of ours takes for a call without further wishes. */
const PLAIN_EVENT = '{"kind":"on-demand"}';

export function addInvokeCommand(program: Command, cli: Cli): void {
  program
    .command('invoke')
    .description(`call a deployed function and print its answer: ${FUNCTION_NAMES.join(', ')}, or the full name of any other`)
    .argument('<function>', 'which function')
    .option('--event <file>', `the event, from a file or - for stdin (default: ${PLAIN_EVENT} for one of the keeper's own)`)
    .option('--async', 'do not wait: Function Compute queues the call, and repeats it when it fails')
    .option('--task-id <id>', 'with --async: Function Compute takes each id once')
    .action(async (name: string, options: InvokeOptions, command: Command) => {
      const { openOwnInvoker, deployedNameOf } = await import('../../wire/invoker');
      const logger = makeLogger({ level: logLevelOf(cli.io), stream: cli.io.stderr });
      const { invoker, settings } = openOwnInvoker({ env: cli.io.env, clock: cli.io.clock, logger });
      const own = FUNCTION_NAMES.find((each) => each === name);
      const invocation = await invocationOf(own === undefined ? name : deployedNameOf(settings, own), own, options, cli.io);
      const answer = await invoker.invoke(invocation);
      if (answer.kind === 'function-failed') throw functionFailed(invocation.function, answer);
      printerOf(cli, command).result({ json: () => jsonOfAnswer(invocation, answer), text: () => answerText(invocation, answer) });
      cli.end(outcomeOf(own, answer));
    });
}

async function invocationOf(name: string, own: DeployedFunction | undefined, options: InvokeOptions, io: CliIo): Promise<Invocation> {
  if (!isFunctionName(name)) throw new UsageError(`not the name of a function: ${JSON.stringify(name)}`, `the keeper's own are: ${FUNCTION_NAMES.join(', ')}`);
  const mode = options.async === true ? 'async' : 'sync';
  const { taskId } = options;
  if (taskId !== undefined && mode === 'sync') throw new UsageError('--task-id goes with --async', 'only calls that Function Compute queues have a task id');
  if (taskId !== undefined && !isTaskId(taskId))
    throw new UsageError(`not a task id: ${JSON.stringify(taskId)}`, 'use 1 to 128 letters, digits, _ and -, not starting with a digit or -');
  const event = options.event === undefined ? (own === undefined ? '' : PLAIN_EVENT) : await readEvent(options.event, mode, io);
  return { function: name, event, mode, ...(taskId === undefined ? {} : { taskId }) };
}

/** As it is, for the function to judge; but text, as bytes that are none would be sent as others. */
async function readEvent(path: string, mode: Invocation['mode'], io: CliIo): Promise<string> {
  const maxBytes = MAX_EVENT_BYTES[mode];
  const bytes = await readAtMost(maxBytes, path === '-' ? (io.stdin ?? []) : createReadStream(resolve(io.cwd, path))).catch((cause: unknown) => {
    throw new UsageError(`cannot read the event: ${messageOf(cause)}`, 'name a file, or - for stdin');
  });
  if (bytes === undefined) {
    const kind = mode === 'sync' ? 'a call that waits' : 'a call with --async';
    throw new UsageError(`the event is too large: ${kind} takes ${maxBytes / 1024} KB`, 'put what is large elsewhere, and name its place');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError('the event is not UTF-8 text', 'write it as JSON in UTF-8');
  }
}

/** Undefined when there is more: it is not read to its end, which it may not have. */
async function readAtMost(maxBytes: number, stream: AsyncIterable<Buffer | string> | Iterable<never>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += Buffer.byteLength(chunk);
    if (length > maxBytes) return undefined;
  }
  return Buffer.concat(chunks);
}

function functionFailed(name: string, { errorType, message, requestId }: Extract<InvocationAnswer, { kind: 'function-failed' }>): KeeperError {
  return new KeeperError(`${name} failed: ${errorType}${message === '' ? '' : `: ${message}`}`, {
    code: 'function-failed',
    hint: `its log has more: look for the request id ${requestId}`,
  });
}

/** The keeper's own functions answer with a summary, whose status is what the call came to; those with an HTTP trigger may answer as to an HTTP request. */
function outcomeOf(own: DeployedFunction | undefined, answer: InvocationAnswer): ExitCode {
  if (own === undefined || answer.kind !== 'answered') return EXIT.ok;
  const said = parsedAnswer(answer.body);
  if (typeof said !== 'object' || said === null) return EXIT.ok;
  if ('statusCode' in said && Number(said.statusCode) >= 400) return EXIT.error;
  return 'status' in said && isRunStatus(said.status) ? exitCodeOf(said.status) : EXIT.ok;
}

const RUN_STATUSES: readonly RunStatus[] = ['succeeded', 'partial', 'failed', 'skipped', 'continued'];

function isRunStatus(value: unknown): value is RunStatus {
  return RUN_STATUSES.some((status) => status === value);
}

function logLevelOf({ env }: CliIo): LogLevel {
  const level = env['LOG_LEVEL'];
  return level !== undefined && isLogLevel(level) ? level : 'warn';
}
