// What can be turned about the local RDS: lags, the cap's day, durations, rates.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/instant';
import { DOCUMENTED_RATE_LIMITS, type RateLimits } from '../rpc/throttle';

/** When the day of the cap begins. The real rule is not documented: the product must hold under each. */
export type DayRule = 'utc' | 'utc+8' | 'rolling';

/** How long a backup takes: `baseMs + perGbMs` for each used GB, at most `maxMs`, give or take a fifth. */
export interface DurationRule {
  readonly baseMs: number;
  readonly perGbMs: number;
  readonly maxMs: number;
}

/** How sets are copied to other regions. */
export interface CrossRegionKnobs {
  /** From a set's end until its copy is there: `lagBaseMs + lagPerGbMs` for each GB of the set. */
  readonly lagBaseMs: number;
  readonly lagPerGbMs: number;
  /** Of a hundred copies, so many fail. */
  readonly failPercent: number;
  /** Regions in which the account was never activated: encrypted disks cannot be copied there. */
  readonly inactiveRegions: readonly string[];
  /** Instance classes that the feature does not take (the new general-purpose ones of PostgreSQL, for example). */
  readonly unsupportedClasses: readonly string[];
}

/** How logs become files. */
export interface LogKnobs {
  /** The time that a file covers. */
  readonly fileMs: number;
  /** From a file's end until it is stored. */
  readonly uploadMs: number;
  /** From a file's end until its copy is in the other region. */
  readonly copyMs: number;
}

/** How long restores take: `baseMs + perGbMs` for each used GB. */
export interface RestoreKnobs {
  readonly baseMs: number;
  readonly perGbMs: number;
}

export interface RdsKnobs {
  /** From a job's end until DescribeBackups shows its set. */
  readonly visibilityLagMs: number;
  readonly cap: { readonly perDay: number; readonly dayRule: DayRule; readonly counts: 'all' | 'manual' };
  readonly durations: Readonly<Record<'Physical' | 'Logical' | 'Snapshot' | 'Flash', DurationRule>>;
  readonly rateLimits: RateLimits;
  readonly settingsChange: {
    /** How long an instance is not Running after a change of its settings. */
    readonly busyMs: number;
    /** When a changed time of backup starts one on SQL Server, after the change; null: it does not. */
    readonly backupAfterMs: number | null;
  };
  readonly crossRegion: CrossRegionKnobs;
  readonly logs: LogKnobs;
  readonly restores: RestoreKnobs;
  /** Snapshots of RDS Custom disks: `baseMs + perGbMs` for each GB. */
  readonly customSnapshots: { readonly baseMs: number; readonly perGbMs: number };
  /** Accounts that may delete backup files (DeleteBackupFile): the service lets nobody new in. */
  readonly backupFileDeleters: readonly string[];
  /** Decides every dice of the world. */
  readonly seed: number;
}

export const DEFAULT_KNOBS: RdsKnobs = {
  visibilityLagMs: MINUTE_MS,
  cap: { perDay: 20, dayRule: 'utc+8', counts: 'all' },
  durations: {
    Physical: { baseMs: 3 * MINUTE_MS, perGbMs: 5 * SECOND_MS, maxMs: 4 * HOUR_MS },
    Logical: { baseMs: 4 * MINUTE_MS, perGbMs: 15 * SECOND_MS, maxMs: 6 * HOUR_MS },
    Snapshot: { baseMs: MINUTE_MS, perGbMs: 100, maxMs: 5 * MINUTE_MS },
    Flash: { baseMs: SECOND_MS, perGbMs: 0, maxMs: SECOND_MS },
  },
  rateLimits: DOCUMENTED_RATE_LIMITS,
  settingsChange: { busyMs: 0, backupAfterMs: 2 * MINUTE_MS },
  crossRegion: { lagBaseMs: 5 * MINUTE_MS, lagPerGbMs: 2 * SECOND_MS, failPercent: 0, inactiveRegions: [], unsupportedClasses: [] },
  logs: { fileMs: 30 * MINUTE_MS, uploadMs: MINUTE_MS, copyMs: 5 * MINUTE_MS },
  restores: { baseMs: 10 * MINUTE_MS, perGbMs: 5 * SECOND_MS },
  customSnapshots: { baseMs: MINUTE_MS, perGbMs: SECOND_MS },
  backupFileDeleters: [],
  seed: 20261121,
};

type NestedKnob = 'cap' | 'durations' | 'rateLimits' | 'settingsChange' | 'crossRegion' | 'logs' | 'restores' | 'customSnapshots';

/** Knobs as a caller gives them: what is left out keeps its default. */
export type RdsKnobOptions = Partial<Omit<RdsKnobs, NestedKnob>> & {
  readonly [K in NestedKnob]?: Partial<RdsKnobs[K]>;
};

export function completeKnobs(options: RdsKnobOptions = {}): RdsKnobs {
  return {
    ...DEFAULT_KNOBS,
    ...options,
    cap: { ...DEFAULT_KNOBS.cap, ...options.cap },
    durations: { ...DEFAULT_KNOBS.durations, ...options.durations },
    rateLimits: { ...DEFAULT_KNOBS.rateLimits, ...options.rateLimits },
    settingsChange: { ...DEFAULT_KNOBS.settingsChange, ...options.settingsChange },
    crossRegion: { ...DEFAULT_KNOBS.crossRegion, ...options.crossRegion },
    logs: { ...DEFAULT_KNOBS.logs, ...options.logs },
    restores: { ...DEFAULT_KNOBS.restores, ...options.restores },
    customSnapshots: { ...DEFAULT_KNOBS.customSnapshots, ...options.customSnapshots },
  };
}
