// Whatever happens in whatever order (runs, retries, crashes, frozen workers, lost and late calls, people who hold, release, delete and claim): what must stay stays.
import fc from 'fast-check';
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { Hold, HoldTarget } from '../../../lib/domain/guard';
import { covers } from '../../../lib/policy/holds';
import { claimSet } from '../../../lib/run/claim-set';
import { releaseHold } from '../../../lib/run/holds/release';
import { runDeleteByHand } from '../../../lib/run/hygiene/delete-by-hand';
import { runRetentionHygiene } from '../../../lib/run/hygiene/run';
import type { RunPorts, RunRequest } from '../../../lib/run/types';
import { makeCrashingWorker } from '../../support/crash';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { type Interruption, interruptWorker } from '../../support/steps';
import { holdNow, memberWithSets, ONE, own, policyOf } from './world';

const MOST_PER_DAY = 4;
const FLOOR = 2;
const FOREIGN = ['104', '113', '116'];
const POLICY = policyOf(
  'retention: { mode: enforce, keep: { last: 3 }, floor: 2, graceHours: 24 }',
  `limits: { maxPurgesPerDay: ${MOST_PER_DAY}, maxPurgePercentPerDay: 100, maxChangesPerRun: 3 }`,
);
/** How finely the world is watched while time goes by. */
const WATCH_MS = 5 * MINUTE_MS;

type Deletion = { readonly by: 'timer'; readonly agoMs: number } | { readonly by: 'hand'; readonly ids: readonly string[] };

type Action =
  | { readonly do: 'delete'; readonly deletion: Deletion }
  | { readonly do: 'crash'; readonly deletion: Deletion; readonly atCall: number; readonly when: 'before' | 'after' }
  | {
      readonly do: 'interrupt';
      readonly deletion: Deletion;
      readonly at: Interruption['at'];
      readonly when: 'before' | 'after';
      readonly with: readonly Action[];
    }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'hold'; readonly target: HoldTarget }
  | { readonly do: 'release' }
  | { readonly do: 'claim'; readonly id: string }
  | { readonly do: 'lose-calls'; readonly afterMs: number | undefined };

const ids = Array.from({ length: 16 }, (_, at) => String(101 + at));
const surplus = ids.slice(7);
const deletions: fc.Arbitrary<Deletion> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ by: fc.constant('timer' as const), agoMs: fc.constantFrom(0, 0, 5 * MINUTE_MS, 20 * HOUR_MS, -MINUTE_MS) }) },
  { weight: 1, arbitrary: fc.record({ by: fc.constant('hand' as const), ids: fc.subarray(ids, { minLength: 1, maxLength: 4 }) }) },
);
const waits: fc.Arbitrary<Action> = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.constantFrom(3 * MINUTE_MS, 18 * MINUTE_MS, 26 * MINUTE_MS, HOUR_MS, 11 * HOUR_MS, 23 * HOUR_MS, 25 * HOUR_MS),
});
const others: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant('hold' as const),
    target: fc.oneof(
      fc.constantFrom(...surplus).map((backupId): HoldTarget => ({ kind: 'set', backupId })),
      fc.constant<HoldTarget>({ kind: 'instance' }),
    ),
  }),
  fc.constant<Action>({ do: 'release' }),
  fc.constant<Action>({ do: 'release' }),
  fc.constantFrom(...FOREIGN).map((id): Action => ({ do: 'claim', id })),
  fc.constantFrom(undefined, 2 * MINUTE_MS, 14 * MINUTE_MS).map((afterMs): Action => ({ do: 'lose-calls', afterMs })),
);
const moments = fc.constantFrom('before' as const, 'after' as const);
/** The steps that matter most more often than the others. */
const steps: fc.Arbitrary<Interruption['at']> = fc.oneof(
  fc.integer({ min: 1, max: 26 }),
  fc.record({ call: fc.constantFrom('ledger.putGuard', 'ledger.putBrakes', 'rds.deleteSets', 'rds.listBackupSets'), nth: fc.integer({ min: 1, max: 2 }) }),
);
/** Long enough for everything to be over, and then a hold: what comes after that is too late. */
const thawed = fc.tuple(fc.constantFrom(6, 26, 40), fc.constantFrom(...surplus)).map(([minutes, backupId]): Action[] => [
  { do: 'wait', ms: minutes * MINUTE_MS },
  { do: 'hold', target: { kind: 'set', backupId } },
]);
const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), deletion: deletions }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), deletion: deletions, atCall: fc.integer({ min: 1, max: 26 }), when: moments }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('interrupt' as const),
      deletion: deletions,
      at: steps,
      when: moments,
      with: fc.oneof(fc.array(fc.oneof(others, waits), { minLength: 1, maxLength: 3 }), thawed),
    }),
  },
  { weight: 4, arbitrary: waits },
  { weight: 4, arbitrary: others },
);

