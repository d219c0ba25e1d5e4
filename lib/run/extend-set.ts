// Keeps one backup set longer: read anew → decide anew → call → read back. What the service shows afterwards is the truth, not the call's answer.
import { messageOf } from '../base/errors';
import type { BackupSet } from '../domain/backup';
import { CloudError, DeniedError, ThrottledError } from '../domain/cloud-errors';
import type { Hold } from '../domain/guard';
import type { SlotVerdict } from '../domain/verdict';
import { decideExpiry, expiryText, isLater } from '../policy/expiry';
import { expiryDiffers, expiryNotExtended, permissionDenied, setGone } from '../policy/findings';
import { holdsOn } from '../policy/holds';
import type { Run } from './envelope';
import type { DueSet } from './extend-agenda';
import { failureOf, verdictOfFailure } from './failure';
import { mayDo } from './plan-steps';
import { readGuard } from './reserve';
import { isFatal } from './shards';
import type { ExtendStep } from './types';
import { onSet } from './verdicts';

/** What would be done, as data. */
export function stepOf({ subject, set, decision }: DueSet): ExtendStep {
  const { id: instanceId, account, region } = subject.instance;
  const { rule, reason } = decision;
  const change = { before: expiryText(decision.expiresAt), after: expiryText(decision.to) };
  return { action: 'extend-expiry', account, region, instanceId, backupId: set.id, rule, ...change, reason };
}

export function overLimit({ subject, set, decision: { rule, reason } }: DueSet, limit: number): SlotVerdict {
  const why = `this run may make ${limit} changes (limits.maxChangesPerRun), and sets that expire sooner come first`;
  return onSet(subject.instance, set, rule, 'over-limit', `${reason}; ${why}`);
}

/** One verdict on the set. Throws only what must stop the run: ledger and credentials errors. */
export async function extendSet(run: Run, due: DueSet): Promise<SlotVerdict> {
  const { subject, set } = due;
  const { shard, instance, rules } = subject;
  try {
    const holds = await currentHolds(run, due);
    const found = await shard.gateway.findBackupSet(instance.id, set.id);
    if (found === undefined) return gone(due);
    // What a set holds does not change, and the list's scope may come from the ledger.
    const current = { ...found, scope: set.scope, release: set.release };
    const decision = decideExpiry({ set: current, rules, holds, instance, asOf: run.asOf });
    if (decision.action === 'leave') return onSet(instance, set, decision.rule, 'left', decision.reason);
    const now: DueSet = { subject, set: current, decision };
    if (!mayDo(run.request, stepOf(now))) {
      return onSet(instance, set, decision.rule, 'not-in-plan', `${decision.reason}; the plan has another step for this set`);
    }
    return await callAndVerify(run, now);
  } catch (error) {
    return failed(run, due, error);
  }
}

/** A hold that was released since the look must extend nothing: no extension can be taken back. */
async function currentHolds(run: Run, { subject, set }: DueSet): Promise<readonly Hold[]> {
  const known = holdsOn(set, subject.holds, run.asOf);
  return known.length === 0 ? known : holdsOn(set, (await readGuard(run.ports.ledger, subject.instance.id)).holds, run.asOf);
}

/** A refused or lost call may still have taken effect in an earlier try: only the set itself can tell. */
async function callAndVerify(run: Run, due: DueSet): Promise<SlotVerdict> {
  const { set, decision } = due;
  const { instance, shard } = due.subject;
  const failure = await failureOf(() => shard.gateway.extendExpiry(instance, set.id, decision.to));
  if (failure instanceof DeniedError || isFatal(failure)) throw failure;
  let shown: BackupSet | undefined;
  try {
    shown = await shard.gateway.findBackupSet(instance.id, set.id);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (failure !== undefined) throw failure;
    return onSet(instance, set, decision.rule, 'ambiguous', `it was extended, and could not be read back: ${error.message}`);
  }
  if (shown?.expiresAt === decision.to) {
    run.logger.info({ instanceId: instance.id, backupId: set.id, until: expiryText(decision.to) }, 'backup set extended');
    return onSet(instance, set, decision.rule, 'extended', decision.reason);
  }
  if (failure === undefined) return differs(due, shown);
  if (shown === undefined) return gone(due);
  if (shown.expiresAt !== undefined && isLater(shown.expiresAt, decision.to)) {
    return onSet(instance, set, decision.rule, 'left', `somebody else keeps it until ${expiryText(shown.expiresAt)} by now`);
  }
  throw failure;
}

/** Longer than wanted is no failure: another worker or a person was there too. */
function differs({ subject, set, decision: { rule, to } }: DueSet, shown: BackupSet | undefined): SlotVerdict {
  const now = shown === undefined ? 'no such set' : expiryText(shown.expiresAt);
  const isLonger = shown?.expiresAt !== undefined && isLater(shown.expiresAt, to);
  subject.notes.finding(expiryDiffers(set, expiryText(to), now, isLonger));
  const reason = `it was to be kept until ${expiryText(to)}, and the service shows ${now}`;
  return onSet(subject.instance, set, rule, isLonger ? 'extended' : 'failed', reason);
}

function gone({ subject, set, decision }: DueSet): SlotVerdict {
  subject.notes.finding(setGone(set));
  return onSet(subject.instance, set, decision.rule, 'missed', 'it was due, and the service does not list it any more');
}

function failed(run: Run, { subject, set, decision }: DueSet, error: unknown): SlotVerdict {
  const { instance, notes } = subject;
  if (!(error instanceof CloudError) || isFatal(error)) throw error;
  run.logger.warn({ instanceId: instance.id, backupId: set.id, error: error.message }, 'backup set not extended');
  if (error instanceof DeniedError) notes.finding(permissionDenied(instance.id, error.action, error.operation));
  else if (!(error instanceof ThrottledError)) notes.finding(expiryNotExtended(set, error.message));
  return onSet(instance, set, decision.rule, verdictOfFailure(error), messageOf(error));
}
