// Words the findings of retention: what cannot be kept, what cannot go, and what was held back. A finding's id is stable, so that it opens once.
import { formatInstant, instant } from '../../base/instant';
import type { BackupSet, DetachedSet } from '../../domain/backup';
import type { CompiledPolicy } from '../../domain/protection-policy';
import type { Finding, Severity } from '../../domain/verdict';
import { expiryText } from '../expiry';
import { type ExpiringNewest, expiringBeforeSuccessor, expiringThoughHeld, expiringThoughKept, floorCount } from './expiring';
import type { DecidedSet, RetentionInput } from './types';

const LISTED = 10;

/** What is to be said of one instance after its sets were decided on. */
export function retentionFindings(input: RetentionInput, decided: readonly DecidedSet[]): readonly Finding[] {
  const { instance, policy } = input;
  const count = floorCount(input);
  // A read-only instance cannot be backed up (RDS API, CreateBackup: ReadDBInstanceNotSupport): the sets of its primary stand for it.
  const isBelowFloor = count < policy.floor && instance.role !== 'read-only';
  const newest = expiringBeforeSuccessor(input);
  const kept = expiringThoughKept(input, decided);
  const held = expiringThoughHeld(input);
  const forever = decided.filter(({ decision, feasibility }) => decision.action === 'expire' && feasibility.when === 'never');
  return [
    ...(isBelowFloor ? [floorNotMet(instance.id, policy.floor, count)] : []),
    ...(newest === undefined ? [] : [setExpiresBeforeSuccessor(newest)]),
    ...(kept.length === 0 ? [] : [keptSetsExpire(instance.id, kept)]),
    ...(held.length === 0 ? [] : [heldSetExpires(instance.id, held)]),
    ...(forever.length === 0 ? [] : [surplusForever(instance.id, forever)]),
  ];
}

/** More is due to be purged than the policy may purge today: nothing is. */
export function purgesBraked({ name, limits }: Pick<CompiledPolicy, 'name' | 'limits'>, due: number, reason: string): Finding {
  return {
    id: `purges-braked:${name}`,
    severity: 'error',
    rule: 'purges-braked',
    instanceId: undefined,
    message: `${setsText(due)} ${due === 1 ? 'was' : 'were'} due to be purged and none was: ${reason}`,
    evidence: { policy: name, due, maxPurgesPerDay: limits.maxPurgesPerDay, maxPurgePercentPerDay: limits.maxPurgePercentPerDay },
    remedy:
      'look at the plan; if so many purges are meant, raise limits.maxPurgesPerDay or limits.maxPurgePercentPerDay, else correct the retention that made them surplus',
  };
}

/** A set that was to be deleted is still there. */
export function setNotPurged(instanceId: string, backupId: string, reason: string): Finding {
  return onInstance('warning', 'set-not-purged', instanceId, {
    subject: backupId,
    message: `backup set ${backupId} was to be deleted and is still there: ${reason}`,
    evidence: { backupId },
    remedy: 'the next run looks again; delete it in the console if it must go now',
  });
}

/** The newest restorable set goes before the next one can be expected. */
export function setExpiresBeforeSuccessor({ set, lasting }: ExpiringNewest): Finding {
  const rest =
    lasting === 0 ? 'after it nothing is left to restore the instance from' : `after it ${setsText(lasting)} ${lasting === 1 ? 'is' : 'are'} left, older ones`;
  return onInstance(lasting === 0 ? 'error' : 'warning', 'set-expires-before-successor', set.instanceId, {
    message: `backup set ${set.id}, the newest that restores the whole instance, expires at ${expiryText(set.expiresAt)}, before the next two runs: ${rest}`,
    evidence: { backupId: set.id, expiresAt: expiryText(set.expiresAt), lasting },
    remedy: 'take a backup now, and find out why none was made: keeper status',
  });
}

/** The policy's rules ask for more than the service keeps. */
export function keptSetsExpire(instanceId: string, kept: readonly BackupSet[]): Finding {
  return onInstance('warning', 'kept-sets-expire', instanceId, {
    message: `${setsText(kept.length)} that retention keeps ${kept.length === 1 ? 'expires' : 'expire'} before the next two runs, and cannot be kept longer: ${idsText(kept)}`,
    evidence: { count: kept.length },
    remedy: "lengthen the data retention of the instance (settings.dataRetention), or ask for no more than it in the policy's retention",
  });
}

