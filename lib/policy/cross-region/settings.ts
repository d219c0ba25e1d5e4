// Decides what becomes of an instance's cross-region settings that are not as agreed, and what to write.
import type { CrossRegionSettings, CrossRegionWrite } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import { nearestDays } from '../settings/wishes';
import { prerequisiteOf } from './prerequisites';
import { pairRefusal } from './regions';
import { LONGEST_DAYS, SHORTEST_DAYS } from './retention';
import type { CrossRegionAspect, CrossRegionDrift, CrossRegionPart } from './types';
import { daysText, switchText } from './words';

interface Subject {
  readonly instance: Instance;
  readonly policy: CrossRegionPolicy;
  readonly settings: CrossRegionSettings;
  /** Undefined where the service did not say. */
  readonly destinations: readonly string[] | undefined;
}

/** One setting that is not as agreed. */
interface Change {
  readonly aspect: CrossRegionAspect;
  readonly before: string;
  readonly after: string;
  /** What the settings become by it. */
  readonly values: Partial<CrossRegionWrite>;
  readonly costs: boolean;
  readonly isDestructive: boolean;
}

interface Judged {
  readonly change: Change;
  readonly part: CrossRegionPart;
}

/**
 * What is to become of the settings. Copies that are not required may be off; those that are on must be as agreed. What the service cannot do is `not-correctable`; what
 * costs, or shortens the retention, is held back unless the policy allows it, and the rest is corrected: one write, complete, with all else as it is. Copied logs that
 * are switched off count as destructive, since the recovery window ends with them. Pure.
 */
export function decideCrossRegion(
  instance: Instance,
  policy: CrossRegionPolicy,
  settings: CrossRegionSettings,
  destinations: readonly string[] | undefined,
): CrossRegionDrift {
  const subject: Subject = { instance, policy, settings, destinations };
  const judged = changesOf(subject).map((change) => ({ change, part: partOf(change, subject) }));
  const corrected = judged.filter(({ part }) => part.action === 'correct');
  if (corrected.length > 0) return correctionOf(corrected, judged, settings);
  const [first, ...more] = judged.map(({ part }) => part);
  if (first === undefined) return { action: 'none' };
  const parts = [first, ...more] as const;
  return { action: parts.some(({ action }) => action === 'report') ? 'report' : 'not-correctable', ...summaryOf(parts), parts };
}

function changesOf({ instance, policy, settings }: Subject): readonly Change[] {
  // Replicas and the like have no backups of their own: those of the primary are meant.
  if (instance.role !== 'primary') return [];
  if (!settings.isEnabled) return policy.isRequired ? [switchOn(policy, settings)] : [];
  return [destinationChange(policy, settings), retentionChange(policy, settings), logsChange(policy, settings)].filter((change) => change !== undefined);
}

/** A retention that is shorter than what the old copies have is left as it is: once copies are on, it is a change of its own. */
function switchOn(policy: CrossRegionPolicy, settings: CrossRegionSettings): Change {
  const destination = policy.destination ?? settings.destination;
  const wanted = nearestDays(policy.retentionDays, settings.retentionDays) ?? SHORTEST_DAYS;
  const retentionDays = Math.max(wanted, settings.retentionDays ?? wanted);
  const copiesLogs = policy.copiesLogs ?? settings.copiesLogs;
  const after = `on (${destination ?? 'no destination'}, ${daysText(retentionDays)}, logs ${switchText(copiesLogs)})`;
  return {
    aspect: 'copies',
    before: 'off',
    after,
    values: { isEnabled: true, ...(destination === undefined ? {} : { destination }), retentionDays, copiesLogs },
    costs: true,
    isDestructive: false,
  };
}

function destinationChange({ destination }: CrossRegionPolicy, settings: CrossRegionSettings): Change | undefined {
  if (destination === undefined || destination === settings.destination) return undefined;
  const before = `copies in ${settings.destination ?? 'an unknown region'}`;
  return { aspect: 'destination', before, after: `copies in ${destination}`, values: { destination }, costs: true, isDestructive: false };
}

function retentionChange(policy: CrossRegionPolicy, { retentionDays: current }: CrossRegionSettings): Change | undefined {
  const retentionDays = nearestDays(policy.retentionDays, current);
  if (retentionDays === undefined || retentionDays === current) return undefined;
  const isDestructive = current !== undefined && retentionDays < current;
  return {
    aspect: 'retention',
    before: `copies kept for ${daysText(current)}`,
    after: `copies kept for ${daysText(retentionDays)}`,
    values: { retentionDays },
    costs: false,
    isDestructive,
  };
}

function logsChange({ copiesLogs }: CrossRegionPolicy, settings: CrossRegionSettings): Change | undefined {
  if (copiesLogs === undefined || copiesLogs === settings.copiesLogs) return undefined;
  const words = (isOn: boolean): string => `copied logs ${switchText(isOn)}`;
  return { aspect: 'logs', before: words(!copiesLogs), after: words(copiesLogs), values: { copiesLogs }, costs: copiesLogs, isDestructive: !copiesLogs };
}

function partOf(change: Change, subject: Subject): CrossRegionPart {
  const { aspect, before, after } = change;
  return { aspect, before, after, ...fateOf(change, subject) };
}

