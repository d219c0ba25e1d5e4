// Lists what an instance has besides backup sets: backup jobs, log files, databases, and its own backup settings.
import { KeeperError } from '../base/errors';
import type { BackupJob } from '../domain/backup';
import type { LogFile } from '../domain/cross-region';
import type { Database, Instance } from '../domain/instance';
import type { SetWindow } from '../domain/ports';
import type { BackupSettings } from '../domain/settings';
import { placeOf } from './inventory';
import type { Shard } from './shards';

/** Those that wait or run: the service lists no others (RDS API, DescribeBackupTasks). */
export async function listTasks(shards: readonly Shard[], instanceId: string): Promise<readonly BackupJob[]> {
  const { gateway } = await placeOf(shards, instanceId);
  return gateway.listRunningJobs(instanceId);
}

/** One job, also when it has ended. Throws a KeeperError `unknown-job` for one that the service does not know. */
export async function showTask(shards: readonly Shard[], instanceId: string, jobId: string): Promise<BackupJob> {
  const { gateway } = await placeOf(shards, instanceId);
  const job = await gateway.findJob(instanceId, jobId);
  if (job !== undefined) return job;
  throw new KeeperError(`instance ${instanceId} knows no backup job ${jobId}`, {
    code: 'unknown-job',
    hint: 'check both ids; the service forgets old jobs, and keeper backups list shows their sets',
  });
}

export interface InstanceLogs {
  readonly instance: Instance;
  /** Oldest first. */
  readonly logs: readonly LogFile[];
}

/** The binlog, WAL or log backup files that overlap the window. */
export async function listBinlogs(shards: readonly Shard[], instanceId: string, window: SetWindow): Promise<InstanceLogs> {
  const { gateway, instance } = await placeOf(shards, instanceId);
  return { instance, logs: await gateway.listLogs(instance, window) };
}

export async function listDatabasesOf(shards: readonly Shard[], instanceId: string): Promise<readonly Database[]> {
  const { gateway, instance } = await placeOf(shards, instanceId);
  return gateway.listDatabases(instanceId, instance.engine);
}

export interface InstanceSettings {
  readonly instance: Instance;
  readonly settings: BackupSettings;
}

export async function readInstanceSettings(shards: readonly Shard[], instanceId: string): Promise<InstanceSettings> {
  const { gateway, instance } = await placeOf(shards, instanceId);
  return { instance, settings: await gateway.readSettings(instanceId) };
}
