// Decides how an instance stands, from the newest words on it: protected, at risk, unprotected, or not known.
import { occurrenceAtOrBefore, parseCron } from '../base/cron';
import { DAY_MS, formatInstant, HOUR_MS, type Instant, plusMs } from '../base/instant';
import type { AccountRegion } from '../domain/instance';
import type { IntentKey } from '../domain/ports';
import type { InstancePosture, RulePosture } from '../domain/posture';
import type { RunRecord } from '../domain/run';
import { type Intent, slotIdOf } from '../domain/slot';
import type { ActiveVerdict, DeferredVerdict, IdleVerdict, SettledVerdict, Verdict } from '../domain/verdict';

export type Posture = 'protected' | 'at-risk' | 'unprotected' | 'unknown';

/** The worst first. */
export const POSTURES: readonly Posture[] = ['unprotected', 'at-risk', 'unknown', 'protected'];

/** All that the ledger says of one instance. */
export interface InstanceWords extends AccountRegion {
  readonly instanceId: string;
  /** Of extra-backup and reconcile. Undefined: they have said nothing of it. */
  readonly backups: InstancePosture | undefined;
  /** Of the other functions. */
  readonly others: readonly InstancePosture[];
}

export interface PostureDecision {
  readonly posture: Posture;
  /** One sentence with the figures. */
  readonly reason: string;
}

export type JudgedInstance = InstanceWords & PostureDecision;

/** A fleet as the ledger knows it. */
export interface FleetPosture {
  readonly asOf: Instant;
  /** The protection policy's: IANA name. */
  readonly timezone: string;
  readonly policyName: string;
  readonly installationId: string;
  readonly instances: readonly JudgedInstance[];
  /** On copies that nobody's policy looks after any more. */
  readonly leftovers: readonly InstancePosture[];
  /** Newest first, of all functions. */
  readonly runs: readonly RunRecord[];
}

/**
 * What a verdict on a slot says of the instance. `good`: there is a backup. `pending`: it is on its way or has time left. `bad`: something stands in the way. `impossible`:
 * the rule can never back it up. `replica`: its data is its primary's. `none`: nothing.
 */
type Sign = 'good' | 'pending' | 'bad' | 'impossible' | 'replica' | 'none';

const SIGNS: Readonly<Record<SettledVerdict | ActiveVerdict | DeferredVerdict | IdleVerdict, Sign>> = {
  'already-done': 'good',
  'fresh-enough': 'good',
  adopted: 'good',
  failed: 'bad',
  abandoned: 'bad',
  missed: 'bad',
  'method-unsupported': 'impossible',
  'read-only-instance': 'replica',
  submitted: 'pending',
  'in-flight': 'pending',
  ambiguous: 'pending',
  'job-running': 'pending',
  'cap-exhausted': 'pending',
  'cap-reserved': 'pending',
  'instance-not-running': 'pending',
  'instance-locked': 'pending',
  'no-such-database': 'bad',
  blackout: 'pending',
  'yield-to-release': 'pending',
  denied: 'bad',
  'deferred-throttled': 'pending',
  refused: 'bad',
  unreachable: 'bad',
  'not-due': 'none',
  'no-rule': 'none',
};

/** An occurrence is looked at by the next tick: this long after it, nobody has looked. */
const LOOK_WITHIN_MS = HOUR_MS;
/** Copies and recovery windows are measured once a day at least. */
const MEASURED_WITHIN_MS = 2 * DAY_MS;

export interface PostureJudge {
  /** Slots whose intents the judge wants to see: those before a slot that is not settled, whose backup is what the instance has meanwhile. */
  earlierSlots(words: InstanceWords): readonly IntentKey[];
  judge(words: InstanceWords, earlier: readonly Intent[]): PostureDecision;
}

/**
 * Judges instances as of one moment. The first line that fits decides:
 *
 * | posture | when |
 * |---|---|
 * | unprotected | no rule covers it, or none of its rules can ever back it up; and no recovery window or copy is known |
 * | at-risk | an error finding stands, the newest slot of a rule came to nothing, or its copies are at risk |
 * | unknown | an occurrence of a rule is past and nobody has looked at it |
 * | protected | a rule has its backup, or is at its next one and has that of the slot before; or a recovery window or copies were measured; or it is a replica |
 * | unknown | everything else: nothing was said of it, or nothing has come due |
 */
export function makePostureJudge(asOf: Instant): PostureJudge {
  const calendar = makeCalendar();
  const judge: PostureJudge['judge'] = (words, earlier) => {
    const backup = measuredBackup(words, asOf);
    return unprotected(words, backup) ?? atRisk(words) ?? notLookedAt(words, calendar, asOf) ?? protectedBy(words, earlier, backup) ?? nothingKnown(words);
  };
  return { earlierSlots: (words) => slotsBefore(words, calendar), judge };
}

function rulesOf({ backups }: InstanceWords): readonly (readonly [name: string, rule: RulePosture])[] {
  return Object.entries(backups?.rules ?? {});
}

function signOf(verdict: Verdict | undefined): Sign {
  const signs: Readonly<Partial<Record<Verdict, Sign>>> = SIGNS;
  return (verdict === undefined ? undefined : signs[verdict]) ?? 'none';
}

function signOfRule({ verdict }: RulePosture): Sign {
  return signOf(verdict?.verdict);
}

