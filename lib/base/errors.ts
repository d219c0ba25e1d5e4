// The root of every error this product throws: what failed, on which object, what to do.

/** Process exit codes of the command line; also the worst outcome an error stands for. */
export type ErrorExitCode = 1 | 2;

export interface KeeperErrorOptions {
  /** Stable machine-readable code, kebab-case, for example `ledger-not-initialised`. */
  readonly code: string;
  /** One sentence that says what the reader can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** 2 for mistakes in what the user typed or wrote, 1 for everything else. */
  readonly exitCode?: ErrorExitCode;
}

/**
 * Base class of all our errors. The message is lower case, names the object, and ends without a stop; the hint says what to do.
 * Never put a secret in either: both are printed, logged and stored in the ledger.
 */
export class KeeperError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ErrorExitCode;

  constructor(message: string, options: KeeperErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A mistake in what the user typed: exit code 2. */
export class UsageError extends KeeperError {
  constructor(message: string, hint?: string) {
    super(message, { code: 'usage', exitCode: 2, ...(hint === undefined ? {} : { hint }) });
  }
}

/** The message of anything thrown, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
