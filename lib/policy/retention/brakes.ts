// Decides whether a policy may destroy more today: what it destroyed in the last 24 hours counts, over all its shards, retries and ticks.
import { DAY_MS, formatInstant, type Instant, instant, MINUTE_MS } from '../../base/instant';
import type { BrakeEntry, BrakeKind, Brakes } from '../../domain/brakes';
import type { LimitsPolicy } from '../../domain/protection-policy';
import { DELETING_MS } from './phase';

/** What was granted is begun within this time or asked for again: it counts from the grant on. */
export const GRANT_VALID_MS = 10 * MINUTE_MS;

/** An act may take effect so long after its grant, so its entry counts for that while longer: then no 24 hours ever see more than the limit. */
const COUNTED_MS = DAY_MS + GRANT_VALID_MS + DELETING_MS;

/** What is to be destroyed. */
export type BrakeObject = Pick<BrakeEntry, 'instanceId' | 'object'>;

export type BrakeLimits = Pick<LimitsPolicy, 'maxPurgesPerDay' | 'maxPurgePercentPerDay' | 'maxDestructiveChangesPerDay'>;

export interface BrakeQuestion {
  readonly brakes: Brakes;
  readonly limits: BrakeLimits;
  readonly kind: BrakeKind;
  readonly objects: readonly BrakeObject[];
  /** The newest known number of manual sets in the fleet: what the share is a share of. */
  readonly fleetManualSets: number;
  readonly runId: string;
  readonly asOf: Instant;
}

/** `brakes` is what to store; it takes effect only when its compare-and-swap succeeds. */
export type BrakeDecision =
  | { readonly granted: true; readonly brakes: Brakes }
  | { readonly granted: false; readonly brakes: Brakes; readonly reason: string; readonly allowed: number; readonly used: number };

/**
 * All of the objects or none. An object that is entered already does not count again, so that a retry of what was granted is granted, and counts from now on: it may be
 * the one that has an effect. Entries drop out when what they stand for happened more than 24 hours ago. The share is rounded up: a small fleet may purge one.
 */
export function decideBrakes(question: BrakeQuestion): BrakeDecision {
  const { kind, objects, runId, asOf } = question;
  const entries = question.brakes.entries.filter((entry) => entry.at > asOf - COUNTED_MS);
  const entered = new Set(entries.filter((entry) => entry.kind === kind).map(keyOf));
  const added = new Map(objects.filter((object) => !entered.has(keyOf(object))).map((object) => [keyOf(object), object]));
  const used = entered.size;
  const limit = limitOf(question);
  if (added.size > 0 && used + added.size > limit.allowed) {
    const reason = `${added.size} ${NOUNS[kind]} more than the ${used} of the last 24 hours would be over the ${limit.allowed} that ${limit.why} allows${freedText(question, entries)}`;
    return { granted: false, brakes: { ...question.brakes, entries }, reason, allowed: limit.allowed, used };
  }
  const asked = new Set(objects.map(keyOf));
  const standing = entries.map((entry) => (entry.kind === kind && asked.has(keyOf(entry)) ? { ...entry, at: asOf, runId } : entry));
  const news = [...added.values()].map(({ instanceId, object }): BrakeEntry => ({ kind, instanceId, object, at: asOf, runId }));
  return { granted: true, brakes: { ...question.brakes, entries: [...standing, ...news] } };
}

const NOUNS: Readonly<Record<BrakeKind, string>> = { purge: 'purges', 'destructive-setting': 'destructive changes' };

function keyOf({ instanceId, object }: BrakeObject): string {
  return `${instanceId}/${object}`;
}

interface Limit {
  readonly allowed: number;
  readonly why: string;
}

function limitOf({ kind, limits, fleetManualSets }: BrakeQuestion): Limit {
  const { maxPurgesPerDay, maxPurgePercentPerDay, maxDestructiveChangesPerDay } = limits;
  if (kind === 'destructive-setting') return { allowed: maxDestructiveChangesPerDay, why: 'limits.maxDestructiveChangesPerDay' };
  const share = Math.ceil((fleetManualSets * maxPurgePercentPerDay) / 100);
  if (maxPurgesPerDay <= share) return { allowed: maxPurgesPerDay, why: 'limits.maxPurgesPerDay' };
  return { allowed: share, why: `limits.maxPurgePercentPerDay (${maxPurgePercentPerDay} % of ${fleetManualSets} manual sets)` };
}

function freedText({ kind }: BrakeQuestion, entries: readonly BrakeEntry[]): string {
  const oldest = Math.min(...entries.filter((entry) => entry.kind === kind).map(({ at }) => at));
  return Number.isFinite(oldest) ? `; the first of them counts until ${formatInstant(instant(oldest + COUNTED_MS))}` : '';
}
