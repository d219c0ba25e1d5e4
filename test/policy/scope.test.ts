import type { Scope, SetScope } from '../../lib/domain/backup';
import { couldComeFrom, covers, needsDatabases, resolveDatabases, withKnownScopes } from '../../lib/policy/scope';
import { makeIntent, makeRule, makeSet, PHYSICAL } from './fixtures';

const INSTANCE: Scope = { kind: 'instance' };
const UNKNOWN: SetScope = { kind: 'unknown' };
const of = (...databases: string[]): Scope => ({ kind: 'databases', databases });

const DATABASES = [
  { name: 'app_users', isBackupable: true },
  { name: 'app_orders', isBackupable: true },
  { name: 'app_old', isBackupable: false },
  { name: 'cold_1', isBackupable: false },
  { name: 'master', isBackupable: true },
];

describe('resolveDatabases', () => {
  test.each([
    { name: 'names are sorted, each once', selection: { names: ['master', 'app_users', 'master'] }, databases: ['app_users', 'master'], skipped: [] },
    { name: 'a pattern picks what matches', selection: { match: 'app_?????' }, databases: ['app_users'], skipped: [] },
    { name: 'a pattern passes over what cannot be backed up', selection: { match: 'app_*' }, databases: ['app_orders', 'app_users'], skipped: ['app_old'] },
  ])('$name', ({ selection, databases, skipped }) => {
    expect(resolveDatabases(selection, DATABASES)).toEqual({ ok: true, databases, skipped });
  });

  test.each([
    { name: 'a name that is not there', selection: { names: ['nope', 'master', 'gone'] }, reason: 'no database "nope", "gone" on the instance' },
    { name: 'a cold database', selection: { names: ['cold_1'] }, reason: '"cold_1" cannot be backed up: cold, being created or being deleted' },
    {
      name: 'both',
      selection: { names: ['nope', 'cold_1'] },
      reason: 'no database "nope" on the instance; "cold_1" cannot be backed up: cold, being created or being deleted',
    },
    { name: 'a pattern that nothing matches', selection: { match: 'x*' }, reason: 'no database on the instance matches "x*"' },
    {
      name: 'a pattern that only cold databases match',
      selection: { match: 'cold*' },
      reason: 'what matches "cold*" cannot be backed up ("cold_1"): cold, being created or being deleted',
    },
  ])('fails for $name', ({ selection, reason }) => {
    expect(resolveDatabases(selection, DATABASES)).toEqual({ ok: false, reason });
  });

  it('is needed by rules that name databases only', () => {
    expect(needsDatabases(makeRule())).toBe(false);
    expect(needsDatabases(makeRule({ databases: { match: '*' } }))).toBe(true);
  });
});

describe('covers', () => {
  test.each<{ name: string; held: SetScope; wanted: Scope; covered: boolean }>([
    { name: 'a set of the instance stands for the instance', held: INSTANCE, wanted: INSTANCE, covered: true },
    { name: 'a set of unknown scope does not stand for the instance', held: UNKNOWN, wanted: INSTANCE, covered: false },
    { name: 'a set of single databases does not stand for the instance', held: of('a', 'b'), wanted: INSTANCE, covered: false },
    { name: 'a set of the same databases stands for them', held: of('b', 'a'), wanted: of('a', 'b'), covered: true },
    { name: 'a set of more databases stands for some', held: of('a', 'b', 'c'), wanted: of('b'), covered: true },
    { name: 'a set of fewer databases does not', held: of('a'), wanted: of('a', 'b'), covered: false },
    { name: 'a set of the instance does not stand for single databases', held: INSTANCE, wanted: of('a'), covered: false },
    { name: 'a set of unknown scope does not stand for single databases', held: UNKNOWN, wanted: of('a'), covered: false },
    { name: 'no databases are covered by nothing', held: of('a'), wanted: of(), covered: false },
  ])('$name', ({ held, wanted, covered }) => {
    expect(covers(held, wanted)).toBe(covered);
  });
});

describe('couldComeFrom', () => {
  test.each<{ name: string; found: SetScope; asked: Scope; possible: boolean }>([
    { name: 'unknown may be anything', found: UNKNOWN, asked: of('a'), possible: true },
    { name: 'instance from instance', found: INSTANCE, asked: INSTANCE, possible: true },
    { name: 'instance not from databases', found: INSTANCE, asked: of('a'), possible: false },
    { name: 'databases not from instance', found: of('a'), asked: INSTANCE, possible: false },
    { name: 'one of the databases: the service may list one set each', found: of('a'), asked: of('a', 'b'), possible: true },
    { name: 'another database', found: of('c'), asked: of('a', 'b'), possible: false },
  ])('$name', ({ found, asked, possible }) => {
    expect(couldComeFrom(found, asked)).toBe(possible);
  });
});

describe('withKnownScopes', () => {
  const ours = makeIntent({ state: 'finished', backupId: '1', spec: { ...PHYSICAL, scope: of('a') } });

  test.each([
    { name: 'an unknown scope is filled in from our intent', set: makeSet({ id: '1', scope: UNKNOWN }), intents: [ours], scope: of('a') },
    { name: "the service's word stands", set: makeSet({ id: '1', scope: INSTANCE }), intents: [ours], scope: INSTANCE },
    { name: "a stranger's set stays unknown", set: makeSet({ id: '2', scope: UNKNOWN }), intents: [ours, makeIntent()], scope: UNKNOWN },
    { name: 'an adopted set stays unknown', set: makeSet({ id: '1', scope: UNKNOWN }), intents: [{ ...ours, isAdopted: true }], scope: UNKNOWN },
  ])('$name', ({ set, intents, scope }) => {
    expect(withKnownScopes([set], intents)).toEqual([{ ...set, scope }]);
  });
});
