// An instance with copies to verify, and its set of yesterday with its copy: each test changes what it is about.
import { type Instant, instant } from '../../../lib/base/instant';
import type { CrossRegionSettings } from '../../../lib/domain/cross-region';
import type { CrossRegionPolicy } from '../../../lib/domain/protection-policy';
import type { CopiesInput, Pair } from '../../../lib/policy/cross-region/types';
import { verifyCopies } from '../../../lib/policy/cross-region/verify';
import { HOUR, makeCopy, makeCrossRegionPolicy, makeCrossRegionSettings, makeInstance, makeLogFile, makeSet, NOW } from '../fixtures';

export interface Change extends Partial<Omit<CopiesInput, 'policy' | 'settings'>> {
  readonly policy?: Partial<CrossRegionPolicy>;
  readonly settings?: Partial<CrossRegionSettings>;
}

/** One set and its copy of the evening before, nothing else asked for. Copies may take three hours. */
export function makeInput({ policy, settings, ...change }: Change = {}): CopiesInput {
  return {
    instance: makeInstance(),
    policy: makeCrossRegionPolicy(policy),
    settings: makeCrossRegionSettings(settings),
    sets: [makeSet()],
    copies: [makeCopy()],
    named: new Map(),
    localLogs: undefined,
    copiedLogs: undefined,
    localWindow: undefined,
    copyWindow: undefined,
    probe: undefined,
    asOf: NOW,
    ...change,
  };
}

export function pairsOf(change: Change): readonly Pair[] {
  return verifyCopies(makeInput(change)).pairs;
}

/** `set-id copy-id state`, with a dash for what is not there. */
export function statesOf(change: Change): string[] {
  return pairsOf(change).map(({ set, copy, state }) => `${set?.id ?? '-'} ${copy?.id ?? '-'} ${state}`);
}

export function rulesOf(change: Change): string[] {
  return verifyCopies(makeInput(change)).findings.map(({ rule }) => rule);
}

export function ago(ms: number): Instant {
  return instant(NOW - ms);
}

/** Hourly files from so many hours ago to so many hours ago. */
export function hourlyLogs(from: number, to: number): ReturnType<typeof makeLogFile>[] {
  return Array.from({ length: from - to }, (_, index) => makeLogFile({ from: ago((from - index) * HOUR), to: ago((from - index - 1) * HOUR) }));
}
