// Says which wishes for settings an engine cannot have, by the same matrix that decides drift: before any instance is known.
import type { Engine } from '../../domain/instance';
import type { WantedSettings } from '../../domain/protection-policy';
import { type BackupSettings, SETTING_NAMES, type SettingName, type SettingValues } from '../../domain/settings';
import { type EngineKind, kindsOf } from '../engine-kinds';
import type { PolicyProblem } from '../policy-check';
import { knownValues, refusalOfSetting } from './engine-rules';
import { refusalOfValue } from './value-rules';
import { isSameValue, type SettingValue } from './values';

type WishName = Exclude<keyof WantedSettings, 'dataRetentionDays' | 'backupWindowLocalMinute'>;

/** Settings that every engine has, with every value that the file can name: nothing to look up. */
const EVERYWHERE: readonly SettingName[] = ['dataRetentionDays', 'backupDays', 'backupWindowMinute'];
/** Settings whose rules look at other wishes only; the rules of the others need to know what an instance has. */
const BY_VALUE: readonly SettingName[] = ['incremental', 'priority', 'logFrequency', 'compression', 'archiveKeepCount', 'localLogCount'];

const SOURCE = 'RDS API, ModifyBackupPolicy, by engine, edition and storage';

interface Refused {
  readonly kind: EngineKind;
  readonly reason: string;
}

/** A problem per wish and reason; an error where no kind of the engines can have it, a warning where some cannot. */
export function wishProblems(wanted: WantedSettings, engines: readonly Engine[], pathOf: (wish: WishName) => string): readonly PolicyProblem[] {
  const kinds = engines.flatMap(kindsOf);
  return SETTING_NAMES.filter(isWishName).flatMap((wish) => {
    const refused = kinds.flatMap((kind) => refusedOn(kind, wish, wanted));
    const severity = refused.length === kinds.length ? 'error' : 'warning';
    const reasons = [...new Set(refused.map(({ reason }) => reason))];
    return reasons.map((reason) => {
      const message = `impossible on ${kindWords(refused.filter((each) => each.reason === reason))}: ${reason}`;
      return { severity, path: pathOf(wish), message, source: SOURCE } as const;
    });
  });
}

function isWishName(setting: SettingName): setting is SettingName & WishName {
  return !EVERYWHERE.includes(setting);
}

function refusedOn(kind: EngineKind, wish: SettingName & WishName, wanted: WantedSettings): readonly Refused[] {
  if (wanted[wish] === undefined) return [];
  // For a range of days nothing is known that would meet it: whether days can be set at all is what matters here.
  const target = wish === 'logRetentionDays' ? undefined : wanted[wish];
  if (target !== undefined && isSameValue(wish, knownValues(kind, NOTHING_SAID)[wish], target)) return [];
  const refusal = refusalOfSetting(wish, kind, NOTHING_SAID.supports) ?? refusalByValue(kind, wish, target, wanted);
  return refusal === undefined ? [] : [{ kind, reason: refusal.reason }];
}

function refusalByValue(kind: EngineKind, setting: SettingName, target: SettingValue | undefined, wanted: WantedSettings): ReturnType<typeof refusalOfValue> {
  if (target === undefined || !BY_VALUE.includes(setting)) return undefined;
  return refusalOfValue({ setting, before: undefined, target, isConsequence: false }, { ...NOTHING_SAID, ...plainWishes(wanted) }, kind, NOTHING_SAID.supports);
}

/** The wishes that are plain values of settings. */
function plainWishes({ dataRetentionDays, logRetentionDays, backupWindowLocalMinute, ...plain }: WantedSettings): Partial<SettingValues> {
  return plain;
}

/** `sqlserver, some mysql instances`: an engine stands for itself when all of its kinds are refused for the reason. */
function kindWords(refused: readonly Refused[]): string {
  const engines = [...new Set(refused.map(({ kind }) => kind.engine))];
  const isWhole = (engine: Engine): boolean => refused.filter(({ kind }) => kind.engine === engine).length === kindsOf(engine).length;
  return engines.map((engine) => (isWhole(engine) ? engine : `some ${engine} instances`)).join(', ');
}

/** An instance of which the service says nothing. */
const NOTHING_SAID: BackupSettings = {
  dataRetentionDays: undefined,
  backupDays: undefined,
  backupWindowMinute: undefined,
  method: undefined,
  category: undefined,
  snapshotInterval: undefined,
  incremental: undefined,
  priority: undefined,
  logFrequency: undefined,
  releasedKeep: undefined,
  compression: undefined,
  archiveRetentionDays: undefined,
  archiveKeep: undefined,
  archiveKeepCount: undefined,
  logBackup: undefined,
  logRetentionDays: undefined,
  localLogHours: undefined,
  localLogSpacePercent: undefined,
  highSpaceProtection: undefined,
  localLogCount: undefined,
  nextBackupAt: undefined,
  supports: { priority: undefined, snapshots: undefined, highFrequency: undefined, releasedKeep: undefined },
};
