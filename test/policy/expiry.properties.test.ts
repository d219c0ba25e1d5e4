// Whatever the sets and rules are: nothing is ever kept shorter, and what was done once is not done again.
import fc from 'fast-check';
import { type Instant, instant, MINUTE_MS } from '../../lib/base/instant';
import type { BackupSet } from '../../lib/domain/backup';
import type { Hold } from '../../lib/domain/guard';
import type { ExpiryRule } from '../../lib/domain/protection-policy';
import { decideExpiry, isLater } from '../../lib/policy/expiry';
import { DAY, makeExpiryRule, makeSet, NOW } from './fixtures';

const RUNS = { numRuns: 20_000 };

const time: fc.Arbitrary<Instant> = fc.integer({ min: -800 * DAY, max: 800 * DAY }).map((ms) => instant(NOW + ms));
const databases = fc.subarray(['ledger', 'invoices', 'hr']);
const span = fc.integer({ min: 1, max: 900 * DAY });

const anySet: fc.Arbitrary<BackupSet> = fc
  .record({
    status: fc.constantFrom('success' as const, 'success' as const, 'failed' as const),
    mode: fc.constantFrom('manual' as const, 'manual' as const, 'automated' as const),
    method: fc.constantFrom('physical' as const, 'physical' as const, 'snapshot' as const),
    scope: fc.oneof(
      { weight: 4, arbitrary: databases.map((names) => ({ kind: 'databases' as const, databases: names })) },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'instance' as const }, { kind: 'unknown' as const }) },
    ),
    endedAt: time,
    expiresAt: fc.oneof({ weight: 8, arbitrary: time }, { weight: 1, arbitrary: fc.constantFrom('never' as const, undefined) }),
  })
  .map((fields) => makeSet(fields));

const anyRule: fc.Arbitrary<ExpiryRule> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    databases: fc.oneof(
      databases.map((names) => ({ names })),
      fc.constantFrom({ match: '*' }, { match: 'l*' }),
    ),
    extendWhenLeftMs: span,
    keepForMs: fc.oneof({ weight: 5, arbitrary: span }, { weight: 1, arbitrary: fc.constant('forever' as const) }),
    from: fc.constantFrom('now' as const, 'backup-end' as const),
    atMostMs: fc.option(span, { nil: undefined }),
  })
  .map((fields) => makeExpiryRule(fields));

const anyRules = fc.array(anyRule, { maxLength: 3 });
const anyHolds: fc.Arbitrary<readonly Hold[]> = fc.array(
  fc.option(fc.integer({ min: 1, max: 800 * DAY }), { nil: undefined }).map(
    (ms): Hold => ({
      id: `h-${ms}`,
      target: { kind: 'instance' },
      owner: 'dba',
      reason: 'audit',
      placedAt: NOW,
      until: ms === undefined ? undefined : instant(NOW + ms),
    }),
  ),
  { maxLength: 2 },
);
const decide = (set: BackupSet, rules: readonly ExpiryRule[], holds: readonly Hold[] = []) =>
  decideExpiry({ set, rules, instance: { engine: 'sqlserver' }, holds, asOf: NOW });

test('an extension is always later than the expiry, in whole minutes, and never past every limit', () => {
  fc.assert(
    fc.property(anySet, anyRules, (set, rules) => {
      const decision = decide(set, rules);
      if (decision.action === 'leave') return;

      expect(set.expiresAt !== undefined && isLater(decision.to, set.expiresAt)).toBe(true);
      expect(set.expiresAt).not.toBe('never');
      if (decision.to !== 'never') expect(decision.to % MINUTE_MS).toBe(0);
      const { to } = decision;
      const isWithinOne = rules.some(
        ({ name, atMostMs }) => name === decision.rule && (atMostMs === undefined || (to !== 'never' && to <= set.endedAt + atMostMs)),
      );
      expect(isWithinOne).toBe(true);
    }),
    RUNS,
  );
});

test('with holds too an extension is later than the expiry, and no set that can be kept longer expires before its hold ends', () => {
  fc.assert(
    fc.property(anySet, anyRules, anyHolds, (set, rules, holds) => {
      const decision = decide(set, rules, holds);

      const isKept = decision.action === 'extend';
      if (isKept) expect(set.expiresAt !== undefined && isLater(decision.to, set.expiresAt)).toBe(true);
      const end = isKept ? decision.to : set.expiresAt;
      const isExtendable =
        set.status === 'success' && set.mode === 'manual' && set.method === 'physical' && set.scope.kind === 'databases' && set.scope.databases.length > 0;
      if (!isExtendable || end === undefined || end === 'never' || end <= NOW) return;
      for (const { until } of holds) expect(end).toBeGreaterThanOrEqual(until ?? NOW + 30 * DAY);
    }),
    RUNS,
  );
});

test('an extension that was made is not made again', () => {
  fc.assert(
    fc.property(anySet, anyRules, anyHolds, (set, rules, holds) => {
      const decision = decide(set, rules, holds);
      if (decision.action === 'leave') return;

      expect(decide({ ...set, expiresAt: decision.to }, rules, holds).action).toBe('leave');
    }),
    RUNS,
  );
});

test('the order of rules and holds does not change what happens to a set', () => {
  fc.assert(
    fc.property(anySet, anyRules, anyHolds, (set, rules, holds) => {
      const [one, other] = [decide(set, rules, holds), decide(set, [...rules].reverse(), [...holds].reverse())];

      expect(one.action).toBe(other.action);
      if (one.action === 'extend' && other.action === 'extend') expect(one.to).toBe(other.to);
    }),
    RUNS,
  );
});

test('a longer keepFor never keeps a set shorter', () => {
  fc.assert(
    fc.property(anySet, anyRule, span, (set, rule, more) => {
      if (rule.keepForMs === 'forever') return;
      const shorter = decide(set, [rule]);
      const longer = decide(set, [{ ...rule, keepForMs: rule.keepForMs + more }]);
      if (shorter.action === 'leave') return;

      expect(longer.action).toBe('extend');
      if (longer.action === 'extend') expect(isLater(shorter.to, longer.to)).toBe(false);
    }),
    RUNS,
  );
});

test('rules for other engines touch nothing', () => {
  fc.assert(
    fc.property(anySet, anyRules, fc.constantFrom('mysql' as const, 'postgresql' as const, 'mariadb' as const, 'other' as const), (set, rules, engine) => {
      expect(decideExpiry({ set, rules, instance: { engine }, holds: [], asOf: NOW }).action).toBe('leave');
    }),
    { numRuns: 1_000 },
  );
});
