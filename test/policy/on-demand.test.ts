// What a request for a backup is: its key, its rule, its slot, what the key was used for, and what to do when it was not granted.
import type { BackupSpec } from '../../lib/domain/backup';
import { onDemandSlotId, releaseOfSlot } from '../../lib/domain/slot';
import type { SlotVerdict, Verdict } from '../../lib/domain/verdict';
import {
  isDatabaseName,
  isOnDemandKey,
  notBackedUp,
  ON_DEMAND_OPEN_MS,
  type OnDemandWish,
  onDemandRule,
  onDemandSlot,
  onDemandSlotIds,
  otherUseOfKey,
} from '../../lib/policy/on-demand';
import { anIntent } from '../support/ledger';
import { at, HOUR, NOW, PHYSICAL } from './fixtures';

const WISH: OnDemandWish = { key: 'release-42', databases: undefined, method: undefined };
const LOGICAL: BackupSpec = { ...PHYSICAL, scope: { kind: 'databases', databases: ['invoices', 'orders'] }, method: 'logical' };

describe('keys', () => {
  test.each(['a', '42', 'release-42', 'shop/web:v1.2_3', 'x'.repeat(128)])('%s may name a request', (key) => {
    expect(isOnDemandKey(key)).toBe(true);
  });

  test.each([
    { name: 'nothing', key: '' },
    { name: 'a dash first', key: '-x' },
    { name: 'the mark between the parts of a slot id', key: 'a~b' },
    { name: 'a space', key: 'a b' },
    { name: 'a line break at the end', key: 'a\n' },
    { name: 'a letter beyond ASCII', key: 'ü' },
    { name: '129 characters', key: 'x'.repeat(129) },
  ])('$name is no key', ({ key }) => {
    expect(isOnDemandKey(key)).toBe(false);
  });

  test('the key is the release that the set belongs to', () => {
    expect(onDemandSlotIds(WISH.key).map(releaseOfSlot)).toEqual(['release-42', 'release-42']);
  });
});

test.each([
  { name: 'a plain name', text: 'orders', expected: true },
  { name: 'a name with a space inside', text: 'my orders', expected: true },
  { name: 'a name in Chinese', text: '订单', expected: true },
  { name: '128 characters', text: 'x'.repeat(128), expected: true },
  { name: '129 characters', text: 'x'.repeat(129), expected: false },
  { name: 'nothing', text: '', expected: false },
  { name: 'two names', text: 'a,b', expected: false },
  { name: 'a space at the end', text: 'a ', expected: false },
  { name: 'a control character', text: 'a\u0000b', expected: false },
])('$name: a database name is $expected', ({ text, expected }) => {
  expect(isDatabaseName(text)).toBe(expected);
});

describe('the rule of a request', () => {
  test('nothing holds it back that holds timers back', () => {
    expect(onDemandRule(WISH, undefined)).toMatchObject({
      name: 'on-demand',
      enabled: true,
      databases: undefined,
      method: undefined,
      notDuring: [],
      freshForMs: undefined,
    });
  });

  test('it names the databases and the method', () => {
    expect(onDemandRule({ ...WISH, databases: ['a'], method: 'logical' }, undefined)).toMatchObject({ databases: { names: ['a'] }, method: 'logical' });
  });

  test('a repeat that names no method goes on with the one of the first attempt', () => {
    expect(onDemandRule(WISH, anIntent({ spec: { ...PHYSICAL, method: 'logical' } })).method).toBe('logical');
  });
});

describe('the slot of a request', () => {
  test('it opens with the first attempt, for a day', () => {
    expect(onDemandSlot(WISH, 'rm-1', undefined, NOW)).toEqual({
      id: onDemandSlotId('release-42', 'instance'),
      instanceId: 'rm-1',
      rule: 'on-demand',
      occurrence: NOW,
      openUntil: NOW + ON_DEMAND_OPEN_MS,
    });
  });

  test('a repeat does not keep it open for longer', () => {
    const first = anIntent({ occurrence: at('2026-11-21T00:00:00Z'), openUntil: at('2026-11-22T00:00:00Z') });

    expect(onDemandSlot(WISH, 'rm-1', first, NOW)).toMatchObject({ occurrence: first.occurrence, openUntil: first.openUntil });
  });

  test('single databases are a slot of their own', () => {
    expect(onDemandSlot({ ...WISH, databases: ['a'] }, 'rm-1', undefined, NOW).id).toBe('on-demand~release-42~databases');
  });
});

