// Puts away what an attempt has left behind when it is over: intents that were never sent, its place in the guards, its task. Safe to repeat.
import type { Release } from '../../domain/release';
import { releaseTaskId } from '../../policy/release/identity';
import type { Run } from '../envelope';
import { advance } from '../progress';
import { setWaiting } from './waiting';

/** To be called after the row says so. A backup that is in flight goes on, and reconcile follows it. */
export async function tidyUp(run: Run, release: Release): Promise<void> {
  const { ledger } = run.ports;
  const memberOf = new Map(release.instances.map((member) => [member.instanceId, member]));
  for (const intent of await ledger.getIntents(release.instances)) {
    const member = memberOf.get(intent.instanceId);
    if (intent.state !== 'intended' || member === undefined) continue;
    await advance(run, intent, { ...intent, state: member.status === 'passed' ? 'unneeded' : 'missed', reason: member.reason });
  }
  for (const guard of await ledger.getGuards([...memberOf.keys()])) {
    const slotId = memberOf.get(guard.instanceId)?.slotId;
    if (slotId !== undefined) await setWaiting(ledger, guard, slotId, undefined);
  }
  await ledger.removeTask({ kind: 'release', id: releaseTaskId(release) });
}
