// Drift on any instance with any settings, any wishes and any history: what is written is safe, settles, and touches nothing else.
import fc from 'fast-check';
import { plusMs } from '../../../lib/base/instant';
import type { Correction } from '../../../lib/domain/guard';
import type { Instance } from '../../../lib/domain/instance';
import type { SettingsPolicy, WantedSettings, Weekday } from '../../../lib/domain/protection-policy';
import { type BackupSettings, SETTING_MODES, SETTING_NAMES, type SettingName } from '../../../lib/domain/settings';
import { decideSettings } from '../../../lib/policy/settings/decide';
import type { SettingsDecision, SettingsInput } from '../../../lib/policy/settings/types';
import { isSameValue } from '../../../lib/policy/settings/values';
import { DAY, makeInstance, NOW } from '../fixtures';
import { makeSettingsPolicy, SUPPORTS_UNKNOWN } from './fixtures';

const RUNS = 5_000;
const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const maybe = <V>(value: fc.Arbitrary<V>): fc.Arbitrary<V | undefined> => fc.option(value, { nil: undefined, freq: 6 });
const days = fc.oneof(fc.integer({ min: 7, max: 40 }), fc.integer({ min: 7, max: 730 }));
const weekdays = fc.subarray([...WEEK], { minLength: 2 });
const minute = fc.integer({ min: 0, max: 1439 });
const daysWish = fc.oneof(
  fc.record({ exactly: days }),
  fc.record({ atLeast: days, atMost: fc.constant(undefined) }),
  fc.record({ atLeast: fc.constant(undefined), atMost: days }),
  fc.tuple(days, days).map(([a, b]) => ({ atLeast: Math.min(a, b), atMost: Math.max(a, b) })),
);

/** What can be shown and wished for alike. */
const values = {
  method: fc.constantFrom('physical', 'snapshot'),
  category: fc.constantFrom('standard', 'flash'),
  snapshotInterval: fc.constantFrom<(number | 'off')[]>(30, 60, 'off'),
  incremental: fc.boolean(),
  priority: fc.constantFrom('secondary', 'primary'),
  logFrequency: fc.constantFrom('every-30-minutes', 'with-data'),
  releasedKeep: fc.constantFrom('none', 'latest', 'all'),
  compression: fc.constantFrom(0, 1, 4, 8),
  archiveRetentionDays: fc.constantFrom(0, 30, 365),
  archiveKeep: fc.constantFrom('by-month', 'by-week', 'all'),
  archiveKeepCount: fc.integer({ min: 1, max: 31 }),
  logBackup: fc.boolean(),
  localLogHours: fc.constantFrom(0, 18, 168),
  localLogSpacePercent: fc.constantFrom(0, 30, 50),
  highSpaceProtection: fc.boolean(),
  localLogCount: fc.constantFrom<(number | 'unlimited')[]>(6, 60, 'unlimited'),
} as const;

const wishes: fc.Arbitrary<WantedSettings> = fc.record(
  { ...values, backupDays: weekdays, backupWindowLocalMinute: minute, dataRetentionDays: daysWish, logRetentionDays: daysWish },
  { requiredKeys: [] },
);

/** Where logs are kept, they are not kept longer than data: the service does not allow it. */
const shown: fc.Arbitrary<BackupSettings> = fc
  .record({
    method: maybe(values.method),
    category: maybe(values.category),
    snapshotInterval: maybe(values.snapshotInterval),
    incremental: maybe(values.incremental),
    priority: maybe(values.priority),
    logFrequency: maybe(values.logFrequency),
    releasedKeep: maybe(values.releasedKeep),
    compression: maybe(values.compression),
    archiveRetentionDays: maybe(values.archiveRetentionDays),
    archiveKeep: maybe(values.archiveKeep),
    archiveKeepCount: maybe(values.archiveKeepCount),
    localLogCount: maybe(values.localLogCount),
    logRetentionDays: maybe(days),
    dataRetentionDays: fc.oneof({ weight: 12, arbitrary: days }, { weight: 1, arbitrary: fc.constant(undefined) }),
    backupDays: fc.oneof({ weight: 12, arbitrary: weekdays }, { weight: 1, arbitrary: fc.constant(undefined) }),
    backupWindowMinute: minute,
    logBackup: fc.oneof({ weight: 12, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.constant(undefined) }),
    localLogHours: fc.oneof({ weight: 12, arbitrary: values.localLogHours }, { weight: 1, arbitrary: fc.constant(undefined) }),
    localLogSpacePercent: values.localLogSpacePercent,
    highSpaceProtection: values.highSpaceProtection,
    nextBackupAt: fc.constant(undefined),
    supports: fc.constantFrom(
      SUPPORTS_UNKNOWN,
      { priority: true, snapshots: true, highFrequency: true, releasedKeep: true },
      { ...SUPPORTS_UNKNOWN, priority: false, snapshots: false, releasedKeep: false },
    ),
  })
  .map((each) => (keepsLogsTooLong(each) ? { ...each, logRetentionDays: each.dataRetentionDays } : each));

