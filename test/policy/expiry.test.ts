import type { BackupSet } from '../../lib/domain/backup';
import type { Hold } from '../../lib/domain/guard';
import type { InstanceEngine } from '../../lib/domain/instance';
import type { ExpiryRule } from '../../lib/domain/protection-policy';
import { decideExpiry, expiryText, isLater, obstacleTo } from '../../lib/policy/expiry';
import { at, DAY, HOUR, makeExpiryRule, makeSet, NOW } from './fixtures';

/** A set of the database `ledger` that expires in a week. NOW is 2026-11-21T02:05. */
function makeLedgerSet(change: Partial<BackupSet> = {}): BackupSet {
  return makeSet({
    scope: { kind: 'databases', databases: ['ledger'] },
    endedAt: at('2026-10-29T18:30:20Z'),
    expiresAt: at('2026-11-28T18:30:00Z'),
    ...change,
  });
}

/** On the instance, without an end. */
function makeHold(change: Partial<Hold> = {}): Hold {
  return { id: 'h-01', target: { kind: 'instance' }, owner: 'dba', reason: 'audit', placedAt: NOW, until: undefined, ...change };
}

function decide(set: Partial<BackupSet>, rules: readonly ExpiryRule[] = [makeExpiryRule()], engine: InstanceEngine = 'sqlserver') {
  return decideExpiry({ set: makeLedgerSet(set), rules, instance: { engine }, holds: [], asOf: NOW });
}

describe('a set is kept longer', () => {
  test.each<{ name: string; rules: readonly Partial<ExpiryRule>[]; to: string | 'never'; rule?: string }>([
    { name: "from its backup's end, in whole minutes", rules: [{}], to: '2027-01-27T18:30:00Z' },
    { name: 'from now', rules: [{ from: 'now', keepForMs: 30 * DAY }], to: '2026-12-21T02:05:00Z' },
    { name: "no longer than the limit from its backup's end", rules: [{ from: 'now', atMostMs: 35 * DAY }], to: '2026-12-03T18:30:00Z' },
    { name: 'for ever', rules: [{ keepForMs: 'forever' }], to: 'never' },
    { name: 'for ever, up to the limit', rules: [{ keepForMs: 'forever', atMostMs: 60 * DAY }], to: '2026-12-28T18:30:00Z' },
    { name: 'when its database matches a pattern', rules: [{ databases: { match: 'led*' } }], to: '2027-01-27T18:30:00Z' },
    {
      name: 'by the rule that keeps it longest, whatever their order',
      rules: [{ keepForMs: 60 * DAY }, { name: 'longest', keepForMs: 200 * DAY }, { keepForMs: 100 * DAY }],
      to: '2027-05-17T18:30:00Z',
      rule: 'longest',
    },
    {
      name: 'by the rule that finds it due',
      rules: [{ extendWhenLeftMs: HOUR }, { name: 'due' }, { extendWhenLeftMs: DAY }],
      to: '2027-01-27T18:30:00Z',
      rule: 'due',
    },
    { name: 'by the earlier of two equal rules', rules: [{ name: 'first' }, { name: 'second' }], to: '2027-01-27T18:30:00Z', rule: 'first' },
  ])('$name', ({ rules, to, rule = 'books' }) => {
    const decision = decide({}, rules.map(makeExpiryRule));

    expect(decision).toMatchObject({ action: 'extend', rule, expiresAt: at('2026-11-28T18:30:00Z'), to: to === 'never' ? to : at(to) });
    expect(decision.reason).toContain('it expires at 2026-11-28T18:30:00Z, and rule');
  });

  test('also when it holds several databases that are all selected', () => {
    const scope = { kind: 'databases', databases: ['ledger', 'invoices'] } as const;

    expect(decide({ scope }, [makeExpiryRule({ databases: { names: ['invoices', 'ledger', 'hr'] } })])).toMatchObject({ action: 'extend' });
  });

  test('as soon as less than the limit is left, and not before', () => {
    const rules = [makeExpiryRule({ extendWhenLeftMs: 14 * DAY })];
    const expiresAt = NOW + 14 * DAY;

    expect(decide({ expiresAt: expiresAt as typeof NOW }, rules)).toMatchObject({ action: 'leave' });
    expect(decide({ expiresAt: (expiresAt - 1) as typeof NOW }, rules)).toMatchObject({ action: 'extend' });
  });
});

