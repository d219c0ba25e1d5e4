import type { BackupSet, BackupSpec } from '../../lib/domain/backup';
import type { ExtraBackupRule } from '../../lib/domain/protection-policy';
import { freshSetFor, observationLookBackMs } from '../../lib/policy/freshness';
import { at, DAY, HOUR, makeSet, NOW, PHYSICAL } from './fixtures';

const OCCURRENCE = at('2026-11-21T02:00:00Z');

describe('freshSetFor', () => {
  test.each<{ name: string; set: Partial<BackupSet>; rule?: Partial<ExtraBackupRule>; spec?: BackupSpec; fresh: boolean }>([
    { name: 'a set started exactly freshFor before the occurrence is fresh', set: { startedAt: at('2026-11-20T22:00:00Z') }, fresh: true },
    { name: 'a set started a second earlier is not', set: { startedAt: at('2026-11-20T21:59:59Z') }, fresh: false },
    { name: 'a set started after the occurrence is fresh', set: { startedAt: at('2026-11-21T02:03:00Z') }, fresh: true },
    { name: 'without freshFor nothing is fresh', set: {}, rule: { freshForMs: undefined }, fresh: false },
    { name: 'a failed set is not good', set: { status: 'failed' }, fresh: false },
    { name: 'a set that is not available is not good', set: { isAvailable: false }, fresh: false },
    { name: 'an automatic set is as good as a manual one', set: { mode: 'automated' }, fresh: true },
    { name: 'a set of unknown scope never stands for the instance', set: { scope: { kind: 'unknown' } }, fresh: false },
    { name: 'a set of single databases never stands for the instance', set: { scope: { kind: 'databases', databases: ['a'] } }, fresh: false },
    { name: 'an incremental set is good enough where the rule does not ask for full', set: { type: 'incremental' }, fresh: true },
    { name: 'an incremental set is not enough where the rule asks for full', set: { type: 'incremental' }, rule: { type: 'full' }, fresh: false },
    { name: 'a full set is', set: { type: 'full' }, rule: { type: 'full' }, fresh: true },
    { name: 'a snapshot stands for a physical backup where the rule names no method', set: { method: 'snapshot' }, fresh: true },
    { name: 'a snapshot does not where the rule asks for physical', set: { method: 'snapshot' }, rule: { method: 'physical' }, fresh: false },
    { name: 'a logical dump never stands for a physical backup', set: { method: 'logical' }, fresh: false },
    { name: 'a physical backup does not stand for a logical dump', set: {}, spec: { ...PHYSICAL, method: 'logical' }, fresh: false },
    {
      name: 'a set of the databases stands for them',
      set: { method: 'logical', scope: { kind: 'databases', databases: ['a', 'b'] } },
      spec: { ...PHYSICAL, method: 'logical', scope: { kind: 'databases', databases: ['b'] } },
      fresh: true,
    },
  ])('$name', ({ set, rule, spec = PHYSICAL, fresh }) => {
    const one = makeSet({ startedAt: at('2026-11-21T00:00:00Z'), ...set });

    const found = freshSetFor({ rule: { freshForMs: 4 * HOUR, method: undefined, type: undefined, ...rule }, spec, occurrence: OCCURRENCE, sets: [one] });

    expect(found).toEqual(fresh ? one : undefined);
  });

  it('names the newest of several, in whatever order they come', () => {
    const sets = [
      makeSet({ id: 'b', startedAt: at('2026-11-21T01:00:00Z') }),
      makeSet({ id: 'c', startedAt: at('2026-11-21T01:00:00Z') }),
      makeSet({ id: 'a', startedAt: at('2026-11-21T00:00:00Z') }),
    ];
    const question = { rule: { freshForMs: 4 * HOUR, method: undefined, type: undefined }, spec: PHYSICAL, occurrence: OCCURRENCE };

    expect(freshSetFor({ ...question, sets })?.id).toBe('c');
    expect(freshSetFor({ ...question, sets: [...sets].reverse() })?.id).toBe('c');
  });
});

describe('observationLookBackMs', () => {
  test.each([
    { name: 'two days at least', due: [], maxJobMs: HOUR, expected: 2 * DAY },
    { name: 'a day and the longest job', due: [], maxJobMs: 3 * DAY, expected: 4 * DAY },
    {
      name: 'freshFor before the oldest slot',
      due: [{ rule: { freshForMs: 12 * HOUR }, slot: { occurrence: at('2026-11-18T02:05:00Z') } }],
      maxJobMs: DAY,
      expected: 3 * DAY + 12 * HOUR,
    },
    {
      name: 'a rule without freshFor asks for nothing more',
      due: [{ rule: { freshForMs: undefined }, slot: { occurrence: OCCURRENCE } }],
      maxJobMs: DAY,
      expected: 2 * DAY,
    },
  ])('$name', ({ due, maxJobMs, expected }) => {
    expect(observationLookBackMs(due, maxJobMs, NOW)).toBe(expected);
  });
});
