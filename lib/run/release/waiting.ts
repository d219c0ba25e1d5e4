// Says in an instance's guard row that a release waits for it, so that timer slots let it go first; and takes that back.
import type { Instant } from '../../base/instant';
import type { Guard } from '../../domain/guard';
import type { Ledger } from '../../domain/ports';
import { updateGuard } from '../reserve';

/** `until` undefined: it waits no more. Writes only what changes. Where other writers keep winning, the next look says it. */
export async function setWaiting(ledger: Ledger, known: Guard, slotId: string, until: Instant | undefined): Promise<void> {
  await updateGuard(ledger, known.instanceId, (guard) => withWaiting(guard, slotId, until), known);
}

function withWaiting(guard: Guard, slotId: string, until: Instant | undefined): Guard {
  const standing = guard.waitingReleases.find((waiting) => waiting.slotId === slotId);
  if (standing?.until === until) return guard;
  const others = guard.waitingReleases.filter((waiting) => waiting !== standing);
  return { ...guard, waitingReleases: until === undefined ? others : [...others, { slotId, until }] };
}
