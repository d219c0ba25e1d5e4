// Decides what happens to one slot of one instance: a verdict with its reason, or a backup to be submitted.
import { formatInstant, type Instant } from '../base/instant';
import type { BackupJob, BackupSet, BackupSpec, Scope } from '../domain/backup';
import type { Guard } from '../domain/guard';
import type { Database, Instance } from '../domain/instance';
import type { CapPolicy, ExtraBackupRule, LimitsPolicy } from '../domain/protection-policy';
import type { CapPool, Intent, Slot } from '../domain/slot';
import type { SlotVerdict, Verdict } from '../domain/verdict';
import { blackoutUntil } from './blackout';
import { decideCap } from './cap';
import { decideSpec, type FeasibleSpec } from './feasibility';
import { freshSetFor } from './freshness';
import { resolveDatabases, withKnownScopes } from './scope';

/** What is known without a call to the service. */
export interface SlotQuestion {
  readonly instance: Instance;
  readonly rule: ExtraBackupRule;
  readonly slot: Slot;
  /** The slot's intent, where the ledger has one. */
  readonly intent: Intent | undefined;
  readonly asOf: Instant;
}

/** What a look at the instance brings. */
export interface Observation {
  readonly sets: readonly BackupSet[];
  readonly runningJobs: readonly BackupJob[];
  /** Undefined when the rule does not need them (`needsDatabases`). */
  readonly databases: readonly Database[] | undefined;
}

export interface ObservedSlotQuestion extends SlotQuestion {
  readonly observation: Observation;
  readonly guard: Guard;
  /** The instance's recent intents, for what its reservations have become. */
  readonly intents: readonly Intent[];
  readonly cap: CapPolicy;
  readonly limits: Pick<LimitsPolicy, 'maxJobMs'>;
  /** `ordinary` unless told: only releases draw on the other one. */
  readonly pool?: CapPool;
}

export type SlotDecision =
  | (SlotVerdict & {
      readonly kind: 'verdict';
      /** The guard with what was learned, where the cap was asked; it may be stored or dropped. */
      readonly guard: Guard | undefined;
    })
  | {
      readonly kind: 'submit';
      readonly spec: BackupSpec;
      readonly units: number;
      /** Carries the reservation; nothing may be sent before its compare-and-swap has won. */
      readonly guard: Guard;
      readonly reason: string;
    };

/**
 * The verdict that needs no look at the instance, or `look`. In this order: what became of the slot's intent, what the engine cannot do, a slot whose time is
 * over, the instance's state, a lock, a blackout. Only slots that say `look` cost calls to the service.
 */
export function decideBeforeLooking(question: SlotQuestion): SlotVerdict | 'look' {
  const { instance, rule, slot, intent, asOf } = question;
  const standing = intent === undefined ? undefined : verdictOfIntent(intent);
  if (standing !== undefined) return verdictOf(question, standing.verdict, standing.reason, { backupId: intent?.backupId, jobId: intent?.jobId });
  const spec = decideSpec(rule, instance);
  if (!spec.feasible) return verdictOf(question, spec.verdict, `${spec.reason} (${spec.source})`);
  if (asOf >= slot.openUntil) return verdictOf(question, 'missed', `the slot was open until ${formatInstant(slot.openUntil)} and nothing was started`);
  if (instance.status !== 'Running') {
    return verdictOf(question, 'instance-not-running', `the instance is ${instance.status}; only a running instance can be backed up`);
  }
  if (instance.isLocked) return verdictOf(question, 'instance-locked', `the instance is locked: ${instance.lockReason ?? 'the service gives no reason'}`);
  const blackout = blackoutUntil(rule.notDuring, rule.timezone, asOf);
  if (blackout !== undefined) {
    return verdictOf(question, 'blackout', `a notDuring window of the rule lasts until ${formatInstant(blackout)}`, { until: blackout });
  }
  return 'look';
}

/**
 * The decision once the instance was looked at; to be asked only after `decideBeforeLooking` said `look`. In this order: databases that are not there,
 * a set that is fresh enough, a release that waits, a running job, the cap. Throws a RangeError when the rule needs databases and the observation has none.
 */
export function decideAfterLooking(question: ObservedSlotQuestion): SlotDecision {
  const { instance, rule, slot, asOf, observation, guard, pool = 'ordinary' } = question;
  const spec = specFor(rule, instance, observation);
  if ('verdict' in spec) return deferred(question, spec.verdict, spec.reason);

  const fresh = freshSetFor({ rule, spec, occurrence: slot.occurrence, sets: withKnownScopes(observation.sets, question.intents) });
  if (fresh !== undefined) {
    const reason = `backup set ${fresh.id} of ${formatInstant(fresh.startedAt)} holds the same and is fresh enough for the slot of ${formatInstant(slot.occurrence)}`;
    return deferred(question, 'fresh-enough', reason, { backupId: fresh.id });
  }
  const release = pool === 'ordinary' ? guard.waitingReleases.find((waiting) => waiting.until > asOf && waiting.slotId !== slot.id) : undefined;
  if (release !== undefined) {
    return deferred(question, 'yield-to-release', `release slot ${release.slotId} waits for the instance until ${formatInstant(release.until)}`, {
      until: release.until,
    });
  }
  const job = observation.runningJobs[0];
  if (job !== undefined) {
    return deferred(question, 'job-running', `${describeJob(job)}; the service runs one backup of an instance at a time`, { jobId: job.id });
  }
  return decideByCap(question, spec);
}

