// Instances with manual sets that are ours, and policies that let some of them go.
import { DAY_MS } from '../../../lib/base/instant';
import type { Hold, PurgeMark } from '../../../lib/domain/guard';
import type { FleetMember } from '../../../lib/local/fleet';
import { type AddedHold, addHold } from '../../../lib/run/holds/add';
import { shardsOf } from '../../../lib/run/shards';
import { type KeeperOptions, startKeeper, type TestKeeper } from '../../support/keeper';

export const ONE = 'rm-one';

/** A MySQL instance with one manual set a day, ids 101 (the newest) and up, all of which the service would delete once they are older than its logs (7 days). */
export function memberWithSets(count: number, id = ONE, firstId = 101): FleetMember {
  const manualSets = Array.from({ length: count }, (_, at) => ({ id: String(firstId + at), agoMs: (at + 1) * DAY_MS, keepDays: 400 }));
  return { id, engine: 'MySQL', settings: { retentionDays: 400, logRetentionDays: 7 }, history: { days: 0, manualSets } };
}

/** Keeps the newest ten; the floor is two, and a day lies between the mark and the purge. */
export const KEEP_TEN = 'retention: { mode: enforce, keep: { last: 10 }, floor: 2, graceHours: 24 }';
/** Brakes out of the way. */
export const WIDE = 'limits: { maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100 }';

export function policyOf(...sections: readonly string[]): string {
  return ['timezone: UTC', 'regions: [cn-hangzhou]', ...sections].join('\n');
}

/** A keeper that owns every manual set of its instances. */
export async function startOwner(fleet: readonly FleetMember[], policy: string, options: Partial<KeeperOptions> = {}): Promise<TestKeeper> {
  const keeper = await startKeeper({ fleet, policy, ...options });
  for (const { id } of fleet) await own(keeper, id, keeper.manualSets(id));
  return keeper;
}

export async function own(keeper: TestKeeper, instanceId: string, backupIds: readonly string[]): Promise<void> {
  const recordedAt = keeper.clock.now();
  for (const backupId of backupIds) {
    await keeper.house.ledger.putSet({
      instanceId,
      backupId,
      origin: 'claimed',
      spec: { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined },
      slotId: undefined,
      recordedAt,
      claimedBy: 'test',
    });
  }
}

/** A day later: past the grace. */
export function nextDay(keeper: TestKeeper): void {
  keeper.clock.advance(DAY_MS);
}

export async function marksOf(keeper: TestKeeper, instanceId = ONE): Promise<readonly PurgeMark[]> {
  const [guard] = await keeper.house.ledger.getGuards([instanceId]);
  return guard?.marks ?? [];
}

export async function placeHold(keeper: TestKeeper, target: Hold['target'], instanceId = ONE): Promise<void> {
  const { ledger } = keeper.house;
  const [guard] = await ledger.getGuards([instanceId]);
  if (guard === undefined) throw new Error('no guard');
  const hold: Hold = { id: 'h-1', target, owner: 'dba', reason: 'audit', placedAt: keeper.clock.now(), until: undefined };
  if ((await ledger.putGuard(guard, { ...guard, holds: [...guard.holds, hold] })) === undefined) throw new Error('lost the race');
}

/** As `keeper hold add` does it: throws when the hold is refused. */
export function holdNow(keeper: TestKeeper, target: Hold['target'], instanceId = ONE): Promise<AddedHold> {
  const { house, policy, clock } = keeper;
  const desk = { ledger: house.ledger, shards: shardsOf(policy, house.ports.gatewayOf), logger: house.logger, asOf: clock.now() };
  return addHold(desk, { instanceId, target, owner: 'dba', reason: 'audit', until: undefined });
}
