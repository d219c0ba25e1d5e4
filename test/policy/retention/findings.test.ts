import { instant } from '../../../lib/base/instant';
import type { DetachedSet } from '../../../lib/domain/backup';
import type { Hold } from '../../../lib/domain/guard';
import type { InstanceEngine } from '../../../lib/domain/instance';
import { decideRetention } from '../../../lib/policy/retention/decide';
import { expiringBeforeSuccessor, expiringThoughHeld } from '../../../lib/policy/retention/expiring';
import {
  detachedSets,
  detachedUnreadable,
  floorNotMet,
  heldSetExpires,
  keptSetsExpire,
  purgesBraked,
  retentionFindings,
  setExpiresBeforeSuccessor,
  setNotPurged,
  surplusForever,
} from '../../../lib/policy/retention/findings';
import type { RetentionInput, TracedSet } from '../../../lib/policy/retention/types';
import { at, DAY, HOUR, makeInstance, makePolicy } from '../fixtures';
import { AS_OF, daysAgo, LOGS, makeInput, NO_KEEP } from './support';

const SOON = instant(AS_OF + 2 * HOUR);
const HOLD: Hold = { id: 'h-01', target: { kind: 'instance' }, owner: 'dba', reason: 'audit', placedAt: AS_OF, until: undefined };
const SINGLE = { scope: { kind: 'databases', databases: ['orders'] } } as const;

function findingsOf(input: RetentionInput) {
  return retentionFindings(input, decideRetention(input));
}

function idsOf(input: RetentionInput): string[] {
  return findingsOf(input).map(({ id }) => id);
}

test('an instance on which all is well has no finding', () => {
  expect(findingsOf(makeInput({ sets: daysAgo([1, 2, 9]), settings: LOGS, policy: { floor: 3 } }))).toEqual([]);
});

describe('the newest restorable set goes before the next one can be expected', () => {
  test('an error when nothing is left after it', () => {
    const [finding] = findingsOf(makeInput({ sets: daysAgo([1], { expiresAt: SOON }) }));

    expect(finding).toMatchObject({
      id: 'set-expires-before-successor:rm-1',
      severity: 'error',
      message:
        'backup set 1, the newest that restores the whole instance, expires at 2026-11-21T04:00:00Z, before the next two runs: after it nothing is left to restore the instance from',
    });
  });

  test.each<{ older: readonly number[]; text: string }>([
    { older: [3], text: 'after it 1 backup set is left, older ones' },
    { older: [3, 4], text: 'after it 2 backup sets are left, older ones' },
  ])('a warning when $older.length are left', ({ older, text }) => {
    const newest = daysAgo([1], { expiresAt: SOON });

    const [finding] = findingsOf(makeInput({ sets: [...daysAgo(older), ...newest] }));

    expect(finding).toMatchObject({ severity: 'warning', message: expect.stringContaining(text) });
    expect(newest.map((set) => setExpiresBeforeSuccessor({ set, lasting: older.length }))).toEqual([finding]);
  });

  test.each<{ name: string; sets: readonly TracedSet[] }>([
    { name: 'it outlives the next two runs', sets: daysAgo([1], { expiresAt: instant(SOON + 1) }) },
    { name: 'the service does not say when it expires', sets: daysAgo([1], { expiresAt: undefined }) },
    { name: 'a newer one exists', sets: [...daysAgo([1]), ...daysAgo([2], { expiresAt: SOON })] },
    { name: 'there is none', sets: daysAgo([1], { ...SINGLE, expiresAt: SOON }) },
  ])('nothing when $name', ({ sets }) => {
    expect(expiringBeforeSuccessor(makeInput({ sets }))).toBeUndefined();
  });
});

