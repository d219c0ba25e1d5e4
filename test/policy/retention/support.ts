// Sets with a history, and what retention is asked about them.
import { type Instant, instant } from '../../../lib/base/instant';
import type { RetentionPolicy } from '../../../lib/domain/protection-policy';
import { decideRetention } from '../../../lib/policy/retention/decide';
import type { DecidedSet, KeepCause, LogSettings, RetentionInput, TracedSet } from '../../../lib/policy/retention/types';
import { at, DAY, HOUR, makeInstance, makeRetentionPolicy, makeSet } from '../fixtures';

export const NO_KEEP: RetentionPolicy['keep'] = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
/** Logs are kept for a week, data for a month: sets older than a week can be deleted. */
export const LOGS: LogSettings = { logBackup: true, logRetentionDays: 7, dataRetentionDays: 30 };
/** No logs: no recovery window. */
export const NO_LOGS: LogSettings = { logBackup: false, logRetentionDays: undefined, dataRetentionDays: 30 };
export const AS_OF = at('2026-11-21T02:00:00Z');

type TracedChange = Partial<TracedSet> & { readonly started?: string };

/** A full physical set of ours that takes half an hour and never expires. Its id is its start unless told. */
export function makeTraced({ started, ...change }: TracedChange = {}): TracedSet {
  const startedAt = change.startedAt ?? at(started ?? '2026-11-20T02:00:00Z');
  return {
    ...makeSet({ id: started ?? `${startedAt}`, startedAt, endedAt: instant(startedAt + HOUR / 2), expiresAt: 'never' }),
    origin: 'created',
    release: undefined,
    ...change,
  };
}

/** One set a day before AS_OF for each of `days`, its id the number of days. */
export function daysAgo(days: readonly number[], change: Partial<TracedSet> = {}): TracedSet[] {
  return days.map((ago) => makeTraced({ id: `${ago}`, startedAt: instant(AS_OF - ago * DAY), endedAt: instant(AS_OF - ago * DAY), ...change }));
}

type InputChange = Partial<Omit<RetentionInput, 'policy'>> & { readonly policy?: Partial<RetentionPolicy> };

/** Nothing is kept but the newest of each kind, and no floor: each test adds what it is about. */
export function makeInput({ policy, ...change }: InputChange = {}): RetentionInput {
  return {
    instance: makeInstance(),
    policy: makeRetentionPolicy({ keep: { ...NO_KEEP, last: 1 }, floor: 0, runEveryMs: HOUR, ...policy }),
    sets: [],
    holds: [],
    settings: NO_LOGS,
    asOf: AS_OF,
    ...change,
  };
}

/** The ids of what stays, newest first. */
export function keptIds(input: RetentionInput): string[] {
  return decideRetention(input)
    .filter(({ decision }) => decision.action === 'keep')
    .map(({ set }) => set.id);
}

/** The ids of what stays for a cause, newest first. */
export function keptFor(cause: KeepCause, input: RetentionInput): string[] {
  return decideRetention(input)
    .filter((decided) => causesOf(decided).includes(cause))
    .map(({ set }) => set.id);
}

export function causesOf({ decision }: DecidedSet): KeepCause[] {
  return decision.action === 'keep' ? decision.reasons.map(({ cause }) => cause) : [];
}

export function textsOf({ decision }: DecidedSet): string[] {
  return decision.action === 'keep' ? decision.reasons.map(({ text }) => text) : [decision.reason];
}

/** Each set's texts, by id. */
export function textsById(input: RetentionInput): Record<string, string[]> {
  return Object.fromEntries(decideRetention(input).map((decided) => [decided.set.id, textsOf(decided)]));
}

export function minus(asOf: Instant, ms: number): Instant {
  return instant(asOf - ms);
}
