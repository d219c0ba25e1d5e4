// The exit codes of every command, and how they are told in each help text.
import type { RunStatus } from '../domain/run';

export const EXIT = { ok: 0, error: 1, usage: 2, partial: 3, pending: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0  ok
  1  error: something failed, or a check did not pass
  2  usage: a mistake in the command line, the environment or the protection policy, or a change that waits for --yes
  3  partial: the run came to its end, and some instances need a look
  4  pending: a release has not passed yet (keeper pre-release)
`;

/** What a run's outcome means to the caller of the command. */
export function exitCodeOf(status: RunStatus): ExitCode {
  switch (status) {
    case 'succeeded':
    case 'skipped':
    case 'continued':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'failed':
      return EXIT.error;
  }
}
