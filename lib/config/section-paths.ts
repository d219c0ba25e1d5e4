// Where keeper.yaml writes each member of the compiled policy, where the two names differ: the file has friendly units and groups of its own.

/** Members of any object whose compiled name carries its unit. */
const COMPILED_NAMES: Readonly<Record<string, string>> = {
  freshFor: 'freshForMs',
  startWithin: 'startWithinMs',
  maxJob: 'maxJobMs',
  planMaxAge: 'planMaxAgeMs',
  extendWhenLeft: 'extendWhenLeftMs',
  keepFor: 'keepForMs',
  atMost: 'atMostMs',
};

/** The compiled name of a key of the file. */
export function compiledName(key: string): string {
  return COMPILED_NAMES[key] ?? key;
}

/** By the path of the member in the section: the path of its key in the file's section. */
export type SectionPaths = Readonly<Record<string, readonly string[]>>;

export const SETTINGS_PATHS: SectionPaths = {
  mode: ['mode'],
  allowDestructive: ['allowDestructive'],
  timezone: ['timezone'],
  changeTimeDuring: ['changeTimeDuring'],
  fightAfter: ['fightAfter'],
  fightWindowMs: ['fightWindow'],
};

/** A wish has no default, so it has a place only where it is written. */
export const WISH_PATHS: SectionPaths = {
  'wanted.dataRetentionDays': ['dataRetention'],
  'wanted.logBackup': ['logBackup'],
  'wanted.logRetentionDays': ['logRetention'],
  'wanted.backupDays': ['backupDays'],
  'wanted.backupWindowLocalMinute': ['backupWindow'],
  'wanted.method': ['method'],
  'wanted.category': ['category'],
  'wanted.snapshotInterval': ['snapshotInterval'],
  'wanted.incremental': ['incremental'],
  'wanted.priority': ['priority'],
  'wanted.logFrequency': ['logFrequency'],
  'wanted.releasedKeep': ['releasedKeep'],
  'wanted.compression': ['compression'],
  'wanted.archiveRetentionDays': ['archive', 'retentionDays'],
  'wanted.archiveKeep': ['archive', 'keep'],
  'wanted.archiveKeepCount': ['archive', 'count'],
  'wanted.localLogHours': ['localLog', 'hours'],
  'wanted.localLogSpacePercent': ['localLog', 'spacePercent'],
  'wanted.localLogCount': ['localLog', 'count'],
  'wanted.highSpaceProtection': ['localLog', 'highSpaceProtection'],
};

export const RETENTION_PATHS: SectionPaths = {
  mode: ['mode'],
  timezone: ['timezone'],
  'keep.last': ['keep', 'last'],
  'keep.hourly': ['keep', 'hourly'],
  'keep.daily': ['keep', 'daily'],
  'keep.weekly': ['keep', 'weekly'],
  'keep.monthly': ['keep', 'monthly'],
  'keep.yearly': ['keep', 'yearly'],
  keepWithinMs: ['keep', 'within'],
  floor: ['floor'],
  recoveryWindowMs: ['recoveryWindow'],
  graceMs: ['graceHours'],
  runEveryMs: ['runEvery'],
  deleteBackupFiles: ['deleteBackupFiles'],
};

export const CROSS_REGION_PATHS: SectionPaths = {
  mode: ['mode'],
  isRequired: ['required'],
  destination: ['destination'],
  retentionDays: ['retention'],
  copiesLogs: ['logs'],
  maxLagMs: ['maxLagMinutes'],
  rpoMs: ['rpoMinutes'],
  probeEveryMs: ['probeEvery'],
  lookBackMs: ['lookBack'],
  allowCost: ['allowCost'],
  allowDestructive: ['allowDestructive'],
};

export const PRE_RELEASE_PATHS: SectionPaths = {
  freshForMs: ['freshFor'],
  deadlineMs: ['deadline'],
  holdForMs: ['holdFor'],
  maxInstances: ['maxInstances'],
};

/**
 * The key of the file behind a member of the policy, by its dotted path.
 *
 * @example fileKeyOf('rules.gold.settings.wanted.dataRetentionDays') // 'rules.gold.settings.dataRetention'
 */
export function fileKeyOf(path: string): string {
  for (const [section, paths] of [
    ['settings', { ...SETTINGS_PATHS, ...WISH_PATHS }],
    ['retention', RETENTION_PATHS],
    ['crossRegion', CROSS_REGION_PATHS],
  ] as const) {
    const match = new RegExp(`^((?:rules\\.[^.]+\\.|overrides\\.[^.]+\\.)?${section})\\.(.+)$`).exec(path);
    const key = match?.[2] === undefined ? undefined : paths[match[2]];
    if (match?.[1] !== undefined && key !== undefined) return `${match[1]}.${key.join('.')}`;
  }
  return path.replace(/Ms$/, '');
}
