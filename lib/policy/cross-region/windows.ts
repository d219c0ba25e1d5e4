// Says what is wrong with the recovery windows: gone although there are logs, or smaller than they were.
import { DAY_MS } from '../../base/instant';
import type { RecoveryWindow } from '../../domain/cross-region';
import { isGood } from '../freshness';
import type { JudgedPair } from './judge';
import type { LogContinuity } from './log-continuity';
import { LOG_TOLERANCE_MS, spansOf } from './log-spans';
import { newestRestorable, restorableMoments } from './restorable';
import type { CopiesInput } from './types';

export type WindowPlace = 'local' | 'copy';

export type WindowFault =
  | { readonly kind: 'missing'; readonly where: WindowPlace }
  | { readonly kind: 'shrunk'; readonly where: WindowPlace; readonly before: RecoveryWindow; readonly now: RecoveryWindow };

/** Gaps in the logs say why a window is small, or not there: then it is not said again. */
export function windowFaults(pairs: readonly JudgedPair[], logs: LogContinuity, input: CopiesInput): readonly WindowFault[] {
  const isFaulty = (where: 'local' | 'copied'): boolean => logs.gaps.some((gap) => gap.where === where);
  const faults = [
    ...(isFaulty('local') ? [] : [localFault(input)]),
    ...(isFaulty('local') || isFaulty('copied') || logs.behind !== undefined ? [] : [copyFault(pairs, input)]),
  ];
  return faults.filter((fault) => fault !== undefined);
}

function localFault(input: CopiesInput): WindowFault | undefined {
  const { localWindow: now, windowsBefore, localLogs, sets } = input;
  const fulls = sets.filter((set) => isGood(set) && set.type === 'full' && set.scope.kind === 'instance').map(({ endedAt }) => endedAt);
  if (now === 'none') {
    const logsTo = spansOf(localLogs ?? []).at(-1)?.to;
    return logsTo !== undefined && fulls.length > 0 && logsTo >= Math.max(...fulls) ? { kind: 'missing', where: 'local' } : undefined;
  }
  const before = windowsBefore?.localWindow;
  if (now === undefined || before === undefined) return undefined;
  const isShorter = lengthOf(before) - lengthOf(now) > longestInterval(fulls) + LOG_TOLERANCE_MS;
  return isShorter || fallsBack(before, now) ? { kind: 'shrunk', where: 'local', before, now } : undefined;
}

/** It begins anew with each copy, so that only its end can be held against it. */
function copyFault(pairs: readonly JudgedPair[], input: CopiesInput): WindowFault | undefined {
  const { copyWindow: now, windowsBefore, copiedLogs, settings, asOf, policy } = input;
  if (!settings.isEnabled || !settings.copiesLogs) return undefined;
  if (now === 'none') {
    const moment = newestRestorable(restorableMoments(pairs, input), []);
    const logsTo = spansOf(copiedLogs ?? []).at(-1)?.to;
    const isDue = moment !== undefined && logsTo !== undefined && logsTo >= moment && asOf - moment > policy.maxLagMs;
    return isDue ? { kind: 'missing', where: 'copy' } : undefined;
  }
  const before = windowsBefore?.copyWindow;
  return now !== undefined && before !== undefined && fallsBack(before, now) ? { kind: 'shrunk', where: 'copy', before, now } : undefined;
}

function fallsBack(before: RecoveryWindow, now: RecoveryWindow): boolean {
  return now.to < before.to - LOG_TOLERANCE_MS;
}

function lengthOf({ from, to }: RecoveryWindow): number {
  return to - from;
}

/** When the oldest full set goes, the window begins at the next one: that much is no loss. A week, the longest between two automatic backups, where it is not known. */
function longestInterval(ends: readonly number[]): number {
  const sorted = [...ends].sort((a, b) => a - b);
  const between = sorted.slice(1).map((end, index) => end - Number(sorted[index]));
  return between.length === 0 ? 7 * DAY_MS : Math.max(...between);
}
