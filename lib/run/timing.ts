// The spans of time that the run's promises rest on.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/instant';

/** A lease on a run is short and renewed while the work goes on, so that a repeated delivery soon takes over from a dead worker. */
export const LEASE_MS = 60 * SECOND_MS;

/** What was seen of an instance, and decided on it, is acted on within this time or not at all: a frozen process thaws into another world. */
export const LOOK_VALID_MS = 2 * MINUTE_MS;

/** CreateBackup leaves the house within this time of the intent's `sentAt`, or not at all. */
export const SEND_WINDOW_MS = 20 * SECOND_MS;

/** A timer delivery that comes later than this decides by the clock, not by its trigger time: an old tick must not act into a blackout. */
export const LATE_DELIVERY_MS = 10 * MINUTE_MS;

/** How far an `asOf` may lie ahead of the clock before a run refuses it. */
export const FUTURE_TOLERANCE_MS = 2 * MINUTE_MS;

/** Instances worked on at the same time within a shard: enough to keep the rate budget busy at usual latencies. */
export const INSTANCE_CONCURRENCY = 8;

/** Looks that are under way when a run stops looking take this long at the most to end, at the usual rate: what was found is acted on after that. */
export const LAST_LOOKS_MS = 5 * SECOND_MS;

/** Accounts and regions worked on at the same time. */
export const SHARD_CONCURRENCY = 4;

/** How often a compare-and-swap on a guard is tried against other writers before the slot is deferred. */
export const GUARD_ATTEMPTS = 12;

/** How far the service's clock may be from ours, and how much later than `sentAt` a call may have left (SEND_WINDOW_MS). */
export const CLOCK_SKEW_MS = 2 * MINUTE_MS;

/** How late the service may list a finished set: a minute has been seen (Terraform's provider waits one), this is twice that. */
export const VISIBILITY_LAG_MS = 2 * MINUTE_MS;

/** After this long without its set, a finished job is worth a finding; its set has not been lost yet. */
export const LATE_SET_MS = HOUR_MS;

/** How long a quiet instance is watched for the set of a call whose answer was lost, before the call is given up. */
export const PATIENCE_MS = 15 * MINUTE_MS;

/** How far back all sets of an instance are listed: further than any retention that the documents know. */
export const ALL_SETS_MS = 3_650 * DAY_MS;

/** Sets are listed this far beyond the clock: the service's own may run ahead of it. */
export const LOOK_AHEAD_MS = HOUR_MS;
