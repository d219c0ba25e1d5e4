// Backup sets, for people and for programs. Download links go to the screen only: no document has them.
import type { BackupSet, SetScope } from '../../domain/backup';
import type { DownloadLink } from '../../domain/ports';
import type { LocatedDetachedSet, ShownBackup } from '../../run/inventory-backups';
import { sanitise } from '../sanitise';
import { factLines, jsonOfTime, listText, sizeText, timeText } from './inventory-parts';
import { paint, type Style } from './style';
import type { Column } from './table';
import { lines } from './text';

type AnySet = Pick<BackupSet, 'startedAt' | 'status' | 'isAvailable' | 'mode' | 'method' | 'sizeBytes'>;

export function jsonOfBackup({ startedAt, endedAt, expiresAt, ...set }: BackupSet): object {
  return { ...set, startedAt: jsonOfTime(startedAt), endedAt: jsonOfTime(endedAt), expiresAt: expiresAt === 'never' ? expiresAt : jsonOfTime(expiresAt) };
}

export function jsonOfDetached({ startedAt, endedAt, ...set }: LocatedDetachedSet): object {
  return { ...set, startedAt: jsonOfTime(startedAt), endedAt: jsonOfTime(endedAt) };
}

export function setsText(sets: readonly BackupSet[], style: Style): string {
  const columns: readonly Column<BackupSet>[] = [
    { head: 'backup set', text: ({ id }) => id },
    ...setColumns(style),
    { head: 'type', text: ({ type }) => type },
    { head: 'expires', text: expiryText },
    { head: 'holds', text: ({ scope }) => scopeText(scope), isWide: true },
  ];
  return listText(sets, columns, 'no backup sets that started in this time', style);
}

export function detachedText(sets: readonly LocatedDetachedSet[], style: Style): string {
  const columns: readonly Column<LocatedDetachedSet>[] = [
    { head: 'instance', text: ({ instanceId }) => instanceId },
    { head: 'region', text: ({ region }) => region },
    { head: 'backup set', text: ({ backupId }) => backupId },
    ...setColumns(style),
    { head: 'description', text: ({ instanceDescription }) => instanceDescription, isWide: true },
  ];
  return listText(sets, columns, 'no backup sets of released instances', style);
}

function setColumns({ colors }: Style): readonly Column<AnySet>[] {
  return [
    { head: 'started', text: ({ startedAt }) => timeText(startedAt) },
    { head: 'status', text: statusText, paint: (set, text) => paint(colors, statusText(set) === 'success' ? 'good' : 'bad', text) },
    { head: 'mode', text: ({ mode }) => mode },
    { head: 'method', text: ({ method }) => method },
    { head: 'size', text: ({ sizeBytes }) => sizeText(sizeBytes) },
  ];
}

export function shownBackupText({ set, links }: ShownBackup, { colors }: Style): string {
  const facts = factLines([
    ['made', `${timeText(set.startedAt)} to ${timeText(set.endedAt)}, ${set.mode} ${set.method} ${set.type}`],
    ['status', statusText(set)],
    ['size', sizeText(set.sizeBytes)],
    ['holds', scopeText(set.scope)],
    ['expires', expiryText(set)],
    ['deletable', set.storeStatus === undefined ? 'the service does not say' : set.storeStatus === 'enabled' ? 'yes' : 'no'],
  ]);
  return lines(`backup set ${colors.bold(sanitise(set.id))} of ${sanitise(set.instanceId)}`, ...facts, ...linkLines(links));
}

function linkLines(links: readonly DownloadLink[] | undefined): readonly string[] {
  if (links === undefined) return [];
  if (links.length === 0) return ['', 'the service gives no download links for this set'];
  const each = links.flatMap(({ database, internet, intranet }) => {
    const of = database === undefined ? 'the whole set' : `database ${sanitise(database)}`;
    return [
      ...(internet === undefined ? [] : [`${of}, internet: ${sanitise(internet)}`]),
      ...(intranet === undefined ? [] : [`${of}, VPC: ${sanitise(intranet)}`]),
    ];
  });
  return ['', 'these links give full access to the data to whoever has them:', ...each];
}

function statusText({ status, isAvailable }: AnySet): string {
  return status === 'success' && !isAvailable ? 'not available' : status;
}

function expiryText({ expiresAt }: BackupSet): string {
  return expiresAt === 'never' ? 'never' : timeText(expiresAt);
}

function scopeText(scope: SetScope): string {
  if (scope.kind === 'databases') return scope.databases.join(', ');
  return scope.kind === 'instance' ? 'the whole instance' : 'the service does not say';
}
