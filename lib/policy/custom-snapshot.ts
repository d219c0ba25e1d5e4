// Decides on snapshots of RDS Custom disks: what may be asked for, and the words under which they are recorded.
import { formatInstant } from '../base/instant';
import type { CustomSnapshot, CustomSnapshotWish } from '../domain/custom-snapshot';
import type { AccountRegion } from '../domain/instance';
import type { Finding } from '../domain/verdict';

export const MIN_DESCRIPTION = 2;
export const MAX_DESCRIPTION = 256;
export const MAX_RETENTION_DAYS = 65_536;

/** What is wrong with a wish, in words; empty when nothing is. The rules are those of RDS API, CreateRCSnapshot. */
export function snapshotProblems({ description, retentionDays }: CustomSnapshotWish): readonly string[] {
  const problems: string[] = [];
  if (description !== undefined) {
    const length = [...description].length;
    if (length < MIN_DESCRIPTION || length > MAX_DESCRIPTION) {
      problems.push(`a description has ${MIN_DESCRIPTION} to ${MAX_DESCRIPTION} characters, and this one has ${length}`);
    }
    if (/^https?:\/\//i.test(description)) problems.push('a description cannot begin with http:// or https://');
  }
  if (retentionDays !== undefined && (!Number.isSafeInteger(retentionDays) || retentionDays < 1 || retentionDays > MAX_RETENTION_DAYS)) {
    problems.push(`a snapshot is kept 1 to ${MAX_RETENTION_DAYS} days, or for ever where no retention is named`);
  }
  return problems;
}

/** A snapshot was asked for; the service makes it. */
export function snapshotStarted(snapshotId: string, { diskId, retentionDays }: CustomSnapshotWish, { account, region }: AccountRegion): Finding {
  return {
    id: `custom-snapshot-started:${snapshotId}`,
    severity: 'info',
    rule: 'custom-snapshot-started',
    instanceId: undefined,
    message: `snapshot ${snapshotId} of disk ${diskId} was started`,
    evidence: { snapshotId, diskId, account, region, ...(retentionDays === undefined ? {} : { retentionDays }) },
    remedy: `see keeper snapshots show ${snapshotId}`,
  };
}

/** A snapshot was deleted. */
export function snapshotDeleted({ id, diskId, createdAt }: CustomSnapshot, { account, region }: AccountRegion): Finding {
  return {
    id: `custom-snapshot-deleted:${id}`,
    severity: 'info',
    rule: 'custom-snapshot-deleted',
    instanceId: undefined,
    message: `snapshot ${id} of disk ${diskId} was deleted`,
    evidence: { snapshotId: id, diskId, account, region, ...(createdAt === undefined ? {} : { createdAt: formatInstant(createdAt) }) },
    remedy: 'nothing to do',
  };
}
