// What the verification of cross-region copies is decided from, and what it decides.
import type { Instant } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { CrossRegionCopy, CrossRegionSettings, CrossRegionWrite, LogFile, RecoveryWindow, RestoreAnswer } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import type { Finding } from '../../domain/verdict';

/** Undefined members were not asked for, or could not be: nothing is concluded from them. */
export interface CopiesInput {
  readonly instance: Instance;
  readonly policy: CrossRegionPolicy;
  readonly settings: CrossRegionSettings;
  /** Local sets that started in [asOf − lookBack, asOf]. */
  readonly sets: readonly BackupSet[];
  /** Of the same window. */
  readonly copies: readonly CrossRegionCopy[] | undefined;
  /** What the service names as copies of single local sets: asked for the newest unmatched one only. */
  readonly named: ReadonlyMap<string, readonly CrossRegionCopy[]>;
  readonly localLogs: readonly LogFile[] | undefined;
  readonly copiedLogs: readonly LogFile[] | undefined;
  /** `none`: asked for, and the service says that there is none. */
  readonly localWindow: RecoveryWindow | 'none' | undefined;
  /** Of the newest good copy. */
  readonly copyWindow: RecoveryWindow | 'none' | undefined;
  /** What the windows were when they were last read. */
  readonly windowsBefore?: { readonly localWindow: RecoveryWindow | undefined; readonly copyWindow: RecoveryWindow | undefined };
  /** When a run first saw each copy, by the copy's id: `firstSeen` of the last report. Without it no lag is known, and nothing is late. */
  readonly firstSeen?: ReadonlyMap<string, Instant>;
  /** What earlier runs knew of each local set, by its id: `earlier` of the last report. */
  readonly earlier?: ReadonlyMap<string, EarlierSight>;
  readonly probe: { readonly copyId: string; readonly at: Instant; readonly answer: RestoreAnswer } | undefined;
  readonly asOf: Instant;
}

/** What earlier runs knew of the copy of one local set. */
export interface EarlierSight {
  /** The copy that was there. */
  readonly copyId: string | undefined;
  /** The newest run that looked for its copy and did not find it. */
  readonly absentAt: Instant | undefined;
}

/**
 * What became of one local set or one copy. `matched`: as it should be; without a set, its set has gone by its own retention. `pending`: not copied yet, and not late
 * yet. `not-copied`: made before the feature was on, of a kind that is never copied, or its copy has expired. `unknown`: copies cannot be listed, or nobody can tell
 * which one is meant.
 */
export type PairState = 'matched' | 'late' | 'missing' | 'failed' | 'pending' | 'not-copied' | 'unknown' | 'orphan' | 'expiring-early' | 'wrong-region';

export interface Pair {
  readonly state: PairState;
  readonly set: BackupSet | undefined;
  readonly copy: CrossRegionCopy | undefined;
  /**
   * From the end of the backup to the run that first saw its copy: an upper bound, as fine as the runs are frequent. Undefined where no earlier run had looked, so that
   * nothing is known.
   */
  readonly lagMs: number | undefined;
  readonly reason: string;
}

export interface LagFigures {
  readonly copies: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** A time that no log covers. One that the copied logs share with the local ones is the local ones' gap. */
export interface LogGap {
  readonly where: 'local' | 'copied';
  readonly from: Instant;
  readonly to: Instant;
}

export interface CopiesReport {
  readonly pairs: readonly Pair[];
  /** Of upper bounds: see Pair. Undefined when no copy has a known lag. */
  readonly lag: LagFigures | undefined;
  readonly gaps: readonly LogGap[];
  /** asOf minus the newest restorable moment in the other region; undefined where that is not known. */
  readonly achievedRpoMs: number | undefined;
  readonly findings: readonly Finding[];
  /** To be kept, and given to the next run. */
  readonly firstSeen: ReadonlyMap<string, Instant>;
  /** To be kept, and given to the next run. */
  readonly earlier: ReadonlyMap<string, EarlierSight>;
}

/** What a cross-region setting is about. `copies`: whether there are any; where they are off, the rest comes with switching them on. */
export type CrossRegionAspect = 'copies' | 'destination' | 'retention' | 'logs';

/** One setting that is not as agreed, and what becomes of it. */
export interface CrossRegionPart {
  readonly aspect: CrossRegionAspect;
  readonly action: 'correct' | 'report' | 'not-correctable';
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** What is to become of an instance's cross-region settings. `parts`: each setting by itself; with `correct`, also those that are held back. */
export type CrossRegionDrift =
  | { readonly action: 'none' }
  | {
      readonly action: 'report' | 'not-correctable';
      readonly reason: string;
      readonly before: string;
      readonly after: string;
      readonly parts: readonly [CrossRegionPart, ...CrossRegionPart[]];
    }
  | {
      readonly action: 'correct';
      readonly write: CrossRegionWrite;
      readonly reason: string;
      readonly before: string;
      readonly after: string;
      readonly isDestructive: boolean;
      readonly costs: boolean;
      readonly parts: readonly CrossRegionPart[];
    };
