// Slots and intents: one due occurrence of a rule for one instance and scope, and the write-ahead record of acting on it.
import { formatInstantCompact, type Instant } from '../base/instant';
import type { BackupSpec, Scope } from './backup';
import type { AccountRegion } from './instance';

/** Which pool of the daily cap a backup draws on: only releases may use the slots reserved for releases. */
export type CapPool = 'ordinary' | 'release';

export interface Slot {
  /** Sorts by time: occurrence, rule, scope kind. Unique within an instance. */
  readonly id: string;
  readonly instanceId: string;
  readonly rule: string;
  readonly occurrence: Instant;
  /** From here on the slot counts as missed. */
  readonly openUntil: Instant;
}

/** `20261121T020000Z~nightly~instance`. The tick's own time is no part of it: two ticks that see one occurrence mean one slot. */
export function slotIdOf(rule: string, occurrence: Instant, scopeKind: Scope['kind']): string {
  return `${formatInstantCompact(occurrence)}~${rule}~${scopeKind}`;
}

/** The rule's name of everything that is asked for by hand or by an on-demand event; no rule of a policy may have it. */
export const ON_DEMAND_RULE = 'on-demand';

/** `on-demand~<key>~instance`: the key makes the request idempotent, so the time is no part of it. Keys have no `~`. */
export function onDemandSlotId(key: string, scopeKind: Scope['kind']): string {
  return `${ON_DEMAND_RULE}~${key}~${scopeKind}`;
}

/** The rule's name of every backup that is made for a release; no rule of a policy may have it. */
export const RELEASE_RULE = 'release';

/** `release~<key>~a<attempt>~instance`: a release's new attempt is a new slot. */
export function releaseSlotId(key: string, attempt: number, scopeKind: Scope['kind']): string {
  return `${RELEASE_RULE}~${key}~a${attempt}~${scopeKind}`;
}

/** The key of the request that a slot is for: a set made for it belongs to that release. Undefined for slots of timer rules. */
export function releaseOfSlot(slotId: string): string | undefined {
  const [rule, key] = slotId.split('~');
  return rule === ON_DEMAND_RULE || rule === RELEASE_RULE ? key : undefined;
}

/**
 * The states of an intent, in order:
 * `intended` (nothing sent; may be retried) → `submitting` (sent or about to be; ambiguous until a job id is known) →
 * `submitted` (the job id is known) → one of the terminal states.
 */
export type OpenIntentState = 'intended' | 'submitting' | 'submitted';
/**
 * finished: a set exists. failed: the job failed. missed: never started in time. abandoned: the outcome stayed unknown. refused: the service will never take
 * it. unneeded: nothing was sent, and another set turned out to be fresh enough.
 */
export type TerminalIntentState = 'finished' | 'failed' | 'missed' | 'abandoned' | 'refused' | 'unneeded';
export type IntentState = OpenIntentState | TerminalIntentState;

export function isTerminal(state: IntentState): state is TerminalIntentState {
  return state !== 'intended' && state !== 'submitting' && state !== 'submitted';
}

/** What the instance looked like just before the call: whatever is new afterwards may be ours. */
export interface Baseline {
  readonly runningJobIds: readonly string[];
  readonly newestBackupId: string | undefined;
}

export interface Intent extends AccountRegion {
  readonly instanceId: string;
  readonly slotId: string;
  readonly rule: string;
  readonly pool: CapPool;
  readonly occurrence: Instant;
  readonly openUntil: Instant;
  readonly spec: BackupSpec;
  /** What the cap is charged: 1, or one per database (not verified on a live account). */
  readonly units: number;
  readonly state: IntentState;
  /** Grows by one with every write; every write is conditional on it. */
  readonly version: number;
  /** How often CreateBackup was sent and certainly refused. */
  readonly refusals: number;
  /** The run that wrote this version. */
  readonly runId: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly sentAt: Instant | undefined;
  readonly baseline: Baseline | undefined;
  readonly jobId: string | undefined;
  readonly backupId: string | undefined;
  readonly startedAt: Instant | undefined;
  /** The set's end; before the set is listed, when reconcile first saw the job finished. */
  readonly endedAt: Instant | undefined;
  /** While the outcome is unknown: since when reconcile has found no job running that may be ours. Its set needs time to appear. */
  readonly quietSince: Instant | undefined;
  /** The set was found by its traces, not by a job id that came back to us: it satisfies the slot and grants no ownership. */
  readonly isAdopted: boolean;
  /** Why the intent is in its state, in words. */
  readonly reason: string | undefined;
}