/** `nightly: <the newest verdict's reason>` */
function saying(name: string, { verdict }: RulePosture): string {
  return `${name}: ${verdict?.reason ?? 'nothing has come due'}`;
}

/** What verify-cross-region has measured lately, in words; undefined when that is nothing. */
function measuredBackup({ others }: InstanceWords, asOf: Instant): string | undefined {
  const measured = others.find((posture) => posture.copies !== undefined && asOf - posture.asOf <= MEASURED_WITHIN_MS)?.copies;
  if (measured === undefined) return undefined;
  const window = measured.localWindow ?? measured.copyWindow;
  if (window !== undefined) return `it can be restored to any moment from ${formatInstant(window.from)} to ${formatInstant(window.to)}`;
  return measured.copies === 0 ? undefined : `${measured.copies} copies of it are in the other region`;
}

function unprotected(words: InstanceWords, backup: string | undefined): PostureDecision | undefined {
  if (words.backups === undefined || backup !== undefined) return undefined;
  const rules = rulesOf(words);
  const [first] = rules;
  if (first === undefined) return { posture: 'unprotected', reason: 'no extra-backup rule of the protection policy covers it, and no backup of it is known' };
  if (!rules.every(([, rule]) => signOfRule(rule) === 'impossible')) return undefined;
  return { posture: 'unprotected', reason: `no rule can back it up: ${saying(...first)}` };
}

function atRisk(words: InstanceWords): PostureDecision | undefined {
  const errors = [words.backups, ...words.others].flatMap((posture) => posture?.findings ?? []).filter(({ severity }) => severity === 'error');
  const bad = rulesOf(words).filter(([, rule]) => signOfRule(rule) === 'bad');
  const copies = words.others.flatMap(({ rules }) => Object.entries(rules)).filter(([, { verdict }]) => verdict?.verdict === 'copies-at-risk');
  const reasons = [...errors.map(({ message }) => message), ...[...bad, ...copies].map((rule) => saying(...rule))];
  const [first, ...more] = reasons;
  if (first === undefined) return undefined;
  return { posture: 'at-risk', reason: more.length === 0 ? first : `${first} (and ${more.length} more)` };
}

function notLookedAt(words: InstanceWords, calendar: Calendar, asOf: Instant): PostureDecision | undefined {
  for (const [name, { schedule, since, occurrence }] of rulesOf(words)) {
    const due = calendar(schedule, plusMs(asOf, -LOOK_WITHIN_MS));
    if (due === undefined || due < since || (occurrence !== undefined && occurrence >= due)) continue;
    return {
      posture: 'unknown',
      reason: `${name}: nobody has looked at its occurrence of ${formatInstant(due)}: do the timers run, and is the instance still there?`,
    };
  }
  return undefined;
}

function protectedBy(words: InstanceWords, earlier: readonly Intent[], backup: string | undefined): PostureDecision | undefined {
  const rules = rulesOf(words);
  const good = rules.find(([, rule]) => signOfRule(rule) === 'good') ?? rules.find(([, rule]) => signOfRule(rule) === 'replica');
  if (good !== undefined) return { posture: 'protected', reason: saying(...good) };
  const made = earlier.find(({ state }) => state === 'finished');
  if (made !== undefined) {
    const set = `backup set ${made.backupId ?? 'of unknown id'} was made for its slot of ${formatInstant(made.occurrence)}`;
    return { posture: 'protected', reason: `${made.rule}: ${set}, and the next one is under way` };
  }
  return backup === undefined ? undefined : { posture: 'protected', reason: backup };
}

/** Those of whole instances and those of databases: a posture does not say which the rule backs up. */
function slotsBefore(words: InstanceWords, calendar: Calendar): readonly IntentKey[] {
  return rulesOf(words).flatMap(([name, rule]): IntentKey[] => {
    const { schedule, occurrence } = rule;
    const earlier = occurrence === undefined || signOfRule(rule) !== 'pending' ? undefined : calendar(schedule, plusMs(occurrence, -1));
    if (earlier === undefined) return [];
    return (['instance', 'databases'] as const).map((kind) => ({ instanceId: words.instanceId, slotId: slotIdOf(name, earlier, kind) }));
  });
}

function nothingKnown(words: InstanceWords): PostureDecision {
  const said = rulesOf(words).map((rule) => saying(...rule));
  const reason = words.backups === undefined ? 'extra-backup has said nothing of it' : `no backup of it is known yet; ${said.join('; ')}`;
  return { posture: 'unknown', reason };
}

/** The newest occurrence of a schedule, as postures keep it, at or before a moment; undefined for what is no schedule. */
type Calendar = (schedule: string, at: Instant) => Instant | undefined;

/** A fleet has few schedules and asks for few moments. */
function makeCalendar(): Calendar {
  const known = new Map<string, Instant | undefined>();
  return (schedule, at) => {
    const key = `${at} ${schedule}`;
    if (!known.has(key)) known.set(key, occurrenceOf(schedule, at));
    return known.get(key);
  };
}

function occurrenceOf(schedule: string, at: Instant): Instant | undefined {
  const words = schedule.split(' ');
  const timezone = words.pop();
  return timezone === undefined || words.length !== 5 ? undefined : occurrenceAtOrBefore(parseCron(words.join(' '), timezone), at);
}
