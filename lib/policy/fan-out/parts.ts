// Decides how a fleet is divided among workers: which parts, which instances belong to which, and what each may change.
import { shortHash } from '../../base/hash';
import type { AccountRegion } from '../../domain/instance';
import type { ShardPart, ShardWork } from '../../domain/open-task';
import type { LimitsPolicy } from '../../domain/protection-policy';

/** How much of an account and region is due. */
export interface DueCount extends AccountRegion {
  readonly due: number;
}

type PartLimits = Pick<LimitsPolicy, 'instancesPerWorker' | 'apiRatePerSecond'>;

/**
 * A part for each account and region; several equal ones where more is due than one worker takes on. Never more than the calls per second that they share: each worker
 * lists all of its account and region, and with less than a call per second would not come to an end.
 */
export function partsOf(shards: readonly DueCount[], { instancesPerWorker, apiRatePerSecond }: PartLimits): readonly ShardPart[] {
  return shards.flatMap(({ account, region, due }) => {
    const parts = Math.max(1, Math.min(Math.ceil(due / instancesPerWorker), apiRatePerSecond));
    return Array.from({ length: parts }, (_, index) => ({ account, region, part: index + 1, parts }));
  });
}

/** By the hash of its id, so that an instance stays with its part however the list is sorted or grows. */
export function isInPart({ part, parts }: Pick<ShardPart, 'part' | 'parts'>, instanceId: string): boolean {
  return parts === 1 || hashOf(instanceId) % parts === part - 1;
}

/**
 * The first leg of each part. Together the parts may change as much as one run may. Where that cannot be divided evenly, `runKey` (the same for every delivery of the
 * run) decides by its hash who has more: over many runs every part has its turn, also where there are fewer changes than parts.
 */
export function firstLegs(parts: readonly ShardPart[], maxChangesPerRun: number, runKey: string): readonly ShardWork[] {
  const turn = hashOf(runKey) % Math.max(1, parts.length);
  return parts.map((part, index) => {
    const place = (index + turn) % parts.length;
    const changesLeft = shareOf(maxChangesPerRun, place + 1, parts.length) - shareOf(maxChangesPerRun, place, parts.length);
    return { ...part, fromPage: 1, leg: 0, changesLeft, manualSets: 0 };
  });
}

function hashOf(text: string): number {
  return Number.parseInt(shortHash(text, 8), 16);
}

function shareOf(total: number, count: number, of: number): number {
  return Math.floor((total * count) / of);
}

/** What a worker that ran out of time has come to. */
export interface LegEnd {
  /** The page that it did not get through. */
  readonly page: number;
  /** Changes made. */
  readonly changes: number;
  /** Manual backup sets counted on each page, from the leg's first page on. */
  readonly manualSets: readonly number[];
}

/**
 * The leg that goes on; undefined when this one did not get through a single page: then another would not either, and the next tick looks again. It begins one page
 * early where that leaves it ahead of this one: instances that were released meanwhile move the others forward in the list. What is done twice is done once, and what is
 * counted again does not go along.
 */
export function nextLeg(work: ShardWork, end: LegEnd): ShardWork | undefined {
  if (end.page <= work.fromPage) return undefined;
  const fromPage = end.page - 1 > work.fromPage ? end.page - 1 : end.page;
  return {
    ...work,
    fromPage,
    leg: work.leg + 1,
    changesLeft: Math.max(0, work.changesLeft - end.changes),
    manualSets: end.manualSets.slice(0, fromPage - work.fromPage).reduce((sum, count) => sum + count, work.manualSets),
  };
}

/** `prod/cn-hangzhou`, `prod/cn-hangzhou 2/5`, `prod/cn-hangzhou 2/5 leg 1`: names a worker's part in runs, logs and summaries. */
export function nameOfWork({ account, region, part, parts, leg }: ShardWork): string {
  return `${account}/${region}${parts === 1 ? '' : ` ${part}/${parts}`}${leg === 0 ? '' : ` leg ${leg}`}`;
}
