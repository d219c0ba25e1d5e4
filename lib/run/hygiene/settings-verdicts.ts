// What a run says of drifted settings: one verdict for each, and a finding where somebody must look.
import { messageOf } from '../../base/errors';
import { CloudError, DeniedError, RefusedError } from '../../domain/cloud-errors';
import type { SlotVerdict, Verdict } from '../../domain/verdict';
import { permissionDenied } from '../../policy/findings';
import { driftText } from '../../policy/settings/drift-text';
import { settingsNotWritten } from '../../policy/settings/findings';
import type { Drift } from '../../policy/settings/types';
import type { ChangeBudget } from '../change-budget';
import { verdictOfFailure } from '../failure';
import type { Notes } from '../notes';
import { isFatal } from '../shards';
import { onInstance } from '../verdicts';
import { SETTINGS_RULE } from './steps';

export function onSettings(notes: Notes, verdict: Verdict, reason: string): SlotVerdict {
  return { ...onInstance(notes.instance, verdict, reason), rule: SETTINGS_RULE };
}

export function onDrift(notes: Notes, drift: Drift, verdict: Verdict, why = drift.reason): SlotVerdict {
  return { ...onSettings(notes, verdict, `${driftText(drift)}: ${why}`), until: drift.until };
}

export function overLimit(notes: Notes, drift: Drift, { limit }: ChangeBudget): SlotVerdict {
  return onDrift(notes, drift, 'over-limit', `this run may make ${limit} changes (limits.maxChangesPerRun) and has made them`);
}

/** One verdict for each setting that the call was about. Throws what must stop the run. */
export function noteFailure(drifts: readonly Drift[], error: unknown, notes: Notes): void {
  if (!(error instanceof CloudError) || isFatal(error)) throw error;
  const { id } = notes.instance;
  if (error instanceof DeniedError) notes.finding(permissionDenied(id, error.action, error.operation));
  else notes.finding(settingsNotWritten(id, drifts, error));
  const verdict = verdictOf(error);
  for (const drift of drifts) notes.verdict(onDrift(notes, drift, verdict, messageOf(error)));
}

/** An instance that is busy is for the next run; what the API cannot do is for people. A failed write may have taken effect: the next run looks again. */
function verdictOf(error: CloudError): Verdict {
  if (!(error instanceof RefusedError)) return verdictOfFailure(error);
  if (error.reason === 'instance-state' || error.reason === 'instance-locked') return 'waiting';
  if (error.reason === 'advanced-policy' || error.reason === 'setting-unsupported') return 'not-correctable';
  return verdictOfFailure(error);
}
