// Tells the user what failed, on which object, and what to do; with --json also as a document on stdout.
import { CommanderError } from 'commander';
import { KeeperError, messageOf, UsageError } from '../base/errors';
import type { ConfigProblem, PolicyError } from '../config/problem';
import type { RunSummary } from '../domain/run';
import type { RunFailedError } from '../run/envelope';
import { EXIT, type ExitCode } from './exit-codes';
import type { CliIo } from './io';
import { renderJson } from './printers/json';
import { sanitiseLines } from './sanitise';

/** An error that no room foresaw: a mistake of ours. Its place in the code is told where LOG_LEVEL asks for it. */
const UNEXPECTED = 'unexpected';

/** What every failure is told as. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  /** The mistakes in a policy file, one by one. */
  readonly problems: readonly ConfigProblem[] | undefined;
  /** Of a run that failed. */
  readonly summary: RunSummary | undefined;
}

/** Prints the failure and returns the command's exit code. `help`: the command that explains the one that was mistyped. */
export function tellFailure(error: unknown, io: CliIo, isJson: boolean, help = 'keeper --help'): ExitCode {
  const { exitCode, summary, ...failure } = failureOf(error, help);
  if (isJson) io.stdout.write(`${renderJson({ error: failure, ...(summary === undefined ? {} : { summary }) })}\n`);
  io.stderr.write(`error: ${sanitiseLines(failure.message)}\n${failure.hint === undefined ? '' : `hint: ${sanitiseLines(failure.hint)}\n`}`);
  if (failure.code === UNEXPECTED && io.env['LOG_LEVEL'] === 'debug' && error instanceof Error) io.stderr.write(`${sanitiseLines(error.stack ?? '')}\n`);
  return exitCode;
}

function failureOf(thrown: unknown, help: string): Failure {
  const error = thrown instanceof CommanderError ? usageErrorOf(thrown, help) : thrown;
  const plain = { message: messageOf(error), problems: undefined, summary: undefined };
  if (!(error instanceof KeeperError)) {
    return { ...plain, code: UNEXPECTED, hint: 'run it again with LOG_LEVEL=debug; if it stays, report it', exitCode: EXIT.error };
  }
  const { code, hint, exitCode } = error;
  return { ...plain, code, hint, exitCode, ...extrasOf(error) };
}

/** The parser's own words: `error: unknown command 'rnu'`, then in a line of its own what may have been meant. */
function usageErrorOf(error: CommanderError, help: string): UsageError {
  const [first = '', ...rest] = error.message.split('\n');
  const suggestion = /Did you mean (?:one of )?(.+)\?/.exec(rest.join(' '))?.[1];
  return new UsageError(first.replace(/^error: /, ''), suggestion === undefined ? `see: ${help}` : `did you mean ${suggestion}?`);
}

/** Some errors carry more than words. Their classes belong to rooms that are loaded late, so they are told by what they carry. */
function extrasOf(error: KeeperError): Partial<Pick<Failure, 'problems' | 'summary'>> {
  const { problems, summary } = error as KeeperError & Partial<Pick<PolicyError, 'problems'> & Pick<RunFailedError, 'summary'>>;
  return { ...(problems === undefined ? {} : { problems }), ...(summary === undefined ? {} : { summary }) };
}
