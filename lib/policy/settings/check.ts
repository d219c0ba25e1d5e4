// Finds what the `settings` of a protection policy wish for and no instance can have, before anything runs.
import type { Engine } from '../../domain/instance';
import type { CompiledPolicy, DaysWish, SettingsPolicy, WantedSettings } from '../../domain/protection-policy';
import type { PolicyProblem } from '../policy-check';
import { problemsOfVariants, type SectionVariant } from '../section-variants';
import { wishProblems } from './wish-check';

const MODIFY = 'RDS API, ModifyBackupPolicy';
const FEWEST_DAYS = 7;
const MOST_DAYS = 730;

/** The settings with all layers of a variant in them, and where each wish was written last. */
interface Wishes extends Pick<SettingsPolicy, 'mode' | 'allowDestructive' | 'changeTimeDuring'> {
  readonly wanted: WantedSettings;
  /** Of the last layer. */
  readonly path: string;
  readonly pathOf: (wish: keyof WantedSettings) => string;
}

/** Problems of the section and of its patches, in the order in which they are written. */
export function settingsProblems(policy: CompiledPolicy): readonly PolicyProblem[] {
  return problemsOfVariants(policy, 'settings', (variant) => {
    const wishes = wishesOf(variant);
    const ofEngines = wishProblems(wishes.wanted, variant.engines, wishes.pathOf);
    return [
      ...emptyProblems(wishes),
      ...rangeProblems(wishes),
      ...logProblems(wishes),
      ...ofEngines,
      ...newerProblems(wishes, variant.engines),
      ...destructiveProblems(wishes),
      ...timeProblems(wishes),
    ];
  });
}

function wishesOf({ layers, path }: SectionVariant<'settings'>): Wishes {
  let wishes: Pick<SettingsPolicy, 'mode' | 'allowDestructive' | 'changeTimeDuring' | 'wanted'> = {
    mode: 'audit',
    allowDestructive: false,
    changeTimeDuring: [],
    wanted: {},
  };
  for (const { section } of layers) wishes = { ...wishes, ...section, wanted: { ...wishes.wanted, ...section.wanted } };
  const lastOf = (wish: keyof WantedSettings): string => layers.reduce((last, layer) => (layer.section.wanted?.[wish] === undefined ? last : layer.path), path);
  return { ...wishes, path, pathOf: (wish) => `${lastOf(wish)}.wanted.${wish}` };
}

function emptyProblems({ wanted, path }: Wishes): readonly PolicyProblem[] {
  if (Object.keys(wanted).length > 0) return [];
  const message = 'wishes for nothing: the policy has no settings section, and this patch names no setting; name one, or take the patch out';
  return [{ severity: 'error', path, message, source: 'this policy: settings' }];
}

/** The schema refuses such numbers, too; a policy need not have come through it. */
function rangeProblems({ wanted, pathOf }: Wishes): readonly PolicyProblem[] {
  return (['dataRetentionDays', 'logRetentionDays'] as const).flatMap((wish) => {
    const days = [leastOf(wanted[wish]), mostOf(wanted[wish])].filter((value) => value !== undefined);
    if (days.every((value) => value >= FEWEST_DAYS && value <= MOST_DAYS)) return [];
    const message = `${days.join(' to ')} days are outside what the service keeps: ${FEWEST_DAYS} to ${MOST_DAYS}`;
    return [{ severity: 'error', path: pathOf(wish), message, source: `${MODIFY}: BackupRetentionPeriod and LogBackupRetentionPeriod are 7 to 730 days` }];
  });
}

function logProblems({ wanted, pathOf }: Wishes): readonly PolicyProblem[] {
  const [log, data] = [leastOf(wanted.logRetentionDays), mostOf(wanted.dataRetentionDays)];
  if (log === undefined || data === undefined || log <= data || wanted.logBackup === false) return [];
  const message = `logs cannot be kept ${log} days where data is kept ${data}; lower logRetention or raise dataRetention`;
  return [{ severity: 'error', path: pathOf('logRetentionDays'), message, source: `${MODIFY}: LogBackupRetentionPeriod is at most BackupRetentionPeriod` }];
}

/** What the matrix cannot tell, as it knows no minor versions. */
function newerProblems({ wanted, pathOf }: Wishes, engines: readonly Engine[]): readonly PolicyProblem[] {
  if (wanted.incremental !== true || !engines.includes('mysql')) return [];
  const message = 'of MySQL on local disks only newer minor versions have incremental backups';
  return [{ severity: 'warning', path: pathOf('incremental'), message, source: `${MODIFY}: EnableIncrementDataBackup` }];
}

/** What `enforce` will never do by itself should be no surprise. */
function destructiveProblems({ mode, allowDestructive, wanted, path, pathOf }: Wishes): readonly PolicyProblem[] {
  if (mode !== 'enforce' || allowDestructive) return [];
  const problems: PolicyProblem[] = [];
  if (wanted.logBackup === false) {
    const message = 'log backup that is on is reported only, not switched off: that deletes all logs and needs allowDestructive: true';
    problems.push({ severity: 'warning', path: pathOf('logBackup'), message, source: `${MODIFY}: EnableBackupLog 0 deletes all log backups` });
  }
  const shorter = [
    ...(mostOf(wanted.dataRetentionDays) === undefined ? [] : ['dataRetention']),
    ...(mostOf(wanted.logRetentionDays) === undefined ? [] : ['logRetention']),
  ];
  if (shorter.length > 0) {
    const message = `what is kept longer than ${shorter.join(' and ')} is reported only, not corrected: a shorter retention drops backups and needs allowDestructive: true`;
    problems.push({ severity: 'warning', path, message, source: 'this policy: settings.allowDestructive' });
  }
  return problems;
}

/** A change of the time of backup may start one: whoever gives no window should know that any time will do. */
function timeProblems({ mode, changeTimeDuring, wanted, pathOf }: Wishes): readonly PolicyProblem[] {
  if (mode !== 'enforce' || changeTimeDuring.length > 0) return [];
  return (['backupDays', 'backupWindowLocalMinute'] as const).flatMap((wish) => {
    if (wanted[wish] === undefined) return [];
    const message = 'is corrected at any time of day, and a backup may start minutes after; say in changeTimeDuring when it may';
    return [{ severity: 'warning', path: pathOf(wish), message, source: 'RDS for SQL Server, backup settings: changing the time may start a backup' }];
  });
}

function leastOf(wish: DaysWish | undefined): number | undefined {
  return wish !== undefined && 'exactly' in wish ? wish.exactly : wish?.atLeast;
}

function mostOf(wish: DaysWish | undefined): number | undefined {
  return wish !== undefined && 'exactly' in wish ? wish.exactly : wish?.atMost;
}
