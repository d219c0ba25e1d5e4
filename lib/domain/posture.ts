// The newest word on each instance, as the ledger keeps it.
import type { Instant } from '../base/instant';
import type { RecoveryWindow } from './cross-region';
import type { Finding, SlotVerdict } from './verdict';

/** What the last runs knew of one rule on one instance. */
export interface RulePosture {
  /** The schedule and time zone that the rest belongs to: a rule with a new schedule begins anew. */
  readonly schedule: string;
  /** When the rule first covered this instance: earlier occurrences are nobody's miss. */
  readonly since: Instant;
  /** The newest occurrence that a run has looked at. */
  readonly occurrence: Instant | undefined;
  readonly verdict: SlotVerdict | undefined;
  /** True when nothing more will be done for that occurrence: later ticks need not look again. */
  readonly isSettled: boolean;
}

/** How late the copies of the look-back window were, as one day's last run had it. */
export interface LagOfDay {
  /** `2026-11-20` */
  readonly day: string;
  readonly copies: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** What was last measured of an instance's copies. */
export interface CopyPosture {
  /** When a run first saw each copy of the look-back window, by its id: the service does not say when a copy arrived. */
  readonly firstSeen: Readonly<Record<string, Instant>>;
  /** What earlier runs knew of the copy of each local set, by the set's id. */
  readonly earlier: Readonly<Record<string, { readonly copyId: string | undefined; readonly absentAt: Instant | undefined }>>;
  readonly copies: number;
  readonly lagP50Ms: number | undefined;
  readonly lagP95Ms: number | undefined;
  readonly lagMaxMs: number | undefined;
  /** The figures of each day (UTC) as its last run had them, oldest first. */
  readonly lagHistory: readonly LagOfDay[];
  readonly achievedRpoMs: number | undefined;
  readonly localWindow: RecoveryWindow | undefined;
  readonly copyWindow: RecoveryWindow | undefined;
  readonly probe: { readonly copyId: string; readonly at: Instant; readonly isRestorable: boolean; readonly reason: string | undefined } | undefined;
}

export interface InstancePosture {
  /** `<account>/<region>` for backups; followed by `#<function>` for what that function says, so that no function overwrites another's word. */
  readonly scope: string;
  readonly instanceId: string;
  readonly engine: string;
  readonly asOf: Instant;
  readonly rules: Readonly<Record<string, RulePosture>>;
  readonly findings: readonly Finding[];
  /** When each finding was first seen, by its id; those that are gone are dropped. */
  readonly openedAt: Readonly<Record<string, Instant>>;
  /** Of verify-cross-region only. */
  readonly copies: CopyPosture | undefined;
}
