// Writes a hold into the guard row of its instance, and takes it back: the one place where holds meet the marks of a purge.
import type { Instant } from '../../base/instant';
import type { Ledger } from '../../domain/ports';
import { type HoldWish, type Placement, placeHold, releaseHold } from '../../policy/hold-placement';
import { updateGuard } from '../reserve';

/** `releases` (backup set → key) matters for holds on a release only. Undefined: other writers kept winning, and nothing was written. */
export async function placeInGuard(
  ledger: Ledger,
  instanceId: string,
  wish: HoldWish,
  releases: ReadonlyMap<string, string>,
  asOf: Instant,
): Promise<Placement | undefined> {
  let placement: Placement | undefined;
  const stored = await updateGuard(ledger, instanceId, (guard) => {
    placement = placeHold(guard, wish, releases, asOf);
    return placement.kind === 'placed' ? placement.guard : guard;
  });
  return placement?.kind === 'refused' || stored !== undefined ? placement : undefined;
}

/** For a hold on what turns out to be gone. */
export async function takeBack(ledger: Ledger, instanceId: string, holdId: string, asOf: Instant): Promise<void> {
  await updateGuard(ledger, instanceId, (guard) => releaseHold(guard, holdId, asOf)?.guard ?? guard);
}
