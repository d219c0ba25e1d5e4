// From postures to rows on the copies in the other region: how late they were, and what could be restored. Pure: times stay times.
import type { CopyPosture, InstancePosture } from '../domain/posture';

/** What was last measured of one instance's copies. What is undefined is not known. */
export interface CopiesRow extends Omit<CopyPosture, 'firstSeen' | 'earlier'> {
  readonly instanceId: string;
  readonly asOf: InstancePosture['asOf'];
}

/** By instance. What only the next run needs to know is left out. */
export function rowsOfCopies(postures: readonly InstancePosture[]): readonly CopiesRow[] {
  return postures
    .flatMap(({ instanceId, asOf, copies }): CopiesRow[] => {
      if (copies === undefined) return [];
      const { firstSeen: _firstSeen, earlier: _earlier, ...measured } = copies;
      return [{ instanceId, asOf, ...measured }];
    })
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}
