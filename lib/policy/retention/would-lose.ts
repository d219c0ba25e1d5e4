// Decides whether a change of settings would take away what retention protects: held, floor and anchor sets, and recovery to a point in time.
import { DAY_MS } from '../../base/instant';
import type { BackupSettings } from '../../domain/settings';
import { spanText } from './buckets';
import { heldScope, successorHorizon } from './classify';
import { protectionsOf } from './protect';
import type { KeepCause, KeepReason, RetentionInput, TracedSet } from './types';

const LISTED = 3;
const PRECIOUS: readonly KeepCause[] = ['held', 'floor', 'recovery-anchor'];

/**
 * What the service would drop that must stay, in words; undefined when nothing. Log backup off deletes the logs; a shorter data retention drops what is older, now or
 * before the next two runs. The documents say so of automatic sets; whether it reaches the manual ones too, which are kept as long as the settings say, they leave open
 * (not verified on a live account): it is taken for granted, except for sets of single databases and sets without an end. Where the policy names no recovery window, the
 * anchor is that of the logs as they would be kept.
 */
export function wouldLose(input: RetentionInput, before: BackupSettings, after: BackupSettings): string | undefined {
  return lostByLogs(input, before, after) ?? lostSets(input, before, after);
}

function lostByLogs(input: RetentionInput, before: BackupSettings, after: BackupSettings): string | undefined {
  const { recoveryWindowMs } = input.policy;
  const wanted = recoveryWindowMs === undefined ? '' : `, and the policy wants the last ${spanText(recoveryWindowMs)} restorable to any point in time`;
  if (after.logBackup === false && before.logBackup !== false) {
    const loss = 'without log backup the service deletes all logs';
    if (wanted !== '') return loss + wanted;
    const anchor = protectedSets({ ...input, settings: before }).find(({ reasons }) => reasons.some(({ cause }) => cause === 'recovery-anchor'));
    return anchor && `${loss}, and backup set ${anchor.set.id} would be no recovery anchor any more`;
  }
  const { logRetentionDays } = after;
  if (recoveryWindowMs === undefined || logRetentionDays === undefined || !isShorter(before.logRetentionDays, logRetentionDays)) return undefined;
  return logRetentionDays * DAY_MS < recoveryWindowMs ? `logs would reach back ${spanText(logRetentionDays * DAY_MS)} only${wanted}` : undefined;
}

function lostSets(input: RetentionInput, before: BackupSettings, after: BackupSettings): string | undefined {
  const { dataRetentionDays } = after;
  if (dataRetentionDays === undefined || !isShorter(before.dataRetentionDays, dataRetentionDays)) return undefined;
  const horizon = successorHorizon(input);
  const lost = protectedSets({ ...input, settings: after }).filter(({ set }) => hasSettingsExpiry(set) && set.endedAt + dataRetentionDays * DAY_MS <= horizon);
  if (lost.length === 0) return undefined;
  const listed = lost.slice(0, LISTED).map(({ set, reasons }) => `${set.id} (${reasons.map(({ text }) => text).join('; ')})`);
  const more = lost.length > LISTED ? ` and ${lost.length - LISTED} more` : '';
  return `a data retention of ${spanText(dataRetentionDays * DAY_MS)} would drop backup set${lost.length === 1 ? '' : 's'} ${listed.join(', ')}${more}`;
}

/** What is not known may be longer. */
function isShorter(before: number | undefined, after: number): boolean {
  return before === undefined || after < before;
}

function hasSettingsExpiry(set: TracedSet): boolean {
  return set.expiresAt !== 'never' && heldScope(set).kind !== 'databases';
}

interface ProtectedSet {
  readonly set: TracedSet;
  readonly reasons: readonly KeepReason[];
}

function protectedSets(input: RetentionInput): readonly ProtectedSet[] {
  const protections = protectionsOf(input);
  return input.sets.flatMap((set) => {
    const reasons = (protections.get(set.id) ?? []).filter(({ cause }) => PRECIOUS.includes(cause));
    return reasons.length === 0 ? [] : [{ set, reasons }];
  });
}
