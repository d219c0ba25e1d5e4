// Arithmetic of the times that logs cover.
import { type Instant, MINUTE_MS } from '../../base/instant';
import type { LogFile } from '../../domain/cross-region';

/** All of [from, to]. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** Between the end of one file and the beginning of the next there may be this much: times are in seconds, and in minutes on SQL Server. */
export const LOG_TOLERANCE_MS = 2 * MINUTE_MS;

/** What these files cover without a gap, in order. A file that is still being uploaded covers nothing yet. */
export function spansOf(files: readonly LogFile[]): readonly Span[] {
  return mergeSpans(files.filter(({ isComplete }) => isComplete));
}

export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || from > last.to + LOG_TOLERANCE_MS) merged.push({ from, to });
    else merged[merged.length - 1] = { from: last.from, to: later(last.to, to) };
  }
  return merged;
}

/** The times between spans that are in order and apart. */
export function holesOf(spans: readonly Span[]): readonly Span[] {
  const holes: Span[] = [];
  let last: Span | undefined;
  for (const span of spans) {
    if (last !== undefined) holes.push({ from: last.to, to: span.from });
    last = span;
  }
  return holes;
}

/** From the beginning of the first to the end of the last, in order; empty for none. */
export function hullOf(spans: readonly Span[]): readonly Span[] {
  const [first] = spans;
  const last = spans.at(-1);
  return first === undefined || last === undefined ? [] : [{ from: first.from, to: last.to }];
}

/** What of the spans the others leave, where that is more than the tolerance. */
export function withoutSpans(spans: readonly Span[], others: readonly Span[]): readonly Span[] {
  let left = spans.filter(isWorthMention);
  for (const other of others) {
    left = left.flatMap(({ from, to }) =>
      [
        { from, to: earlier(to, other.from) },
        { from: later(from, other.to), to },
      ].filter(isWorthMention),
    );
  }
  return left;
}

/** The part of the spans after a time, where that is more than the tolerance. */
export function spansAfter(spans: readonly Span[], start: Instant): readonly Span[] {
  return spans.map(({ from, to }) => ({ from: later(from, start), to })).filter(isWorthMention);
}

function isWorthMention({ from, to }: Span): boolean {
  return to - from > LOG_TOLERANCE_MS;
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}

function later(a: Instant, b: Instant): Instant {
  return a > b ? a : b;
}