/** Watches one world: what is gone from it, when, and what stood against that. */
function makeWatch(keeper: TestKeeper) {
  let present = keeper.manualSets(ONE);
  const holds = new Map<string, Hold>();
  const claimed = new Set<string>();
  const gone: { readonly id: string; readonly at: Instant }[] = [];
  return {
    holds,
    claimed,
    look: (): void => {
      const now = keeper.clock.now();
      const left = keeper.manualSets(ONE);
      for (const id of present.filter((each) => !left.includes(each))) {
        gone.push({ id, at: now });
        const held = [...holds.values()].filter(({ target }) => covers(target, { id, release: undefined }));
        expect({ id, heldBy: held }).toEqual({ id, heldBy: [] });
        expect({ id, isForeign: FOREIGN.includes(id) && !claimed.has(id) }).toEqual({ id, isForeign: false });
      }
      present = left;
      expect(present.length).toBeGreaterThanOrEqual(FLOOR);
      expect(present).toEqual(expect.arrayContaining(['101', '102'])); // the newest two are the floor
      // What is seen late by one look may have happened as much earlier.
      expect(gone.filter(({ at }) => at > now - DAY_MS + WATCH_MS).length).toBeLessThanOrEqual(MOST_PER_DAY);
    },
  };
}

type Watch = ReturnType<typeof makeWatch>;

function requestOf(keeper: TestKeeper, id: string, asOf: Instant): RunRequest {
  const deadline = makeDeadline(keeper.clock, 4 * HOUR_MS, 1_000);
  return { trigger: { type: 'cli', id, time: asOf }, asOf, dryRun: false, policy: keeper.policy, deadline };
}

async function runDeletion(keeper: TestKeeper, deletion: Deletion, ports: RunPorts): Promise<void> {
  const now = keeper.clock.now();
  // A worker that dies or loses its lease is part of the game; a broken promise is seen by the watch.
  const run =
    deletion.by === 'timer'
      ? runRetentionHygiene(requestOf(keeper, 'timer', plusMs(now, -deletion.agoMs)), ports)
      : runDeleteByHand(requestOf(keeper, 'by-hand', now), ports, { instanceId: ONE, backupIds: deletion.ids });
  await run.catch(() => undefined);
}

/** A hold counts as soon as whoever places it is told that it stands. */
async function placeHold(keeper: TestKeeper, target: HoldTarget, watch: Watch): Promise<void> {
  const added = await holdNow(keeper, target).catch(() => undefined);
  watch.look(); // what went before counts as gone before
  if (added !== undefined) watch.holds.set(added.view.hold.id, added.view.hold);
}

async function releaseOne(keeper: TestKeeper, { holds }: Watch): Promise<void> {
  const [first] = holds.values();
  if (first === undefined) return;
  holds.delete(first.id);
  const desk = { ledger: keeper.house.ledger, logger: keeper.house.logger, asOf: keeper.clock.now() };
  await releaseHold(desk, { instanceId: ONE, holdId: first.id, by: 'test' });
}

async function claim(keeper: TestKeeper, backupId: string, { claimed }: Watch): Promise<void> {
  const { ledger, ports } = keeper.house;
  const gateway = ports.gatewayOf({ account: 'default', region: 'cn-hangzhou' });
  claimed.add(backupId);
  await claimSet({ ledger, gateway, instanceId: ONE, backupId, claimedBy: 'test', asOf: keeper.clock.now() }).catch(() => undefined);
}

function loseCalls(keeper: TestKeeper, afterMs: number | undefined): void {
  const lost = { service: 'rds', operation: 'DeleteBackup', reply: { kind: 'reset' } } as const;
  if (afterMs !== undefined) keeper.cloud.faults.add({ ...lost, effect: { appliedAfterMs: afterMs } });
  keeper.cloud.faults.add({ ...lost, effect: 'none', times: 3 });
}

async function carryOut(keeper: TestKeeper, action: Action, watch: Watch): Promise<void> {
  const { ports } = keeper.openHouse();
  switch (action.do) {
    case 'delete':
      await runDeletion(keeper, action.deletion, ports);
      break;
    case 'crash':
      await runDeletion(keeper, action.deletion, makeCrashingWorker(ports, action).ports);
      break;
    case 'interrupt': {
      const happen = async (): Promise<void> => {
        for (const each of action.with) await carryOut(keeper, each, watch);
      };
      await runDeletion(keeper, action.deletion, interruptWorker(ports, { ...action, happen }).ports);
      break;
    }
    case 'wait':
      for (let left = action.ms; left > 0; left -= WATCH_MS) {
        keeper.clock.advance(Math.min(left, WATCH_MS));
        watch.look();
      }
      break;
    case 'hold':
      await placeHold(keeper, action.target, watch);
      break;
    case 'release':
      await releaseOne(keeper, watch);
      break;
    case 'claim':
      await claim(keeper, action.id, watch);
      break;
    case 'lose-calls':
      loseCalls(keeper, action.afterMs);
      break;
  }
  watch.look();
}

test('nothing held, nothing foreign, never below the floor, never more than the limit in any 24 hours', async () => {
  let purges = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(actions, { minLength: 6, maxLength: 12 }), async (schedule) => {
      const keeper = await startKeeper({ fleet: [memberWithSets(16)], policy: POLICY });
      try {
        await own(
          keeper,
          ONE,
          ids.filter((id) => !FOREIGN.includes(id)),
        );
        await keeper.hygiene();
        keeper.clock.advance(DAY_MS);
        const watch = makeWatch(keeper);

        for (const action of schedule) await carryOut(keeper, action, watch);

        purges += ids.length - keeper.manualSets(ONE).length;
      } finally {
        await keeper.close();
      }
    }),
    { numRuns: 30 },
  );

  expect(purges).toBeGreaterThan(40); // else nothing was put to the test
}, 120_000);
