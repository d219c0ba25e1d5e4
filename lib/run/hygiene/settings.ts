// Keeps one instance's own settings as agreed: decide → brakes → write down → write → read back. What the service shows afterwards is the truth.
import { messageOf } from '../../base/errors';
import { DAY_MS, type Instant, plusMs } from '../../base/instant';
import { CloudError, DeniedError, RefusedError } from '../../domain/cloud-errors';
import type { Correction, Guard } from '../../domain/guard';
import type { RdsGateway } from '../../domain/ports';
import type { SettingsPolicy } from '../../domain/protection-policy';
import type { BackupSettings, SettingsWrite } from '../../domain/settings';
import type { SlotVerdict, Verdict } from '../../domain/verdict';
import { permissionDenied } from '../../policy/findings';
import { wouldLose } from '../../policy/retention/would-lose';
import { decideSettings } from '../../policy/settings/decide';
import {
  settingsDestructiveBraked,
  settingsDrifted,
  settingsFight,
  settingsNotCorrectable,
  settingsNotWritten,
  settingsReadBackDiffers,
} from '../../policy/settings/findings';
import { compareReadBack } from '../../policy/settings/read-back';
import type { Drift, SettingsDecision } from '../../policy/settings/types';
import type { ChangeBudget } from '../change-budget';
import type { Run } from '../envelope';
import { failureOf, verdictOfFailure } from '../failure';
import type { Notes } from '../notes';
import { updateGuard } from '../reserve';
import { isFatal } from '../shards';
import { LOOK_VALID_MS } from '../timing';
import type { ChangeSettingsStep } from '../types';
import { NOT_IN_PLAN, onInstance } from '../verdicts';
import { takeBrakes } from './brakes';
import { type RetentionSight, retentionInput } from './observe';
import { mayDo, SETTINGS_RULE, settingsStep } from './steps';

/** Corrections are remembered this long; a fight is seen in a shorter window. */
const CORRECTIONS_KEPT_MS = 30 * DAY_MS;

export interface SettingsWork {
  readonly gateway: RdsGateway;
  readonly policy: SettingsPolicy;
  readonly settings: BackupSettings;
  readonly guard: Guard;
  /** What a destructive change could cost; undefined where the sets were not listed. */
  readonly sight: RetentionSight | undefined;
  readonly budget: ChangeBudget;
}

/** A verdict for each setting that is not as agreed, or one that all are. Throws only what must stop the run. */
export async function keepSettings(run: Run, work: SettingsWork, notes: Notes): Promise<void> {
  const asOf = run.request.dryRun ? run.asOf : run.ports.clock.now();
  const decision = decideOn(run, work, notes, asOf);
  if (decision.writes.length === 0 || run.request.dryRun) return carryOut(run, work, decision, notes);
  let settings: BackupSettings;
  try {
    settings = await work.gateway.readSettings(notes.instance.id);
  } catch (error) {
    for (const drift of decision.drifts) noteStanding(drift, work, notes);
    return noteFailure(correctable(decision), error, notes);
  }
  // Decided anew: a write carries every field of its mode, and must not put back what somebody has changed meanwhile.
  const current = { ...work, settings };
  return carryOut(run, current, decideOn(run, current, notes, asOf), notes);
}

async function carryOut(run: Run, work: SettingsWork, decision: SettingsDecision, notes: Notes): Promise<void> {
  if (decision.drifts.length === 0) return notes.verdict(onSettings(notes, 'in-line', 'every setting of the policy is as agreed'));
  for (const drift of decision.drifts) noteStanding(drift, work, notes);
  if (run.request.dryRun) return planWrites(run, work, decision, notes);
  let settings: BackupSettings | undefined = work.settings;
  for (const write of decision.writes) {
    const drifts = driftsOf(decision, write);
    if (settings === undefined) {
      for (const drift of drifts) notes.verdict(onDrift(notes, drift, 'waiting', 'the write before it did not come to its end'));
      continue;
    }
    const step = settingsStep(notes.instance, write, settings, drifts);
    settings = await correctMode(run, { ...work, settings }, { write, drifts, step }, notes);
  }
}

