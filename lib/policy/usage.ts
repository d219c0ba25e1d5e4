// Sums the calls to the RDS API in a calendar month (UTC), and sets them against free quotas, prices and the policy's budget.
import { DateTime } from 'luxon';
import { type Instant, instant } from '../base/instant';
import type { RunRecord } from '../domain/run';
import type { Finding } from '../domain/verdict';

/** A calendar month in UTC: [from, to). */
export interface Month {
  /** `2026-11` */
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
}

export interface Usage {
  readonly month: Month;
  readonly runs: number;
  /** Not finished yet, or cut off: nobody knows their calls. */
  readonly unfinishedRuns: number;
  /** By the API's operation. Retries count. */
  readonly calls: Readonly<Record<string, number>>;
}

/** What a call costs. Without a quota every call is beyond what is free; without a price nobody knows what that costs. */
export interface TariffEntry {
  readonly freePerMonth?: number | 'unlimited';
  /** In the currency of the tariff, whatever that is. */
  readonly pricePerCall?: number;
}

/** By the API's operation. */
export type Tariff = Readonly<Record<string, TariffEntry>>;

/** Price Reference: `cross_region_backup_query 0.001 /`, without a unit or a currency. */
const CROSS_REGION_QUERY: TariffEntry = { pricePerCall: 0.001 };

/**
 * As source document 000 ("rds-backup", Pricing & Billing) states, not verified: no other document has free quotas or prices of calls. Three of its four free quotas, and
 * its price, name kinds of queries; which operations those are is our reading. Its prices `default` and `standard` are said of no operation and are left out.
 */
export const DOCUMENT_TARIFF: Tariff = {
  // "Query backup settings: Free calls with no quota limits"
  DescribeBackupPolicy: { freePerMonth: 'unlimited' },
  // "Query backup tasks: 1000 free calls per month"
  DescribeBackupTasks: { freePerMonth: 1000 },
  // "Query detached backups: 100 free calls per month"
  DescribeDetachedBackups: { freePerMonth: 100 },
  // "DescribeRCSnapshots: 100 free calls per month"
  DescribeRCSnapshots: { freePerMonth: 100 },
  DescribeCrossBackupMetaList: CROSS_REGION_QUERY,
  DescribeCrossRegionBackupDBInstance: CROSS_REGION_QUERY,
  DescribeCrossRegionBackups: CROSS_REGION_QUERY,
  DescribeCrossRegionLogBackupFiles: CROSS_REGION_QUERY,
  DescribeInstanceCrossBackupPolicy: CROSS_REGION_QUERY,
};

/** The month that a point in time lies in. */
export function monthOf(at: Instant): Month {
  return monthFrom(DateTime.fromMillis(at, { zone: 'utc' }).startOf('month'));
}

/** Reads `2026-11`; undefined for anything else. */
export function parseMonth(text: string): Month | undefined {
  if (!/^2\d{3}-(?:0[1-9]|1[0-2])$/.test(text)) return undefined;
  return monthFrom(DateTime.fromFormat(text, 'yyyy-MM', { zone: 'utc' }));
}

function monthFrom(start: DateTime): Month {
  return { name: start.toFormat('yyyy-MM'), from: instant(start.toMillis()), to: instant(start.plus({ months: 1 }).toMillis()) };
}

export function emptyUsage(month: Month): Usage {
  return { month, runs: 0, unfinishedRuns: 0, calls: {} };
}

/** The usage with these runs in it. They must be of its month: a run counts where its trigger's time lies. */
export function addRuns(usage: Usage, runs: readonly Pick<RunRecord, 'summary'>[]): Usage {
  const calls: Record<string, number> = { ...usage.calls };
  let { unfinishedRuns } = usage;
  for (const { summary } of runs) {
    if (summary === undefined) unfinishedRuns += 1;
    for (const [operation, count] of Object.entries(summary?.apiCalls ?? {})) calls[operation] = (calls[operation] ?? 0) + count;
  }
  return { ...usage, runs: usage.runs + runs.length, unfinishedRuns, calls };
}

/** Over all operations. */
export function callsOfMonth({ calls }: Pick<Usage, 'calls'>): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

/** One operation's calls against the tariff. */
export interface UsageLine {
  readonly operation: string;
  readonly calls: number;
  readonly freePerMonth: number | 'unlimited' | undefined;
  readonly freeLeft: number | 'unlimited' | undefined;
  /** Calls beyond the free ones. */
  readonly beyondFree: number;
  readonly pricePerCall: number | undefined;
  /** Of the calls beyond the free ones; undefined where the tariff has no price for them. */
  readonly price: number | undefined;
}

/** One line for each operation that was called or has a free quota of the tariff, by name. */
export function usageLines({ calls }: Pick<Usage, 'calls'>, tariff: Tariff): readonly UsageLine[] {
  const withQuota = Object.keys(tariff).filter((operation) => tariff[operation]?.freePerMonth !== undefined);
  const operations = [...new Set([...Object.keys(calls), ...withQuota])].sort();
  return operations.map((operation) => lineOf(operation, calls[operation] ?? 0, tariff[operation] ?? {}));
}

function lineOf(operation: string, calls: number, { freePerMonth, pricePerCall }: TariffEntry): UsageLine {
  const isFree = freePerMonth === 'unlimited';
  const beyondFree = isFree ? 0 : Math.max(0, calls - (freePerMonth ?? 0));
  return {
    operation,
    calls,
    freePerMonth,
    freeLeft: freePerMonth === undefined || isFree ? freePerMonth : Math.max(0, freePerMonth - calls),
    beyondFree,
    pricePerCall,
    price: beyondFree === 0 ? 0 : pricePerCall === undefined ? undefined : beyondFree * pricePerCall,
  };
}

/** The month's calls have reached limits.apiCallsPerMonth: optional reads are left out, and this says so. */
export function apiBudgetReached(used: number, budget: number): Finding {
  return {
    id: 'api-budget-reached:fleet',
    severity: 'warning',
    rule: 'api-budget-reached',
    instanceId: undefined,
    message: `the ledger's runs have made ${used} calls to the RDS API this month (UTC), and limits.apiCallsPerMonth is ${budget}: optional reads are left out until the next month`,
    evidence: { used, budget },
    remedy: 'look at keeper usage; raise limits.apiCallsPerMonth, or run the functions less often',
  };
}