const instances: fc.Arbitrary<Instance> = fc
  .record({
    engine: fc.constantFrom('mysql', 'postgresql', 'sqlserver', 'sqlserver', 'mariadb', 'mysql', 'other'),
    engineVersion: fc.constantFrom('5.7', '8.0', '16.0'),
    edition: fc.constantFrom('high-availability', 'cluster', 'basic', 'finance'),
    storage: fc.constantFrom('local-disk', 'cloud-disk'),
    role: fc.constantFrom('primary', 'primary', 'primary', 'primary', 'primary', 'primary', 'read-only'),
    status: fc.constantFrom('Running', 'Running', 'Running', 'Running', 'Running', 'Stopped'),
    isLocked: fc.constantFrom(false, false, false, false, false, true),
  })
  .map((change) => makeInstance(change));

const policies: fc.Arbitrary<SettingsPolicy> = fc
  .record({
    mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'audit'),
    allowDestructive: fc.constantFrom(true, true, false),
    timezone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin'),
    changeTimeDuring: fc.constantFrom([], [{ days: WEEK, fromMinute: 0, toMinute: 300 }], [{ days: WEEK, fromMinute: 1200, toMinute: 1300 }]),
    wanted: wishes,
  })
  .map(({ wanted, ...change }) => makeSettingsPolicy(wanted, change));

/** Some settings were corrected often: whatever they are to become, so that the fight is over this. */
const fights = fc.subarray([...SETTING_NAMES], { maxLength: 4 });

interface World {
  readonly instance: Instance;
  readonly settings: BackupSettings;
  readonly policy: SettingsPolicy;
  readonly fights: readonly SettingName[];
  /** Nothing may be dropped below these. */
  readonly keepDataDays: number;
  readonly keepLogDays: number;
  readonly keepLogs: boolean;
}

const worlds: fc.Arbitrary<World> = fc.record({
  instance: instances,
  settings: shown,
  policy: policies,
  fights,
  // Often nothing stands in the way: what is destructive is written then.
  keepDataDays: fc.oneof(fc.constant(0), days),
  keepLogDays: fc.oneof(fc.constant(0), days),
  keepLogs: fc.boolean(),
});

function keepsLogsTooLong({
  logBackup,
  logRetentionDays,
  dataRetentionDays,
}: Pick<BackupSettings, 'logBackup' | 'logRetentionDays' | 'dataRetentionDays'>): boolean {
  return logBackup !== false && logRetentionDays !== undefined && dataRetentionDays !== undefined && logRetentionDays > dataRetentionDays;
}

/** Shorter than it was, and shorter than it must be. */
function isCut(before: number | undefined, after: number | undefined, least: number): boolean {
  return before !== undefined && after !== undefined && after < before && after < least;
}

function loses(world: World, before: BackupSettings, after: BackupSettings): boolean {
  const losesLogs = world.keepLogs && before.logBackup !== false && after.logBackup === false;
  const isLogCut = before.logBackup !== false && isCut(before.logRetentionDays, after.logRetentionDays, world.keepLogDays);
  return losesLogs || isLogCut || isCut(before.dataRetentionDays, after.dataRetentionDays, world.keepDataDays);
}

function decide(world: World, settings: BackupSettings = world.settings): SettingsDecision {
  const { instance, policy } = world;
  const wouldLose = (after: BackupSettings): string | undefined => (loses(world, settings, after) ? 'it would drop a held set' : undefined);
  const input: SettingsInput = { instance, policy, settings, corrections: [], wouldLose, asOf: NOW };
  const decision = decideSettings(input);
  const fought = decision.drifts.filter(({ setting }) => world.fights.includes(setting));
  if (fought.length === 0) return decision;
  const corrections = fought.flatMap(({ setting, wanted }): Correction[] => [1, 2, 3].map((ago) => ({ setting, wanted, at: plusMs(NOW, -ago * DAY) })));
  return decideSettings({ ...input, corrections });
}

function applied(settings: BackupSettings, { writes }: SettingsDecision): BackupSettings {
  let current = settings;
  for (const { values: written } of writes) current = { ...current, ...written };
  return current;
}

function correctedBy({ drifts }: SettingsDecision): readonly SettingName[] {
  return drifts.filter(({ action }) => action === 'correct').map(({ setting }) => setting);
}

/** By what they say. Plain comparisons, as there are very many. */
type Claims = Readonly<Record<string, boolean>>;
type Property = (world: World, decision: SettingsDecision) => Claims;

const LOCAL_LOGS: readonly SettingName[] = ['localLogHours', 'localLogSpacePercent', 'highSpaceProtection', 'localLogCount'];

/** Once written, nothing is left to correct; only fewer logs on the instance wait until log backup is on. */
const settles: Property = (world, decision) => {
  const once = applied(world.settings, decision);
  const second = decide(world, once);
  const left = correctedBy(second);
  const isSwitchedOn = decision.writes.some(({ changed, values: written }) => changed.includes('logBackup') && written.logBackup === true);
  return {
    'nothing is left': left.length === 0 || (isSwitchedOn && left.every((setting) => LOCAL_LOGS.includes(setting))),
    'nothing is left the second time': left.length === 0 || correctedBy(decide(world, applied(once, second))).length === 0,
  };
};

