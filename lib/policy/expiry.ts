// Decides which backup sets are kept longer, by rules and by holds, and until when. It never shortens (RDS API, ModifyBackupSetExpireTime).
import { matchesGlob } from '../base/glob';
import { DAY_MS, formatInstant, type Instant, instant, MINUTE_MS, plusMs } from '../base/instant';
import type { BackupSet } from '../domain/backup';
import type { Hold } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { DatabaseSelection, ExpiryRule } from '../domain/protection-policy';

/** When a set ends: a time, or never. */
export type Expiry = Instant | 'never';

export interface ExpiryQuestion {
  readonly set: BackupSet;
  /** Those that are enabled and select the instance. */
  readonly rules: readonly ExpiryRule[];
  /** Those that stand on the set: see holdsOn. */
  readonly holds: readonly Hold[];
  readonly instance: Pick<Instance, 'engine'>;
  readonly asOf: Instant;
}

export type ExpiryDecision =
  /** `rule` is a rule's name or, for a hold, `hold h-...`. `expiresAt` is the set's expiry before the extension. */
  | { readonly action: 'extend'; readonly rule: string; readonly expiresAt: Instant; readonly to: Expiry; readonly reason: string }
  /** `rule` is undefined where neither a rule nor a hold applies to the set. */
  | { readonly action: 'leave'; readonly rule: string | undefined; readonly reason: string };

/** A hold without an end extends in steps: when less than this is left, ... */
const OPEN_HOLD_LEFT_MS = 30 * DAY_MS;
/** ... to this from now. What was extended can never be shortened, so a hold that somebody releases soon must not have kept the set for ever. */
const OPEN_HOLD_KEEP_MS = 90 * DAY_MS;

/**
 * Of the rules and holds that apply to the set and find it due, the one that keeps it longest decides. A rule's `atMost` limits no hold. `to` is always later than
 * the set's expiry now, and in whole minutes, so that it reads back the same from a service that stores no seconds.
 */
export function decideExpiry({ set, rules, holds, instance: { engine }, asOf }: ExpiryQuestion): ExpiryDecision {
  const obstacle = obstacleTo(set, engine);
  if (obstacle !== undefined) return { action: 'leave', rule: undefined, reason: obstacle };
  const { expiresAt } = set;
  if (expiresAt === 'never') return { action: 'leave', rule: undefined, reason: 'it is kept for ever' };
  if (expiresAt === undefined)
    return { action: 'leave', rule: undefined, reason: 'the service does not say when it expires, so that an extension could shorten it' };
  if (expiresAt <= asOf) return { action: 'leave', rule: undefined, reason: `it expired at ${formatInstant(expiresAt)}` };
  const decisions = [
    ...rules.filter((rule) => isCovered(set, rule.databases)).map((rule) => decideByRule(set, expiresAt, rule, asOf)),
    ...holds.map((hold) => decideByHold(expiresAt, hold, asOf)),
  ];
  const [first] = decisions;
  if (first === undefined) return { action: 'leave', rule: undefined, reason: 'no expiry rule names all of its databases, and no hold is on it' };
  return decisions.reduce(longer, first);
}

/** Why a set cannot be kept longer whatever rules and holds say, or undefined: the operation takes good, manual, physical, full sets of single databases only. */
export function obstacleTo(set: BackupSet, engine: Instance['engine']): string | undefined {
  if (engine !== 'sqlserver') return 'only sets of SQL Server can be kept longer';
  if (set.status !== 'success') return 'it is the rest of a failed backup';
  if (set.mode !== 'manual') return 'it was made automatically: the retention of the instance rules it';
  if (set.method !== 'physical' || set.type !== 'full') return `it is a ${set.type} ${set.method} set: only full physical ones can be kept longer`;
  if (set.scope.kind === 'instance') return 'it holds the whole instance: only sets of single databases can be kept longer';
  if (set.scope.kind === 'unknown' || set.scope.databases.length === 0) return 'it is not known which databases it holds';
  return undefined;
}

/** True when every database of the set is selected: a set that holds more than a rule is about is not the rule's. */
function isCovered({ scope }: BackupSet, selection: DatabaseSelection): boolean {
  const isSelected = (name: string): boolean => ('names' in selection ? selection.names.includes(name) : matchesGlob(selection.match, name));
  return scope.kind === 'databases' && scope.databases.every(isSelected);
}

function decideByRule(set: BackupSet, expiresAt: Instant, rule: ExpiryRule, asOf: Instant): ExpiryDecision {
  const now = `expires at ${formatInstant(expiresAt)}`;
  if (expiresAt - asOf >= rule.extendWhenLeftMs) return { action: 'leave', rule: rule.name, reason: `not due: it ${now}` };
  const to = targetOf(set, rule, asOf);
  if (isLater(to, expiresAt))
    return { action: 'extend', rule: rule.name, expiresAt, to, reason: `it ${now}, and rule ${rule.name} keeps it until ${expiryText(to)}` };
  return { action: 'leave', rule: rule.name, reason: `it ${now}, and rule ${rule.name} keeps it until ${expiryText(to)}, which is no later` };
}

/** To the end of the hold, rounded up to whole minutes; without an end, in steps. */
function decideByHold(expiresAt: Instant, hold: Hold, asOf: Instant): ExpiryDecision {
  const rule = `hold ${hold.id}`;
  const now = `it expires at ${formatInstant(expiresAt)}`;
  const words = `${rule} of ${hold.owner} lasts until ${hold.until === undefined ? 'it is released' : formatInstant(hold.until)}`;
  const isDue = hold.until === undefined ? expiresAt - asOf < OPEN_HOLD_LEFT_MS : expiresAt < hold.until;
  if (!isDue) return { action: 'leave', rule, reason: `not due: ${now}, and ${words}` };
  const to = wholeMinutes(hold.until ?? plusMs(asOf, OPEN_HOLD_KEEP_MS), Math.ceil);
  return { action: 'extend', rule, expiresAt, to, reason: `${now}, and ${words}: kept until ${formatInstant(to)}` };
}

function targetOf(set: BackupSet, rule: ExpiryRule, asOf: Instant): Expiry {
  const wanted: Expiry = rule.keepForMs === 'forever' ? 'never' : plusMs(rule.from === 'now' ? asOf : set.endedAt, rule.keepForMs);
  const latest: Expiry = rule.atMostMs === undefined ? 'never' : plusMs(set.endedAt, rule.atMostMs);
  const to = isLater(wanted, latest) ? latest : wanted;
  return to === 'never' ? to : wholeMinutes(to, Math.floor);
}

function wholeMinutes(at: Instant, round: (minutes: number) => number): Instant {
  return instant(round(at / MINUTE_MS) * MINUTE_MS);
}

/** The extension that keeps the set longest; an extension before none; else the earlier one, and rules come before holds. */
function longer(a: ExpiryDecision, b: ExpiryDecision): ExpiryDecision {
  if (b.action === 'leave') return a;
  return a.action === 'leave' || isLater(b.to, a.to) ? b : a;
}

/** Strictly later; never is later than any time. */
export function isLater(a: Expiry, b: Expiry): boolean {
  if (b === 'never') return false;
  return a === 'never' || a > b;
}

/** The expiry in words and messages. */
export function expiryText(expiry: Expiry | undefined): string {
  if (expiry === undefined) return 'no expiry';
  return expiry === 'never' ? 'for ever' : formatInstant(expiry);
}
