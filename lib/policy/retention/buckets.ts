// Decides which of our sets the policy's own rules keep: the newest of each hour, day, week, month and year, the last ones, and the young ones.
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../base/instant';
import type { KeepCounts, RetentionPolicy } from '../../domain/protection-policy';
import { type Calendar, calendarOf, type LocalDay } from './calendar';
import { groupKey, isOurs, isUsable } from './classify';
import type { KeepReason, TracedSet } from './types';

/** A set with the reasons found so far. */
export interface Candidate {
  readonly set: TracedSet;
  readonly reasons: KeepReason[];
}

interface Bucket {
  readonly name: Exclude<keyof KeepCounts, 'last'>;
  keyOf(day: LocalDay, localHour: number): number;
  labelOf(day: LocalDay, localHour: number): string;
}

const BUCKETS: readonly Bucket[] = [
  { name: 'hourly', keyOf: (_, localHour) => localHour, labelOf: ({ date }, localHour) => `${date} ${String(localHour % 24).padStart(2, '0')}h` },
  { name: 'daily', keyOf: ({ index }) => index, labelOf: ({ date }) => date },
  { name: 'weekly', keyOf: ({ week }) => week, labelOf: ({ weekText }) => weekText },
  { name: 'monthly', keyOf: ({ month }) => month, labelOf: ({ monthText }) => monthText },
  { name: 'yearly', keyOf: ({ year }) => year, labelOf: ({ year }) => String(year) },
];

/** What competes for the same buckets. */
interface Group {
  /** Newest first. Ours only: no other set takes a bucket away from them. */
  readonly members: Candidate[];
  /** The start of its newest complete set of any origin: ages are seen from there, so that those of a dead source never run out. */
  readonly newestAt: Instant;
}

/**
 * Adds a reason for every rule that keeps a set. `candidates` come newest first. The semantics are restic's: a set is kept when its bucket is another than that of the
 * last one kept, while the rule's count lasts; the oldest set of all is kept too while it lasts; rules add up. The newest set of a group always stays.
 */
export function keepByRules(candidates: readonly Candidate[], policy: RetentionPolicy, asOf: Instant): void {
  const calendar = calendarOf(policy.timezone);
  const rules = BUCKETS.filter(({ name }) => policy.keep[name] > 0);
  const isEmpty = rules.length === 0 && policy.keep.last <= 0 && policy.keepWithinMs === undefined;
  for (const group of groupsOf(candidates, asOf)) {
    if (isEmpty) keepAll(group);
    else keepInGroup(group, { policy, rules, calendar });
  }
}

/** The rules in words: `last 3, daily 7, within 30 days`. */
export function rulesText({ keep, keepWithinMs }: Pick<RetentionPolicy, 'keep' | 'keepWithinMs'>): string {
  const counts = (['last', ...BUCKETS.map(({ name }) => name)] as const).filter((name) => keep[name] > 0).map((name) => `${name} ${keep[name]}`);
  return [...counts, ...(keepWithinMs === undefined ? [] : [`within ${spanText(keepWithinMs)}`])].join(', ');
}

/** `30 days`, `36 hours`, `90 minutes`: the largest unit that leaves nothing over. */
export function spanText(ms: number): string {
  const [size, unit] = ms % DAY_MS === 0 ? [DAY_MS, 'day'] : ms % HOUR_MS === 0 ? [HOUR_MS, 'hour'] : [MINUTE_MS, 'minute'];
  const count = Math.round(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function groupsOf(candidates: readonly Candidate[], asOf: Instant): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const candidate of candidates) {
    const { set } = candidate;
    if (!isUsable(set, asOf)) continue;
    const key = groupKey(set);
    let group = groups.get(key);
    if (group === undefined) {
      group = { members: [], newestAt: set.startedAt };
      groups.set(key, group);
    }
    if (isOurs(set)) group.members.push(candidate);
  }
  return groups.values();
}

function keepAll({ members }: Group): void {
  for (const { reasons } of members) reasons.push({ cause: 'rule', text: 'the policy has no rule that lets sets go' });
}

interface Rules {
  readonly policy: RetentionPolicy;
  readonly rules: readonly Bucket[];
  readonly calendar: Calendar;
}

function keepInGroup({ members, newestAt }: Group, { policy, rules, calendar }: Rules): void {
  const { keep, keepWithinMs } = policy;
  const budgets = rules.map((bucket) => ({ bucket, kept: 0, lastKey: Number.POSITIVE_INFINITY }));
  const oldest = members.length - 1;
  const within = keepWithinMs === undefined ? undefined : { since: newestAt - keepWithinMs, text: `within ${spanText(keepWithinMs)} of the newest` };
  for (const [rank, { set, reasons }] of members.entries()) {
    const before = reasons.length;
    if (rank < keep.last) reasons.push({ cause: 'rule', text: `last ${rank + 1} of ${keep.last}` });
    const localHour = calendar.localHour(set.startedAt);
    const day = calendar.dayOfHour(localHour);
    for (const budget of budgets) {
      const { bucket } = budget;
      const most = keep[bucket.name];
      const key = bucket.keyOf(day, localHour);
      // An earlier bucket, not just another one: a clock that was set back across midnight must not open a day twice.
      const isNext = key < budget.lastKey;
      if (budget.kept >= most || (!isNext && rank !== oldest)) continue;
      budget.kept += 1;
      budget.lastKey = key;
      reasons.push({ cause: 'rule', text: `${bucket.name} ${budget.kept} of ${most} (${bucket.labelOf(day, localHour)}${isNext ? '' : ', the oldest'})` });
    }
    if (within !== undefined && set.startedAt > within.since) reasons.push({ cause: 'rule', text: within.text });
    if (rank === 0 && reasons.length === before) reasons.push({ cause: 'rule', text: 'the newest of its kind' });
  }
}
