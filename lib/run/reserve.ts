// Reserves a unit of the daily cap, and gives it back: compare-and-swap on the guard row, decided anew whenever somebody else was faster.
import type { Instant } from '../base/instant';
import type { BackupJob, BackupSet } from '../domain/backup';
import type { Guard } from '../domain/guard';
import type { Ledger } from '../domain/ports';
import type { CapPolicy } from '../domain/protection-policy';
import type { CapPool, Intent } from '../domain/slot';
import { type CapDecision, decideCap } from '../policy/cap';
import { GUARD_ATTEMPTS } from './timing';

export interface ReserveRequest {
  readonly instanceId: string;
  readonly slotId: string;
  readonly pool: CapPool;
  readonly units: number;
  readonly cap: CapPolicy;
  readonly maxJobMs: number;
  readonly sets: readonly BackupSet[];
  readonly runningJobs: readonly BackupJob[];
  readonly asOf: Instant;
}

/** The intents behind a guard's reservations: they tell which sets are already counted. */
export async function intentsOfGuards(ledger: Ledger, guards: readonly Guard[]): Promise<readonly Intent[]> {
  const keys = guards.flatMap((guard) => guard.reservations.map(({ slotId }) => ({ instanceId: guard.instanceId, slotId })));
  return keys.length === 0 ? [] : ledger.getIntents(keys);
}

/** `contended`: other writers kept winning; the slot stays open. */
export type ReserveOutcome =
  | { readonly kind: 'reserved'; readonly guard: Guard }
  | { readonly kind: 'denied'; readonly decision: Extract<CapDecision, { granted: false }>; readonly guard: Guard }
  | { readonly kind: 'contended'; readonly guard: Guard };

/** Starts from a guard that was read earlier, with the intents behind it. Also remembers newly seen sets when the cap says no. */
export async function reserve(ledger: Ledger, request: ReserveRequest, guard: Guard, intents: readonly Intent[]): Promise<ReserveOutcome> {
  let current = guard;
  let behind = intents;
  for (let attempt = 0; attempt < GUARD_ATTEMPTS; attempt += 1) {
    const decision = decideCap({ ...request, guard: current, intents: behind });
    // A grant is always written, even when its reservation was there before: only the compare-and-swap proves that it still stands.
    const isWorthWriting = decision.granted || decision.guard !== current;
    const stored = isWorthWriting ? await ledger.putGuard(current, decision.guard) : current;
    if (stored !== undefined) return decision.granted ? { kind: 'reserved', guard: stored } : { kind: 'denied', decision, guard: stored };
    current = await readGuard(ledger, request.instanceId);
    behind = await intentsOfGuards(ledger, [current]);
  }
  return { kind: 'contended', guard: current };
}

export async function readGuard(ledger: Ledger, instanceId: string): Promise<Guard> {
  const [guard] = await ledger.getGuards([instanceId]);
  if (guard === undefined) throw new Error(`the ledger answered no guard for ${instanceId}`); // the port promises one per id
  return guard;
}

/** Changes a guard whatever others write meanwhile. Returns the stored guard, or undefined when other writers kept winning. */
export async function updateGuard(ledger: Ledger, instanceId: string, change: (guard: Guard) => Guard, known?: Guard): Promise<Guard | undefined> {
  let current = known ?? (await readGuard(ledger, instanceId));
  for (let attempt = 0; attempt < GUARD_ATTEMPTS; attempt += 1) {
    const next = change(current);
    if (next === current) return current;
    const stored = await ledger.putGuard(current, next);
    if (stored !== undefined) return stored;
    current = await readGuard(ledger, instanceId);
  }
  return undefined;
}

/** The guard without this slot's reservation: only for calls that certainly did not happen. */
export function withoutReservation(guard: Guard, slotId: string): Guard {
  const reservations = guard.reservations.filter((reservation) => reservation.slotId !== slotId);
  return reservations.length === guard.reservations.length ? guard : { ...guard, reservations };
}
