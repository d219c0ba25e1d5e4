// Words the answer to a release: the receipt that a pipeline decides on.
import { formatInstant, type Instant } from '../../base/instant';
import type { Release, ReleaseInstance, ReleaseReceipt } from '../../domain/release';
import { validUntil } from './attempt';

/**
 * The receipt at `asOf`. A release that has passed and is no longer valid is no pass: its receipt says `failed`, and that a new request opens a new attempt.
 */
export function receiptOf(release: Release, asOf: Instant): ReleaseReceipt {
  const end = validUntil(release);
  const isStale = end !== undefined && asOf >= end;
  const status = isStale ? 'failed' : release.status;
  const reason = isStale ? `it passed at ${formatInstant(release.updatedAt)} and was valid until ${formatInstant(end)}: ask for it anew` : reasonOf(release);
  return {
    version: 1,
    key: release.key,
    source: release.wish.source,
    release: release.wish.release,
    status,
    reason,
    attempt: release.attempt,
    asOf: formatInstant(asOf),
    deadline: formatInstant(release.deadlineAt),
    ...(end === undefined || isStale ? {} : { validUntil: formatInstant(end) }),
    instances: release.instances.map(entryOf),
  };
}

function reasonOf({ status, instances }: Release): string {
  if (status === 'passed') return `a finished backup set of each of the ${instances.length} instances is there, and is held`;
  const words = instances.filter((each) => each.status === status).map(({ instanceId, reason }) => `${instanceId}: ${reason}`);
  const [first = 'no instance is left'] = words;
  const more = words.length > 1 ? ` (and ${words.length - 1} more)` : '';
  if (status === 'failed') return `${first}${more}`;
  return `${instances.length - words.length} of ${instances.length} instances have passed; ${first}${more}`;
}

function entryOf(each: ReleaseInstance): ReleaseReceipt['instances'][number] {
  const { instanceId, account, region, status, reason, isReused, backupId, jobId, startedAt, endedAt, holdId, heldUntil, effectiveUntil } = each;
  return {
    instanceId,
    account,
    region,
    status,
    reason,
    reused: isReused,
    ...(backupId === undefined ? {} : { backupId }),
    ...(jobId === undefined ? {} : { jobId }),
    ...(startedAt === undefined ? {} : { startedAt: formatInstant(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: formatInstant(endedAt) }),
    ...(holdId === undefined ? {} : { holdId }),
    ...(heldUntil === undefined ? {} : { heldUntil: formatInstant(heldUntil) }),
    ...(effectiveUntil === undefined ? {} : { effectiveUntil: effectiveUntil === 'never' ? effectiveUntil : formatInstant(effectiveUntil) }),
  };
}
