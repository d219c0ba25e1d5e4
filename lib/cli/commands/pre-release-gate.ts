// The two ways to the pre-release gate from a command line: in this process with its own credentials, or through the deployed function.
import { randomBytes } from 'node:crypto';
import { makeDeadline } from '../../base/deadline';
import { type ErrorExitCode, KeeperError, UsageError } from '../../base/errors';
import { MINUTE_MS } from '../../base/instant';
import { isLogLevel, makeLogger } from '../../base/logger';
import type { Invocation, InvocationAnswer } from '../../domain/ports';
import type { ReleaseReceipt, ReleaseStatus } from '../../domain/release';
import { codeIn } from '../../wire/error-name';
import { EventError } from '../../wire/event-fields';
import { readRelease } from '../../wire/event-release';
import { isMistakeOfCaller } from '../../wire/release-http';
import { type Cli, inHouse } from '../context';
import { parsedAnswer } from '../printers/invoke';
import type { ReleaseFields } from './pre-release-options';
import { PATIENCE_MS } from './request';

/** Asks once, and gets the receipt. Throws a KeeperError where there is none. */
export type Gate = (fields: ReleaseFields) => Promise<ReleaseReceipt>;

/** Opens what is needed for `use`, and closes it whatever happens. `through`: the name of a deployed function; `true` for the usual one. */
export async function withGate<T>(cli: Cli, config: string | undefined, through: string | true | undefined, use: (gate: Gate) => Promise<T>): Promise<T> {
  if (through === undefined) return withOwnGate(cli, config, use);
  return use(await remoteGate(cli, through));
}

function withOwnGate<T>(cli: Cli, config: string | undefined, use: (gate: Gate) => Promise<T>): Promise<T> {
  const { clock } = cli.io;
  return inHouse(cli, config, async ({ house, policy }) => {
    const { runPreRelease } = await import('../../run/release/run');
    return use(async (fields) => {
      const now = clock.now();
      const release = requestOf(() => readRelease(fields, 'the command line', now));
      // Every question is a run of its own, also where two are asked in one instant.
      const trigger = { type: 'cli', id: `pre-release-${randomBytes(8).toString('hex')}`, time: now } as const;
      const deadline = makeDeadline(clock, PATIENCE_MS, MINUTE_MS);
      const summary = await runPreRelease({ trigger, asOf: now, dryRun: false, policy, deadline, release }, house.ports);
      return receiptIn(summary, 'the run');
    });
  });
}

/** What an event may not say was typed here. */
function requestOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EventError) throw new UsageError(error.message, 'see: keeper pre-release start --help');
    throw error;
  }
}

async function remoteGate({ io }: Cli, through: string | true): Promise<Gate> {
  const { openOwnInvoker, deployedNameOf } = await import('../../wire/invoker');
  const level = io.env['LOG_LEVEL'];
  const logger = makeLogger({ level: level !== undefined && isLogLevel(level) ? level : 'warn', stream: io.stderr });
  const { invoker, settings } = openOwnInvoker({ env: io.env, clock: io.clock, logger });
  const name = through === true ? deployedNameOf(settings, 'pre-release-backup') : through;
  return async (fields) => {
    requestOf(() => readRelease(fields, 'the command line', io.clock.now()));
    const invocation: Invocation = { function: name, event: JSON.stringify(fields), mode: 'sync' };
    return receiptOfAnswer(name, await invoker.invoke(invocation));
  };
}

function receiptOfAnswer(name: string, answer: InvocationAnswer): ReleaseReceipt {
  if (answer.kind === 'function-failed') {
    const code = codeIn(answer.errorType);
    throw new KeeperError(code === undefined ? `${name} failed: ${answer.errorType}: ${answer.message}` : answer.message, {
      code: code ?? 'function-failed',
      hint: `the log of ${name} has more: look for the request id ${answer.requestId}`,
      exitCode: exitCodeOf(code),
    });
  }
  const said = answer.kind === 'answered' ? parsedAnswer(answer.body) : undefined;
  return isRecord(said) && 'statusCode' in said ? receiptOfReply(said, name) : receiptIn(said, name);
}

/** A function with an HTTP trigger may be woken as by an HTTP request, and answers in kind (not verified on a live account). */
function receiptOfReply({ body }: Readonly<Record<string, unknown>>, name: string): ReleaseReceipt {
  const said = typeof body === 'string' ? parsedAnswer(body) : undefined;
  if (isReceipt(said)) return said;
  const error = isRecord(said) && isRecord(said['error']) ? said['error'] : {};
  const { code, message, hint } = error;
  if (typeof code !== 'string' || typeof message !== 'string') throw noReceipt(name);
  throw new KeeperError(message, { code, exitCode: exitCodeOf(code), ...(typeof hint === 'string' ? { hint } : {}) });
}

/** The same as when this process asks itself. */
function exitCodeOf(code: string | undefined): ErrorExitCode {
  return code !== undefined && isMistakeOfCaller(code) ? 2 : 1;
}

function receiptIn(summary: unknown, what: string): ReleaseReceipt {
  if (isRecord(summary) && isReceipt(summary['release'])) return summary['release'];
  throw noReceipt(what);
}

function noReceipt(what: string): KeeperError {
  return new KeeperError(`${what} gave no receipt`, {
    code: 'no-receipt',
    hint: 'check that it is the pre-release-backup function, of the same version as this command',
  });
}

const STATUSES: readonly ReleaseStatus[] = ['passed', 'pending', 'failed'];

function isReceipt(value: unknown): value is ReleaseReceipt {
  if (!isRecord(value) || !Array.isArray(value['instances'])) return false;
  const { version, status, reason, deadline } = value;
  return version === 1 && STATUSES.some((known) => known === status) && typeof reason === 'string' && typeof deadline === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
