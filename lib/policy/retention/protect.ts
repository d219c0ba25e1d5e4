// Tells what stands against deleting a set, also by hand: everything that keeps it except the policy's rules.
import { decideRetention } from './decide';
import type { KeepReason, RetentionInput } from './types';

/** By backup id; a set that only rules keep, or nothing does, is not in it. */
export function protectionsOf(input: RetentionInput): ReadonlyMap<string, readonly KeepReason[]> {
  const protections = new Map<string, readonly KeepReason[]>();
  for (const { set, decision } of decideRetention(input)) {
    const reasons = decision.action === 'keep' ? decision.reasons.filter(({ cause }) => cause !== 'rule') : [];
    if (reasons.length > 0) protections.set(set.id, reasons);
  }
  return protections;
}
