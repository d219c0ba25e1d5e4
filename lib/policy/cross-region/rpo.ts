// Says how old the newest moment is that could be restored in the other region, and whether that is recent enough.
import type { Instant } from '../../base/instant';
import type { JudgedPair } from './judge';
import type { LogContinuity } from './log-continuity';
import { hullOf, spansOf } from './log-spans';
import { newestRestorable, restorableMoments, restorableSpans } from './restorable';
import type { CopiesInput } from './types';

export interface RpoBreach {
  readonly rpoMs: number;
  /** Undefined: there is nothing to restore from. */
  readonly achievedMs: number | undefined;
}

/** Undefined where it is not known, or nothing can be restored. */
export function achievedRpoMs(pairs: readonly JudgedPair[], input: CopiesInput): number | undefined {
  const spans = restorableSpans(input);
  return spans === undefined ? undefined : ageOf(newestRestorable(restorableMoments(pairs, input), spans), input);
}

/**
 * The policy's RPO where it is not met and nothing else says why: missing copies, gaps in logs and logs that are not copied as agreed have findings of their own, and
 * so has a feature that is off. One that was switched on lately may still be on its way.
 */
export function rpoBreach(pairs: readonly JudgedPair[], logs: LogContinuity, isWindowMissing: boolean, input: CopiesInput): RpoBreach | undefined {
  const { policy, settings, copies, asOf } = input;
  const { rpoMs } = policy;
  if (rpoMs === undefined || !settings.isEnabled || copies === undefined) return undefined;
  if (settings.enabledAt !== undefined && asOf - settings.enabledAt <= rpoMs + policy.maxLagMs) return undefined;
  if (policy.copiesLogs === true && !settings.copiesLogs) return undefined;
  const spans = restorableSpans(input);
  if (spans === undefined) return undefined;
  const moments = restorableMoments(pairs, input);
  const achievedMs = ageOf(newestRestorable(moments, spans), input);
  const areLogsFaulty = logs.gaps.length > 0 || logs.behind !== undefined || isWindowMissing;
  const possible = newestRestorable([...moments, ...endsOfFaulty(pairs)], areLogsFaulty ? wholeLogs(input) : spans);
  return [achievedMs, ageOf(possible, input)].some((age) => age !== undefined && age <= rpoMs) ? undefined : { rpoMs, achievedMs };
}

function endsOfFaulty(pairs: readonly JudgedPair[]): readonly Instant[] {
  return pairs.flatMap(({ set, faults }) => (set === undefined || faults.length === 0 ? [] : [set.endedAt]));
}

/** The logs as they would be without gaps, and all copied. */
function wholeLogs({ localLogs, copiedLogs }: CopiesInput): ReturnType<typeof hullOf> {
  return hullOf(spansOf([...(localLogs ?? []), ...(copiedLogs ?? [])]));
}

function ageOf(moment: Instant | undefined, { asOf }: CopiesInput): number | undefined {
  return moment === undefined ? undefined : Math.max(0, asOf - moment);
}