/** How the rule backs up the instance as it was seen, or why it cannot. Throws a RangeError when the rule needs databases and the observation has none. */
export function specFor(
  rule: ExtraBackupRule,
  instance: Instance,
  observation: Pick<Observation, 'databases'>,
): BackupSpec | { readonly verdict: Verdict; readonly reason: string } {
  const feasible = decideSpec(rule, instance);
  if (!feasible.feasible) return { verdict: feasible.verdict, reason: `${feasible.reason} (${feasible.source})` };
  const scope = scopeOf(rule, observation);
  return typeof scope === 'string' ? { verdict: 'no-such-database', reason: scope } : specOf(feasible, scope);
}

/** What a slot's intent says of it; undefined while nothing was sent (`intended`): then the slot is decided anew. */
export function verdictOfIntent(intent: Intent): { readonly verdict: Verdict; readonly reason: string } | undefined {
  const why = intent.reason ?? 'the ledger gives no reason';
  const set = `backup set ${intent.backupId ?? 'of unknown id'}`;
  switch (intent.state) {
    case 'intended':
      return undefined;
    case 'submitting':
      return { verdict: 'ambiguous', reason: 'the call was sent and its outcome is not known; it is never sent again, reconcile finds out' };
    case 'submitted':
      return { verdict: 'in-flight', reason: `backup job ${intent.jobId ?? 'of unknown id'} was submitted; reconcile follows it` };
    case 'finished':
      if (intent.isAdopted) return { verdict: 'adopted', reason: `${set} was adopted for this slot: ${why}` };
      return { verdict: 'already-done', reason: `${set} was made for this slot` };
    case 'unneeded':
      return { verdict: 'fresh-enough', reason: why };
    case 'failed':
    case 'abandoned':
    case 'missed':
    case 'refused':
      return { verdict: intent.state, reason: why };
  }
}

function decideByCap(question: ObservedSlotQuestion, spec: BackupSpec): SlotDecision {
  const { cap, guard, observation, intents, slot, pool = 'ordinary', asOf, limits } = question;
  const units = spec.scope.kind === 'databases' ? spec.scope.databases.length : 1;
  const { sets, runningJobs } = observation;
  const decision = decideCap({ cap, guard, sets, runningJobs, intents, slotId: slot.id, units, pool, asOf, maxJobMs: limits.maxJobMs });
  if (decision.granted) return { kind: 'submit', spec, units, guard: decision.guard, reason: decision.reason };
  return deferred(question, decision.verdict, decision.reason, { until: decision.until }, decision.guard);
}

/** The scope to back up, or why the databases that the rule wants cannot be. */
function scopeOf(rule: ExtraBackupRule, { databases }: Pick<Observation, 'databases'>): Scope | string {
  if (rule.databases === undefined) return { kind: 'instance' };
  if (databases === undefined) throw new RangeError(`rule ${rule.name} names databases, so the observation must list them`);
  const resolved = resolveDatabases(rule.databases, databases);
  return resolved.ok ? { kind: 'databases', databases: resolved.databases } : resolved.reason;
}

function specOf({ method, type, retainDays }: FeasibleSpec, scope: Scope): BackupSpec {
  return { scope, method, type, retainDays };
}

function deferred(
  question: SlotQuestion,
  verdict: Verdict,
  reason: string,
  more: Partial<Pick<SlotVerdict, 'until' | 'backupId' | 'jobId'>> = {},
  guard?: Guard,
): SlotDecision {
  return { kind: 'verdict', ...verdictOf(question, verdict, reason, more), guard };
}

function verdictOf(
  { instance, rule, slot }: SlotQuestion,
  verdict: Verdict,
  reason: string,
  more: Partial<Pick<SlotVerdict, 'until' | 'backupId' | 'jobId'>> = {},
): SlotVerdict {
  return {
    instanceId: instance.id,
    engine: instance.engine,
    rule: rule.name,
    slotId: slot.id,
    verdict,
    reason,
    until: more.until,
    backupId: more.backupId,
    jobId: more.jobId,
  };
}

function describeJob(job: BackupJob): string {
  const progress = job.progressPercent === undefined ? '' : ` (${job.progressPercent} %)`;
  return `${job.mode} backup job ${job.id} is ${job.status === 'not-started' ? 'waiting' : 'running'}${progress}`;
}
