// Writes corrections of settings down in the guard row before they are made: a fight is told from them, and no hold is placed while backups may be dropped.
import { DAY_MS, type Instant, plusMs } from '../../base/instant';
import type { Correction, Guard } from '../../domain/guard';
import type { Drift } from '../../policy/settings/types';
import type { Run } from '../envelope';
import { updateGuard } from '../reserve';

/** Corrections are remembered this long; a fight is seen in a shorter window. */
const CORRECTIONS_KEPT_MS = 30 * DAY_MS;

export type WrittenDown =
  | { readonly kind: 'written'; readonly corrections: readonly Correction[] }
  /** Nothing was written. */
  | { readonly kind: 'held-back'; readonly reason: string };

export interface Intended {
  readonly instanceId: string;
  readonly drifts: readonly Drift[];
  /** When the look began from which the drifts were decided. */
  readonly seenAt: Instant;
  /** What must stay and would be lost under the holds of this guard: the very row that is written, so that a hold either comes first and wins, or is refused. */
  lossUnder(guard: Guard): string | undefined;
}

/** Holds back also what another run has begun to correct since the look: it is corrected, and counted, once. */
export async function writeDown(run: Run, { instanceId, drifts, seenAt, lossUnder }: Intended): Promise<WrittenDown> {
  const at = run.ports.clock.now();
  const corrections = drifts.map(({ setting, wanted, isDestructive }): Correction => ({ setting, wanted, at, isDestructive }));
  const kept = plusMs(at, -CORRECTIONS_KEPT_MS);
  let reason: string | undefined;
  const stored = await updateGuard(run.ports.ledger, instanceId, (guard) => {
    const loss = lossUnder(guard);
    reason = isUnderWay(guard, drifts, seenAt) ? 'another run is at it' : loss && `held back: ${loss}`;
    return reason === undefined ? { ...guard, corrections: [...guard.corrections.filter((earlier) => earlier.at > kept), ...corrections] } : guard;
  });
  if (stored === undefined) return { kind: 'held-back', reason: 'other runs kept changing the guard row of the instance' };
  return reason === undefined ? { kind: 'written', corrections } : { kind: 'held-back', reason };
}

function isUnderWay({ corrections }: Guard, drifts: readonly Drift[], seenAt: Instant): boolean {
  return corrections.some(({ setting, wanted, at }) => at >= seenAt && drifts.some((drift) => drift.setting === setting && drift.wanted === wanted));
}

/** What did not happen was no correction: nobody fights over it. One that stays behind because others kept winning is harmless. */
export async function takeBack(run: Run, instanceId: string, undone: readonly Correction[]): Promise<void> {
  if (undone.length === 0) return;
  const isUndone = ({ setting, at }: Correction): boolean => undone.some((each) => each.setting === setting && each.at === at);
  await updateGuard(run.ports.ledger, instanceId, (guard) => ({ ...guard, corrections: guard.corrections.filter((each) => !isUndone(each)) }));
}
