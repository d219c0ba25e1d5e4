// What the command line is given by its process, so that tests can run it inside theirs.
import type { Clock } from '../base/clock';

/** A stream that is written to; a terminal says so and how wide it is. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  /** What is piped in; read by whoever is told to. */
  readonly stdin?: AsyncIterable<Buffer | string>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly clock: Clock;
  /** Resolves when the process is asked to stop. Only who waits for it changes what the signals do. */
  untilStopped(): Promise<void>;
}
