// A release's receipt for people: what it came to, and what each instance did.
import type { ReleaseReceipt, ReleaseStatus } from '../../domain/release';
import type { Tone } from '../../report/verdict-view';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { type Column, renderTable } from './table';
import { lines } from './text';

type Entry = ReleaseReceipt['instances'][number];

const TONES: Readonly<Record<ReleaseStatus, Tone>> = { passed: 'good', pending: 'active', failed: 'bad' };

/** `pending: 1 of 2 instances have passed; ...` */
export function receiptLine({ status, reason }: ReleaseReceipt): string {
  return `${status}: ${sanitise(reason)}`;
}

export function receiptText(receipt: ReleaseReceipt, style: Style): string {
  const { source, release, status, reason, attempt, deadline, validUntil, key } = receipt;
  return lines(
    `${style.colors.bold(`Release ${sanitise(release)} of ${sanitise(source)}`)}: ${paint(style.colors, TONES[status], status)} (attempt ${attempt})`,
    sanitise(reason),
    '',
    ...(receipt.instances.length === 0 ? [] : [renderTable(receipt.instances, columns(style), style), '']),
    validUntil === undefined ? `deadline ${sanitise(deadline)}` : `valid until ${sanitise(validUntil)}; past that, ask for it anew`,
    `key ${sanitise(key)}: its holds are told by keeper hold list, its runs by keeper status`,
  );
}

function columns(style: Style): readonly Column<Entry>[] {
  return [
    { head: 'instance', text: (entry) => entry.instanceId },
    { head: 'status', text: (entry) => entry.status, paint: (entry, text) => paint(style.colors, TONES[entry.status], text) },
    { head: 'reason', text: (entry) => entry.reason, isWide: true },
    { head: 'backup set', text: backupText },
    { head: 'held until', text: (entry) => entry.heldUntil ?? '-' },
  ];
}

function backupText({ backupId, jobId, reused }: Entry): string {
  const what = backupId ?? (jobId === undefined ? undefined : `job ${jobId}`);
  return what === undefined ? '-' : `${what}${reused ? ' (was there)' : ''}`;
}