describe('sets that rules keep and the service expires', () => {
  test('are summed up', () => {
    const input = makeInput({ sets: [...daysAgo([1]), ...daysAgo([2, 3], { expiresAt: SOON })], policy: { keep: { ...NO_KEEP, last: 5 } } });

    expect(findingsOf(input)).toMatchObject([
      {
        id: 'kept-sets-expire:rm-1',
        message: '2 backup sets that retention keeps expire before the next two runs, and cannot be kept longer: 2, 3',
      },
    ]);
  });

  test('are listed up to ten', () => {
    const many = daysAgo(Array.from({ length: 12 }, (_, index) => index));

    expect(keptSetsExpire('rm-1', many).message).toContain(': 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more');
    expect(keptSetsExpire('rm-1', daysAgo([1])).message).toContain('1 backup set that retention keeps expires');
  });

  test.each<{ name: string; sets: readonly TracedSet[]; engine?: InstanceEngine }>([
    { name: 'surplus ones', sets: daysAgo([7], { expiresAt: SOON }) },
    { name: 'foreign ones', sets: daysAgo([2], { expiresAt: SOON, origin: 'foreign' }) },
    { name: 'ones that can be extended', sets: daysAgo([2], { ...SINGLE, expiresAt: SOON }), engine: 'sqlserver' },
  ])('are not $name', ({ sets, engine = 'mysql' }) => {
    const input = makeInput({ instance: makeInstance({ engine }), sets: [...daysAgo([1]), ...sets] });

    expect(idsOf(input).filter((id) => id.startsWith('kept'))).toEqual([]);
  });
});

describe('held sets that the service expires before their hold ends', () => {
  test('are summed up, with the first to go', () => {
    const ending = [9, 5, 7].flatMap((days, index) => daysAgo([index + 2], { expiresAt: instant(AS_OF + days * DAY) }));
    const sets = [...ending, ...daysAgo([1])];

    expect(findingsOf(makeInput({ sets, holds: [HOLD] }))).toMatchObject([
      {
        id: 'held-set-expires:rm-1',
        message: 'the service expires 3 backup sets before the hold on them ends, the first (3) at 2026-11-26T02:00:00Z: 2, 3, 4',
      },
    ]);
    expect(heldSetExpires('rm-1', sets.slice(0, 1)).message).toBe(
      'the service expires 1 backup set before the hold on it ends, the first (2) at 2026-11-30T02:00:00Z: 2',
    );
  });

  test.each<{ name: string; set: Partial<TracedSet>; hold?: Partial<Hold>; engine?: InstanceEngine }>([
    { name: 'it never expires', set: { expiresAt: 'never' } },
    { name: 'it failed', set: { expiresAt: SOON, status: 'failed', isAvailable: false } },
    { name: 'the hold ends first', set: { expiresAt: SOON }, hold: { until: SOON } },
    { name: 'the hold is on another set', set: { expiresAt: SOON }, hold: { target: { kind: 'set', backupId: 'x' } } },
    { name: 'it can be extended', set: { ...SINGLE, expiresAt: SOON }, engine: 'sqlserver' },
  ])('not when $name', ({ set, hold = {}, engine = 'mysql' }) => {
    const input = makeInput({ instance: makeInstance({ engine }), sets: daysAgo([1], set), holds: [{ ...HOLD, ...hold }] });

    expect(expiringThoughHeld(input)).toEqual([]);
  });

  test('also when the hold ends later', () => {
    const input = makeInput({ sets: daysAgo([1], { expiresAt: SOON }), holds: [{ ...HOLD, until: instant(SOON + 1) }] });

    expect(expiringThoughHeld(input).map(({ id }) => id)).toEqual(['1']);
  });
});

describe('a floor that is not met', () => {
  test.each<{ sets: readonly TracedSet[]; severity: string; message: string }>([
    { sets: [], severity: 'error', message: '0 of the 2 restorable full sets' },
    { sets: [...daysAgo([1]), ...daysAgo([2, 3], { type: 'incremental' })], severity: 'warning', message: '1 of the 2 restorable full sets' },
  ])('is a finding: $message', ({ sets, severity, message }) => {
    const [finding] = findingsOf(makeInput({ sets, policy: { floor: 2 } }));

    expect(finding).toMatchObject({ severity, message: expect.stringContaining(message) });
    expect(finding).toEqual(floorNotMet('rm-1', 2, sets.filter(({ type }) => type === 'full').length));
  });
});

