// Decides what happens to one instance of a release: which backup set will do, what is waited for, what is started, and what has failed.
import { formatInstant, type Instant, plusMs } from '../../base/instant';
import type { BackupJob, BackupSet, BackupSpec } from '../../domain/backup';
import type { Guard } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { ExtraBackupRule } from '../../domain/protection-policy';
import type { Release, ReleaseInstance } from '../../domain/release';
import { type Intent, isTerminal, RELEASE_RULE, type Slot } from '../../domain/slot';
import type { SlotVerdict, Verdict } from '../../domain/verdict';
import { decideBeforeLooking, type Observation, specFor, verdictOfIntent } from '../decide';
import { decideSpec } from '../feasibility';
import { freshSetFor, isMethodGoodEnough } from '../freshness';
import { settledAt } from '../retention/phase';
import { covers } from '../scope';

export interface MemberQuestion {
  readonly release: Release;
  readonly member: ReleaseInstance;
  /** As it is now. */
  readonly instance: Instance;
  /** Of this attempt's slot, where the ledger has one. */
  readonly intent: Intent | undefined;
  readonly now: Instant;
}

export interface SeenMemberQuestion extends MemberQuestion {
  /** The sets with all that the ledger knows of their scopes. */
  readonly observation: Observation;
  readonly guard: Guard;
  /** The instance's intents, as far back as its reservations go. */
  readonly intents: readonly Intent[];
  /** The job that was waited for and runs no more, as the service tells of it now. */
  readonly awaited: BackupJob | undefined;
  /** How late the service may list a finished set. */
  readonly visibilityLagMs: number;
}

interface Word {
  readonly verdict: Verdict;
  /** One sentence with the figures. */
  readonly reason: string;
}

export type MemberDecision =
  | (Word & { readonly kind: 'failed' })
  /** `yields`: nothing is under way that will do, so that timer slots have to let the release go first. `overSince`: to be remembered as the member's `endedAt`. */
  | (Word & { readonly kind: 'waits'; readonly yields: boolean; readonly jobId?: string | undefined; readonly overSince?: Instant })
  /** To be held, and seen again after that. */
  | (Word & { readonly kind: 'use'; readonly backupId: string; readonly jobId: string | undefined; readonly isReused: boolean });

/** The release as a rule, so that its backups go the way of every other. No blackouts: they hold timers back, and here somebody waits. */
export function releaseRule({ wish: { databases } }: Pick<Release, 'wish'>): ExtraBackupRule {
  return {
    name: RELEASE_RULE,
    enabled: true,
    select: { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] },
    schedule: '',
    timezone: 'UTC',
    databases: databases === undefined ? undefined : { names: databases },
    method: undefined,
    type: undefined,
    retainDays: undefined,
    freshForMs: undefined,
    notDuring: [],
    startWithinMs: undefined,
    catchUp: 'none',
  };
}

export function releaseSlot({ attemptAt, deadlineAt }: Pick<Release, 'attemptAt' | 'deadlineAt'>, { slotId, instanceId }: ReleaseInstance): Slot {
  return { id: slotId, instanceId, rule: RELEASE_RULE, occurrence: attemptAt, openUntil: deadlineAt };
}

/** What can be said without a look at the instance's sets and jobs: what this attempt's own backup has come to, and what the engine cannot do. */
export function decideUnseen({ release, instance, intent }: MemberQuestion): MemberDecision | 'look' {
  const standing = intent === undefined ? undefined : verdictOfIntent(intent);
  if (intent !== undefined && standing !== undefined) {
    const { state, backupId, jobId } = intent;
    if (!isTerminal(state)) return { kind: 'waits', yields: false, jobId, ...standing };
    if (state === 'finished' && backupId !== undefined) return { kind: 'use', backupId, jobId, isReused: false, ...standing };
  }
  const spec = decideSpec(releaseRule(release), instance);
  return spec.feasible ? 'look' : { kind: 'failed', verdict: spec.verdict, reason: `${spec.reason} (${spec.source})` };
}

/**
 * The decision once the instance was looked at; `act`: a backup is to be started, as far as the cap and the running jobs let it. In this order: databases that are not there, a set
 * that is fresh enough, an own backup that came to nothing, a backup that is under way and will do, the set of one that has just ended, the instance's state.
 */
export function decideSeen(question: SeenMemberQuestion): MemberDecision | 'act' {
  const { release, member, instance, intent, observation, now } = question;
  const rule = releaseRule(release);
  const spec = specFor(rule, instance, observation);
  if ('verdict' in spec) return { kind: 'failed', ...spec };
  const fresh = freshSet(question, spec);
  if (fresh !== undefined) {
    const reason = `backup set ${fresh.id} of ${formatInstant(fresh.startedAt)} is fresh enough for the request of ${formatInstant(release.attemptAt)}`;
    return { kind: 'use', verdict: 'fresh-enough', reason, backupId: fresh.id, jobId: undefined, isReused: true };
  }
  const standing = intent === undefined ? undefined : verdictOfIntent(intent);
  if (standing !== undefined) return { kind: 'failed', ...standing };
  const awaited = backupUnderWay(question, spec) ?? setOfEndedJob(question);
  if (awaited !== undefined) return awaited;
  const before = decideBeforeLooking({ instance, rule, slot: releaseSlot(release, member), intent, asOf: now });
  return before === 'look' ? 'act' : waitsFor(before);
}

