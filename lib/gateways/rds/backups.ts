// Reads backup sets and backup jobs of one instance.

import { DescribeBackupsRequest } from '@alicloud/rds20140815/dist/models/DescribeBackupsRequest';
import {
  DescribeBackupsResponseBody,
  type DescribeBackupsResponseBodyItemsBackup as WireBackup,
} from '@alicloud/rds20140815/dist/models/DescribeBackupsResponseBody';
import { DescribeBackupTasksRequest } from '@alicloud/rds20140815/dist/models/DescribeBackupTasksRequest';
import { DescribeBackupTasksResponseBody } from '@alicloud/rds20140815/dist/models/DescribeBackupTasksResponseBody';
import { DAY_MS, formatInstantMinutes, type Instant, instant, MINUTE_MS, plusMs } from '../../base/instant';
import type { BackupJob, BackupSet } from '../../domain/backup';
import { RefusedError } from '../../domain/cloud-errors';
import type { SetWindow } from '../../domain/ports';
import { toBackupJob, toBackupSet, toTotal } from './mapping';
import { type Page, readAll } from './paging';
import type { RdsTransport } from './transport';

/** The largest page that both the documents (30, 50, 100) and the gateway's metadata (30 to 1000) allow. */
const PAGE_SIZE = 100;

/**
 * All sets that started in the window, oldest first. The documents do not say whether the filter looks at a set's start or its end: the query
 * therefore reaches up to a day past the window (never past `now`, when everything listed has ended), and what it brings is filtered here.
 */
export async function listBackupSets(transport: RdsTransport, instanceId: string, window: SetWindow, now: Instant): Promise<readonly BackupSet[]> {
  const queryUntil = instant(Math.max(window.to, Math.min(now, window.to + DAY_MS)));
  const fetchPage = (pageNumber: number): Promise<Page<WireBackup>> =>
    readBackupPage(
      transport,
      instanceId,
      new DescribeBackupsRequest({
        DBInstanceId: instanceId,
        startTime: formatInstantMinutes(window.from),
        endTime: formatInstantMinutes(plusMs(queryUntil, MINUTE_MS)),
        pageNumber,
        pageSize: PAGE_SIZE,
      }),
    );
  const wires = await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf: (wire) => wire.backupId ?? '' });
  return wires
    .map((wire) => toBackupSetOrThrow(transport, wire, instanceId))
    .filter((set) => set.startedAt >= window.from && set.startedAt < window.to)
    .sort((a, b) => a.startedAt - b.startedAt || a.id.localeCompare(b.id, 'en'));
}

export async function findBackupSet(transport: RdsTransport, instanceId: string, backupId: string): Promise<BackupSet | undefined> {
  const wire = await findWireBackup(transport, instanceId, backupId);
  return wire === undefined ? undefined : toBackupSetOrThrow(transport, wire, instanceId);
}

/** The set as the service lists it, with its download links: not for logs. */
export async function findWireBackup(transport: RdsTransport, instanceId: string, backupId: string): Promise<WireBackup | undefined> {
  const request = new DescribeBackupsRequest({ DBInstanceId: instanceId, backupId, pageNumber: 1, pageSize: PAGE_SIZE });
  const { items } = await readBackupPage(transport, instanceId, request);
  return items.find((item) => item.backupId === backupId);
}

async function readBackupPage(transport: RdsTransport, instanceId: string, request: DescribeBackupsRequest): Promise<Page<WireBackup>> {
  const body = await transport.call({ action: 'DescribeBackups', target: instanceId, request, Body: DescribeBackupsResponseBody });
  if (body.items === undefined) throw transport.unreadable('DescribeBackups', instanceId, 'no list of backup sets in it');
  return { items: body.items.backup ?? [], total: toTotal(body.totalRecordCount) };
}

/** A set that cannot be placed in time would be missing from the daily cap: the whole list is refused instead. */
function toBackupSetOrThrow(transport: RdsTransport, wire: WireBackup, instanceId: string): BackupSet {
  const set = toBackupSet(wire, instanceId);
  if (set === undefined) throw transport.unreadable('DescribeBackups', instanceId, `backup set ${wire.backupId ?? 'without an id'} has no readable start time`);
  return set;
}

/** Without a job id the API lists only jobs that wait or run. */
export async function listRunningJobs(transport: RdsTransport, instanceId: string): Promise<readonly BackupJob[]> {
  const jobs = await readJobs(transport, instanceId, new DescribeBackupTasksRequest({ DBInstanceId: instanceId }));
  return jobs.filter((job) => job.status === 'not-started' || job.status === 'running');
}

/** Asked for by its id, a job is returned after its end too. The API takes the id as a number, and may answer with another job. */
export async function findJob(transport: RdsTransport, instanceId: string, jobId: string): Promise<BackupJob | undefined> {
  const number = Number(jobId);
  if (!/^\d+$/.test(jobId) || !Number.isSafeInteger(number)) {
    throw new RefusedError('invalid-request', `DescribeBackupTasks for ${instanceId} was not sent: not a backup job id: ${jobId}`, {
      operation: 'DescribeBackupTasks',
      target: instanceId,
    });
  }
  const jobs = await readJobs(transport, instanceId, new DescribeBackupTasksRequest({ DBInstanceId: instanceId, backupJobId: number }));
  return jobs.find((job) => job.id === jobId);
}

async function readJobs(transport: RdsTransport, instanceId: string, request: DescribeBackupTasksRequest): Promise<readonly BackupJob[]> {
  const body = await transport.call({ action: 'DescribeBackupTasks', target: instanceId, request, Body: DescribeBackupTasksResponseBody });
  if (body.items === undefined) throw transport.unreadable('DescribeBackupTasks', instanceId, 'no list of backup jobs in it');
  const jobs: BackupJob[] = [];
  for (const wire of body.items.backupJob ?? []) {
    const job = toBackupJob(wire, instanceId);
    if (job !== undefined) jobs.push(job);
  }
  return jobs;
}
