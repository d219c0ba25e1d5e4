// What there is in other regions, for people and for programs: copies, what they hold, and cross-region settings.
import type { CrossRegionCopy, CrossRegionSettings } from '../../domain/cross-region';
import type { SetContents } from '../../domain/restore';
import type { LocatedCrossRegion, ShownCrossRegion } from '../../run/inventory-copies';
import { sanitise } from '../sanitise';
import { factLines, jsonOfTime, listText, sizeText, timeText } from './inventory-parts';
import { paint, type Style } from './style';
import { lines } from './text';

export function jsonOfCopy({ startedAt, endedAt, consistentAt, ...copy }: CrossRegionCopy): object {
  return { ...copy, startedAt: jsonOfTime(startedAt), endedAt: jsonOfTime(endedAt), consistentAt: jsonOfTime(consistentAt) };
}

export function copiesText(copies: readonly CrossRegionCopy[], style: Style): string {
  return listText(
    copies,
    [
      { head: 'copy', text: ({ id }) => id },
      { head: 'region', text: ({ region }) => region },
      { head: 'backup started', text: ({ startedAt }) => timeText(startedAt) },
      { head: 'status', text: ({ status }) => status, paint: ({ status }, text) => paint(style.colors, status === 'success' ? 'good' : 'bad', text) },
      { head: 'method', text: ({ method }) => method ?? '-' },
      { head: 'type', text: ({ type }) => type },
      { head: 'size', text: ({ sizeBytes }) => sizeText(sizeBytes) },
      { head: 'restorable in', text: ({ restoreRegions }) => restoreRegions.join(', ') || '-', isWide: true },
    ],
    'no copies of backups that started in this time',
    style,
  );
}

export function contentsText(contents: readonly SetContents[], style: Style): string {
  return listText(
    contents,
    [
      { head: 'database', text: ({ database }) => database },
      { head: 'size', text: ({ sizeKb }) => (sizeKb === undefined ? '-' : sizeText(sizeKb * 1024)) },
      { head: 'tables', text: ({ tables }) => tables.join(', ') || '-', isWide: true },
    ],
    'the service lists nothing in this copy',
    style,
  );
}

export function jsonOfCrossRegion({ settings, ...shown }: ShownCrossRegion): object {
  return { ...shown, settings: jsonOfSettings(settings) };
}

export function jsonOfCrossRegionEntry({ enabledAt, logsEnabledAt, ...entry }: LocatedCrossRegion): object {
  return { ...entry, enabledAt: jsonOfTime(enabledAt), logsEnabledAt: jsonOfTime(logsEnabledAt) };
}

/** Only the settings: what comes from a list has more members. */
function jsonOfSettings({ isEnabled, destination, retentionDays, copiesLogs, enabledAt, logsEnabledAt }: CrossRegionSettings): object {
  return { isEnabled, destination, retentionDays, copiesLogs, enabledAt: jsonOfTime(enabledAt), logsEnabledAt: jsonOfTime(logsEnabledAt) };
}

export function crossRegionText({ instanceId, account, region, settings, destinations }: ShownCrossRegion, { colors }: Style): string {
  return lines(
    `${colors.bold(sanitise(instanceId))} (${sanitise(account)} in ${sanitise(region)})`,
    ...factLines([
      ['copies', switchText(settings.isEnabled, settings)],
      ['destination', settings.destination ?? '-'],
      ['kept for', daysText(settings)],
      ['copied logs', settings.copiesLogs ? `on since ${timeText(settings.logsEnabledAt)}` : 'off'],
      ['could copy to', destinations.join(', ') || '-'],
    ]),
  );
}

export function crossRegionListText(entries: readonly LocatedCrossRegion[], style: Style): string {
  return listText(
    entries,
    [
      { head: 'instance', text: ({ instanceId }) => instanceId },
      { head: 'region', text: ({ region }) => region },
      { head: 'status', text: ({ status }) => status || '-' },
      { head: 'copies', text: ({ isEnabled }) => onOff(isEnabled) },
      { head: 'destination', text: ({ destination }) => destination ?? '-' },
      { head: 'kept for', text: daysText },
      { head: 'copied logs', text: ({ copiesLogs }) => onOff(copiesLogs) },
    ],
    'no instance has, or had, copies in another region',
    style,
  );
}

function switchText(isOn: boolean, { enabledAt }: CrossRegionSettings): string {
  return isOn ? `on since ${timeText(enabledAt)}` : 'off';
}

function daysText({ retentionDays }: CrossRegionSettings): string {
  return retentionDays === undefined ? '-' : `${retentionDays} days`;
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}
