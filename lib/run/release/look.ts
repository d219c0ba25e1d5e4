// Looks at the instances of a release that have not come to anything yet: what its own backup has become, and whether another one will do.
import { messageOf } from '../../base/errors';
import { policyNeedsTags, resolvePolicy } from '../../config/resolve';
import type { BackupJob } from '../../domain/backup';
import type { Guard } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';
import type { EffectivePolicy } from '../../domain/protection-policy';
import type { Release, ReleaseInstance } from '../../domain/release';
import type { Intent } from '../../domain/slot';
import { observationLookBackMs } from '../../policy/freshness';
import { decideSeen, decideTried, decideUnseen, type MemberDecision, releaseRule, releaseSlot } from '../../policy/release/decide';
import { needsDatabases } from '../../policy/scope';
import type { InstanceToActOn, OpenSlot, Seen } from '../act';
import { resolveAmbiguous } from '../ambiguous';
import type { Run } from '../envelope';
import { verdictOfFailedLook } from '../failure';
import { followJob } from '../follow';
import { traceSets } from '../holds/sets';
import { observe } from '../observe';
import type { Shard } from '../shards';
import { VISIBILITY_LAG_MS } from '../timing';
import { LEFT_OUT } from '../verdicts';

/** A pending instance, with what the ledger has of it. */
export interface OpenMember {
  readonly member: ReleaseInstance;
  readonly guard: Guard;
  /** Of this attempt's slot. */
  readonly intent: Intent | undefined;
  readonly intentsBehindGuard: readonly Intent[];
}

/** A backup that is to be started. */
export interface ReadyMember {
  readonly kind: 'act';
  readonly work: InstanceToActOn;
  readonly open: OpenSlot;
  readonly seen: Seen;
}

/** What a look has come to. What fails at the service is a decision too; ledger and credentials errors are thrown. */
export async function lookAt(run: Run, release: Release, open: OpenMember): Promise<MemberDecision | ReadyMember> {
  const { member } = open;
  const shard = run.shards.find(({ account, region }) => account === member.account && region === member.region);
  if (shard === undefined) return lost(`the policy no longer names account ${member.account} in ${member.region}`);
  try {
    const instance = await shard.gateway.findInstance(member.instanceId, { withTags: policyNeedsTags(run.request.policy) });
    if (instance === undefined) return lost('the service knows no such instance any more');
    const effective = resolvePolicy(run.request.policy, instance);
    if (effective === undefined) return lost(LEFT_OUT);
    return await lookAtInstance(run, release, { ...open, intent: await followed(run, shard, open.intent) }, { instance, effective, gateway: shard.gateway });
  } catch (error) {
    const verdict = verdictOfFailedLook(run, member.instanceId, error);
    return decideTried({ verdict, reason: `could not look at the instance: ${messageOf(error)}`, until: undefined, jobId: undefined }, release);
  }
}

interface Subject {
  readonly instance: Instance;
  readonly effective: EffectivePolicy;
  readonly gateway: RdsGateway;
}

async function lookAtInstance(run: Run, release: Release, open: OpenMember, subject: Subject): Promise<MemberDecision | ReadyMember> {
  const { member, intent, guard, intentsBehindGuard } = open;
  const { instance, effective, gateway } = subject;
  const question = { release, member, instance, intent, now: run.actAt() };
  const unseen = decideUnseen(question);
  if (unseen !== 'look') return unseen;
  const rule = releaseRule(release);
  const slot = releaseSlot(release, member);
  const seenAt = run.ports.clock.now();
  const lookBackMs = observationLookBackMs([{ rule: release, slot }], effective.limits.maxJobMs, run.asOf);
  const looked = await observe(gateway, instance, lookBackMs, { asOf: run.asOf, now: seenAt }, needsDatabases(rule));
  const observation = { ...looked, sets: await traceSets(run.ports.ledger, looked.sets, []) };
  const awaited = await endedJob(gateway, member, looked.runningJobs);
  const decision = decideSeen({ ...question, observation, guard, intents: intentsBehindGuard, awaited, visibilityLagMs: VISIBILITY_LAG_MS });
  if (decision !== 'act') return decision;
  return { kind: 'act', work: { ...subject, guard, intentsBehindGuard, pool: 'release' }, open: { rule, slot, intent }, seen: { ...observation, seenAt } };
}

/** The attempt's own backup as it stands now. Reconcile has followed it already when it comes to the releases. */
async function followed(run: Run, shard: Shard, intent: Intent | undefined): Promise<Intent | undefined> {
  if (run.function === 'reconcile' || (intent?.state !== 'submitted' && intent?.state !== 'submitting')) return intent;
  const progress = intent.state === 'submitted' ? await followJob(run, shard, intent) : await resolveAmbiguous(run, shard, intent);
  if (progress.finding !== undefined) run.tally.finding(progress.finding);
  return progress.next ?? intent;
}

/** The job that the instance was waited for, where it runs no more. */
async function endedJob(gateway: RdsGateway, member: ReleaseInstance, runningJobs: readonly BackupJob[]): Promise<BackupJob | undefined> {
  const { jobId, isReused, instanceId } = member;
  if (jobId === undefined || !isReused || runningJobs.some(({ id }) => id === jobId)) return undefined;
  return gateway.findJob(instanceId, jobId);
}

function lost(reason: string): MemberDecision {
  return { kind: 'failed', verdict: 'refused', reason };
}
