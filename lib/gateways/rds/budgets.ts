// The rates at which one account and region may be called.
import type { Clock } from '../../base/clock';
import { makeTokenBucket, type TokenBucket } from '../../base/token-bucket';
import type { OperationGroup } from './actions';

/**
 * The service's own limits, in calls per second and account, region and group (seed document 000: 100 for queries, 10 cross-region; RDS API,
 * ModifyBackupPolicy: 10).
 */
const CEILING_PER_SECOND: Readonly<Record<OperationGroup, number>> = { standard: 100, 'settings-writes': 10, 'cross-region': 10 };

const MAX_BURST = 5;
/** Bursts grow with the rate: this many seconds' worth. */
const BURST_SECONDS = 0.25;

/** One bucket per operation group, for one account and region: everything that calls there must share it. */
export type RateBudgets = Readonly<Record<OperationGroup, TokenBucket>>;

export interface RateBudgetOptions {
  readonly clock: Clock;
  readonly ratePerSecond: number;
  readonly crossRegionRatePerSecond: number;
}

/** No second ever sees more calls than the service's limit, whatever is configured. */
export function makeRateBudgets(options: RateBudgetOptions): RateBudgets {
  return {
    standard: makeBudget(options.clock, options.ratePerSecond, CEILING_PER_SECOND.standard),
    'settings-writes': makeBudget(options.clock, options.ratePerSecond, CEILING_PER_SECOND['settings-writes']),
    'cross-region': makeBudget(options.clock, options.crossRegionRatePerSecond, CEILING_PER_SECOND['cross-region']),
  };
}

function makeBudget(clock: Clock, configured: number, ceiling: number): TokenBucket {
  const burst = Math.max(1, Math.min(MAX_BURST, configured * BURST_SECONDS));
  return makeTokenBucket({ clock, ratePerSecond: Math.min(configured, ceiling - burst), burst });
}
