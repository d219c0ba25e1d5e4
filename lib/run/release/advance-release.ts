// Advances a release by one step: observe, decide, start what must be started, hold what is there. Whoever calls it, and how often, it comes to the same.
import { eachLimited } from '../../base/each';
import { canonicalJson } from '../../base/hash';
import { emptyGuard } from '../../domain/guard';
import type { Release, ReleaseInstance } from '../../domain/release';
import { concluded, expired } from '../../policy/release/attempt';
import { decidedMember, decideTried, type MemberDecision, releaseSlot } from '../../policy/release/decide';
import { isChosen } from '../../policy/release/hold';
import { decideAndAct } from '../act';
import type { Run } from '../envelope';
import { intentsOfGuards } from '../reserve';
import { INSTANCE_CONCURRENCY } from '../timing';
import { onSlot } from '../verdicts';
import { holdSet } from './hold';
import { lookAt, type OpenMember, type ReadyMember } from './look';
import { tidyUp } from './tidy';
import { setWaiting } from './waiting';

/** The release as it is stored afterwards. Throws only what must stop the run: ledger and credentials errors. */
export async function advanceRelease(run: Run, release: Release): Promise<Release> {
  if (release.status !== 'pending') return release;
  const now = run.actAt();
  const next = now >= release.deadlineAt ? expired(release, now) : concluded(release, await workOn(run, release), now);
  const stored = await store(run, release, next);
  if (stored === undefined) return overtaken(run, release);
  if (stored.status !== 'pending' || !stored.instances.some(isChosen)) return stored;
  const held = concluded(stored, await holdChosen(run, stored), run.actAt());
  return (await store(run, stored, held)) ?? overtaken(run, stored);
}

/** Undefined when another worker was faster. The row first, then what an attempt leaves behind: as long as that is not put away, reconcile finds its task. */
async function store(run: Run, before: Release, next: Release): Promise<Release | undefined> {
  const isNews = before.status !== next.status || canonicalJson(before.instances) !== canonicalJson(next.instances);
  const stored = isNews ? await run.ports.ledger.putRelease(before, next) : before;
  if (stored !== undefined && stored.status !== 'pending') await tidyUp(run, stored);
  return stored;
}

/** Their word stands. If the attempt is over by it, nothing that we wrote meanwhile may keep waiting for it. */
async function overtaken(run: Run, ours: Release): Promise<Release> {
  const theirs = await run.ports.ledger.getRelease(ours.key);
  if (theirs === undefined) throw new Error(`the row of release ${ours.key} is gone from the ledger`); // releases are never deleted
  if (theirs.attempt !== ours.attempt) await tidyUp(run, ours);
  else if (theirs.status !== 'pending') await tidyUp(run, theirs);
  return theirs;
}

interface Looked {
  readonly open: OpenMember;
  readonly found: MemberDecision | ReadyMember;
}

/** The instances, in their order, with what they have come to. Nothing is started once one of them is known to fail. */
async function workOn(run: Run, release: Release): Promise<readonly ReleaseInstance[]> {
  const looked = await lookAtAll(run, release);
  const isLost = looked.some(({ found }) => found.kind === 'failed');
  const done = new Map<string, ReleaseInstance>();
  await eachLimited(looked, INSTANCE_CONCURRENCY, async ({ open, found }) => {
    const { member, guard } = open;
    if (found.kind === 'act' && isLost) {
      done.set(member.instanceId, { ...member, reason: 'no backup was started, as another instance of the release has failed' });
      return;
    }
    const decision = found.kind === 'act' ? await begin(run, release, found) : found;
    const { instanceId: id, engine } = member;
    if (!isFollowed(run, open)) run.tally.verdict(onSlot({ id, engine }, releaseSlot(release, member), decision.verdict, decision.reason), false);
    await setWaiting(run.ports.ledger, guard, member.slotId, decision.kind === 'waits' && decision.yields ? release.deadlineAt : undefined);
    done.set(id, decidedMember(member, decision, release, run.actAt()));
  });
  return release.instances.map((member) => done.get(member.instanceId) ?? member);
}

/** True for a backup that this very run of reconcile has followed, and given its verdict. */
function isFollowed(run: Run, { intent }: OpenMember): boolean {
  return run.function === 'reconcile' && intent !== undefined && intent.state !== 'intended';
}

async function begin(run: Run, release: Release, { work, open, seen }: ReadyMember): Promise<MemberDecision> {
  const { verdict } = await decideAndAct(run, work, open, seen);
  return decideTried(verdict, release);
}

/** Those that are pending and have no set yet. What the run has no time for stays as it is. */
async function lookAtAll(run: Run, release: Release): Promise<readonly Looked[]> {
  const { ledger } = run.ports;
  const members = release.instances.filter((member) => member.status === 'pending' && !isChosen(member));
  const intents = await ledger.getIntents(members);
  const guards = await ledger.getGuards(members.map(({ instanceId }) => instanceId));
  const behind = await intentsOfGuards(ledger, guards);
  const looked: Looked[] = [];
  await eachLimited(members, INSTANCE_CONCURRENCY, async (member, index) => {
    if (run.request.deadline.isNear()) return run.tally.handOff();
    await run.keepLease();
    const { instanceId } = member;
    const open: OpenMember = {
      member,
      guard: guards[index] ?? emptyGuard(instanceId),
      intent: intents.find((intent) => intent.instanceId === instanceId),
      intentsBehindGuard: behind.filter((intent) => intent.instanceId === instanceId),
    };
    looked.push({ open, found: await lookAt(run, release, open) });
  });
  return looked;
}

async function holdChosen(run: Run, release: Release): Promise<readonly ReleaseInstance[]> {
  const held = new Map<string, ReleaseInstance>();
  await eachLimited(release.instances.filter(isChosen), INSTANCE_CONCURRENCY, async (member) => {
    held.set(member.instanceId, await holdSet(run, release, member));
  });
  return release.instances.map((member) => held.get(member.instanceId) ?? member);
}