/** Verdicts that no waiting changes. */
const FINAL: ReadonlySet<Verdict> = new Set<Verdict>([
  'method-unsupported',
  'read-only-instance',
  'denied',
  'no-such-database',
  'failed',
  'abandoned',
  'missed',
]);
/** Verdicts on a backup that has been started, or may have been. */
const STARTED: ReadonlySet<Verdict> = new Set<Verdict>(['submitted', 'in-flight', 'ambiguous', 'already-done', 'adopted']);
const OF_CAP: ReadonlySet<Verdict> = new Set<Verdict>(['cap-exhausted', 'cap-reserved']);

/** What the verdict on a try to start the backup, or on a look that failed, means for the release. */
export function decideTried(tried: Pick<SlotVerdict, 'verdict' | 'reason' | 'until' | 'jobId'>, { deadlineAt }: Pick<Release, 'deadlineAt'>): MemberDecision {
  const { verdict, reason, until, jobId } = tried;
  if (verdict === 'submitted') return waitsFor({ verdict, reason: `backup job ${jobId ?? 'of unknown id'} was submitted: ${reason}`, jobId });
  if (FINAL.has(verdict)) return { kind: 'failed', verdict, reason };
  if (!OF_CAP.has(verdict) || (until !== undefined && until < deadlineAt)) return waitsFor(tried);
  const frees = until === undefined ? 'so much never fits' : `it frees at ${formatInstant(until)}, and the deadline is at ${formatInstant(deadlineAt)}`;
  return { kind: 'failed', verdict, reason: `${reason}; ${frees}` };
}

/** The instance with what was decided on it. */
export function decidedMember(member: ReleaseInstance, decision: MemberDecision, { holdForMs }: Pick<Release, 'holdForMs'>, now: Instant): ReleaseInstance {
  const { reason } = decision;
  const bare = { ...member, reason, backupId: undefined, heldUntil: undefined, endedAt: undefined };
  switch (decision.kind) {
    case 'failed':
      return { ...bare, status: 'failed' };
    case 'waits':
      return { ...bare, jobId: decision.jobId, isReused: decision.jobId !== undefined && !STARTED.has(decision.verdict), endedAt: decision.overSince };
    case 'use':
      return { ...bare, backupId: decision.backupId, jobId: decision.jobId, isReused: decision.isReused, heldUntil: plusMs(now, holdForMs) };
  }
}

function waitsFor({ verdict, reason, jobId }: Pick<SlotVerdict, 'verdict' | 'reason' | 'jobId'>): MemberDecision {
  return { kind: 'waits', yields: !STARTED.has(verdict), verdict, reason, jobId };
}

/** Good, fresh, and there for as long as the release needs it: not being deleted, and not gone by the deadline. */
function freshSet({ release, observation, guard, now }: SeenMemberQuestion, spec: BackupSpec): BackupSet | undefined {
  const { attemptAt, freshForMs, deadlineAt } = release;
  const deleting = new Set(guard.marks.filter((mark) => mark.state === 'deleting' && now < settledAt(mark)).map(({ backupId }) => backupId));
  const lasting = ({ expiresAt }: BackupSet): boolean => expiresAt === undefined || expiresAt === 'never' || expiresAt > deadlineAt;
  const sets = observation.sets.filter((set) => !deleting.has(set.id) && lasting(set));
  return freshSetFor({ rule: { freshForMs, method: undefined, type: undefined }, spec, occurrence: attemptAt, sets });
}

/** A backup of ours for another slot that will be fresh enough when it is done. Of other people's jobs the service tells neither start nor scope: their sets are looked at when they are there. */
function backupUnderWay({ release, member, intents }: SeenMemberQuestion, spec: BackupSpec): MemberDecision | undefined {
  const from = plusMs(release.attemptAt, -release.freshForMs);
  const ours = intents.find(
    (intent) =>
      intent.state === 'submitted' &&
      intent.slotId !== member.slotId &&
      (intent.sentAt ?? intent.createdAt) >= from &&
      covers(intent.spec.scope, spec.scope) &&
      isMethodGoodEnough(intent.spec.method, undefined, spec.method),
  );
  if (ours === undefined) return undefined;
  const reason = `backup job ${ours.jobId ?? 'of unknown id'} of slot ${ours.slotId} is under way and will do`;
  return { kind: 'waits', yields: false, verdict: 'job-running', reason, jobId: ours.jobId };
}

/** The set of a job that has just ended may be listed late: a moment's patience spares a backup. */
function setOfEndedJob({ member, awaited, observation, visibilityLagMs, now }: SeenMemberQuestion): MemberDecision | undefined {
  if (awaited?.status !== 'finished' || observation.sets.some(({ id }) => id === awaited.backupId)) return undefined;
  const overSince = member.endedAt ?? now;
  if (now >= plusMs(overSince, visibilityLagMs)) return undefined;
  const reason = `backup job ${awaited.id} has ended and its set is not listed yet`;
  return { kind: 'waits', yields: true, verdict: 'job-running', reason, jobId: awaited.id, overSince };
}