describe('a set is left', () => {
  test.each<{ name: string; set: Partial<BackupSet>; says: string }>([
    { name: 'failed', set: { status: 'failed' }, says: 'rest of a failed backup' },
    { name: 'automatic', set: { mode: 'automated' }, says: 'made automatically' },
    { name: 'a snapshot', set: { method: 'snapshot' }, says: 'full snapshot set' },
    { name: 'incremental', set: { type: 'incremental' }, says: 'incremental physical set' },
    { name: 'of the whole instance', set: { scope: { kind: 'instance' } }, says: 'holds the whole instance' },
    { name: 'of unknown databases', set: { scope: { kind: 'unknown' } }, says: 'not known which databases' },
    { name: 'kept for ever', set: { expiresAt: 'never' }, says: 'kept for ever' },
    { name: 'without a known expiry', set: { expiresAt: undefined }, says: 'does not say when it expires' },
    { name: 'expired', set: { expiresAt: NOW }, says: 'it expired at 2026-11-21T02:05:00Z' },
    { name: 'of another database', set: { scope: { kind: 'databases', databases: ['hr'] } }, says: 'no expiry rule' },
    { name: 'of more databases than the rule names', set: { scope: { kind: 'databases', databases: ['hr', 'ledger'] } }, says: 'no expiry rule' },
    { name: 'of no database at all', set: { scope: { kind: 'databases', databases: [] } }, says: 'not known which databases' },
  ])('$name', ({ set, says }) => {
    const decision = decide(set);

    expect(decision).toMatchObject({ action: 'leave', rule: undefined });
    expect(decision.reason).toContain(says);
  });

  test.each<InstanceEngine>(['mysql', 'postgresql', 'mariadb', 'other'])('when the engine is %s', (engine) => {
    expect(decide({}, [makeExpiryRule()], engine)).toEqual({ action: 'leave', rule: undefined, reason: 'only sets of SQL Server can be kept longer' });
  });

  test('when there are no rules', () => {
    expect(decide({}, [])).toMatchObject({ action: 'leave', rule: undefined });
  });

  test.each([
    { name: 'not due', rules: [{ extendWhenLeftMs: HOUR }], says: 'not due: it expires at 2026-11-28T18:30:00Z' },
    { name: 'due, and kept that long already', rules: [{ keepForMs: 30 * DAY }], says: 'keeps it until 2026-11-28T18:30:00Z, which is no later' },
    { name: 'due, and kept longer than its rule would', rules: [{ keepForMs: 10 * DAY }], says: 'keeps it until 2026-11-08T18:30:00Z, which is no later' },
    { name: 'due, and past the limit', rules: [{ keepForMs: 'forever' as const, atMostMs: 20 * DAY }], says: 'which is no later' },
  ])('when it is $name', ({ rules, says }) => {
    const decision = decide({}, rules.map(makeExpiryRule));

    expect(decision).toMatchObject({ action: 'leave', rule: 'books' });
    expect(decision.reason).toContain(says);
  });
});

