// Words the findings: what deviates, on which evidence, and what to do about it. A finding's id is stable, so that it opens once.
import { formatInstant, type Instant } from '../base/instant';
import type { BackupSet } from '../domain/backup';
import type { CloudError } from '../domain/cloud-errors';
import type { AccountRegion } from '../domain/instance';
import { type Intent, RELEASE_RULE, releaseOfSlot, type Slot } from '../domain/slot';
import type { Finding, Severity } from '../domain/verdict';
import { OVERDUE_COUNTED } from './schedule';

/** What most findings are about: a slot of an instance. An Intent fits. */
export type SlotRef = Pick<Intent, 'instanceId' | 'slotId'>;

/** What the findings of expiry are about. A BackupSet fits. */
export type SetRef = Pick<BackupSet, 'id' | 'instanceId' | 'expiresAt'>;

interface FindingParts {
  readonly message: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly remedy: string;
}

function isOnDemand(slotId: string): boolean {
  return releaseOfSlot(slotId) !== undefined;
}

function nextTry(slotId: string): string {
  if (slotId.startsWith(`${RELEASE_RULE}~`)) return 'ask for the release again, which opens a new attempt';
  return isOnDemand(slotId) ? 'ask again with another key' : "the rule's next slot tries again, or take a backup by hand if the instance needs one now";
}

/** A slot that was not started in time. `why` is the last verdict's reason. */
export function missedSlot(instanceId: string, slot: Pick<Slot, 'id' | 'rule' | 'occurrence' | 'openUntil'>, why: string): Finding {
  return onSlot(
    'error',
    'missed-slot',
    { instanceId, slotId: slot.id },
    {
      message: `no backup was started for the slot of ${formatInstant(slot.occurrence)} (rule ${slot.rule}) before ${formatInstant(slot.openUntil)}: ${why}`,
      evidence: { rule: slot.rule, occurrence: formatInstant(slot.occurrence), openUntil: formatInstant(slot.openUntil) },
      remedy: isOnDemand(slot.id)
        ? `remove what stood in the way, and ${nextTry(slot.id)}`
        : 'remove what stood in the way; take a backup by hand if the instance needs one now, or give the rule a longer startWithin',
    },
  );
}

/** More slots were missed than are listed one by one. */
export function missedBacklog(instanceId: string, rule: string, total: number, listed: number): Finding {
  const count = total >= OVERDUE_COUNTED ? `${OVERDUE_COUNTED} or more` : `${total}`;
  return onInstance('error', 'missed-backlog', instanceId, rule, {
    message: `${count} slots of rule ${rule} passed without a run; the newest ${listed} are reported one by one`,
    evidence: { rule, total, listed },
    remedy: 'check that the timer of extra-backup is enabled and that its runs succeed',
  });
}

/** The backup job or its set failed. */
export function backupFailed(intent: Intent, reason: string): Finding {
  return onSlot('error', 'backup-failed', intent, {
    message: `the backup for slot ${intent.slotId} failed: ${reason}`,
    evidence: { jobId: intent.jobId, backupId: intent.backupId, method: intent.spec.method },
    remedy: `look at the instance's backup page for the cause; ${nextTry(intent.slotId)}`,
  });
}

/** A job runs longer than it may. */
export function stuckJob(intent: Intent, reason: string): Finding {
  return onSlot('warning', 'stuck-job', intent, {
    message: reason,
    evidence: { jobId: intent.jobId },
    remedy: 'look at the job in the console; raise limits.maxJob if backups of this instance take that long',
  });
}

/** A job is over, or unknown to the service, and its set cannot be used yet, for longer than usual. */
export function setNotVisible(intent: Intent, reason: string): Finding {
  return onSlot('warning', 'set-not-visible', intent, {
    message: reason,
    evidence: { jobId: intent.jobId, backupId: intent.backupId },
    remedy: "look for the set on the instance's backup page; it counts as failed a day after its job",
  });
}

/** A call whose outcome we do not know. Reconcile finds out. */
export function ambiguousSubmission(instanceId: string, slotId: string, reason: string): Finding {
  return onSlot(
    'warning',
    'ambiguous-submission',
    { instanceId, slotId },
    {
      message: `it is not known whether the backup for slot ${slotId} was started: ${reason}`,
      evidence: {},
      remedy: 'nothing to do: it is never sent again, and reconcile adopts its set or gives it up within half an hour',
    },
  );
}

/** Several sets could come from one lost call: none is taken for ours. */
export function ambiguousAdoption(intent: Intent, candidates: readonly BackupSet[], reason: string): Finding {
  return onSlot('error', 'ambiguous-adoption', intent, {
    message: `the outcome of the call for slot ${intent.slotId} stays open: ${reason}`,
    evidence: { candidates: candidates.map((set) => set.id).join(', '), count: candidates.length },
    remedy: 'find out which one nobody made by hand, then: keeper backups claim <id>',
  });
}

/** A lost call was given up. */
export function abandonedSubmission(intent: Intent, reason: string): Finding {
  return onSlot('error', 'abandoned-submission', intent, {
    message: `the call for slot ${intent.slotId} was given up: ${reason}`,
    evidence: { sentAt: intent.sentAt === undefined ? undefined : formatInstant(intent.sentAt) },
    remedy: `nothing is running for it; ${nextTry(intent.slotId)}`,
  });
}

/** The service says that the cap is used up while we counted room. */
export function capContradicted(instanceId: string, until: Instant, message: string): Finding {
  return onInstance('warning', 'cap-contradicted', instanceId, undefined, {
    message: `the service says that the daily cap is used up although we counted room: ${message}; deferred until ${formatInstant(until)}`,
    evidence: { until: formatInstant(until) },
    remedy: 'look for backups that others take of this instance; lower cap.perDay if its real cap is smaller',
  });
}

