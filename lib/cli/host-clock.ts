// Keeps the local cloud in the host's own time: started in a shifted process, its world would be shifted twice.
import { UsageError } from '../base/errors';
import type { CliIo } from './io';

/** Throws a UsageError where the environment of a local cloud was exported, as for the processes that work against it. */
export function requireHostClock(io: Pick<CliIo, 'env'>): void {
  if ((io.env['KEEPER_CLOCK_FILE'] ?? '') === '') return;
  throw new UsageError(
    'this shell lives on the clock of a local cloud: KEEPER_CLOCK_FILE is set',
    'start it from another shell, or run: unset KEEPER_CLOCK_FILE NODE_OPTIONS',
  );
}
