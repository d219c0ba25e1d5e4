// Words the findings on cross-region settings, on what could not be read, and on copies that nobody looks after any more. A finding's id is stable, so that it opens once.
import { formatInstant, instant } from '../../base/instant';
import type { CrossRegionCopy, CrossRegionInstance } from '../../domain/cross-region';
import type { Finding, Severity } from '../../domain/verdict';
import { copyExpiryOf } from './copyable';
import { type FindingParts, onInstance } from './finding-parts';
import { SHORTEST_DAYS } from './retention';
import type { CrossRegionAspect, CrossRegionDrift } from './types';

const GB = 1024 ** 3;

const ASPECTS: Readonly<Record<CrossRegionAspect, { readonly rule: string; readonly severity: Severity }>> = {
  copies: { rule: 'copies-off', severity: 'error' },
  destination: { rule: 'copies-destination-drifted', severity: 'warning' },
  retention: { rule: 'copies-retention-drifted', severity: 'warning' },
  logs: { rule: 'log-copies-drifted', severity: 'warning' },
};

type Drifted = Extract<CrossRegionDrift, { action: 'report' | 'not-correctable' }>;

/** Settings that are not as agreed and are only reported: in audit mode, or held back. The gravest gives the rule: copies that are off, destination, retention, logs. */
export function crossRegionDrifted(instanceId: string, { parts, before, after, reason }: Drifted): Finding {
  const [{ aspect }] = parts;
  return onInstance(instanceId, {
    ...ASPECTS[aspect],
    message: `the cross-region settings are not as agreed (${before} → ${after}): ${reason}`,
    evidence: { aspects: parts.map((part) => part.aspect).join(', '), shown: before, wanted: after },
    remedy:
      'set mode: enforce (with allowCost: true for what costs storage and traffic, allowDestructive: true for a shorter retention) to have it corrected, correct it by hand, or change the wish',
  });
}

/** Settings that the service would not take as they are wanted. */
export function crossRegionNotCorrectable(instanceId: string, { parts, before, after, reason }: Drifted): Finding {
  return onInstance(instanceId, {
    severity: 'warning',
    rule: 'cross-region-not-correctable',
    message: `the cross-region settings cannot be as agreed (${before} → ${after}): ${reason}`,
    evidence: { aspects: parts.map(({ aspect }) => aspect).join(', '), shown: before, wanted: after },
    remedy: 'change the wish, or leave such instances out of crossRegion; keeper policy check names such wishes',
  });
}

/** A write that failed, or did something else: what the service shows is not what was written. `reason` says which. */
export function crossRegionNotWritten(instanceId: string, reason: string): Finding {
  return onInstance(instanceId, {
    severity: 'error',
    rule: 'cross-region-not-written',
    message: `the cross-region settings could not be set: ${reason}`,
    evidence: { reason },
    remedy:
      'the next run tries again; if it stays so, switch it on by hand once: the console asks for a service-linked role and, for encrypted disks, to activate the account in the destination region',
  });
}

/** Part of what is verified could not be read; nothing is concluded from it. `what` names it: `logs`, `recovery window`. */
export function notFullyRead(instanceId: string, what: string, reason: string): Finding {
  return onInstance(instanceId, {
    severity: 'warning',
    rule: 'copies-not-fully-read',
    subject: what.replaceAll(' ', '-'),
    message: `${what} could not be read, so that nothing is known of it: ${reason}`,
    evidence: { what },
    remedy: 'the next run tries again; run keeper doctor if it stays so',
  });
}

/**
 * Copies of an instance that was released, which stay to their own retention, or copies that are still paid for after the feature was switched off (RDS help pages, use
 * the cross-region backup feature: FAQ). `copies`: those that are left, one at least.
 */
export function leftoverCopies(instance: CrossRegionInstance, copies: readonly CrossRegionCopy[], isReleased: boolean): Finding {
  const { instanceId, destination, retentionDays } = instance;
  const newest = instant(Math.max(...copies.map(({ endedAt }) => endedAt)));
  const until = copyExpiryOf(newest, instance);
  const sizeGb = Math.round((copies.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / GB) * 10) / 10;
  const left = `${copies.length} ${copies.length === 1 ? 'copy' : 'copies'} (${sizeGb} GB)`;
  const where = `in ${destination ?? 'another region'}${until === undefined ? '' : ` until ${formatInstant(until)}`}`;
  const parts: Pick<FindingParts, 'rule' | 'message' | 'remedy'> = isReleased
    ? {
        rule: 'copies-of-released',
        message: `the instance was released, and ${left} of it stay ${where}`,
        remedy: 'restore what is still needed to a new instance before that; of a released instance only the retention of its copies can be changed',
      }
    : {
        rule: 'copies-paid-after-off',
        message: `cross-region backup is off, and ${left} are still kept and paid for ${where}`,
        remedy:
          retentionDays === SHORTEST_DAYS
            ? 'nothing to do: they go by themselves, and cannot go sooner'
            : `set the retention of the copies to ${SHORTEST_DAYS} days if nobody needs them: nothing else makes the service drop them`,
      };
  return onInstance(instanceId, {
    severity: 'info',
    ...parts,
    evidence: {
      copies: copies.length,
      sizeGb,
      destination,
      retentionDays,
      newest: formatInstant(newest),
      until: until === undefined ? undefined : formatInstant(until),
    },
  });
}
