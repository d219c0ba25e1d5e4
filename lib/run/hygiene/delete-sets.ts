// Deletes backup sets of one instance: look anew → decide anew under the guard row → mark as deleting → call → list again. A hold that comes first wins.
import { messageOf } from '../../base/errors';
import { type Instant, instant, plusMs } from '../../base/instant';
import { AmbiguousError, CloudError, DeniedError, type RefusalReason, RefusedError } from '../../domain/cloud-errors';
import type { Guard, PurgeMark } from '../../domain/guard';
import type { Instance } from '../../domain/instance';
import type { RdsGateway } from '../../domain/ports';
import type { RetentionPolicy } from '../../domain/protection-policy';
import type { Verdict } from '../../domain/verdict';
import { permissionDenied } from '../../policy/findings';
import { setNotPurged } from '../../policy/retention/findings';
import type { PurgeFeasibility, RetentionInput, TracedSet } from '../../policy/retention/types';
import type { Run } from '../envelope';
import { failureOf, verdictOfFailedLook, verdictOfFailure } from '../failure';
import type { Notes } from '../notes';
import { updateGuard } from '../reserve';
import { isFatal } from '../shards';
import { LOOK_VALID_MS } from '../timing';
import { onSet } from '../verdicts';
import { lookerOf, observeSets, observeSettings, type RetentionSight, retentionInput } from './observe';
import { RETENTION_RULE } from './steps';

/** The service's limit (RDS API, DeleteBackup). */
const MOST_IDS_PER_CALL = 100;

/** Refusals that may be about one set of a call only: the others of it are tried by themselves. */
const ABOUT_SETS: ReadonlySet<RefusalReason> = new Set(['set-not-deletable', 'set-not-found', 'invalid-request', 'other']);

type DeleteCall = Extract<PurgeFeasibility, { when: 'now' }>['call'];

/** Whether one set may be deleted, decided on the newest look and the guard row that is about to be written. */
export type Admission = { readonly ok: true; readonly call: DeleteCall } | { readonly ok: false; readonly verdict: Verdict; readonly reason: string };

export interface Deletion {
  readonly gateway: RdsGateway;
  readonly instance: Instance;
  readonly policy: RetentionPolicy;
  /** With the reason that the verdict gives. */
  readonly sets: ReadonlyMap<string, string>;
  /** Nothing is sent after this moment: the brakes were taken too long ago by then. */
  readonly notAfter: Instant;
  /** The decision on each set of the instance. */
  admit(input: RetentionInput, guard: Guard): (backupId: string) => Admission;
}

/** What was seen, and when: it is acted on for a while only. */
export interface DatedSight extends RetentionSight {
  readonly seenAt: Instant;
}

/** One verdict per set. Throws only what must stop the run. */
export async function deleteSets(run: Run, deletion: Deletion, notes: Notes): Promise<void> {
  const { instance, sets } = deletion;
  const say = (backupId: string, verdict: Verdict, reason: string): void => notes.verdict(onSet(instance, { id: backupId }, RETENTION_RULE, verdict, reason));
  let sight: DatedSight;
  try {
    sight = await lookAgain(run, deletion);
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    for (const id of sets.keys()) say(id, verdict, `could not look at the instance before deleting: ${messageOf(error)}`);
    return;
  }
  const admitted = await admitUnderGuard(run, deletion, sight, say);
  if (admitted.size === 0) return;
  const failures = await callAll(run, deletion, admitted, instant(Math.min(plusMs(sight.seenAt, LOOK_VALID_MS), deletion.notAfter)));
  await verify(run, { ...deletion, admitted, failures }, notes, say);
}

/** Throws a CloudError when the sets cannot be listed. */
export async function lookAgain(run: Run, { gateway, instance, policy }: Omit<Deletion, 'notAfter'>): Promise<DatedSight> {
  const seenAt = run.ports.clock.now();
  const sets = await observeSets(lookerOf(run, gateway), instance);
  const settings = await observeSettings(gateway, instance.id);
  return { instance, policy, sets, settings: settings instanceof CloudError ? undefined : settings, seenAt };
}

/** Decided as of the run's time and as of the clock's, where the two differ: what stays by either of them stays. */
export function admissionsOf(run: Run, { admit }: Pick<Deletion, 'admit'>, sight: RetentionSight, guard: Guard): (backupId: string) => Admission {
  const byRun = admit(retentionInput(sight, guard, run.asOf), guard);
  const byClock = admit(retentionInput(sight, guard, run.ports.clock.now()), guard);
  return (backupId) => {
    const admission = byRun(backupId);
    return admission.ok ? byClock(backupId) : admission;
  };
}

type Say = (backupId: string, verdict: Verdict, reason: string) => void;

