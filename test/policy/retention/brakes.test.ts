import { instant } from '../../../lib/base/instant';
import { type BrakeEntry, type Brakes, emptyBrakes } from '../../../lib/domain/brakes';
import { type BrakeQuestion, decideBrakes, GRANT_VALID_MS } from '../../../lib/policy/retention/brakes';
import { DELETING_MS } from '../../../lib/policy/retention/phase';
import { DAY, HOUR, LIMITS } from '../fixtures';
import { AS_OF } from './support';

function entry(object: string, change: Partial<BrakeEntry> = {}): BrakeEntry {
  return { kind: 'purge', instanceId: 'rm-1', object, at: instant(AS_OF - HOUR), runId: 'run-0', ...change };
}

function objects(...names: readonly string[]) {
  return names.map((object) => ({ instanceId: 'rm-1', object }));
}

/** Five a day, of a fleet in which the share is no matter. */
function decide({ entries = [], ...change }: Partial<BrakeQuestion> & { readonly entries?: readonly BrakeEntry[] }) {
  const brakes: Brakes = { ...emptyBrakes('default'), version: 4, entries };
  const limits = { ...LIMITS, maxPurgesPerDay: 5 };
  return decideBrakes({ brakes, limits, kind: 'purge', objects: objects('a'), fleetManualSets: 10_000, runId: 'run-1', asOf: AS_OF, ...change });
}

/** A purge is granted, begun within the validity of the grant, and may take effect as long as its mark says. */
const COUNTED = DAY + GRANT_VALID_MS + DELETING_MS;

describe('granted', () => {
  test.each<{ name: string; ask: Parameters<typeof decide>[0]; entered: readonly string[] }>([
    { name: 'up to the limit', ask: { objects: objects('a', 'b', 'c', 'd', 'e') }, entered: ['a', 'b', 'c', 'd', 'e'] },
    { name: 'beside what was purged before', ask: { entries: [entry('x'), entry('y')], objects: objects('a', 'b', 'c') }, entered: ['x', 'y', 'a', 'b', 'c'] },
    { name: 'one object once, however often it is named', ask: { objects: objects('a', 'a', 'a', 'a', 'a', 'a') }, entered: ['a'] },
    {
      name: 'what is entered already, without counting it again',
      ask: { entries: ['a', 'b', 'c', 'd'].map((object) => entry(object)), objects: objects('a', 'b', 'e') },
      entered: ['a', 'b', 'c', 'd', 'e'],
    },
    {
      name: 'a retry of what was granted before the limit was lowered',
      ask: { entries: ['a', 'b', 'c', 'd', 'e', 'f'].map((object) => entry(object)), objects: objects('f') },
      entered: ['a', 'b', 'c', 'd', 'e', 'f'],
    },
    {
      name: 'when 24 hours have gone by since the last of it can have happened',
      ask: { entries: ['v', 'w', 'x', 'y', 'z'].map((object) => entry(object, { at: instant(AS_OF - COUNTED) })) },
      entered: ['a'],
    },
    { name: 'nothing, when nothing is asked for', ask: { objects: [], limits: { ...LIMITS, maxPurgesPerDay: 0 } }, entered: [] },
    {
      name: 'one in a small fleet: the share is rounded up',
      ask: { fleetManualSets: 3, limits: { ...LIMITS, maxPurgePercentPerDay: 10 } },
      entered: ['a'],
    },
    {
      name: 'whatever destructive changes there were: they have a limit of their own',
      ask: { entries: ['1', '2', '3', '4', '5'].map((object) => entry(object, { kind: 'destructive-setting' })) },
      entered: ['1', '2', '3', '4', '5', 'a'],
    },
    {
      name: 'the same name on another instance as another object',
      ask: { entries: [entry('a', { instanceId: 'rm-2' })] },
      entered: ['a', 'a'],
    },
  ])('$name', ({ ask, entered }) => {
    const decision = decide(ask);

    expect(decision.granted).toBe(true);
    expect(decision.brakes.entries.map(({ object }) => object)).toEqual(entered);
  });

  test('with the time and the run, in the row as it was read', () => {
    const decision = decide({});

    expect(decision.brakes).toEqual({
      ...emptyBrakes('default'),
      version: 4,
      entries: [{ kind: 'purge', instanceId: 'rm-1', object: 'a', at: AS_OF, runId: 'run-1' }],
    });
  });
});

test('what is asked for again counts from now on, with all else as it was', () => {
  const entries = [entry('a'), entry('b'), entry('a', { instanceId: 'rm-2' }), entry('a', { kind: 'destructive-setting' })];

  const decision = decide({ entries, objects: objects('a') });

  expect(decision.brakes.entries).toEqual([entry('a', { at: AS_OF, runId: 'run-1' }), ...entries.slice(1)]);
});

describe('refused, all of it', () => {
  test.each<{ name: string; ask: Parameters<typeof decide>[0]; allowed: number; used: number; reason: string }>([
    {
      name: 'over the limit at once',
      ask: { objects: objects('a', 'b', 'c', 'd', 'e', 'f') },
      allowed: 5,
      used: 0,
      reason: '6 purges more than the 0 of the last 24 hours would be over the 5 that limits.maxPurgesPerDay allows',
    },
    {
      name: 'over the limit with what was purged before',
      ask: { entries: ['v', 'w', 'x', 'y', 'z'].map((object) => entry(object)), objects: objects('a') },
      allowed: 5,
      used: 5,
      reason:
        '1 purges more than the 5 of the last 24 hours would be over the 5 that limits.maxPurgesPerDay allows; the first of them counts until 2026-11-22T01:35:00Z',
    },
    {
      name: 'over the limit with what may just have happened 24 hours ago',
      ask: { entries: ['v', 'w', 'x', 'y', 'z'].map((object) => entry(object, { at: instant(AS_OF - COUNTED + 1) })), objects: objects('a') },
      allowed: 5,
      used: 5,
      reason: '; the first of them counts until 2026-11-21T02:00:00Z',
    },
    {
      name: 'over the share of the fleet',
      ask: { fleetManualSets: 21, objects: objects('a', 'b', 'c', 'd') },
      allowed: 3,
      used: 0,
      reason: 'would be over the 3 that limits.maxPurgePercentPerDay (10 % of 21 manual sets) allows',
    },
    { name: 'in a fleet without manual sets', ask: { fleetManualSets: 0 }, allowed: 0, used: 0, reason: '(10 % of 0 manual sets)' },
    {
      name: 'too many destructive changes',
      ask: {
        kind: 'destructive-setting',
        limits: { ...LIMITS, maxDestructiveChangesPerDay: 1 },
        entries: [entry('x'), entry('dataRetentionDays', { kind: 'destructive-setting' })],
        objects: objects('logBackup'),
      },
      allowed: 1,
      used: 1,
      reason: '1 destructive changes more than the 1 of the last 24 hours would be over the 1 that limits.maxDestructiveChangesPerDay allows',
    },
  ])('$name', ({ ask, allowed, used, reason }) => {
    const decision = decide(ask);

    expect(decision).toMatchObject({ granted: false, allowed, used, reason: expect.stringContaining(reason) });
    expect(decision.brakes.entries).toEqual(ask.entries ?? []);
  });

  test('what is too old drops out of the row even so', () => {
    const decision = decide({ entries: [entry('old', { at: instant(AS_OF - COUNTED) })], limits: { ...LIMITS, maxPurgesPerDay: 0 } });

    expect(decision).toMatchObject({ granted: false, used: 0, brakes: { entries: [] } });
  });
});