/** The lasting reasons come before those that pass. */
function fateOf(change: Change, subject: Subject): Pick<CrossRegionPart, 'action' | 'reason'> {
  const { instance, policy } = subject;
  const obstacle = obstacleTo(change, subject);
  if (policy.mode === 'audit') return report(`audit mode: nothing is written${obstacle === undefined ? '' : `, and it could not be: ${obstacle}`}`);
  if (obstacle !== undefined) return { action: 'not-correctable', reason: obstacle };
  if (change.costs && !policy.allowCost) return report('held back as it costs storage and traffic; set crossRegion.allowCost to true if that is meant');
  if (change.isDestructive && !policy.allowDestructive) {
    return report('held back as copies or logs go earlier by it; set crossRegion.allowDestructive to true if that is meant, or change the wish');
  }
  if (instance.isLocked) return report(`the instance is locked${instance.lockReason === undefined ? '' : ` (${instance.lockReason})`}; unlock it`);
  if (instance.status !== 'Running') return report(`the instance is ${instance.status}, and settings are written to running instances only`);
  return { action: 'correct', reason: whyCorrect(change) };
}

/** Why the service would refuse the change; undefined when it should not. */
function obstacleTo({ aspect, values }: Change, { instance, settings, destinations }: Subject): string | undefined {
  if (aspect === 'copies') {
    const prerequisite = prerequisiteOf(instance);
    if (!prerequisite.supported) return `${prerequisite.reason} (${prerequisite.source}); leave such instances out of crossRegion`;
    if (values.destination === undefined) return 'no destination is named, and there never was one; name crossRegion.destination';
  } else if (settings.destination === undefined || settings.retentionDays === undefined) {
    return 'the service does not say what the settings are, and a write needs them all; look at the instance in the console';
  }
  if (values.destination !== undefined) {
    const refusal = destinationRefusal(instance, values.destination, destinations);
    if (refusal !== undefined) return refusal;
  }
  const days = values.retentionDays;
  if (days === undefined || (days >= SHORTEST_DAYS && days <= LONGEST_DAYS)) return undefined;
  return `copies are kept for ${SHORTEST_DAYS} to ${LONGEST_DAYS} days (RDS API, ModifyInstanceCrossBackupPolicy: Retention); change crossRegion.retention`;
}

/** The service's own list decides where it is known, else the documents. */
function destinationRefusal({ engine, region }: Instance, destination: string, destinations: readonly string[] | undefined): string | undefined {
  if (destination === region) return `copies must be in another region than the instance, and both are ${region}; change crossRegion.destination`;
  if (destinations !== undefined) {
    if (destinations.includes(destination)) return undefined;
    const known = destinations.length === 0 ? 'none' : [...destinations].sort().join(', ');
    return `backups of ${region} cannot be copied to ${destination}, the service names ${known} (RDS API, DescribeAvailableCrossRegion); change crossRegion.destination`;
  }
  const refusal = engine === 'other' ? undefined : pairRefusal(engine, region, destination);
  return refusal?.isCertain ? `${refusal.reason} (${refusal.source}); change crossRegion.destination` : undefined;
}

function whyCorrect({ aspect, costs, isDestructive }: Change): string {
  const warnings = [
    ...(costs ? ['it costs storage and traffic'] : []),
    ...(isDestructive ? ['destructive: copies or logs go earlier by it'] : []),
    ...(aspect === 'copies' ? ['a backup may start at once where there is no good set of the last 24 hours'] : []),
    ...(aspect === 'destination' ? ['the copies made so far stay where they are, to the end of their retention'] : []),
  ];
  return ['the policy wants it', ...warnings].join('; ');
}

/** Nothing that is not known gets here: see obstacleTo. */
function correctionOf(
  corrected: readonly Judged[],
  all: readonly Judged[],
  { isEnabled, destination = '', retentionDays = SHORTEST_DAYS, copiesLogs }: CrossRegionSettings,
): CrossRegionDrift {
  let write: CrossRegionWrite = { isEnabled, destination, retentionDays, copiesLogs };
  for (const { change } of corrected) write = { ...write, ...change.values };
  const { before, after, reason } = summaryOf(corrected.map(({ part }) => part));
  const heldBack = all.filter(({ part }) => part.action !== 'correct').map(({ part }) => `${part.before} → ${part.after} is not corrected: ${part.reason}`);
  return {
    action: 'correct',
    write,
    before,
    after,
    reason: [reason, ...heldBack].join('; '),
    isDestructive: corrected.some(({ change }) => change.isDestructive),
    costs: corrected.some(({ change }) => change.costs),
    parts: all.map(({ part }) => part),
  };
}

/** Texts of all parts; one reason is said once. */
function summaryOf(parts: readonly CrossRegionPart[]): { readonly before: string; readonly after: string; readonly reason: string } {
  return {
    before: parts.map(({ before }) => before).join(', '),
    after: parts.map(({ after }) => after).join(', '),
    reason: [...new Set(parts.map(({ reason }) => reason))].join('; '),
  };
}

function report(reason: string): Pick<CrossRegionPart, 'action' | 'reason'> {
  return { action: 'report', reason };
}