function decideOn(run: Run, { policy, settings, guard, sight }: SettingsWork, { instance }: Notes, asOf: Instant): SettingsDecision {
  const input = sight && retentionInput(sight, guard, run.asOf);
  return decideSettings({
    instance,
    policy,
    settings,
    corrections: guard.corrections,
    wouldLose: (after) => (input === undefined ? 'its backup sets could not be listed, so nobody knows what it would drop' : wouldLose(input, settings, after)),
    asOf,
  });
}

const STANDING: Readonly<Record<Exclude<Drift['action'], 'correct'>, Verdict>> = {
  report: 'drifted',
  'not-correctable': 'not-correctable',
  wait: 'waiting',
  paused: 'paused',
};

/** What is not written in this run, whatever happens. */
function noteStanding(drift: Drift, { guard, policy }: SettingsWork, notes: Notes): void {
  if (drift.action === 'correct') return;
  const { id } = notes.instance;
  if (drift.action === 'report') notes.finding(settingsDrifted(id, drift));
  if (drift.action === 'not-correctable') notes.finding(settingsNotCorrectable(id, drift));
  if (drift.action === 'paused') notes.finding(settingsFight(id, drift, guard.corrections, policy));
  notes.verdict(onDrift(notes, drift, STANDING[drift.action]));
}

function planWrites(run: Run, work: SettingsWork, decision: SettingsDecision, notes: Notes): void {
  for (const write of decision.writes) {
    const drifts = driftsOf(decision, write);
    if (!work.budget.take()) {
      for (const drift of drifts) notes.verdict(overLimit(notes, drift, work.budget));
      continue;
    }
    run.observer.onStep?.(settingsStep(notes.instance, write, work.settings, decision.drifts));
    for (const drift of drifts) notes.verdict(onDrift(notes, drift, 'would-correct'));
  }
}

interface ModeChange {
  readonly write: SettingsWrite;
  readonly drifts: readonly Drift[];
  readonly step: ChangeSettingsStep;
}

/** The settings as the service shows them afterwards; undefined when the other mode must not be tried either. */
async function correctMode(run: Run, work: SettingsWork, change: ModeChange, notes: Notes): Promise<BackupSettings | undefined> {
  const { gateway, budget, settings } = work;
  const { drifts, step } = change;
  const { id } = notes.instance;
  const each = (verdict: Verdict, why?: string): void => {
    for (const drift of drifts) notes.verdict(onDrift(notes, drift, verdict, why));
  };
  if (!mayDo(run, step)) {
    each('not-in-plan', NOT_IN_PLAN);
    return undefined;
  }
  if (!budget.take()) {
    for (const drift of drifts) notes.verdict(overLimit(notes, drift, budget));
    return undefined;
  }
  const destructive = drifts.filter((drift) => drift.isDestructive);
  if (destructive.length > 0) {
    const objects = destructive.map(({ setting }) => ({ instanceId: id, object: setting }));
    const brakes = await takeBrakes(run, { kind: 'destructive-setting', objects, fleet: undefined, seenManualSets: 0 });
    if (!brakes.granted) {
      notes.finding(settingsDestructiveBraked(id, drifts, brakes));
      each('braked', brakes.reason);
      return undefined;
    }
  }
  const corrections = await writeDown(run, id, drifts);
  if (corrections === undefined) {
    each('waiting', 'other runs kept changing the guard row of the instance');
    return undefined;
  }
  await run.keepLease();
  const failure = await failureOf(() => gateway.writeSettings(id, change.write, plusMs(run.ports.clock.now(), LOOK_VALID_MS)));
  if (isFatal(failure)) throw failure;
  if (failure instanceof DeniedError) {
    noteFailure(drifts, failure, notes);
    await takeBack(run, id, corrections);
    return undefined;
  }
  const shown = await readBack(run, { gateway, before: settings, change, failure }, notes);
  if (shown === undefined && failure instanceof RefusedError) await takeBack(run, id, corrections);
  return shown;
}

