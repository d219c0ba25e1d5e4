// Finds the times that logs do not cover: among the local ones, and among the copied ones where the local ones are there.
import type { Instant } from '../../base/instant';
import { plusMs } from '../../base/instant';
import { lookBackStart } from './copyable';
import { holesOf, hullOf, LOG_TOLERANCE_MS, mergeSpans, type Span, spansAfter, spansOf, withoutSpans } from './log-spans';
import type { CopiesInput, LogGap } from './types';

export interface LogContinuity {
  readonly gaps: readonly LogGap[];
  /** Local logs that should have been copied by now, from the end of the copied ones on. */
  readonly behind: Span | undefined;
  /** The end of the newest copied log; undefined without one. */
  readonly copiedTo: Instant | undefined;
}

/**
 * Gaps are looked for from the beginning of what is verified; among copied logs from when copying them was switched on, or where the service does not say, from the
 * first that is there. A copied log may be late as a copy may. What is at the end and not uploaded yet is no gap.
 */
export function logContinuity(input: CopiesInput): LogContinuity {
  const local = spansOf(input.localLogs ?? []);
  const localGaps = spansAfter(holesOf(local), lookBackStart(input));
  const missing = missingCopies(input, holesOf(local));
  const copiedTo = spansOf(input.copiedLogs ?? []).at(-1)?.to;
  const isInside = ({ to }: Span): boolean => copiedTo !== undefined && to <= copiedTo;
  const [behind] = hullOf(missing.filter((span) => !isInside(span)));
  return {
    gaps: [
      ...localGaps.map((span): LogGap => ({ where: 'local', ...span })),
      ...missing.filter(isInside).map((span): LogGap => ({ where: 'copied', ...span })),
    ],
    behind,
    copiedTo,
  };
}

/** What should be copied and is not. */
function missingCopies(input: CopiesInput, localHoles: readonly Span[]): readonly Span[] {
  const { settings, copiedLogs } = input;
  if (!settings.isEnabled || !settings.copiesLogs || copiedLogs === undefined) return [];
  const copied = spansOf(copiedLogs);
  const since = settings.logsEnabledAt ?? copied[0]?.from;
  if (since === undefined) return [];
  const start = laterOf(since, lookBackStart(input));
  const wanted = mergeSpans([...hullOf(copied), ...dueLogs(input, start)]);
  return spansAfter(withoutSpans(wanted, [...copied, ...localHoles]), start);
}

/** Local logs that begin after `start` and are old enough to have been copied. */
function dueLogs({ localLogs, asOf, policy }: CopiesInput, start: Instant): readonly Span[] {
  const due = plusMs(asOf, -policy.maxLagMs);
  return (localLogs ?? []).filter(({ isComplete, from, to }) => isComplete && from >= start - LOG_TOLERANCE_MS && to <= due);
}

function laterOf(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
