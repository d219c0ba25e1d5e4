// Decides where the rehearsal's clock goes next, as the timer of a deployed function would meet the policy's rules.
import { nextOccurrence, occurrencesBetween, parseCron } from '../../base/cron';
import { DAY_MS, type Instant, MINUTE_MS, plusMs } from '../../base/instant';
import type { CompiledPolicy, ExtraBackupRule } from '../../domain/protection-policy';
import type { VerdictRow } from '../../report/verdict-view';

/** How long before the first ticks the rules are made known: only what comes due from then on counts. */
export const LEAD_MS = 15 * MINUTE_MS;

/** A five-field schedule occurs once a minute at most. */
const MOST_PER_DAY = 24 * 60;

/** When to look again after a running job has put a slot off. */
const RETRY_MS = 30 * MINUTE_MS;

/** The next time at which any rule comes due; undefined when there is none. */
export function nextDue(policy: CompiledPolicy, after: Instant): Instant | undefined {
  return earliest(dueTimes(policy, after));
}

/**
 * The time within the next day at which most rules come due together, the first of several: a good place for a rehearsal to begin. At least the
 * lead time away, so that the rules can be made known before.
 */
export function busiestDue(policy: CompiledPolicy, now: Instant): Instant | undefined {
  const from = plusMs(now, LEAD_MS);
  const counts = new Map<Instant, number>();
  for (const { schedule, timezone } of enabledRules(policy)) {
    const dues = occurrencesBetween(parseCron(schedule, timezone), from, plusMs(from, DAY_MS), MOST_PER_DAY);
    for (const due of dues) counts.set(due, (counts.get(due) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  return earliest([...counts].filter(([, count]) => count === most).map(([due]) => due));
}

/** The next tick worth making: a rule comes due, a deferral ends, or a running job may be over. */
export function nextTick(policy: CompiledPolicy, rows: readonly VerdictRow[], now: Instant): Instant | undefined {
  const deferrals = rows.flatMap(({ tone, verdict, until }) => {
    if (verdict === 'job-running') return [plusMs(now, RETRY_MS)];
    return tone === 'waiting' && until !== undefined && until > now ? [until] : [];
  });
  return earliest([...dueTimes(policy, now), ...deferrals]);
}

function dueTimes(policy: CompiledPolicy, after: Instant): Instant[] {
  return enabledRules(policy).flatMap(({ schedule, timezone }) => {
    const next = nextOccurrence(parseCron(schedule, timezone), after);
    return next === undefined ? [] : [next];
  });
}

function enabledRules(policy: CompiledPolicy): readonly ExtraBackupRule[] {
  return policy.extraBackups.filter((rule) => rule.enabled);
}

function earliest(times: readonly Instant[]): Instant | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => (b < a ? b : a));
}
