// Says which findings stay open because what they rest on was not read this time: not to look is no cure.
import type { Finding } from '../../domain/verdict';

/** What a run reads of an instance's copies, and may fail to read. */
export type Reading = 'copies' | 'local-logs' | 'copied-logs' | 'local-window' | 'copy-window';

export const READINGS: readonly Reading[] = ['copies', 'local-logs', 'copied-logs', 'local-window', 'copy-window'];

/** By rule. Findings on settings rest on the list of all instances, without which nothing is said of any. */
const RESTS_ON: Readonly<Record<string, readonly Reading[]>> = {
  'copy-missing': ['copies'],
  'copy-failed': ['copies'],
  'copy-wrong-region': ['copies'],
  'copy-late': ['copies'],
  'copy-expires-early': ['copies'],
  'copy-orphaned': ['copies'],
  'copy-ambiguous': ['copies'],
  'copy-not-restorable': ['copies'],
  'sets-not-copyable': ['copies'],
  'local-log-gap': ['local-logs'],
  'copied-log-gap': ['local-logs', 'copied-logs'],
  'copied-logs-late': ['local-logs', 'copied-logs'],
  'copy-rpo-exceeded': ['copies', 'copied-logs'],
  'local-window-missing': ['local-window'],
  'local-window-shrunk': ['local-window'],
  'copy-window-missing': ['copy-window'],
  'copy-window-shrunk': ['copy-window'],
};

/** Those of `before` that rest on something unread and are not among `now`, which would be newer. */
export function standingFindings(before: readonly Finding[], now: readonly Finding[], unread: ReadonlySet<Reading>): readonly Finding[] {
  const said = new Set(now.map(({ id }) => id));
  const readingsOf = ({ rule }: Finding): readonly Reading[] => RESTS_ON[rule.replace(/-backlog$/, '')] ?? [];
  return before.filter((finding) => !said.has(finding.id) && readingsOf(finding).some((reading) => unread.has(reading)));
}
