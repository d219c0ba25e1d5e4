// Keeps one instance's own settings as agreed: decide → write, mode by mode → and where values are refused, the others without them.
import type { BackupSettings, SettingsWrite } from '../../domain/settings';
import type { Verdict } from '../../domain/verdict';
import { settingsDrifted, settingsFight, settingsNotCorrectable } from '../../policy/settings/findings';
import type { Drift, SettingsDecision } from '../../policy/settings/types';
import { onTopOf } from '../../policy/settings/writes';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { goOnWithout, NOT_REACHED } from './settings-pieces';
import { noteFailure, onDrift, onSettings, overLimit } from './settings-verdicts';
import { decideOn, type SettingsWork } from './settings-work';
import { settingsStep } from './steps';
import { noteEach, writeSettings } from './write-settings';

/** A verdict for each setting that is not as agreed, or one that all are. Throws only what must stop the run. */
export async function keepSettings(run: Run, work: SettingsWork, notes: Notes): Promise<void> {
  const asOf = run.request.dryRun ? run.asOf : run.ports.clock.now();
  const decision = decideOn(work, notes, asOf);
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
  return carryOut(run, current, decideOn(current, notes, asOf), notes);
}

async function carryOut(run: Run, work: SettingsWork, decision: SettingsDecision, notes: Notes): Promise<void> {
  if (decision.drifts.length === 0) return notes.verdict(onSettings(notes, 'in-line', 'every setting of the policy is as agreed'));
  for (const drift of decision.drifts) noteStanding(drift, work, notes);
  if (run.request.dryRun) return planWrites(run, work, decision, notes);
  await writeAll(run, work, decision, notes);
}

async function writeAll(run: Run, work: SettingsWork, decision: SettingsDecision, notes: Notes): Promise<void> {
  let current = work;
  for (const [at, planned] of decision.writes.entries()) {
    const write = current === work ? planned : onTopOf(planned, current.settings);
    const change = { write, drifts: driftsOf(decision, write) };
    const outcome = await writeSettings(run, current, change, notes);
    if (outcome.kind === 'shown') {
      current = { ...current, settings: outcome.settings };
      continue;
    }
    const later = decision.writes.slice(at + 1).flatMap((each) => driftsOf(decision, each));
    if (outcome.kind === 'refused')
      return goOnWithout(run, { ...current, settings: outcome.settings }, { refused: change.drifts, say: outcome.say, later }, notes);
    return noteEach(later, 'waiting', notes, NOT_REACHED);
  }
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

function correctable({ drifts }: SettingsDecision): readonly Drift[] {
  return drifts.filter(({ action }) => action === 'correct');
}

function driftsOf(decision: SettingsDecision, { changed }: SettingsWrite): readonly Drift[] {
  return correctable(decision).filter(({ setting }) => changed.includes(setting));
}
