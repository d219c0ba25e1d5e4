// Copies that nobody's policy looks after any more: of released instances, and of instances where the feature was switched off.
import { DAY_MS, plusMs } from '../../base/instant';
import { CloudError, DeniedError, RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionCopy, CrossRegionInstance } from '../../domain/cross-region';
import type { AccountRegion } from '../../domain/instance';
import type { InstancePosture } from '../../domain/posture';
import type { Finding, SlotVerdict } from '../../domain/verdict';
import { leftoverCopies, notFullyRead } from '../../policy/cross-region/findings';
import { permissionDenied } from '../../policy/findings';
import type { Run } from '../envelope';
import { functionScope } from '../function-posture';
import { isFatal, type Shard } from '../shards';
import { onInstance } from '../verdicts';
import { forgetPosture, isForgotten, type PostureChange, writePostures } from '../write-postures';
import type { BulkSettings } from './bulk';

/** Longer than copies can be kept. */
const LOOK_BACK_DAYS = 1_830;

/** Where what is said of them is kept: apart from the words on instances that are looked after. */
export function leftoversScope(target: AccountRegion): string {
  return `${functionScope(target, 'verify-cross-region')}#leftovers`;
}

/** The name under which `keeper status` shows them. */
const LEFTOVERS_RULE = 'leftover-copies';

/** One finding per instance with such copies. `notLeft`: instances that are there, and of which nothing is to be said here. */
export async function reportLeftovers(run: Run, shard: Shard, { instances }: BulkSettings, notLeft: ReadonlySet<string>): Promise<void> {
  const { gateway } = shard;
  const found = new Map<string, Finding>();
  const unread = new Set<string>();
  for (const each of instances.values()) {
    if (!isReleased(each) && (each.isEnabled || notLeft.has(each.instanceId))) continue;
    if (each.destination === undefined) continue;
    await run.keepLease();
    if (run.request.deadline.isNear()) {
      run.tally.handOff();
      unread.add(each.instanceId);
      continue;
    }
    const copies = await copiesOf(run, gateway, each, each.destination);
    if (copies === undefined) unread.add(each.instanceId);
    else if (copies.length > 0) found.set(each.instanceId, leftoverCopies(each, copies, isReleased(each)));
  }
  for (const finding of found.values()) run.tally.finding(finding);
  await rememberLeftovers(run, leftoversScope(shard), found, unread);
}

/** A finding stays open while its copies could not be read, and closes when they are gone. */
async function rememberLeftovers(run: Run, scope: string, found: ReadonlyMap<string, Finding>, unread: ReadonlySet<string>): Promise<void> {
  if (run.request.dryRun) return;
  const at = run.ports.clock.now();
  const known = new Map<string, InstancePosture>();
  for await (const page of run.ports.ledger.listPostures(scope)) for (const posture of page) known.set(posture.instanceId, posture);
  const changes = [...found].flatMap(([instanceId, finding]): PostureChange[] => {
    const before = known.get(instanceId);
    if (before?.findings.some(({ id, message }) => id === finding.id && message === finding.message)) return [];
    const since = before?.rules[LEFTOVERS_RULE]?.since ?? run.asOf;
    const verdict: SlotVerdict = { ...onInstance({ id: instanceId, engine: 'other' }, 'not-required', finding.message), rule: LEFTOVERS_RULE };
    const rules = { [LEFTOVERS_RULE]: { schedule: '', since, occurrence: undefined, verdict, isSettled: false } };
    return [{ before, draft: { scope, instanceId, engine: 'other', asOf: at, rules, findings: [finding], copies: undefined } }];
  });
  const gone = [...known.values()].filter((posture) => !isForgotten(posture) && !found.has(posture.instanceId) && !unread.has(posture.instanceId));
  await writePostures(run, [...changes, ...gone.map((posture) => forgetPosture(posture, at))]);
}

/** Words of DescribeCrossRegionBackupDBInstance for an instance that is gone. */
function isReleased({ status }: CrossRegionInstance): boolean {
  return /^(released|deleted|deleting)$/i.test(status);
}

/** Undefined, with a finding, where they could not be read. A kind of instance whose copies are not listed has none that anybody could name. */
async function copiesOf(
  run: Run,
  gateway: Shard['gateway'],
  { instanceId }: CrossRegionInstance,
  destination: string,
): Promise<readonly CrossRegionCopy[] | undefined> {
  try {
    return await gateway.listCopies(instanceId, destination, { from: plusMs(run.asOf, -LOOK_BACK_DAYS * DAY_MS), to: run.asOf });
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (error instanceof RefusedError) return [];
    if (error instanceof DeniedError) run.tally.finding(permissionDenied(instanceId, error.action, error.operation));
    else run.tally.finding(notFullyRead(instanceId, 'copies', error.message));
    return undefined;
  }
}
