// Deletes the sets that an operator names, now: no rule and no grace is asked, but ownership, holds, the floor, the anchor and the brakes stand.
import { KeeperError } from '../../base/errors';
import { plusMs } from '../../base/instant';
import { policyNeedsTags, resolvePolicy } from '../../config/resolve';
import type { Instance } from '../../domain/instance';
import type { RunSummary } from '../../domain/run';
import { GRANT_VALID_MS } from '../../policy/retention/brakes';
import { decidePurgeFeasibility } from '../../policy/retention/feasibility';
import { protectionsOf } from '../../policy/retention/protect';
import type { KeepReason, RetentionInput, TracedSet } from '../../policy/retention/types';
import { inRun, type Run } from '../envelope';
import { verdictOfFailedLook } from '../failure';
import { makeNotes, type Notes } from '../notes';
import { readGuard } from '../reserve';
import { findInShards, type Shard, unknownInstances } from '../shards';
import type { RunObserver, RunPorts, RunRequest } from '../types';
import { onSet } from '../verdicts';
import { takeBrakes } from './brakes';
import { type Admission, admissionsOf, type Deletion, deleteSets, lookAgain } from './delete-sets';
import { PROTECTIONS_ONLY } from './protections';
import { purgeStep, RETENTION_RULE } from './steps';

export interface SetsToDelete {
  readonly instanceId: string;
  /** At least one. */
  readonly backupIds: readonly string[];
}

/** Before the brakes are taken. */
type UndatedDeletion = Omit<Deletion, 'notAfter'>;

const BY_HAND = 'deleted by hand';

/** One verdict per set. Returns the summary, or throws RunFailedError: for an unknown instance, and for one that the policy leaves out. */
export async function runDeleteByHand(request: RunRequest, ports: RunPorts, wanted: SetsToDelete, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('retention-hygiene', request, ports, observer, async (run) => {
    const { instance, deletion } = await deletionOf(run, wanted);
    const notes = makeNotes(run, instance);
    await deleteNamed(run, deletion, notes);
    run.tally.instances(1);
  });
}

async function deletionOf(run: Run, { instanceId, backupIds }: SetsToDelete): Promise<{ readonly instance: Instance; readonly deletion: UndatedDeletion }> {
  const { policy } = run.request;
  const found: { shard: Shard; instance: Instance } | undefined = await findInShards(run.shards, instanceId, { withTags: policyNeedsTags(policy) });
  if (found === undefined) throw unknownInstances([instanceId]);
  const effective = resolvePolicy(policy, found.instance);
  if (effective === undefined) {
    throw new KeeperError(`the policy leaves instance ${instanceId} out, so nothing of it is deleted`, {
      code: 'out-of-scope',
      hint: "add it to the policy's select",
    });
  }
  const { gateway } = found.shard;
  const sets = new Map(backupIds.map((id) => [id, BY_HAND]));
  return { instance: found.instance, deletion: { gateway, instance: found.instance, policy: effective.retention ?? PROTECTIONS_ONLY, sets, admit } };
}

/** What may go goes, and the rest hears why not: the brakes are taken only for what the first look admits. */
async function deleteNamed(run: Run, deletion: UndatedDeletion, notes: Notes): Promise<void> {
  const { instance } = deletion;
  const sight = await lookAgain(run, deletion).catch((error: unknown) => {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    for (const id of deletion.sets.keys()) notes.verdict(onSet(instance, { id }, RETENTION_RULE, verdict, 'could not look at the instance'));
    return undefined;
  });
  if (sight === undefined) return;
  const guard = await readGuard(run.ports.ledger, instance.id);
  const admissionOf = admissionsOf(run, deletion, sight, guard);
  const admitted = [...deletion.sets.keys()].filter((id) => {
    const admission = admissionOf(id);
    if (!admission.ok) notes.verdict(onSet(instance, { id }, RETENTION_RULE, admission.verdict, admission.reason));
    return admission.ok;
  });
  if (admitted.length === 0) return;
  const objects = admitted.map((object) => ({ instanceId: instance.id, object }));
  const seenManualSets = sight.sets.filter(({ mode }) => mode === 'manual').length;
  const notAfter = plusMs(run.ports.clock.now(), GRANT_VALID_MS);
  const brakes = await takeBrakes(run, { kind: 'purge', objects, fleet: undefined, seenManualSets });
  for (const id of admitted) {
    if (!brakes.granted) notes.verdict(onSet(instance, { id }, RETENTION_RULE, 'braked', brakes.reason));
    else if (run.request.dryRun) planDeletion(run, deletion, id, notes);
  }
  if (!brakes.granted || run.request.dryRun) return;
  await deleteSets(run, { ...deletion, notAfter, sets: new Map(admitted.map((id) => [id, BY_HAND])) }, notes);
}

function planDeletion(run: Run, { instance }: UndatedDeletion, backupId: string, notes: Notes): void {
  run.observer.onStep?.(purgeStep(instance, { backupId, markedAt: run.asOf }, BY_HAND));
  notes.verdict(onSet(instance, { id: backupId }, RETENTION_RULE, 'would-purge', BY_HAND));
}

function admit(input: RetentionInput): (backupId: string) => Admission {
  const sets = new Map(input.sets.map((set) => [set.id, set]));
  const protections = protectionsOf(input);
  return (backupId) => admissionOfSet(input, sets.get(backupId), protections.get(backupId) ?? []);
}

function admissionOfSet(input: RetentionInput, set: TracedSet | undefined, protections: readonly KeepReason[]): Admission {
  if (set === undefined) return { ok: false, verdict: 'refused', reason: 'the service lists no such set' };
  if (protections.length > 0) {
    const isHeld = protections.some(({ cause }) => cause === 'held');
    return { ok: false, verdict: isHeld ? 'held' : 'refused', reason: protections.map(({ text }) => text).join('; ') };
  }
  const feasibility = decidePurgeFeasibility(set, input.instance, input.settings, input.policy, input.asOf);
  return feasibility.when === 'now' ? { ok: true, call: feasibility.call } : { ok: false, verdict: 'refused', reason: feasibility.rule };
}
