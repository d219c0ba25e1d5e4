// Notes where every value of the compiled policy is written in keeper.yaml.
import type { UserPatch, UserPolicy } from './schema';
import { CROSS_REGION_PATHS, compiledName, PRE_RELEASE_PATHS, RETENTION_PATHS, SETTINGS_PATHS, type SectionPaths, WISH_PATHS } from './section-paths';

/** Where a value stands in the file, as `keeper.yaml:12:5`; undefined when it is not written there. */
export type PositionOf = (path: readonly (string | number)[]) => string | undefined;

/** Notes the place of the path in the file for a member of the compiled policy. */
type Note = (to: string, path: readonly (string | number)[]) => void;

const LIMITS = [
  'apiRatePerSecond',
  'crossRegionRatePerSecond',
  'instancesPerWorker',
  'maxJob',
  'maxChangesPerRun',
  'maxPurgesPerDay',
  'maxPurgePercentPerDay',
  'maxDestructiveChangesPerDay',
  'planMaxAge',
  'apiCallsPerMonth',
] as const;
/** What a patch may change as a whole. */
const SECTIONS = ['cap', 'settings', 'retention', 'crossRegion'] as const;
const EXPIRY_FIELDS = ['enabled', 'select', 'databases', 'extendWhenLeft', 'keepFor', 'from', 'atMost'] as const;
const RULE_FIELDS = [
  'enabled',
  'select',
  'schedule',
  'timezone',
  'databases',
  'method',
  'type',
  'retainDays',
  'freshFor',
  'notDuring',
  'startWithin',
  'catchUp',
] as const;

/** By dotted path: where the value is written, or `default`. Every value gets an entry; sections, wishes and patches get one where they are written only. */
export function originsOf(user: UserPolicy, positionOf: PositionOf): Readonly<Record<string, string>> {
  const origins: Record<string, string> = {};
  const note: Note = (to, path) => {
    origins[to] = positionOf(path) ?? 'default';
  };
  const noteWritten: Note = (to, path) => {
    const position = positionOf(path);
    if (position !== undefined) origins[to] = position;
  };
  for (const key of ['name', 'timezone', 'accounts', 'regions', 'select']) note(key, [key]);
  for (const path of ['cap.perDay', 'cap.counts', 'cap.reserve.automatic', 'cap.reserve.preRelease']) note(path, path.split('.'));
  for (const section of SECTIONS) noteWritten(section, [section]);
  noteWritten('preRelease', ['preRelease']);
  noteSection('preRelease', ['preRelease'], PRE_RELEASE_PATHS, note);
  for (const key of LIMITS) note(`limits.${compiledName(key)}`, ['limits', key]);
  noteRules(user, note);
  noteSections(user, note, noteWritten);
  for (const [index, group] of (user.rules ?? []).entries()) notePatch(`rules.${group.name}`, ['rules', index], group, noteWritten);
  for (const [id, patch] of Object.entries(user.overrides ?? {})) notePatch(`overrides.${id}`, ['overrides', id], patch, noteWritten);
  return origins;
}

function noteRules(user: UserPolicy, note: Note): void {
  for (const [index, rule] of (user.extraBackups ?? []).entries()) {
    note(`extraBackups.${rule.name}`, ['extraBackups', index]);
    for (const key of RULE_FIELDS) note(`extraBackups.${rule.name}.${compiledName(key)}`, ['extraBackups', index, key]);
    // Unless told, the rule's time zone is the policy's.
    if (rule.timezone === undefined) note(`extraBackups.${rule.name}.timezone`, ['timezone']);
  }
  for (const [index, rule] of (user.expiry ?? []).entries()) {
    note(`expiry.${rule.name}`, ['expiry', index]);
    for (const key of EXPIRY_FIELDS) note(`expiry.${rule.name}.${compiledName(key)}`, ['expiry', index, key]);
  }
}

function noteSections(user: UserPolicy, note: Note, noteWritten: Note): void {
  if (user.settings !== undefined) {
    noteSection('settings', ['settings'], SETTINGS_PATHS, note);
    noteSection('settings', ['settings'], WISH_PATHS, noteWritten);
    if (user.settings.timezone === undefined) note('settings.timezone', ['timezone']);
  }
  if (user.retention !== undefined) {
    noteSection('retention', ['retention'], RETENTION_PATHS, note);
    if (user.retention.timezone === undefined) note('retention.timezone', ['timezone']);
  }
  if (user.crossRegion !== undefined) noteSection('crossRegion', ['crossRegion'], CROSS_REGION_PATHS, note);
}

function noteSection(to: string, at: readonly (string | number)[], paths: SectionPaths, note: Note): void {
  for (const [member, path] of Object.entries(paths)) note(`${to}.${member}`, [...at, ...path]);
}

function notePatch(to: string, path: readonly (string | number)[], patch: UserPatch, note: Note): void {
  for (const section of SECTIONS) note(`${to}.${section}`, [...path, section]);
  const { reserve, ...cap } = patch.cap ?? {};
  for (const key of Object.keys(cap)) note(`${to}.cap.${key}`, [...path, 'cap', key]);
  for (const key of Object.keys(reserve ?? {})) note(`${to}.cap.reserve.${key}`, [...path, 'cap', 'reserve', key]);
  for (const section of ['extraBackups', 'expiry'] as const) {
    for (const [rule, change] of Object.entries(patch[section] ?? {})) {
      note(`${to}.${section}.${rule}`, [...path, section, rule]);
      for (const key of Object.keys(change)) note(`${to}.${section}.${rule}.${compiledName(key)}`, [...path, section, rule, key]);
    }
  }
  noteSection(`${to}.settings`, [...path, 'settings'], { ...SETTINGS_PATHS, ...WISH_PATHS }, note);
  noteSection(`${to}.retention`, [...path, 'retention'], RETENTION_PATHS, note);
  noteSection(`${to}.crossRegion`, [...path, 'crossRegion'], CROSS_REGION_PATHS, note);
}
