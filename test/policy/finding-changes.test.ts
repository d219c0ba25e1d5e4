// A finding opens once, is updated when it says something else, and closes by itself.
import { instant } from '../../lib/base/instant';
import type { Finding } from '../../lib/domain/verdict';
import { findingNews } from '../../lib/policy/finding-changes';

const YESTERDAY = instant(1_000);
const EARLIER = instant(2_000);
const NOW = instant(3_000);

function finding(id: string, change: Partial<Finding> = {}): Finding {
  return { id, severity: 'warning', rule: 'late', instanceId: 'rm-one', message: 'it is late', evidence: {}, remedy: 'wait', ...change };
}

function standing(...findings: readonly Finding[]) {
  return { findings, openedAt: Object.fromEntries(findings.map(({ id }) => [id, YESTERDAY])), asOf: EARLIER };
}

const known = finding('known');

test.each([
  { name: 'without anything known, all is new', before: undefined, now: [known], changes: ['opened known'], openedAt: { known: NOW } },
  { name: 'one that stands is no news', before: standing(known), now: [known], changes: [], openedAt: { known: YESTERDAY } },
  {
    name: 'one that says something else is updated, and stays as old as it is',
    before: standing(known),
    now: [finding('known', { message: 'it is later' })],
    changes: ['updated known'],
    openedAt: { known: YESTERDAY },
  },
  {
    name: 'one that is graver is updated',
    before: standing(known),
    now: [finding('known', { severity: 'error' })],
    changes: ['updated known'],
    openedAt: { known: YESTERDAY },
  },
  {
    name: 'figures alone are no news',
    before: standing(known),
    now: [finding('known', { evidence: { minutes: 7 } })],
    changes: [],
    openedAt: { known: YESTERDAY },
  },
  { name: 'one that is gone is closed', before: standing(known), now: [], changes: ['closed known'], openedAt: {} },
  {
    name: 'one that comes beside another is opened alone',
    before: standing(known),
    now: [finding('new'), known],
    changes: ['opened new'],
    openedAt: { new: NOW, known: YESTERDAY },
  },
  {
    name: 'of two with one id the first counts',
    before: undefined,
    now: [known, finding('known', { message: 'again' })],
    changes: ['opened known'],
    openedAt: { known: NOW },
  },
  {
    name: 'of two known ones with one id the first counts',
    before: standing(known, finding('known', { message: 'again' })),
    now: [known],
    changes: [],
    openedAt: { known: YESTERDAY },
  },
])('$name', ({ before, now, changes, openedAt }) => {
  const news = findingNews(before, now, NOW);

  expect(news.changes.map((change) => `${change.kind} ${change.finding.id}`)).toEqual(changes);
  expect(news.openedAt).toEqual(openedAt);
});

test('one of which nobody wrote down when it was opened is as old as the row that has it', () => {
  const before = { findings: [known], openedAt: {}, asOf: EARLIER };

  expect(findingNews(before, [known], NOW).openedAt).toEqual({ known: EARLIER });
  expect(findingNews(before, [], NOW).changes).toEqual([{ kind: 'closed', finding: known, openedAt: EARLIER }]);
});

test('a closed one is told as it was last, with when it was opened', () => {
  expect(findingNews(standing(known), [], NOW).changes).toEqual([{ kind: 'closed', finding: known, openedAt: YESTERDAY }]);
});
