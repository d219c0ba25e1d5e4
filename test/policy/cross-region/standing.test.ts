// A finding closes when it was looked for and is not there any more, and never because nobody could look.
import type { Finding } from '../../../lib/domain/verdict';
import { READINGS, type Reading, standingFindings } from '../../../lib/policy/cross-region/standing';

function findingOf(rule: string): Finding {
  return { id: `${rule}:rm-one`, severity: 'warning', rule, instanceId: 'rm-one', message: rule, evidence: {}, remedy: 'look' };
}

test.each<{ name: string; rule: string; unread: readonly Reading[]; stands: boolean }>([
  { name: 'a missing copy, where copies were not read', rule: 'copy-missing', unread: ['copies'], stands: true },
  { name: 'a missing copy, where only logs were not read', rule: 'copy-missing', unread: ['local-logs', 'copied-logs'], stands: false },
  { name: 'a count of many', rule: 'copy-late-backlog', unread: ['copies'], stands: true },
  { name: 'a gap in the copied logs, where the local ones were not read', rule: 'copied-log-gap', unread: ['local-logs'], stands: true },
  { name: 'an RPO, where the copied logs were not read', rule: 'copy-rpo-exceeded', unread: ['copied-logs'], stands: true },
  { name: 'a window that shrank, where everything was read', rule: 'local-window-shrunk', unread: [], stands: false },
  { name: 'drifted settings, which every run reads', rule: 'copies-off', unread: READINGS, stands: false },
])('$name', ({ rule, unread, stands }) => {
  const earlier = findingOf(rule);

  expect(standingFindings([earlier], [], new Set(unread))).toEqual(stands ? [earlier] : []);
});

test('what is said anew is not said twice', () => {
  const earlier = findingOf('copy-missing');

  expect(standingFindings([earlier], [{ ...earlier, message: 'newer' }], new Set(READINGS))).toEqual([]);
});
