// Progress of long work on stderr, where somebody watches: on a terminal, and not with --json.
import { SingleBar } from 'cli-progress';
import type { CliIo } from './io';

export interface Progress {
  update(done: number): void;
  stop(): void;
}

const NO_PROGRESS: Progress = { update: () => undefined, stop: () => undefined };

/** Counts up; how much there is in all is not known before the end. */
export function startCounter(io: Pick<CliIo, 'stderr'>, isJson: boolean, label: string): Progress {
  if (isJson || io.stderr.isTTY !== true) return NO_PROGRESS;
  const bar = new SingleBar({
    stream: io.stderr,
    hideCursor: true,
    clearOnComplete: true,
    format: `${label}: {value} instances, {duration_formatted}`,
  });
  bar.start(Number.MAX_SAFE_INTEGER, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