/** A write changes what is corrected, all of its mode, and nothing else, and leaves logs no longer than data. */
const changesOnlyCorrections: Property = ({ instance, settings }, decision) => {
  const changed = decision.writes.flatMap((write) => write.changed);
  const claims: Record<string, boolean> = {
    'what is corrected is written': changed.toSorted().join() === correctedBy(decision).toSorted().join(),
    'each mode is written once at most': new Set(decision.writes.map(({ mode }) => mode)).size === decision.writes.length,
    'no write is empty': decision.writes.every((write) => write.changed.length > 0),
  };
  let before = settings;
  for (const write of decision.writes) {
    const follows = (setting: SettingName): boolean =>
      instance.engine === 'sqlserver' &&
      !write.changed.includes(setting) &&
      ((setting === 'logRetentionDays' && write.changed.includes('dataRetentionDays')) || (setting === 'incremental' && write.changed.includes('method')));
    const touched = SETTING_NAMES.filter((setting) => !isSameValue(setting, write.values[setting], before[setting]) && !follows(setting));
    claims[`${write.mode}: only what it says`] = touched.join() === write.changed.join();
    claims[`${write.mode}: only its mode`] = write.changed.every((setting) => SETTING_MODES[setting] === write.mode);
    claims[`${write.mode}: logs are kept no longer than data`] = !keepsLogsTooLong(write.values);
    before = { ...before, ...write.values };
  }
  return claims;
};

/** Bounds hold: a lower one never lowers, an upper one never raises, and data never takes logs below their wish. */
const keepsBounds: Property = ({ settings, policy, instance }, decision) => {
  const { dataRetentionDays: dataWish, logRetentionDays: logWish } = policy.wanted;
  const after = applied(settings, decision);
  const [data, dataAfter, log, logAfter] = [settings.dataRetentionDays, after.dataRetentionDays, settings.logRetentionDays, after.logRetentionDays];
  if (data === undefined || dataAfter === undefined) return {};
  const isRange = dataWish !== undefined && !('exactly' in dataWish);
  const leastLog = logWish === undefined ? undefined : 'exactly' in logWish ? logWish.exactly : logWish.atLeast;
  const isLogCutByUs = instance.engine !== 'sqlserver' && log !== undefined && logAfter !== undefined && logAfter < log;
  return {
    'at least never lowers': !(isRange && dataWish.atMost === undefined) || dataAfter >= data,
    'at most never raises': !(isRange && dataWish.atLeast === undefined) || dataAfter <= data,
    'logs stay as long as wished': !(isLogCutByUs && leastLog !== undefined) || logAfter >= leastLog,
  };
};

/** Nothing is written in audit mode or to an instance that takes nothing, nothing destructive unless allowed, and nothing is lost. */
const writesOnlyWhatItMay: Property = (world, decision) => {
  const { instance, policy, settings } = world;
  const { drifts, writes } = decision;
  const isClosed = instance.engine === 'other' || instance.role !== 'primary' || instance.isLocked || instance.status !== 'Running';
  return {
    'audit writes nothing': policy.mode === 'enforce' || writes.length === 0,
    'audit reports everything': policy.mode === 'enforce' || drifts.every(({ action }) => action === 'report'),
    'nothing is written where nothing can be': !isClosed || writes.length === 0,
    'destruction needs to be allowed': policy.allowDestructive || !drifts.some(({ action, isDestructive }) => action === 'correct' && isDestructive),
    'nothing is lost': !loses(world, settings, applied(settings, decision)),
  };
};

/** Every drift is told once, in order, with other values and a reason. */
const tellsEachDriftOnce: Property = (_, { drifts }) => {
  const settings = drifts.map(({ setting }) => setting);
  return {
    'once, in order': settings.join() === SETTING_NAMES.filter((name) => settings.includes(name)).join(),
    'other values': drifts.every(({ before, wanted }) => before !== wanted),
    'a reason': drifts.every(({ reason }) => reason.length > 10),
  };
};

test('on any instance, with any settings, wishes and history, what is written is safe, settles, and touches nothing else', () => {
  const seen = new Set<string>();

  fc.assert(
    fc.property(worlds, (world) => {
      const decision = decide(world);
      for (const { action } of decision.drifts) seen.add(action);
      if (decision.writes.length > 1) seen.add(decision.writes.map(({ mode }) => mode).join(' then '));
      for (const property of [settles, changesOnlyCorrections, keepsBounds, writesOnlyWhatItMay, tellsEachDriftOnce]) {
        const broken = Object.entries(property(world, decision)).find(([, holds]) => !holds);
        if (broken !== undefined) throw new Error(`not so: ${broken[0]}`);
      }
    }),
    { numRuns: RUNS },
  );

  // The worlds are not dull: every fate occurs, and both orders of writes.
  expect([...seen].sort()).toEqual(['correct', 'data then log', 'log then data', 'not-correctable', 'paused', 'report', 'wait']);
});