describe('what the key was used for', () => {
  const instanceUse = anIntent({ spec: PHYSICAL });
  const databaseUse = anIntent({ spec: LOGICAL });

  test.each([
    { name: 'nothing', wish: WISH, used: [] },
    { name: 'the same instance backup', wish: WISH, used: [instanceUse] },
    { name: 'the same method, named this time', wish: { ...WISH, method: 'physical' as const }, used: [instanceUse] },
    { name: 'the same databases in another order, one twice', wish: { ...WISH, databases: ['orders', 'invoices', 'orders'] }, used: [databaseUse] },
  ])('$name: it stands for what is asked for', ({ wish, used }) => {
    expect(otherUseOfKey(wish, used)).toBeUndefined();
  });

  test.each([
    { name: 'another method', wish: { ...WISH, method: 'logical' as const }, used: [instanceUse], says: 'a physical backup of the whole instance' },
    { name: 'other databases', wish: { ...WISH, databases: ['orders'] }, used: [databaseUse], says: 'a logical backup of databases invoices, orders' },
    { name: 'the instance, not databases', wish: { ...WISH, databases: ['orders'] }, used: [instanceUse], says: 'the whole instance' },
    { name: 'databases, not the instance', wish: WISH, used: [databaseUse], says: 'databases invoices, orders' },
    { name: 'both: the one that differs counts', wish: WISH, used: [instanceUse, databaseUse], says: 'databases invoices, orders' },
  ])('$name: it says so', ({ wish, used, says }) => {
    expect(otherUseOfKey(wish, used)).toContain(`key release-42 was used at 2026-11-21T01:00:00Z for a`);
    expect(otherUseOfKey(wish, used)).toContain(says);
  });
});

describe('what was asked for and not started', () => {
  function verdict(word: Verdict, until?: SlotVerdict['until']): SlotVerdict {
    const slotId = 'on-demand~release-42~instance';
    return { instanceId: 'rm-1', engine: 'mysql', rule: 'on-demand', slotId, verdict: word, reason: 'so it is', until, backupId: undefined, jobId: undefined };
  }

  test.each<Verdict>(['submitted', 'in-flight', 'already-done', 'adopted', 'would-submit'])('%s is what was asked for', (word) => {
    expect(notBackedUp('release-42', verdict(word))).toBeUndefined();
  });

  test.each<{ word: Verdict; until?: SlotVerdict['until']; remedy: string }>([
    { word: 'job-running', remedy: 'same key once that is over' },
    { word: 'cap-exhausted', until: at('2026-11-21T05:00:00Z'), remedy: 'same key from 2026-11-21T05:00:00Z on' },
    { word: 'cap-exhausted', remedy: 'never fits' },
    { word: 'cap-reserved', remedy: 'never fits' },
    { word: 'unreachable', remedy: 'same key' },
    { word: 'ambiguous', remedy: 'same key in half an hour' },
    { word: 'failed', remedy: 'another key' },
    { word: 'abandoned', remedy: 'another key' },
    { word: 'missed', remedy: 'another key' },
    { word: 'method-unsupported', remedy: 'a backup that the engine has' },
    { word: 'read-only-instance', remedy: 'a backup that the engine has' },
    { word: 'not-in-plan', remedy: 'plan anew' },
  ])('$word: an error that says "$remedy"', ({ word, until, remedy }) => {
    expect(notBackedUp('release-42', verdict(word, until))).toMatchObject({
      id: 'not-backed-up:rm-1:on-demand~release-42~instance',
      severity: 'error',
      message: `the request with key release-42 came to ${word}: so it is`,
      evidence: { key: 'release-42', verdict: word },
      remedy: expect.stringContaining(remedy),
    });
  });

  test('a remedy of its own replaces the usual one', () => {
    expect(notBackedUp('release-42', verdict('refused'), 'choose another key')?.remedy).toBe('choose another key');
  });

  test('a day is what a request may wait', () => {
    expect(ON_DEMAND_OPEN_MS).toBe(24 * HOUR);
  });
});
