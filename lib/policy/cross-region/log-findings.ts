// Words the findings on logs, recovery windows and the RPO of one instance. A finding's id is stable, so that it opens once.
import { formatInstant, formatInstantCompact, plusMs } from '../../base/instant';
import type { RecoveryWindow } from '../../domain/cross-region';
import type { Finding } from '../../domain/verdict';
import { onInstance, shortened } from './finding-parts';
import type { LogContinuity } from './log-continuity';
import type { Span } from './log-spans';
import type { RpoBreach } from './rpo';
import type { CopiesInput, LogGap } from './types';
import type { WindowFault, WindowPlace } from './windows';
import { durationText, minutesOf } from './words';

const PLACES: Readonly<Record<LogGap['where'], { readonly rule: string; readonly logs: string; readonly remedy: string }>> = {
  local: {
    rule: 'local-log-gap',
    logs: 'local logs',
    remedy:
      'take a backup now: no point in time inside the gap can be restored, nor one after it from an older backup; find out whether log backup was switched off',
  },
  copied: {
    rule: 'copied-log-gap',
    logs: 'copied logs',
    remedy: 'take a backup now, so that a newer copy begins after the gap; open a ticket, as the local logs of that time are there',
  },
};

const WINDOWS: Readonly<Record<WindowPlace, { readonly rule: string; readonly name: string; readonly remedy: string }>> = {
  local: {
    rule: 'local-window',
    name: 'the local recovery window',
    remedy: 'look at the log backup of the instance and its retention; take a backup now, so that a new window begins',
  },
  copy: {
    rule: 'copy-window',
    name: 'the recovery window in the other region',
    remedy: 'look at the cross-region log backup of the instance in the console; take a backup now, so that a new window begins',
  },
};

/** One per gap, the newest first, named by its end: its beginning moves with what is looked at. */
export function logFindings({ gaps, behind, copiedTo: newest }: LogContinuity, { instance, policy }: CopiesInput): readonly Finding[] {
  const newestFirst = [...gaps].sort((a, b) => b.to - a.to);
  const ofGaps = (['local', 'copied'] as const).flatMap((where) => {
    const found = newestFirst.filter((gap) => gap.where === where).map((gap) => gapFinding(instance.id, gap));
    return shortened(instance.id, found);
  });
  if (behind === undefined) return ofGaps;
  return [
    ...ofGaps,
    onInstance(instance.id, {
      severity: 'warning',
      rule: 'copied-logs-late',
      message: `the local logs from ${formatInstant(behind.from)} on are not copied; ${durationText(policy.maxLagMs)} are allowed, and ${newest === undefined ? 'no log is copied' : `the newest copied log ends at ${formatInstant(newest)}`}`,
      evidence: {
        from: formatInstant(behind.from),
        to: formatInstant(behind.to),
        maxLagMinutes: minutesOf(policy.maxLagMs),
        newestCopied: newest === undefined ? undefined : formatInstant(newest),
      },
      remedy: 'look at the cross-region log backup of the instance in the console; open a ticket if the logs do not come',
    }),
  ];
}

/** The newest moment that can be restored in the other region is too old. The message says when it was, not how old it is: it stands while nothing changes. */
export function rpoFinding({ rpoMs, achievedMs }: RpoBreach, { instance, settings, policy, asOf }: CopiesInput): Finding {
  const allowed = `${durationText(rpoMs)} are allowed`;
  const remedy = settings.copiesLogs
    ? 'find out why logs or backups are copied so late; take a backup now'
    : 'back up more often, or copy the logs too (crossRegion.logs), or allow a higher crossRegion.rpoMinutes';
  return onInstance(instance.id, {
    severity: 'error',
    rule: 'copy-rpo-exceeded',
    message:
      achievedMs === undefined
        ? `nothing of the last ${durationText(policy.lookBackMs)} can be restored in the other region; ${allowed}`
        : `nothing after ${formatInstant(plusMs(asOf, -achievedMs))} can be restored in the other region; ${allowed}`,
    evidence: { rpoMinutes: minutesOf(rpoMs), achievedMinutes: achievedMs === undefined ? undefined : minutesOf(achievedMs), copiesLogs: settings.copiesLogs },
    remedy,
  });
}

export function windowFinding(fault: WindowFault, { instance }: CopiesInput): Finding {
  const { rule, name, remedy } = WINDOWS[fault.where];
  if (fault.kind === 'missing') {
    return onInstance(instance.id, {
      severity: 'warning',
      rule: `${rule}-missing`,
      message: `the service names no point in time to restore to in ${name}, although there are a backup and logs after it`,
      evidence: { where: fault.where },
      remedy,
    });
  }
  return onInstance(instance.id, {
    severity: 'warning',
    rule: `${rule}-shrunk`,
    message: `${name} shrank: it was ${spanText(fault.before)}, and is ${spanText(fault.now)}`,
    evidence: { ...windowEvidence('before', fault.before), ...windowEvidence('now', fault.now) },
    remedy,
  });
}

function gapFinding(instanceId: string, gap: LogGap): Finding {
  const { rule, logs, remedy } = PLACES[gap.where];
  return onInstance(instanceId, {
    severity: 'error',
    rule,
    subject: formatInstantCompact(gap.to),
    message: `the ${logs} have a gap of ${durationText(gap.to - gap.from)} ${spanText(gap)}`,
    evidence: { from: formatInstant(gap.from), to: formatInstant(gap.to), minutes: minutesOf(gap.to - gap.from) },
    remedy,
  });
}

function spanText({ from, to }: Span): string {
  return `from ${formatInstant(from)} to ${formatInstant(to)}`;
}

function windowEvidence(prefix: string, { from, to }: RecoveryWindow): Readonly<Record<string, string>> {
  return { [`${prefix}From`]: formatInstant(from), [`${prefix}To`]: formatInstant(to) };
}
