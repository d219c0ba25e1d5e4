// Decides what becomes of each setting of an instance that is not as agreed, and what to write.
import { SETTING_MODES, type SettingName, type SettingValues } from '../../domain/settings';
import { type Change, withChanges } from './change';
import { mayStartBackup, windowState } from './change-window';
import { costOf } from './destructive';
import { knownValues, type Refusal, refusalOfInstance, refusalOfSetting } from './engine-rules';
import { pausedUntil, recentCorrections } from './fight';
import type { Drift, SettingsDecision, SettingsInput } from './types';
import { refusalOfUnknown, refusalOfValue } from './value-rules';
import { settingText } from './values';
import { changesWanted } from './wishes';
import { writesOf } from './writes';

type Fate = Pick<Drift, 'action' | 'reason' | 'until'>;

interface Judged extends Change, Fate {
  /** What it costs, in words; undefined: nothing. */
  readonly cost: string | undefined;
}

/**
 * Every setting that is not as agreed, with what becomes of it, in the order of SETTING_NAMES, and the writes that correct what may be corrected. A wish that the
 * instance cannot have is `not-correctable`, also with the settings that would change along with it; the rest passes the gates (audit, allowDestructive, a fight,
 * the instance's state, the window), and what is left must be possible without what was held back, and lose nothing that must stay. Pure: the same input, the
 * same decision.
 */
export function decideSettings(input: SettingsInput): SettingsDecision {
  const { instance, settings } = input;
  const known = knownValues(instance, settings);
  const { changes, refusals } = sortOut(input, known);
  const ideal = withChanges(
    instance.engine,
    known,
    changes.filter(({ setting }) => !refusals.has(setting)),
  );
  const judged = changes.map((change): Judged => {
    const cost = costOf(change, known, ideal);
    return { ...change, cost, ...fateOf(change, cost, refusals.get(change.setting), input) };
  });
  const settled = holdBackBlocked(holdBackLosses(holdBackBlocked(judged, known, input), input), known, input);
  return { drifts: settled.map(toDrift), writes: writesOf(instance.engine, settings, settled.filter(isCorrect)) };
}

/**
 * The changes wanted, and why some can never be made: judged with all the others made, and over again without those. A consequence that cannot be had goes: nobody
 * wished for it.
 */
function sortOut(input: SettingsInput, known: SettingValues): { readonly changes: readonly Change[]; readonly refusals: ReadonlyMap<SettingName, Refusal> } {
  const { instance, settings } = input;
  const changes = changesWanted(input, known);
  const refusals = new Map<SettingName, Refusal>();
  let open = changes;
  let refusedBefore: number;
  do {
    refusedBefore = refusals.size;
    const after = withChanges(instance.engine, known, open);
    for (const change of open) {
      const refusal =
        refusalOfInstance(instance) ??
        refusalOfSetting(change.setting, instance, settings.supports) ??
        (change.before === undefined ? unknownValue(change.setting) : undefined) ??
        refusalOfUnknown(change, settings) ??
        refusalOfValue(change, after, instance, settings.supports);
      if (refusal !== undefined) refusals.set(change.setting, refusal);
    }
    open = changes.filter(({ setting }) => !refusals.has(setting));
  } while (refusals.size > refusedBefore);
  return { changes: changes.filter(({ setting, isConsequence }) => !isConsequence || !refusals.has(setting)), refusals };
}

function unknownValue(setting: SettingName): Refusal {
  return {
    reason: `the service does not say what ${setting} is; look at the instance in the console, and leave this wish out if it has no such setting`,
    because: [],
  };
}

/** The gates that each change passes by itself. The lasting reasons come before those that pass. */
function fateOf(change: Change, cost: string | undefined, refusal: Refusal | undefined, { instance, policy, corrections, asOf, only }: SettingsInput): Fate {
  const { setting, target } = change;
  const wanted = settingText(setting, target);
  if (policy.mode === 'audit') return report(`audit mode: nothing is written${refusal === undefined ? '' : `, and it could not be: ${refusal.reason}`}`);
  if (refusal !== undefined) return { action: 'not-correctable', reason: refusal.reason, until: undefined };
  if (cost !== undefined && !policy.allowDestructive) {
    return report(`held back as it is destructive: ${cost}; set settings.allowDestructive to true if that is meant, or change the wish`);
  }
  const times = recentCorrections(corrections, setting, wanted, policy, asOf);
  const paused = pausedUntil(times, policy);
  if (paused !== undefined) {
    const reason = `corrected to ${wanted} ${times.length} times lately, and changed back each time; find out who else sets it (Terraform, somebody in the console)`;
    return { action: 'paused', reason, until: paused };
  }
  if (instance.isLocked) return wait(`the instance is locked${instance.lockReason === undefined ? '' : ` (${instance.lockReason})`}; unlock it`);
  if (instance.status !== 'Running') return wait(`the instance is ${instance.status}, and settings are written to running instances only; start it, or wait`);
  if (only !== undefined && setting !== only) return wait(`only ${only} is corrected now`);
  const window = mayStartBackup(setting) ? windowState(policy.changeTimeDuring, policy.timezone, asOf) : ({ isOpen: true } as const);
  if (!window.isOpen) return wait('it may start a backup, so it is written inside settings.changeTimeDuring only', window.opensAt);
  return { action: 'correct', reason: whyCorrect(change, cost), until: undefined };
}

