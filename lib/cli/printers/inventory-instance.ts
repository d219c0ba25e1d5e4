// What an instance has besides backup sets, as tables for people: backup jobs, log files, databases.
import type { BackupJob } from '../../domain/backup';
import type { LogFile } from '../../domain/cross-region';
import type { Database } from '../../domain/instance';
import { jsonOfTime, listText, sizeText, timeText } from './inventory-parts';
import { paint, type Style } from './style';

const JOB_TONES = { 'not-started': 'waiting', running: 'active', finished: 'good', failed: 'bad' } as const;

export function tasksText(jobs: readonly BackupJob[], style: Style): string {
  return listText(
    jobs,
    [
      { head: 'job', text: ({ id }) => id },
      { head: 'status', text: ({ status }) => status, paint: ({ status }, text) => paint(style.colors, JOB_TONES[status], text) },
      { head: 'mode', text: ({ mode }) => mode },
      { head: 'progress', text: ({ progressPercent }) => (progressPercent === undefined ? '-' : `${progressPercent} %`) },
      { head: 'backup set', text: ({ backupId }) => backupId ?? '-' },
    ],
    'no backup job waits or runs',
    style,
  );
}

export function jsonOfLog({ from, to, ...log }: LogFile): object {
  return { ...log, from: jsonOfTime(from), to: jsonOfTime(to) };
}

export function logsText(logs: readonly LogFile[], style: Style): string {
  return listText(
    logs,
    [
      { head: 'file', text: ({ name }) => name },
      { head: 'from', text: ({ from }) => timeText(from) },
      { head: 'to', text: ({ to }) => timeText(to) },
      { head: 'size', text: ({ sizeBytes }) => sizeText(sizeBytes) },
      { head: 'stored', text: ({ isComplete }) => (isComplete ? 'yes' : 'being uploaded') },
    ],
    'no log files in this time',
    style,
  );
}

export function databasesText(databases: readonly Database[], style: Style): string {
  return listText(
    databases,
    [
      { head: 'database', text: ({ name }) => name },
      { head: 'can be backed up', text: ({ isBackupable }) => (isBackupable ? 'yes' : 'no: archived, or being created or deleted') },
    ],
    'no databases',
    style,
  );
}
