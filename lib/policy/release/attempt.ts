// Decides how an attempt of a release begins and how it ends: what its instances' states make of it as a whole.
import { formatInstant, type Instant, instant, plusMs } from '../../base/instant';
import type { Engine, Instance } from '../../domain/instance';
import type { PreReleasePolicy } from '../../domain/protection-policy';
import type { Release, ReleaseInstance, ReleaseWish } from '../../domain/release';
import { releaseSlotId } from '../../domain/slot';

/** An instance that the attempt is about. Its engine is one that we know. */
export type ReleaseMember = Pick<Instance, 'id' | 'account' | 'region'> & { readonly engine: Engine };

export interface NewAttempt {
  readonly key: string;
  readonly wish: ReleaseWish;
  readonly members: readonly ReleaseMember[];
  readonly policy: PreReleasePolicy;
  readonly asOf: Instant;
  /** The attempt before, where there was one: the release keeps its wish and its spans of time, except for the deadline. */
  readonly previous: Release | undefined;
}

export function openAttempt({ key, wish, members, policy, asOf, previous }: NewAttempt): Release {
  const attempt = (previous?.attempt ?? 0) + 1;
  const kind = wish.databases === undefined ? 'instance' : 'databases';
  return {
    key,
    version: previous?.version ?? 0,
    wish: previous?.wish ?? wish,
    attempt,
    status: 'pending',
    createdAt: previous?.createdAt ?? asOf,
    attemptAt: asOf,
    updatedAt: asOf,
    deadlineAt: wish.deadlineAt ?? plusMs(asOf, policy.deadlineMs),
    freshForMs: previous?.freshForMs ?? wish.freshForMs ?? policy.freshForMs,
    holdForMs: previous?.holdForMs ?? wish.holdForMs ?? policy.holdForMs,
    instances: members.map((member) => newMember(member, releaseSlotId(key, attempt, kind))).sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1)),
  };
}

function newMember({ id, account, region, engine }: ReleaseMember, slotId: string): ReleaseInstance {
  return {
    account,
    region,
    instanceId: id,
    engine,
    status: 'pending',
    reason: 'nobody has looked at it yet',
    slotId,
    backupId: undefined,
    jobId: undefined,
    isReused: false,
    startedAt: undefined,
    endedAt: undefined,
    holdId: undefined,
    heldUntil: undefined,
    effectiveUntil: undefined,
  };
}

/**
 * The release with what its instances have come to. One that has failed fails all of it at once: the others stay as they are and are not waited for any longer, whatever
 * is under way for them goes on and may serve the next attempt.
 */
export function concluded(release: Release, instances: readonly ReleaseInstance[], now: Instant): Release {
  const hasFailed = instances.some((each) => each.status === 'failed');
  const hasPassed = instances.every((each) => each.status === 'passed');
  return { ...release, status: hasFailed ? 'failed' : hasPassed ? 'passed' : 'pending', instances, updatedAt: now };
}

/** What has not passed by the deadline has failed. */
export function expired(release: Release, now: Instant): Release {
  const late = (each: ReleaseInstance): ReleaseInstance =>
    each.status === 'pending'
      ? { ...each, status: 'failed', reason: `not passed by the deadline of ${formatInstant(release.deadlineAt)}: ${each.reason}` }
      : each;
  return { ...release, status: 'failed', instances: release.instances.map(late), updatedAt: now };
}

/**
 * Until when a passed release stays passed: oldest backup start + `freshFor`. Where that was over before it passed (`freshFor` 0, or a backup that takes longer), until the
 * deadline of its attempt, so that whoever asked for it still hears of it. Never longer than its sets surely stay. Undefined unless it has passed.
 */
export function validUntil({ status, instances, freshForMs, updatedAt, deadlineAt }: Release): Instant | undefined {
  if (status !== 'passed') return undefined;
  const oldest = Math.min(...instances.map(({ startedAt }) => startedAt ?? 0));
  const end = oldest + freshForMs;
  const stays = instances.flatMap(({ heldUntil, effectiveUntil }) => [heldUntil, effectiveUntil]).filter((at) => typeof at === 'number');
  return instant(Math.min(end > updatedAt ? end : deadlineAt, ...stays));
}

/** True when a request may open a new attempt: the last one has failed, or has passed and is no longer valid. */
export function isOver(release: Release, now: Instant): boolean {
  const end = validUntil(release);
  return release.status === 'failed' || (end !== undefined && now >= end);
}
