// Keeps an instance's cross-region settings as agreed: decide → write → read back.
import { messageOf } from '../../base/errors';
import { plusMs } from '../../base/instant';
import { CloudError, DeniedError } from '../../domain/cloud-errors';
import type { CrossRegionSettings } from '../../domain/cross-region';
import type { Verdict } from '../../domain/verdict';
import { crossRegionDrifted, crossRegionNotCorrectable, crossRegionNotWritten } from '../../policy/cross-region/findings';
import { settingsDiffer } from '../../policy/cross-region/read-back';
import { decideCrossRegion } from '../../policy/cross-region/settings';
import type { CrossRegionDrift } from '../../policy/cross-region/types';
import { permissionDenied } from '../../policy/findings';
import type { ChangeBudget } from '../change-budget';
import type { Run } from '../envelope';
import { failureOf, verdictOfFailedLook, verdictOfFailure } from '../failure';
import type { Notes } from '../notes';
import { mayDo } from '../plan-steps';
import { isFatal } from '../shards';
import { LOOK_VALID_MS } from '../timing';
import type { ChangeCrossRegionStep } from '../types';
import { NOT_IN_PLAN, onInstance } from '../verdicts';
import type { CopiesWork } from './observe';

export const CROSS_REGION_SETTINGS_RULE = 'cross-region-settings';

export interface CrossRegionWork extends CopiesWork {
  /** Undefined where the service did not say. */
  readonly destinations: readonly string[] | undefined;
  readonly budget: ChangeBudget;
}

type Correction = Extract<CrossRegionDrift, { action: 'correct' }>;

/** One verdict. Returns the settings that hold afterwards. Throws only what must stop the run. */
export async function keepCrossRegion(run: Run, work: CrossRegionWork, notes: Notes): Promise<CrossRegionSettings> {
  const { instance, policy, settings, destinations } = work;
  const drift = decideCrossRegion(instance, policy, settings, destinations);
  return drift.action === 'correct' && !run.request.dryRun ? keepAnew(run, work, notes) : keepAsDecided(run, work, drift, notes);
}

/**
 * The list of all instances is as old as the run, and a write has all values in it: decided from what the list has, it could take back what somebody has changed since.
 * What is written is therefore decided from the instance's settings as they are now.
 */
async function keepAnew(run: Run, work: CrossRegionWork, notes: Notes): Promise<CrossRegionSettings> {
  const { gateway, instance, policy, destinations } = work;
  let settings: CrossRegionSettings;
  try {
    settings = await gateway.readCrossRegionSettings(instance.id);
  } catch (error) {
    makeSay(notes)(verdictOfFailedLook(run, instance.id, error), `nothing is written, as its settings could not be read: ${messageOf(error)}`);
    return work.settings;
  }
  return keepAsDecided(run, { ...work, settings }, decideCrossRegion(instance, policy, settings, destinations), notes);
}

async function keepAsDecided(run: Run, work: CrossRegionWork, drift: CrossRegionDrift, notes: Notes): Promise<CrossRegionSettings> {
  const { instance, settings } = work;
  const say = makeSay(notes);
  switch (drift.action) {
    case 'none':
      say('in-line', 'the cross-region settings are as agreed');
      return settings;
    case 'report':
      notes.finding(crossRegionDrifted(instance.id, drift));
      say('drifted', `${drift.before} → ${drift.after}: ${drift.reason}`);
      return settings;
    case 'not-correctable':
      notes.finding(crossRegionNotCorrectable(instance.id, drift));
      say('not-correctable', `${drift.before} → ${drift.after}: ${drift.reason}`);
      return settings;
    case 'correct':
      return correct(run, work, drift, notes);
  }
}

export type Say = (verdict: Verdict, reason: string) => void;

export function makeSay(notes: Notes): Say {
  return (verdict, reason) => notes.verdict({ ...onInstance(notes.instance, verdict, reason), rule: CROSS_REGION_SETTINGS_RULE });
}

async function correct(run: Run, work: CrossRegionWork, drift: Correction, notes: Notes): Promise<CrossRegionSettings> {
  const { settings, budget } = work;
  const say = makeSay(notes);
  const step = stepOf(work, drift);
  const change = `${drift.before} → ${drift.after}: ${drift.reason}`;
  if (!mayDo(run.request, step)) {
    say('not-in-plan', NOT_IN_PLAN);
    return settings;
  }
  if (!budget.take()) {
    say('over-limit', `${change}; this run may make ${budget.limit} changes (limits.maxChangesPerRun) and has made them`);
    return settings;
  }
  if (run.request.dryRun) {
    run.observer.onStep?.(step);
    say('would-correct', change);
    return settings;
  }
  return writeCrossRegion(run, work, drift, notes);
}

/** What is written, with the words for it. */
export type CrossRegionChange = Pick<Correction, 'write' | 'before' | 'after' | 'reason'>;

/** One verdict, and the settings as the service shows them afterwards: a failed call may still have taken effect in an earlier try. */
export async function writeCrossRegion(
  run: Run,
  { gateway, instance, settings }: Pick<CrossRegionWork, 'gateway' | 'instance' | 'settings'>,
  change: CrossRegionChange,
  notes: Notes,
): Promise<CrossRegionSettings> {
  const say = makeSay(notes);
  const { write } = change;
  await run.keepLease();
  const failure = await failureOf(() => gateway.writeCrossRegionSettings(instance.id, write, plusMs(run.ports.clock.now(), LOOK_VALID_MS)));
  if (isFatal(failure)) throw failure;
  let shown: CrossRegionSettings;
  try {
    shown = await gateway.readCrossRegionSettings(instance.id);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    const outcome = failure === undefined ? 'it was written' : `the write failed (${failure.message})`;
    say('ambiguous', `${outcome}, and the settings could not be read back: ${error.message}`);
    return settings;
  }
  const difference = settingsDiffer(write, shown);
  if (difference === undefined) say('corrected', `${change.before} → ${change.after}: ${change.reason}`);
  else if (failure === undefined) {
    notes.finding(crossRegionNotWritten(instance.id, difference));
    say('failed', difference);
  } else {
    notes.finding(
      failure instanceof DeniedError ? permissionDenied(instance.id, failure.action, failure.operation) : crossRegionNotWritten(instance.id, failure.message),
    );
    say(verdictOfFailure(failure), failure.message);
  }
  return shown;
}

function stepOf({ instance }: CrossRegionWork, { before, after, reason, isDestructive, costs }: Correction): ChangeCrossRegionStep {
  const { account, region, id: instanceId } = instance;
  return { action: 'change-cross-region', account, region, instanceId, rule: CROSS_REGION_SETTINGS_RULE, before, after, isDestructive, costs, reason };
}