describe('a hold', () => {
  const hold = (until: Hold['until'], set: Partial<BackupSet> = {}, rules: readonly ExpiryRule[] = [], engine: InstanceEngine = 'sqlserver') =>
    decideExpiry({ set: makeLedgerSet(set), rules, holds: [makeHold({ until })], instance: { engine }, asOf: NOW });

  test.each<{ name: string; until: string | undefined; expiresAt?: string; to: string }>([
    { name: 'to its end', until: '2027-03-01T00:00:00Z', to: '2027-03-01T00:00:00Z' },
    { name: 'to its end in whole minutes, and not before it', until: '2027-03-01T00:00:01Z', to: '2027-03-01T00:01:00Z' },
    { name: 'by as little as a second', until: '2026-11-28T18:30:01Z', to: '2026-11-28T18:31:00Z' },
    { name: 'without an end, 90 days ahead when less than 30 are left', until: undefined, expiresAt: '2026-12-21T02:04:59Z', to: '2027-02-19T02:05:00Z' },
  ])('keeps a set longer: $name', ({ until, expiresAt = '2026-11-28T18:30:00Z', to }) => {
    const decision = hold(until === undefined ? undefined : at(until), { expiresAt: at(expiresAt) });

    expect(decision).toMatchObject({ action: 'extend', rule: 'hold h-01', expiresAt: at(expiresAt), to: at(to) });
    expect(decision.reason).toContain(`hold h-01 of dba lasts until ${until ?? 'it is released'}: kept until ${to}`);
  });

  test.each<{ name: string; until: string | undefined; set: Partial<BackupSet>; says: string }>([
    { name: 'expires with the hold', until: '2026-11-28T18:30:00Z', set: {}, says: 'not due' },
    { name: 'expires after the hold', until: '2026-11-28T00:00:00Z', set: {}, says: 'not due' },
    { name: 'has 30 days left, and the hold no end', until: undefined, set: { expiresAt: at('2026-12-21T02:05:00Z') }, says: 'not due' },
    { name: 'is kept for ever', until: undefined, set: { expiresAt: 'never' }, says: 'kept for ever' },
    { name: 'holds the whole instance', until: undefined, set: { scope: { kind: 'instance' } }, says: 'whole instance' },
    { name: 'is automatic', until: undefined, set: { mode: 'automated' }, says: 'made automatically' },
  ])('leaves a set that $name', ({ until, set, says }) => {
    const decision = hold(until === undefined ? undefined : at(until), set);

    expect(decision).toMatchObject({ action: 'leave', reason: expect.stringContaining(says) });
  });

  test('leaves sets of other engines', () => {
    expect(hold(undefined, {}, [], 'mysql')).toMatchObject({ action: 'leave', rule: undefined });
  });

  test('and a rule: the later of both wins, in either order', () => {
    const rules = [makeExpiryRule()];

    expect(hold(at('2027-01-27T18:29:00Z'), {}, rules)).toMatchObject({ rule: 'books', to: at('2027-01-27T18:30:00Z') });
    expect(hold(at('2027-01-27T18:31:00Z'), {}, rules)).toMatchObject({ rule: 'hold h-01', to: at('2027-01-27T18:31:00Z') });
    expect(hold(at('2027-01-27T18:30:00Z'), {}, rules)).toMatchObject({ rule: 'books' });
  });

  test("is not limited by a rule's atMost", () => {
    expect(hold(at('2027-06-01T00:00:00Z'), {}, [makeExpiryRule({ atMostMs: 35 * DAY })])).toMatchObject({ to: at('2027-06-01T00:00:00Z') });
  });
});

test.each([
  { a: at('2026-01-01T00:00Z'), b: at('2026-01-02T00:00Z'), later: false },
  { a: at('2026-01-02T00:00Z'), b: at('2026-01-01T00:00Z'), later: true },
  { a: at('2026-01-01T00:00Z'), b: at('2026-01-01T00:00Z'), later: false },
  { a: 'never' as const, b: at('2026-01-01T00:00Z'), later: true },
  { a: at('2026-01-01T00:00Z'), b: 'never' as const, later: false },
  { a: 'never' as const, b: 'never' as const, later: false },
])('$a is later than $b: $later', ({ a, b, later }) => {
  expect(isLater(a, b)).toBe(later);
});

test.each<{ engine: InstanceEngine; says: string | undefined }>([
  { engine: 'sqlserver', says: undefined },
  { engine: 'mariadb', says: 'only sets of SQL Server can be kept longer' },
])('what stands in the way of a good single-database set on $engine: $says', ({ engine, says }) => {
  expect(obstacleTo(makeLedgerSet(), engine)).toBe(says);
});

test('an expiry in words', () => {
  expect([expiryText(NOW), expiryText('never'), expiryText(undefined)]).toEqual(['2026-11-21T02:05:00Z', 'for ever', 'no expiry']);
});
