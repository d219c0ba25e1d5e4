// The section `expiry` of keeper.yaml: compiled, resolved with its origins, and its mistakes.
import { policyNeedsTags, resolvePolicy } from '../../lib/config/resolve';
import { DAY, makeInstance } from '../policy/fixtures';
import { load as loadHead, mistakeIn as mistakeInHead } from './support';

const REGIONS = 'regions: [cn-hangzhou]\n';
const BOOKS = 'name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d';

const load = (text: string) => loadHead(text, REGIONS);
const mistakeIn = (text: string) => mistakeInHead(text, REGIONS);

describe('compiled', () => {
  it('fills in the defaults, and converts the units', () => {
    expect(load(`expiry: [{ ${BOOKS} }]`).expiry).toEqual([
      {
        name: 'books',
        enabled: true,
        select: { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] },
        databases: { names: ['ledger'] },
        extendWhenLeftMs: 14 * DAY,
        keepForMs: 90 * DAY,
        from: 'backup-end',
        atMostMs: undefined,
      },
    ]);
  });

  it('keeps what is written', () => {
    const policy = load(
      "limits: { maxChangesPerRun: 5 }\nexpiry: [{ name: a, enabled: false, databases: { match: 'l*' }, extendWhenLeft: 1d12h, keepFor: forever, from: now, atMost: 700d }]",
    );

    expect(policy.limits.maxChangesPerRun).toBe(5);
    expect(policy.expiry).toMatchObject([
      { enabled: false, databases: { match: 'l*' }, extendWhenLeftMs: 1.5 * DAY, keepForMs: 'forever', from: 'now', atMostMs: 700 * DAY },
    ]);
  });
});

describe('resolved for an instance', () => {
  const policy = load(
    `accounts: [{ name: main }]\nexpiry:\n  - { ${BOOKS} }\n  - { name: gold, select: { tags: { tier: gold } }, databases: { match: '*' }, extendWhenLeft: 2d, keepFor: 30d }\n  - { name: asleep, enabled: false, databases: [a], extendWhenLeft: 2d, keepFor: 30d }`,
  );

  it('holds the enabled rules that select it, with their origins', () => {
    const effective = resolvePolicy(policy, makeInstance({ engine: 'sqlserver' }));

    expect(effective?.expiry.map((rule) => rule.name)).toEqual(['books']);
    expect(effective?.origins).toMatchObject({
      'expiry.books.keepForMs': expect.stringMatching(/^policy \(keeper\.yaml:4:\d+\)$/),
      'expiry.books.atMostMs': 'default',
      'limits.maxChangesPerRun': 'default',
    });
    expect(Object.keys(effective?.origins ?? {}).filter((path) => /gold|asleep/.test(path))).toEqual([]);
  });

  it('groups and overrides change rules by name; they can put one to sleep or wake it up', () => {
    const layered = load(`accounts: [{ name: main }]
expiry:
  - { ${BOOKS} }
  - { name: asleep, enabled: false, databases: [a], extendWhenLeft: 2d, keepFor: 30d }
rules:
  - { name: gold, select: { tags: { tier: gold } }, expiry: { books: { keepFor: forever, atMost: 700d }, asleep: { enabled: true, databases: { match: 'x*' } } } }
overrides:
  rm-2: { expiry: { books: { enabled: false, extendWhenLeft: 20d, keepFor: 100d, from: now } } }
`);

    const gold = resolvePolicy(layered, makeInstance({ tags: { tier: 'gold' } }));
    const plain = resolvePolicy(layered, makeInstance({ id: 'rm-2' }));

    expect(gold?.expiry).toMatchObject([
      { name: 'books', databases: { names: ['ledger'] }, keepForMs: 'forever', atMostMs: 700 * DAY },
      { name: 'asleep', enabled: true, databases: { match: 'x*' } },
    ]);
    expect(gold?.origins).toMatchObject({
      'expiry.books.keepForMs': 'rule:gold (keeper.yaml:7:81)',
      'expiry.books.extendWhenLeftMs': expect.stringMatching(/^policy \(keeper\.yaml:4:/),
      'expiry.asleep.enabled': expect.stringMatching(/^rule:gold \(keeper\.yaml:7:/),
    });
    expect(plain?.expiry).toEqual([]);
    expect(layered.overrides['rm-2']?.expiry).toEqual({ books: { enabled: false, extendWhenLeftMs: 20 * DAY, keepForMs: 100 * DAY, from: 'now' } });
  });

  it('a rule for tagged instances needs tags', () => {
    expect(policyNeedsTags(policy)).toBe(true);
    expect(policyNeedsTags(load(`expiry: [{ ${BOOKS} }]`))).toBe(false);
  });
});

describe('mistakes', () => {
  test.each([
    { name: 'no databases', text: 'expiry: [{ name: a, extendWhenLeft: 2d, keepFor: 30d }]', says: 'expiry[0].databases' },
    { name: 'no time to keep', text: 'expiry: [{ name: a, databases: [x], extendWhenLeft: 2d }]', says: 'expiry[0].keepFor' },
    {
      name: 'a time in words',
      text: 'expiry: [{ name: a, databases: [x], extendWhenLeft: 2d, keepFor: long }]',
      says: 'must be a duration such as 90d, or forever',
    },
    { name: 'a limit beyond ten years', text: `expiry: [{ ${BOOKS}, atMost: 4000d }]`, says: 'expiry[0].atMost: must be from 1d to 3650d' },
    { name: 'an unknown start', text: `expiry: [{ ${BOOKS}, from: then }]`, says: 'must be one of now, backup-end' },
    { name: 'an unknown key', text: `expiry: [{ ${BOOKS}, atmost: 5d }]`, says: 'unknown key "atmost"; did you mean "atMost"?' },
    { name: 'a name twice', text: `expiry: [{ ${BOOKS} }, { ${BOOKS} }]`, says: '"books" is the name of expiry[0] already' },
    {
      name: 'a rule that would extend at every run',
      text: 'expiry: [{ name: a, databases: [x], from: now, extendWhenLeft: 30d, keepFor: 30d }]',
      says: 'must be shorter than keepFor (30d) where from is now',
    },
    { name: 'no changes at all', text: 'limits: { maxChangesPerRun: 0 }', says: 'must be a whole number from 1 to 100000' },
  ])('$name', ({ text, says }) => {
    expect(mistakeIn(text)).toContain(says);
  });

  test.each([
    { name: 'counted from the end of the backup', text: 'expiry: [{ name: a, databases: [x], extendWhenLeft: 60d, keepFor: 30d }]' },
    { name: 'for ever', text: 'expiry: [{ name: a, databases: [x], from: now, extendWhenLeft: 60d, keepFor: forever }]' },
  ])('a long extendWhenLeft is none where keepFor is $name', ({ text }) => {
    expect(load(text).expiry).toHaveLength(1);
  });
});