/** A hold keeps the keeper from deleting, not the service. */
export function heldSetExpires(instanceId: string, held: readonly BackupSet[]): Finding {
  const first = held.reduce((earliest, set) => (Number(set.expiresAt) < Number(earliest.expiresAt) ? set : earliest));
  return onInstance('warning', 'held-set-expires', instanceId, {
    message: `the service expires ${setsText(held.length)} before the hold on ${held.length === 1 ? 'it' : 'them'} ends, the first (${first.id}) at ${expiryText(first.expiresAt)}: ${idsText(held)}`,
    evidence: { count: held.length, first: expiryText(first.expiresAt) },
    remedy: 'nothing can extend these sets: download them, or lengthen the data retention of the instance before they expire',
  });
}

/** Fewer restorable sets than the floor asks for: nothing that counts towards it is ever purged. */
export function floorNotMet(instanceId: string, floor: number, count: number): Finding {
  return onInstance(count === 0 ? 'error' : 'warning', 'floor-not-met', instanceId, {
    message: `${count} of the ${floor} restorable full sets of the whole instance that retention.floor asks for outlive the next two runs`,
    evidence: { floor, count },
    remedy: 'take a backup of the whole instance; lengthen its data retention if its sets expire too early',
  });
}

/** Surplus sets that no call deletes, on one instance. */
export function surplusForever(instanceId: string, surplus: readonly DecidedSet[]): Finding {
  const rules = [...new Set(surplus.flatMap(({ feasibility }) => (feasibility.when === 'never' ? [feasibility.rule] : [])))].sort();
  return onInstance('info', 'surplus-forever', instanceId, {
    message: `${setsText(surplus.length)} ${surplus.length === 1 ? 'is' : 'are'} surplus and cannot be deleted through the API: ${rules.join('; ')}`,
    evidence: { count: surplus.length },
    remedy: 'they go when the service expires them; make fewer manual backups if they cost too much',
  });
}

/** The sets of an instance that was released: nobody looks after them any more. */
export function detachedSets(instanceId: string, detached: readonly DetachedSet[]): Finding {
  const usable = detached.filter(({ status, isAvailable }) => status === 'success' && isAvailable);
  const newest = Math.max(...usable.map(({ startedAt }) => startedAt));
  const news = usable.length === 0 ? 'none of them can be restored from' : `the newest is of ${formatInstant(instant(newest))}`;
  return onInstance('info', 'detached-sets', instanceId, {
    message: `instance ${instanceId} was released, and ${setsText(detached.length)} of it ${detached.length === 1 ? 'is' : 'are'} left: ${news}`,
    evidence: { count: detached.length, usable: usable.length },
    remedy: 'the service lets them go by the released-keep policy that the instance had; restore to a new instance before that what is still needed',
  });
}

/** The sets of released instances could not be listed in an account and region. */
export function detachedUnreadable(scope: string, reason: string): Finding {
  return {
    id: `detached-unreadable:${scope}`,
    severity: 'warning',
    rule: 'detached-unreadable',
    instanceId: undefined,
    message: `the backup sets of released instances in ${scope} could not be listed: ${reason}`,
    evidence: { scope },
    remedy: 'the next run tries again; run keeper doctor if it stays so',
  };
}

function setsText(count: number): string {
  return `${count} backup set${count === 1 ? '' : 's'}`;
}

function idsText(listed: readonly BackupSet[]): string {
  const more = listed.length > LISTED ? ` and ${listed.length - LISTED} more` : '';
  return (
    listed
      .slice(0, LISTED)
      .map(({ id }) => id)
      .join(', ') + more
  );
}

interface Parts extends Pick<Finding, 'message' | 'evidence' | 'remedy'> {
  readonly subject?: string;
}

function onInstance(severity: Severity, rule: string, instanceId: string, { subject, ...parts }: Parts): Finding {
  return { id: [rule, instanceId, ...(subject === undefined ? [] : [subject])].join(':'), severity, rule, instanceId, ...parts };
}
