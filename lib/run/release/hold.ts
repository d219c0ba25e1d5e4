// Places a release's hold on the set that was chosen for an instance, and reads the set again afterwards: only what is there under the hold counts.
import { messageOf } from '../../base/errors';
import type { Release, ReleaseInstance } from '../../domain/release';
import { decideTried } from '../../policy/release/decide';
import { type ChosenMember, heldMember, refusedHold, releaseHold } from '../../policy/release/hold';
import type { Run } from '../envelope';
import { verdictOfFailedLook } from '../failure';
import { placeInGuard, takeBack } from '../holds/place';
import { expiringSets, traceSets } from '../holds/sets';

/** Idempotent: the end of the hold was written down before. What the service cannot say now leaves the instance pending under its hold. */
export async function holdSet(run: Run, release: Release, member: ChosenMember): Promise<ReleaseInstance> {
  const { ledger } = run.ports;
  const { instanceId, backupId } = member;
  const shard = run.shards.find(({ account, region }) => account === member.account && region === member.region);
  if (shard === undefined) return { ...member, status: 'failed', reason: `the policy no longer names account ${member.account} in ${member.region}` };
  const asOf = run.actAt();
  const placement = await placeInGuard(ledger, instanceId, releaseHold(release, member), new Map(), asOf);
  if (placement === undefined) return { ...member, reason: 'the hold could not be placed yet: other workers keep writing the guard of this instance' };
  if (placement.kind === 'refused') return refusedHold(member, placement.refusal);
  const { hold } = placement;
  try {
    const set = await shard.gateway.findBackupSet(instanceId, backupId);
    const expiring = set === undefined ? [] : expiringSets(await traceSets(ledger, [set], [hold]), member.engine);
    const held = heldMember(member, hold, set, expiring);
    if (held.status !== 'passed') await takeBack(ledger, instanceId, hold.id, asOf);
    return held;
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instanceId, error);
    const reason = `backup set ${backupId} is held and could not be read again: ${messageOf(error)}`;
    const { kind } = decideTried({ verdict, reason, until: undefined, jobId: undefined }, release);
    return { ...member, status: kind === 'failed' ? 'failed' : 'pending', reason };
  }
}