function whyCorrect({ setting, target, isConsequence }: Change, cost: string | undefined): string {
  const why = isConsequence ? 'logs cannot be kept longer than data backups (RDS API, ModifyBackupPolicy)' : `the policy wants ${settingText(setting, target)}`;
  const warnings = [
    ...(cost === undefined ? [] : [`destructive: ${cost}`]),
    ...(setting === 'method'
      ? [
          'it cannot be undone, it ends incremental backups, and the service refuses it while cross-region backup is on (RDS API, OperationDenied.SwitchToSnapshot)',
        ]
      : []),
    ...(mayStartBackup(setting) ? ['a backup may start soon after'] : []),
  ];
  return [why, ...warnings].join('; ');
}

/** Holds back each correction that is impossible without what is not corrected (yet), until the rest stands by itself. */
function holdBackBlocked(judged: readonly Judged[], known: SettingValues, input: SettingsInput): readonly Judged[] {
  let current = judged;
  for (;;) {
    const first = firstBlocked(current, known, input);
    if (first === undefined) return current;
    const { blocked, because } = first;
    const blockers = current.filter(({ setting, action }) => because.includes(setting) && action !== 'correct' && action !== 'not-correctable');
    current = current.map((each) => (each === blocked ? { ...each, ...heldBackBy(blockers) } : each));
  }
}

/** `because`: the settings that stand in its way as they are. */
interface Blocked {
  readonly blocked: Judged;
  readonly because: Refusal['because'];
}

function firstBlocked(judged: readonly Judged[], known: SettingValues, { instance, settings }: SettingsInput): Blocked | undefined {
  const corrections = judged.filter(isCorrect);
  const after = withChanges(instance.engine, known, corrections);
  for (const blocked of corrections) {
    const refusal = refusalOfValue(blocked, after, instance, settings.supports);
    if (refusal !== undefined) return { blocked, because: refusal.because };
  }
  return undefined;
}

/** There is at least one: with all of them corrected it was possible. */
function heldBackBy(blockers: readonly Judged[]): Fate {
  const reason = `it goes with ${blockers.map((each) => `${each.setting}, which is not corrected now: ${each.reason}`).join('; ')}`;
  if (blockers.some(({ action }) => action === 'report')) return report(reason);
  return wait(reason, blockers.find(({ until }) => until !== undefined)?.until);
}

/**
 * Refuses the destructive corrections that would drop what must stay, also where they are allowed: where all together lose something, they are taken up one by
 * one, logs before data as data cannot be shortened below them, and each one that loses something by then is refused.
 */
function holdBackLosses(judged: readonly Judged[], { instance, settings, wouldLose }: SettingsInput): readonly Judged[] {
  const destructive = judged.filter((each) => isCorrect(each) && each.cost !== undefined);
  if (destructive.length === 0 || wouldLose(withChanges(instance.engine, settings, destructive)) === undefined) return judged;
  const accepted: Judged[] = [];
  const refused = new Map<Judged, string>();
  for (const each of [...destructive.filter(isOfLogs), ...destructive.filter((one) => !isOfLogs(one))]) {
    const loss = wouldLose(withChanges(instance.engine, settings, [...accepted, each]));
    if (loss === undefined) accepted.push(each);
    else refused.set(each, loss);
  }
  return judged.map((each) => {
    const loss = refused.get(each);
    return loss === undefined ? each : { ...each, ...report(`refused, although allowDestructive is set: ${loss}; release what holds it, or change the wish`) };
  });
}

function isOfLogs({ setting }: Change): boolean {
  return SETTING_MODES[setting] === 'log';
}

function isCorrect({ action }: Fate): boolean {
  return action === 'correct';
}

function report(reason: string): Fate {
  return { action: 'report', reason, until: undefined };
}

function wait(reason: string, until?: Fate['until']): Fate {
  return { action: 'wait', reason, until };
}

function toDrift({ setting, before, target, cost, action, reason, until }: Judged): Drift {
  return { setting, before: settingText(setting, before), wanted: settingText(setting, target), isDestructive: cost !== undefined, action, reason, until };
}
