// Keeps one backup set longer: read anew → decide anew → call → read back. What the service shows afterwards is the truth, not the call's answer.
import { messageOf } from '../base/errors';
import type { BackupSet } from '../domain/backup';
import { CloudError, DeniedError, ThrottledError } from '../domain/cloud-errors';
import type { Instance } from '../domain/instance';
import type { RdsGateway } from '../domain/ports';
import type { ExpiryRule } from '../domain/protection-policy';
import type { SlotVerdict } from '../domain/verdict';
import { decideExpiry, type ExpiryDecision, expiryText, isLater } from '../policy/expiry';
import { expiryDiffers, expiryNotExtended, permissionDenied, setGone } from '../policy/findings';
import type { ChangeBudget } from './change-budget';
import type { Run } from './envelope';
import { verdictOfFailure } from './failure';
import { isFatal } from './shards';
import { onSet } from './verdicts';

type Extension = Extract<ExpiryDecision, { action: 'extend' }>;

export interface PlannedExtension {
  readonly instance: Instance;
  readonly set: BackupSet;
  readonly decision: Extension;
  readonly budget: ChangeBudget;
}

/** What a run would do, as a step. */
export function planSet(run: Run, { instance, set, decision, budget }: PlannedExtension): SlotVerdict {
  if (!budget.take()) return overLimit(instance, set, decision, budget);
  const { id: instanceId, account, region } = instance;
  const { rule, reason } = decision;
  const change = { before: expiryText(set.expiresAt), after: expiryText(decision.to) };
  run.observer.onStep?.({ action: 'extend-expiry', account, region, instanceId, backupId: set.id, rule, ...change, reason });
  return onSet(instance, set, rule, 'would-extend', reason);
}

export interface ExtensionWork {
  readonly gateway: RdsGateway;
  readonly instance: Instance;
  readonly rules: readonly ExpiryRule[];
  /** As it was listed. */
  readonly set: BackupSet;
  /** The rule that found it due. */
  readonly rule: string;
  readonly budget: ChangeBudget;
}

/** One verdict on the set. Throws only what must stop the run: ledger and credentials errors. */
export async function extendSet(run: Run, work: ExtensionWork): Promise<SlotVerdict> {
  const { gateway, instance, rules, set, budget } = work;
  try {
    const found = await gateway.findBackupSet(instance.id, set.id);
    if (found === undefined) return gone(run, work);
    // What a set holds does not change, and the list's scope may come from the ledger.
    const current = { ...found, scope: set.scope };
    const decision = decideExpiry({ set: current, rules, instance, asOf: run.asOf });
    if (decision.action === 'leave') return onSet(instance, set, decision.rule, 'left', decision.reason);
    if (!budget.take()) return overLimit(instance, set, decision, budget);
    return await callAndVerify(run, work, decision);
  } catch (error) {
    return failed(run, work, error);
  }
}

/** A refused or lost call may still have taken effect in an earlier try: only the set itself can tell. */
async function callAndVerify(run: Run, work: ExtensionWork, decision: Extension): Promise<SlotVerdict> {
  const { gateway, instance, set } = work;
  const failure = await failureOf(() => gateway.extendExpiry(instance, set.id, decision.to));
  if (failure instanceof DeniedError || isFatal(failure)) throw failure;
  let shown: BackupSet | undefined;
  try {
    shown = await gateway.findBackupSet(instance.id, set.id);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (failure !== undefined) throw failure;
    return onSet(instance, set, decision.rule, 'ambiguous', `it was extended, and could not be read back: ${error.message}`);
  }
  if (shown?.expiresAt === decision.to) {
    run.logger.info({ instanceId: instance.id, backupId: set.id, until: expiryText(decision.to) }, 'backup set extended');
    return onSet(instance, set, decision.rule, 'extended', decision.reason);
  }
  if (failure === undefined) return differs(run, work, decision, shown);
  if (shown === undefined) return gone(run, work);
  if (shown.expiresAt !== undefined && isLater(shown.expiresAt, decision.to)) {
    return onSet(instance, set, decision.rule, 'left', `somebody else keeps it until ${expiryText(shown.expiresAt)} by now`);
  }
  throw failure;
}

/** The error of a call to the service, as a value; other errors are thrown. */
async function failureOf(call: () => Promise<void>): Promise<CloudError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
}

/** Longer than wanted is no failure: another worker or a person was there too. */
function differs(run: Run, { instance, set }: ExtensionWork, { rule, to }: Extension, shown: BackupSet | undefined): SlotVerdict {
  const now = shown === undefined ? 'no such set' : expiryText(shown.expiresAt);
  const isLonger = shown?.expiresAt !== undefined && isLater(shown.expiresAt, to);
  run.tally.finding(expiryDiffers(set, expiryText(to), now, isLonger));
  return onSet(instance, set, rule, isLonger ? 'extended' : 'failed', `it was to be kept until ${expiryText(to)}, and the service shows ${now}`);
}

function gone(run: Run, { instance, set, rule }: ExtensionWork): SlotVerdict {
  run.tally.finding(setGone(set));
  return onSet(instance, set, rule, 'missed', 'it was due, and the service does not list it any more');
}

function overLimit(instance: Instance, set: BackupSet, { rule, reason }: Extension, { limit }: ChangeBudget): SlotVerdict {
  return onSet(instance, set, rule, 'over-limit', `${reason}; this run may make ${limit} changes (limits.maxChangesPerRun) and has made them`);
}

function failed(run: Run, { instance, set, rule }: ExtensionWork, error: unknown): SlotVerdict {
  if (!(error instanceof CloudError) || isFatal(error)) throw error;
  run.logger.warn({ instanceId: instance.id, backupId: set.id, error: error.message }, 'backup set not extended');
  if (error instanceof DeniedError) run.tally.finding(permissionDenied(instance.id, error.action, error.operation));
  else if (!(error instanceof ThrottledError)) run.tally.finding(expiryNotExtended(set, error.message));
  return onSet(instance, set, rule, verdictOfFailure(error), messageOf(error));
}
