// Which copy is of which local set.
import { instant } from '../../../lib/base/instant';
import { pairByTime } from '../../../lib/policy/cross-region/pairing';
import { at, MINUTE, makeCopy, makeSet } from '../fixtures';

const START = at('2026-11-20T18:00:37Z');
const END = at('2026-11-20T18:30:37Z');

function setAt(id: string, seconds: number, change: Parameters<typeof makeSet>[0] = {}): ReturnType<typeof makeSet> {
  return makeSet({ id, startedAt: instant(START + seconds * 1_000), endedAt: instant(END + seconds * 1_000), ...change });
}

function copyAt(id: string, seconds: number, change: Parameters<typeof makeCopy>[0] = {}): ReturnType<typeof makeCopy> {
  const [startedAt, endedAt] = [instant(START + seconds * 1_000), instant(END + seconds * 1_000)];
  return makeCopy({ id, startedAt, endedAt, consistentAt: undefined, ...change });
}

function pair(sets: Parameters<typeof pairByTime>[0], copies: Parameters<typeof pairByTime>[1]): object {
  const { matched, ambiguousSets, ambiguousCopies, spares } = pairByTime(sets, copies);
  const ids = (each: ReadonlySet<{ readonly id: string }>): string[] => [...each].map(({ id }) => id).sort();
  return {
    matched: Object.fromEntries([...matched].map(([set, copy]) => [set.id, copy.id])),
    ambiguous: [...ids(ambiguousSets), ...ids(ambiguousCopies)],
    spares: ids(spares),
  };
}

const NOTHING = { matched: {}, ambiguous: [], spares: [] };

test.each([
  { name: 'the same start is a match', sets: [setAt('s1', 0)], copies: [copyAt('c1', 0)], pairs: { matched: { s1: 'c1' } } },
  {
    name: 'a start in whole minutes matches any second of its minute',
    sets: [makeSet({ id: 's1', startedAt: at('2026-11-20T18:00:00Z') }), makeSet({ id: 's2', startedAt: at('2026-11-20T18:01:00Z') })],
    copies: [copyAt('c2', 60), copyAt('c1', 0)],
    pairs: { matched: { s1: 'c1', s2: 'c2' } },
  },
  { name: 'two minutes are near enough', sets: [setAt('s1', 0)], copies: [copyAt('c1', -120)], pairs: { matched: { s1: 'c1' } } },
  { name: 'more are not', sets: [setAt('s1', 0)], copies: [copyAt('c1', 121)], pairs: {} },
  {
    name: 'the exact start wins over a near one, and the near one goes to who is left',
    sets: [setAt('s1', 0), setAt('s2', 60)],
    copies: [copyAt('c1', 0), copyAt('c2', 30)],
    pairs: { matched: { s1: 'c1', s2: 'c2' } },
  },
  {
    name: 'no two sets share a copy',
    sets: [setAt('s1', 0), setAt('s2', 60)],
    copies: [copyAt('c1', 0)],
    pairs: { matched: { s1: 'c1' } },
  },
  {
    name: 'a good copy wins over one that failed, which is a spare',
    sets: [setAt('s1', 0)],
    copies: [copyAt('c1', 0, { status: 'failed' }), copyAt('c2', 0)],
    pairs: { matched: { s1: 'c2' }, spares: ['c1'] },
  },
  {
    name: 'of two equal copies of one set one is a spare',
    sets: [setAt('s1', 0)],
    copies: [copyAt('c2', 0), copyAt('c1', 0)],
    pairs: { matched: { s1: 'c1' }, spares: ['c2'] },
  },
  {
    name: 'with the same start the end decides',
    sets: [setAt('s1', 0), setAt('s2', 0, { endedAt: instant(END + 10 * MINUTE) })],
    copies: [copyAt('c2', 0, { endedAt: instant(END + 9 * MINUTE) }), copyAt('c1', 0)],
    pairs: { matched: { s1: 'c1', s2: 'c2' } },
  },
  {
    name: 'with the same times the kind decides',
    sets: [setAt('s1', 0), setAt('s2', 0, { scope: { kind: 'databases', databases: ['orders'] } })],
    copies: [copyAt('c2', 0, { scope: 'databases' }), copyAt('c1', 0)],
    pairs: { matched: { s1: 'c1', s2: 'c2' } },
  },
  {
    name: 'with the same kind the moment that the data is of decides',
    sets: [setAt('s1', 0, { endedAt: instant(END + 10 * MINUTE) }), setAt('s2', 0, { endedAt: instant(END - 10 * MINUTE) })],
    copies: [copyAt('c1', 0, { consistentAt: instant(END + 9 * MINUTE) })],
    pairs: { matched: { s1: 'c1' } },
  },
  {
    name: 'with all that the same the size decides',
    sets: [setAt('s1', 0, { sizeBytes: 100 }), setAt('s2', 0, { sizeBytes: 200 })],
    copies: [copyAt('c2', 0, { sizeBytes: 210 }), copyAt('c1', 0, { sizeBytes: 90 })],
    pairs: { matched: { s1: 'c1', s2: 'c2' } },
  },
  {
    name: 'what nothing tells apart stays unmatched',
    sets: [setAt('s1', 0), setAt('s2', 0)],
    copies: [copyAt('c1', 0)],
    pairs: { ambiguous: ['s1', 's2', 'c1'] },
  },
  {
    name: 'equal sets with as many equal copies stay unmatched, too',
    sets: [setAt('s1', 0), setAt('s2', 0)],
    copies: [copyAt('c1', 0), copyAt('c2', 0)],
    pairs: { ambiguous: ['s1', 's2', 'c1', 'c2'] },
  },
  {
    name: 'a copy that says nothing of its kind matches any',
    sets: [setAt('s1', 0, { scope: { kind: 'unknown' } })],
    copies: [copyAt('c1', 0, { method: undefined, scope: 'unknown', type: 'incremental' })],
    pairs: { matched: { s1: 'c1' } },
  },
])('$name', ({ sets, copies, pairs }) => {
  expect(pair(sets, copies)).toEqual({ ...NOTHING, ...pairs });
  expect(pair([...sets].reverse(), [...copies].reverse())).toEqual({ ...NOTHING, ...pairs });
});