/** Written down before the call: a fight is told from these, also where the answer is lost. Undefined when other writers kept winning. */
async function writeDown(run: Run, instanceId: string, drifts: readonly Drift[]): Promise<readonly Correction[] | undefined> {
  const at = run.ports.clock.now();
  const corrections: Correction[] = drifts.map(({ setting, wanted }) => ({ setting, wanted, at }));
  const kept = plusMs(at, -CORRECTIONS_KEPT_MS);
  const stored = await updateGuard(run.ports.ledger, instanceId, (guard) => ({
    ...guard,
    corrections: [...guard.corrections.filter((earlier) => earlier.at > kept), ...corrections],
  }));
  return stored === undefined ? undefined : corrections;
}

/** What the service refused was no correction: nobody fights over it. One that stays behind because others kept winning is harmless. */
async function takeBack(run: Run, instanceId: string, refused: readonly Correction[]): Promise<void> {
  const isRefused = ({ setting, at }: Correction): boolean => refused.some((each) => each.setting === setting && each.at === at);
  await updateGuard(run.ports.ledger, instanceId, (guard) => ({ ...guard, corrections: guard.corrections.filter((each) => !isRefused(each)) }));
}

interface Written {
  readonly gateway: RdsGateway;
  readonly before: BackupSettings;
  readonly change: ModeChange;
  /** A refused or lost call may still have taken effect in an earlier try: only the settings themselves can tell. */
  readonly failure: CloudError | undefined;
}

async function readBack(run: Run, { gateway, before, change, failure }: Written, notes: Notes): Promise<BackupSettings | undefined> {
  const { id } = notes.instance;
  const { drifts } = change;
  let shown: BackupSettings;
  try {
    shown = await gateway.readSettings(id);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (failure !== undefined) noteFailure(drifts, failure, notes);
    else for (const drift of drifts) notes.verdict(onDrift(notes, drift, 'ambiguous', `it was written, and could not be read back: ${error.message}`));
    return undefined;
  }
  const { notWritten, alsoChanged } = compareReadBack(change.write, before, shown);
  if (failure !== undefined && notWritten.length > 0) {
    noteFailure(drifts, failure, notes);
    return undefined;
  }
  if (notWritten.length + alsoChanged.length > 0) notes.finding(settingsReadBackDiffers(id, notWritten, alsoChanged));
  for (const drift of drifts) {
    const differing = notWritten.find(({ setting }) => setting === drift.setting);
    if (differing === undefined) notes.verdict(onDrift(notes, drift, 'corrected'));
    else notes.verdict(onDrift(notes, drift, 'failed', `${differing.expected} was written, and the service shows ${differing.shown}`));
  }
  run.logger.info({ instanceId: id, mode: change.write.mode, changed: change.write.changed }, 'backup settings corrected');
  return shown;
}

/** One verdict for each setting that the call was about. Throws what must stop the run. */
function noteFailure(drifts: readonly Drift[], error: unknown, notes: Notes): void {
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

function correctable({ drifts }: SettingsDecision): readonly Drift[] {
  return drifts.filter(({ action }) => action === 'correct');
}

function driftsOf(decision: SettingsDecision, { changed }: SettingsWrite): readonly Drift[] {
  return correctable(decision).filter(({ setting }) => changed.includes(setting));
}

function onSettings(notes: Notes, verdict: Verdict, reason: string): SlotVerdict {
  return { ...onInstance(notes.instance, verdict, reason), rule: SETTINGS_RULE };
}

function onDrift(notes: Notes, drift: Drift, verdict: Verdict, why = drift.reason): SlotVerdict {
  return { ...onSettings(notes, verdict, `${drift.setting} ${drift.before} → ${drift.wanted}: ${why}`), until: drift.until };
}

function overLimit(notes: Notes, drift: Drift, { limit }: ChangeBudget): SlotVerdict {
  return onDrift(notes, drift, 'over-limit', `this run may make ${limit} changes (limits.maxChangesPerRun) and has made them`);
}
