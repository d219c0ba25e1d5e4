// Says to which moments the instance can be restored in the other region.
import { type Instant, instant } from '../../base/instant';
import type { JudgedPair } from './judge';
import { LOG_TOLERANCE_MS, type Span, spansOf } from './log-spans';
import type { CopiesInput } from './types';

/** The moments of the good copies in the agreed region that a whole instance can be restored from. */
export function restorableMoments(pairs: readonly JudgedPair[], input: Pick<CopiesInput, 'settings'>): readonly Instant[] {
  const wholes = pairs.filter(holdsInstance);
  return wholes.flatMap((pair) => {
    const { copy } = pair;
    if (copy === undefined || !isUsable(pair, input)) return [];
    if (copy.type === 'incremental' && !hasBase(pair, wholes, input)) return [];
    return [copy.consistentAt ?? copy.startedAt];
  });
}

/**
 * What copied logs add to them: the logs without a gap, or what the service itself says (RDS API, DescribeAvailableRecoveryTime), which holds from any copy on.
 * Undefined where it is not known.
 */
export function restorableSpans({ settings, copiedLogs, copyWindow }: CopiesInput): readonly Span[] | undefined {
  if (!settings.copiesLogs || copyWindow === 'none') return [];
  if (copyWindow !== undefined) return [{ from: instant(0), to: copyWindow.to }];
  return copiedLogs === undefined ? undefined : spansOf(copiedLogs);
}

/** The newest moment that the logs reach from one of these; undefined where there is none. */
export function newestRestorable(moments: readonly Instant[], spans: readonly Span[]): Instant | undefined {
  if (moments.length === 0) return undefined;
  const reached = moments.flatMap((moment) => spans.filter(({ from, to }) => from <= moment + LOG_TOLERANCE_MS && to >= moment).map(({ to }) => to));
  return instant(Math.max(...moments, ...reached));
}

/** Logical sets and sets of single databases do not stand for an instance. */
function holdsInstance({ set, copy, of }: JudgedPair): boolean {
  const scope = copy === undefined || copy.scope === 'unknown' ? set?.scope.kind : copy.scope;
  return scope === 'instance' && of.method !== 'logical' && set?.status !== 'failed';
}

function isUsable({ copy }: JudgedPair, { settings }: Pick<CopiesInput, 'settings'>): boolean {
  return copy?.status === 'success' && (settings.destination === undefined || copy.region === settings.destination);
}

/** An incremental set needs the newest full one before it. */
function hasBase({ of }: JudgedPair, wholes: readonly JudgedPair[], input: Pick<CopiesInput, 'settings'>): boolean {
  const base = wholes.findLast((each) => each.of.type === 'full' && each.of.startedAt < of.startedAt);
  return base !== undefined && isUsable(base, input);
}