/** Marks what may go as deleting, in one write: a hold that is placed before it keeps the set, one that is placed after it fails. */
async function admitUnderGuard(run: Run, deletion: Deletion, sight: RetentionSight, say: Say): Promise<ReadonlyMap<string, DeleteCall>> {
  const admissions = new Map<string, Admission>();
  const stored = await updateGuard(run.ports.ledger, deletion.instance.id, (guard) => {
    const admissionOf = admissionsOf(run, deletion, sight, guard);
    for (const id of deletion.sets.keys()) admissions.set(id, admissionOf(id));
    const admitted = [...admissions].flatMap(([id, { ok }]) => (ok ? [id] : []));
    return admitted.length === 0 ? guard : { ...guard, marks: withDeleting(guard.marks, admitted, run) };
  });
  const calls = new Map<string, DeleteCall>();
  for (const [id, admission] of admissions) {
    if (!admission.ok) say(id, verdictOn(run, admission.verdict), admission.reason);
    else if (stored === undefined) say(id, 'deferred-throttled', 'other runs kept changing the guard row of the instance');
    else calls.set(id, admission.call);
  }
  return calls;
}

/** What a plan has, and its run does not do, must not pass for success. */
function verdictOn({ request }: Run, verdict: Verdict): Verdict {
  return request.approved === undefined || verdict === 'purged' ? verdict : 'refused';
}

function withDeleting(marks: readonly PurgeMark[], ids: readonly string[], run: Run): readonly PurgeMark[] {
  const now = run.ports.clock.now();
  const deleting = ids.map((backupId): PurgeMark => {
    const markedAt = marks.find((mark) => mark.backupId === backupId)?.markedAt ?? now;
    return { backupId, markedAt, state: 'deleting', deletingAt: now };
  });
  return [...marks.filter(({ backupId }) => !ids.includes(backupId)), ...deleting];
}

/**
 * What failed, by set. A refused call says nothing of which set it is about: the sets are then tried one by one. `notAfter` counts from the look, which comes before
 * the marks: with the time that a signed request stays valid it ends before anybody takes the marks to be over (DELETING_MS).
 */
async function callAll(run: Run, deletion: Deletion, admitted: ReadonlyMap<string, DeleteCall>, notAfter: Instant): Promise<ReadonlyMap<string, CloudError>> {
  const failures = new Map<string, CloudError>();
  for (const kind of new Set(admitted.values())) {
    const ids = [...admitted].flatMap(([id, call]) => (call === kind ? [id] : []));
    for (let from = 0; from < ids.length; from += MOST_IDS_PER_CALL) {
      await callChunk(run, { deletion, kind, notAfter, failures }, ids.slice(from, from + MOST_IDS_PER_CALL));
    }
  }
  return failures;
}

interface Calls {
  readonly deletion: Deletion;
  readonly kind: DeleteCall;
  readonly notAfter: Instant;
  readonly failures: Map<string, CloudError>;
}

async function callChunk(run: Run, { deletion, kind, notAfter, failures }: Calls, ids: readonly string[]): Promise<void> {
  await run.keepLease();
  const failure = await failureOf(() => deletion.gateway.deleteSets(deletion.instance.id, ids, kind, notAfter));
  if (isFatal(failure)) throw failure;
  if (failure === undefined) return;
  if (failure instanceof RefusedError && ABOUT_SETS.has(failure.reason) && ids.length > 1) {
    for (const id of ids) await callChunk(run, { deletion, kind, notAfter, failures }, [id]);
    return;
  }
  for (const id of ids) failures.set(id, failure);
}

interface Called extends Deletion {
  readonly admitted: ReadonlyMap<string, DeleteCall>;
  readonly failures: ReadonlyMap<string, CloudError>;
}

/** What the service lists afterwards is the truth. A mark whose set is still there stays `deleting`: the call may yet take effect, and the next run looks again. */
async function verify(run: Run, called: Called, notes: Notes, say: Say): Promise<void> {
  const { gateway, instance, admitted } = called;
  let listed: readonly TracedSet[];
  try {
    listed = await observeSets(lookerOf(run, gateway), instance);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    for (const id of admitted.keys()) say(id, 'ambiguous', `it was to be deleted, and the sets could not be listed afterwards: ${error.message}`);
    return;
  }
  const present = new Set(listed.map(({ id }) => id));
  const gone = [...admitted.keys()].filter((id) => !present.has(id));
  for (const id of admitted.keys()) {
    if (present.has(id)) noteStillThere(called, id, notes, say);
    else say(id, 'purged', called.sets.get(id) ?? '');
  }
  if (gone.length === 0) return;
  run.logger.info({ instanceId: instance.id, backupIds: gone }, 'backup sets deleted');
  await updateGuard(run.ports.ledger, instance.id, (guard) => ({ ...guard, marks: guard.marks.filter(({ backupId }) => !gone.includes(backupId)) }));
}

function noteStillThere({ instance, failures }: Called, backupId: string, notes: Notes, say: Say): void {
  const failure = failures.get(backupId);
  if (failure === undefined) {
    notes.finding(setNotPurged(instance.id, backupId, 'the call was answered, and the service still lists the set'));
    say(backupId, 'ambiguous', 'the call to delete it was answered, and the service still lists it: the next run looks again');
    return;
  }
  if (failure instanceof DeniedError) notes.finding(permissionDenied(instance.id, failure.action, failure.operation));
  else notes.finding(setNotPurged(instance.id, backupId, failure.message));
  say(backupId, failure instanceof AmbiguousError ? 'ambiguous' : verdictOfFailure(failure), failure.message);
}