test('a read-only instance has no sets of its own, so no floor is asked of it', () => {
  expect(idsOf(makeInput({ instance: makeInstance({ role: 'read-only' }), sets: [], policy: { floor: 2 } }))).toEqual([]);
});

describe('surplus that no call deletes', () => {
  test('is summed up per instance, with the rules', () => {
    const input = makeInput({ instance: makeInstance({ edition: 'basic' }), sets: daysAgo([1, 2, 3]) });

    expect(findingsOf(input)).toMatchObject([
      {
        id: 'surplus-forever:rm-1',
        severity: 'info',
        message:
          '2 backup sets are surplus and cannot be deleted through the API: RDS API, DeleteBackup: High-availability Edition only; this instance is Basic Edition',
      },
    ]);
  });

  test('names no rule of sets that only wait', () => {
    const set = daysAgo([1])[0] as TracedSet; // daysAgo gives one per number

    const { message } = surplusForever('rm-1', [{ set, decision: { action: 'expire', reason: '' }, feasibility: { when: 'now', call: 'instance-sets' } }]);

    expect(message).toBe('1 backup set is surplus and cannot be deleted through the API: ');
  });
});

describe('what a run has to say', () => {
  test('of brakes, once per policy', () => {
    expect(purgesBraked(makePolicy({ name: 'gold' }), 7, 'too many')).toMatchObject({
      id: 'purges-braked:gold',
      severity: 'error',
      instanceId: undefined,
      message: '7 backup sets were due to be purged and none was: too many',
      evidence: { policy: 'gold', due: 7, maxPurgesPerDay: 100, maxPurgePercentPerDay: 10 },
    });
    expect(purgesBraked(makePolicy(), 1, 'x').message).toBe('1 backup set was due to be purged and none was: x');
  });

  test('of a set that is still there', () => {
    expect(setNotPurged('rm-1', '42', 'the call failed')).toMatchObject({
      id: 'set-not-purged:rm-1:42',
      instanceId: 'rm-1',
      message: 'backup set 42 was to be deleted and is still there: the call failed',
    });
  });

  test('of the sets of a released instance', () => {
    const detached = (backupId: string, change: Partial<DetachedSet> = {}): DetachedSet => ({
      instanceId: 'rm-gone',
      instanceDescription: 'orders',
      backupId,
      startedAt: at('2026-11-01T00:00:00Z'),
      endedAt: at('2026-11-01T00:30:00Z'),
      status: 'success',
      isAvailable: true,
      mode: 'automated',
      method: 'physical',
      sizeBytes: 1,
      ...change,
    });
    const sets = [detached('1'), detached('2', { startedAt: at('2026-11-03T00:00:00Z') }), detached('3', { status: 'failed', isAvailable: false })];

    expect(detachedSets('rm-gone', sets)).toMatchObject({
      id: 'detached-sets:rm-gone',
      severity: 'info',
      message: 'instance rm-gone was released, and 3 backup sets of it are left: the newest is of 2026-11-03T00:00:00Z',
      evidence: { count: 3, usable: 2 },
    });
    expect(detachedSets('rm-gone', [detached('4', { isAvailable: false })]).message).toBe(
      'instance rm-gone was released, and 1 backup set of it is left: none of them can be restored from',
    );
  });

  test('of a list of released instances that cannot be read', () => {
    expect(detachedUnreadable('main/cn-hangzhou', 'the service is busy')).toMatchObject({
      id: 'detached-unreadable:main/cn-hangzhou',
      message: 'the backup sets of released instances in main/cn-hangzhou could not be listed: the service is busy',
    });
  });
});