/** The identity may not do what is needed. `instanceId` is undefined when a whole account or region is affected. */
export function permissionDenied(instanceId: string | undefined, action: string, operation: string): Finding {
  return onInstance('error', 'permission-denied', instanceId, action, {
    message: `${operation} is denied: the identity has no permission for ${action}`,
    evidence: { action, operation },
    remedy: `grant ${action} to the RAM user or role that the policy's account names`,
  });
}

/** A rule asks for what the instance cannot do. `source` is the documents' rule. */
export function ruleUnsupported(instanceId: string, rule: string, reason: string, source: string): Finding {
  return onInstance('warning', 'rule-unsupported', instanceId, rule, {
    message: `rule ${rule} cannot back up this instance: ${reason}`,
    evidence: { rule, source },
    remedy: `narrow the rule's select, or change what it asks for; keeper policy check names every such rule`,
  });
}

/** An account and region could not be worked through. */
export function shardFailed(shard: AccountRegion, error: CloudError): Finding {
  return {
    id: `shard-failed:${shard.account}/${shard.region}`,
    severity: 'error',
    rule: 'shard-failed',
    instanceId: undefined,
    message: `account ${shard.account} in ${shard.region} could not be worked through: ${error.message}`,
    evidence: withoutUndefined({
      account: shard.account,
      region: shard.region,
      operation: error.operation,
      serviceCode: error.serviceCode,
      requestId: error.requestId,
    }),
    remedy: error.hint ?? 'run keeper doctor; the next tick tries again',
  };
}

/** The instance has been released while its backup was under way. */
export function instanceGone(intent: Intent): Finding {
  return onSlot('warning', 'instance-gone', intent, {
    message: `the service knows no instance ${intent.instanceId} any more; the backup for slot ${intent.slotId} is given up`,
    evidence: { account: intent.account, region: intent.region, jobId: intent.jobId },
    remedy: 'nothing to do if the instance was released on purpose',
  });
}

/** An intent is open for an account or region that the policy no longer names. */
export function accountGone(intent: Intent): Finding {
  return onSlot('error', 'account-gone', intent, {
    message: `slot ${intent.slotId} is unfinished, and the policy no longer names account ${intent.account} in ${intent.region}`,
    evidence: { account: intent.account, region: intent.region, jobId: intent.jobId },
    remedy: 'put the account and region back until nothing of theirs is in flight (keeper status)',
  });
}

/** A set that was due could not be kept longer. */
export function expiryNotExtended(set: SetRef, reason: string): Finding {
  return onInstance('error', 'expiry-not-extended', set.instanceId, set.id, {
    message: `backup set ${set.id} could not be kept longer: ${reason}`,
    evidence: { backupId: set.id, ...expiryEvidence(set.expiresAt) },
    remedy: 'the next run tries again; extend it in the console if it expires before that',
  });
}

/** After the call the service shows another expiry than the one that was asked for: an error, unless it is a later one. */
export function expiryDiffers(set: SetRef, wanted: string, shown: string, isLonger: boolean): Finding {
  return onInstance(isLonger ? 'warning' : 'error', 'expiry-differs', set.instanceId, set.id, {
    message: `backup set ${set.id} was to be kept until ${wanted}, and the service shows ${shown}`,
    evidence: { backupId: set.id, wanted, shown },
    remedy: 'look at the set in the console: somebody else may be changing it too; the next run decides anew',
  });
}

/** A set that was due is gone before it could be kept longer. */
export function setGone(set: SetRef): Finding {
  return onInstance('warning', 'set-gone', set.instanceId, set.id, {
    message: `backup set ${set.id} was to be kept longer, and the service does not list it any more`,
    evidence: { backupId: set.id, ...expiryEvidence(set.expiresAt) },
    remedy: 'if it expired, give the rule a longer extendWhenLeft or run it more often',
  });
}

/** The run has made all the changes that it may. */
export function tooManyChanges(limit: number, left: number): Finding {
  return {
    id: 'too-many-changes:fleet',
    severity: 'error',
    rule: 'too-many-changes',
    instanceId: undefined,
    message: `${left} backup sets were due beyond the ${limit} changes that one run may make, and were left as they are`,
    evidence: { limit, left },
    remedy: 'the next run goes on; look at the plan, and raise limits.maxChangesPerRun if so many changes are meant',
  };
}

function expiryEvidence(expiresAt: BackupSet['expiresAt']): FindingParts['evidence'] {
  return { expiresAt: typeof expiresAt === 'number' ? formatInstant(expiresAt) : expiresAt };
}

function onSlot(severity: Severity, rule: string, { instanceId, slotId }: SlotRef, parts: FindingParts): Finding {
  const { message, evidence, remedy } = parts;
  return { id: `${rule}:${instanceId}:${slotId}`, severity, rule, instanceId, message, evidence: withoutUndefined({ slotId, ...evidence }), remedy };
}

function onInstance(severity: Severity, rule: string, instanceId: string | undefined, subject: string | undefined, parts: FindingParts): Finding {
  const { message, evidence, remedy } = parts;
  const id = [rule, instanceId ?? 'fleet', ...(subject === undefined ? [] : [subject])].join(':');
  return { id, severity, rule, instanceId, message, evidence: withoutUndefined(evidence), remedy };
}

function withoutUndefined(evidence: FindingParts['evidence']): Finding['evidence'] {
  const known: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(evidence)) {
    if (value !== undefined) known[key] = value;
  }
  return known;
}
