import { UsageError } from '../../../lib/base/errors';
import { type Instant, instant, parseInstant } from '../../../lib/base/instant';
import { COLUMN, checkTablePrefix, KEY_COLUMNS, openKey, runIdOf, TABLES, tableName } from '../../../lib/gateways/tablestore/layout';

const at = (text: string): Instant => parseInstant(text) ?? instant(0);

const REQUEST = {
  scope: 'main/cn-hangzhou',
  function: 'extra-backup',
  trigger: { type: 'timer', id: 'nightly', time: at('2026-11-21T01:00:00Z') },
} as const;

describe('run ids', () => {
  test('are the same for every delivery of one trigger', () => {
    expect(runIdOf(REQUEST)).toBe(runIdOf({ ...REQUEST, trigger: { ...REQUEST.trigger } }));
    expect(runIdOf(REQUEST)).toMatch(/^20261121T010000Z-[0-9a-f]{10}$/);
  });

  test.each([
    { name: 'scope', other: { ...REQUEST, scope: 'main/cn-beijing' } },
    { name: 'function', other: { ...REQUEST, function: 'reconcile' as const } },
    { name: 'trigger type', other: { ...REQUEST, trigger: { ...REQUEST.trigger, type: 'cli' as const } } },
    { name: 'trigger id', other: { ...REQUEST, trigger: { ...REQUEST.trigger, id: 'other' } } },
    { name: 'trigger time, even by a millisecond', other: { ...REQUEST, trigger: { ...REQUEST.trigger, time: instant(REQUEST.trigger.time + 1) } } },
  ])('differ with the $name', ({ other }) => {
    expect(runIdOf(other)).not.toBe(runIdOf(REQUEST));
  });

  test('sort by the time of the trigger', () => {
    const later = { ...REQUEST, trigger: { ...REQUEST.trigger, time: at('2026-11-21T01:00:01Z') } };

    expect(runIdOf(REQUEST) < runIdOf(later)).toBe(true);
  });
});

describe('keys', () => {
  test('spread the open index by two hex digits of the intent id', () => {
    const [prefix, intentId] = openKey('rm-1', 'slot~1');

    expect(prefix).toMatch(/^[0-9a-f]{2}$/);
    expect(intentId).toBe('rm-1#slot~1');
  });

  test('and columns have names that the service takes, and none is called timestamp', () => {
    const names = [...Object.values(KEY_COLUMNS).flat(), ...Object.values(COLUMN), ...TABLES.map((table) => tableName('keeper_', table))];

    for (const name of names) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/);
    expect(names).not.toContain('timestamp');
  });
});

describe('table prefix', () => {
  test.each(['keeper_', 'Team1_', '_'])('%s is taken', (prefix) => {
    expect(() => checkTablePrefix(prefix)).not.toThrow();
  });

  test.each(['', '1a_', 'a-b', 'a b', 'x'.repeat(300)])('%p is refused', (prefix) => {
    expect(() => checkTablePrefix(prefix)).toThrow(UsageError);
  });
});
