// Snapshots of RDS Custom disks, for people and for programs.
import type { CustomSnapshot } from '../../domain/custom-snapshot';
import type { LocatedSnapshot } from '../../run/inventory-snapshots';
import { jsonOfTime, listText, timeText } from './inventory-parts';
import { paint, type Style } from './style';

const TONES = { progressing: 'active', accomplished: 'good', failed: 'bad', unknown: 'waiting' } as const;

export function jsonOfSnapshot({ createdAt, ...snapshot }: LocatedSnapshot): object {
  return { ...snapshot, createdAt: jsonOfTime(createdAt) };
}

export function snapshotsText(snapshots: readonly LocatedSnapshot[], style: Style): string {
  return listText(
    snapshots,
    [
      { head: 'snapshot', text: ({ id }) => id },
      { head: 'region', text: ({ region }) => region },
      { head: 'disk', text: ({ diskId }) => diskId },
      { head: 'disk size', text: ({ diskSizeGb }) => (diskSizeGb === undefined ? '-' : `${diskSizeGb} GB`) },
      { head: 'created', text: ({ createdAt }) => timeText(createdAt) },
      { head: 'status', text: statusText, paint: ({ status }, text) => paint(style.colors, TONES[status], text) },
      { head: 'used by', text: ({ usage }) => usage || '-' },
      { head: 'description', text: ({ name, description }) => [name, description].filter((part) => part !== '').join(': ') || '-', isWide: true },
    ],
    'no snapshots',
    style,
  );
}

function statusText({ status, progressPercent }: CustomSnapshot): string {
  return status === 'progressing' && progressPercent !== undefined ? `progressing ${progressPercent} %` : status;
}
