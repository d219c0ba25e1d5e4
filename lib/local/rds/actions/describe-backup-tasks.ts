// DescribeBackupTasks: jobs that wait or run; a finished one only to those who ask by its id, and only then with its backup set.
import type { Instant } from '../../../base/instant';
import { text } from '../../rpc/parameters';
import { type JobProgress, progressOf } from '../../world/jobs';
import type { InstanceState, JobState, Mode, SetState } from '../../world/state';
import { refusal } from '../errors';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

type Row = Readonly<Record<string, string>>;

export const describeBackupTasks: RdsAction = {
  name: 'DescribeBackupTasks',
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupJobId: { type: 'int' },
    BackupJobStatus: { type: 'string', values: ['NoStart', 'Progressing'] },
    BackupMode: { type: 'string', values: ['Automated', 'Manual'] },
  },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal('DescribeBackupTasks', 'InvalidDBInstanceName.NotFound'));
    if (instance.spec.role !== 'Primary') throw refusal('DescribeBackupTasks', 'ReadDBInstanceNotSupport');
    const jobId = text(call.parameters, 'BackupJobId');
    const mode = text(call.parameters, 'BackupMode');
    const status = text(call.parameters, 'BackupJobStatus');
    const rows = jobId === undefined ? runningRows(instance, call.asOf, status) : rowsOf(instance, jobId, call.asOf);
    return { body: { Items: { BackupJob: rows.filter((row) => mode === undefined || row['JobMode'] === mode) } } };
  },
};

/** Whatever runs at `asOf`, which is in the past under a stale list: then a set of today was still a job. */
function runningRows(instance: InstanceState, asOf: Instant, status: string | undefined): readonly Row[] {
  const rows = [
    ...(instance.job === undefined ? [] : jobRows(instance.job, asOf)),
    ...instance.sets.flatMap((set) => (set.endedAt > asOf ? setRows(set, asOf) : [])),
  ];
  return rows.filter((row) => status === undefined || (status === 'NoStart') === (row['BackupStatus'] === 'NoStart'));
}

function rowsOf(instance: InstanceState, jobId: string, asOf: Instant): readonly Row[] {
  if (instance.job?.id === jobId) return jobRows(instance.job, asOf);
  const set = instance.sets.find((candidate) => candidate.jobId === jobId);
  return set === undefined ? [] : setRows(set, asOf);
}

function jobRows(job: JobState, asOf: Instant): readonly Row[] {
  return job.startedAt > asOf ? [] : [runningRow(job.id, job.mode, progressOf(job, asOf))];
}

function setRows(set: SetState, asOf: Instant): readonly Row[] {
  if (set.startedAt > asOf) return [];
  if (set.endedAt > asOf) {
    return [runningRow(set.jobId, set.mode, progressOf({ ...set, endsAt: set.endedAt, nominalMs: set.endedAt - set.startedAt }, asOf))];
  }
  if (set.outcome === 'Failed') return [{ ...head(set.jobId, set.mode), BackupStatus: 'Failed', BackupProgressStatus: 'Uploading', Process: '50' }];
  return [{ ...head(set.jobId, set.mode), BackupStatus: 'Finished', BackupProgressStatus: 'Finished', Process: '100', BackupId: set.id }];
}

function head(jobId: string, mode: Mode): Row {
  return { BackupJobId: jobId, JobMode: mode, TaskAction: mode === 'Manual' ? 'TempBackupTask' : 'NormalBackupTask' };
}

function runningRow(jobId: string, mode: Mode, progress: JobProgress): Row {
  return { ...head(jobId, mode), BackupStatus: progress.status, BackupProgressStatus: progress.status, Process: String(progress.percent) };
}
