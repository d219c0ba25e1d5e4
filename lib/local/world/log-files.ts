// Cuts an instance's logs into files, and says which of them are in another region: worked out from times, so that a big fleet costs nothing.
import { DAY_MS, type Instant, instant, plusMs } from '../../base/instant';
import { diceOf } from './automatic';
import type { LogGap, LogPeriod } from './copy-state';
import type { RdsKnobs } from './knobs';
import { logRetentionDays } from './settings';
import type { InstanceState } from './state';

/** A piece of the log. It covers [from, to); the next one begins where it ends. */
export interface LogPiece {
  /** Grows by one from file to file. */
  readonly number: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly sizeBytes: number;
}

export interface CopiedLogPiece extends LogPiece {
  readonly region: string;
}

/** A time in which logs are looked for. */
export interface LogWindow {
  readonly from: number;
  readonly to: number;
}

/** The pieces that ended by `asOf`, oldest first, and touch the window. The youngest may still be on its way to the storage. */
export function localLogs(instance: InstanceState, window: LogWindow, asOf: Instant, knobs: RdsKnobs): readonly LogPiece[] {
  const { logsSince, spec } = instance;
  if (logsSince === undefined) return [];
  const kept = asOf - logRetentionDays(spec) * DAY_MS;
  const within = { since: logsSince, from: Math.max(window.from, kept), to: Math.min(window.to, asOf), endsBy: asOf };
  return cut(instance, within, knobs).filter((piece) => !isLost(piece, instance.logGaps, 'local'));
}

/** The pieces in any other region by `asOf`, oldest first, that touch the window. They are kept as long as the copies of sets. */
export function copiedLogs(instance: InstanceState, window: LogWindow, asOf: Instant, knobs: RdsKnobs): readonly CopiedLogPiece[] {
  const settings = instance.spec.crossRegion;
  if (settings === undefined) return [];
  const kept = asOf - settings.retentionDays * DAY_MS;
  return settings.logPeriods.flatMap((period) => {
    const since = beganAt(instance, period);
    if (since === undefined) return [];
    const endsBy = Math.min(asOf - knobs.logs.copyMs, period.to ?? asOf);
    const within = { since, from: Math.max(window.from, kept, since), to: Math.min(window.to, endsBy), endsBy };
    const pieces = cut(instance, within, knobs).filter((piece) => !isLost(piece, instance.logGaps, 'copies'));
    return pieces.map((piece) => ({ ...piece, region: period.region }));
  });
}

/** Nothing goes over while no logs are backed up at all. */
function beganAt(instance: InstanceState, period: LogPeriod): Instant | undefined {
  if (period.to !== null) return period.from;
  return instance.logsSince === undefined ? undefined : instant(Math.max(period.from, instance.logsSince));
}

interface Cut {
  /** The first piece begins then. */
  readonly since: number;
  readonly from: number;
  readonly to: number;
  /** A piece that ends later is not there. */
  readonly endsBy: number;
}

function cut(instance: InstanceState, { since, from, to, endsBy }: Cut, knobs: RdsKnobs): readonly LogPiece[] {
  const { fileMs } = knobs.logs;
  const pieces: LogPiece[] = [];
  for (let number = Math.floor(Math.max(from, since) / fileMs); number * fileMs < to; number += 1) {
    const begin = Math.max(number * fileMs, since);
    const end = (number + 1) * fileMs;
    if (end <= from) continue;
    if (end > endsBy) break;
    pieces.push({ number, from: instant(begin), to: instant(end), sizeBytes: sizeOf(instance, number) });
  }
  return pieces;
}

const LEAST_BYTES = 4 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;

function sizeOf(instance: InstanceState, number: number): number {
  return LEAST_BYTES + diceOf(`${instance.spec.id}:log:${number}`, MOST_BYTES);
}

function isLost(piece: LogPiece, gaps: readonly LogGap[], where: 'local' | 'copies'): boolean {
  return gaps.some((gap) => (gap.where === where || gap.where === 'both') && piece.from < gap.to && piece.to > gap.from);
}

/** Whether a piece is in the storage by then, and can be fetched. */
export function isStored(piece: LogPiece, asOf: Instant, knobs: RdsKnobs): boolean {
  return plusMs(piece.to, knobs.logs.uploadMs) <= asOf;
}

/** The periods once logs stop going anywhere. */
export function closePeriods(periods: readonly LogPeriod[], at: Instant): readonly LogPeriod[] {
  return periods.map((period) => (period.to === null ? { ...period, to: at } : period));
}

/** The periods once logs go to this region. */
export function openPeriod(periods: readonly LogPeriod[], region: string, at: Instant): readonly LogPeriod[] {
  if (periods.some((period) => period.to === null && period.region === region)) return periods;
  return [...closePeriods(periods, at), { region, from: at, to: null }];
}
