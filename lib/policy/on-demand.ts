// Decides what a backup is that somebody asks for, by hand or by an event: its rule, its slot, whether its key was used for something else, and what to do next.
import { DAY_MS, formatInstant, type Instant, plusMs } from '../base/instant';
import type { BackupMethod, Scope } from '../domain/backup';
import type { ExtraBackupRule, Selector } from '../domain/protection-policy';
import { type Intent, ON_DEMAND_RULE, onDemandSlotId, type Slot } from '../domain/slot';
import type { Finding, SlotVerdict, Verdict } from '../domain/verdict';

/** What is asked for; the instances are named beside it. */
export interface OnDemandWish {
  readonly key: string;
  /** Undefined: the whole instance. */
  readonly databases: readonly string[] | undefined;
  /** Undefined: the engine's best, or the one that the key stands for already. */
  readonly method: BackupMethod | undefined;
}

/** So long may a request that an attempt has been written down for be repeated; then its slot is missed, and its key used up. */
export const ON_DEMAND_OPEN_MS = DAY_MS;

/** More databases than any cap has units are a mistake. */
export const MAX_DATABASES = 50;

export const BACKUP_METHODS: readonly BackupMethod[] = ['physical', 'logical', 'snapshot'];

/** What a key may look like, in words. */
export const KEY_RULE = 'a letter or digit, then at most 127 letters, digits and . _ : / -';

/** Keys are parts of slot ids, so they have no `~`. */
export function isOnDemandKey(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/.test(text);
}

/** True for what can be a name in DBName, which is a list with commas (RDS API, CreateBackup). */
export function isDatabaseName(text: string): boolean {
  return /^[^,\p{Cc}]{1,128}$/u.test(text) && text.trim() === text;
}

const EVERYTHING: Selector = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };

/**
 * The request as a rule, so that it goes the way of every other backup. It has no blackouts and no `freshFor`: those hold timers back, and here somebody
 * asks for a backup now. `intent`: what an earlier attempt with this key has written down.
 */
export function onDemandRule({ databases, method }: OnDemandWish, intent: Intent | undefined): ExtraBackupRule {
  return {
    name: ON_DEMAND_RULE,
    enabled: true,
    select: EVERYTHING,
    schedule: '',
    timezone: 'UTC',
    databases: databases === undefined ? undefined : { names: databases },
    method: method ?? intent?.spec.method,
    type: undefined,
    retainDays: undefined,
    freshForMs: undefined,
    notDuring: [],
    startWithinMs: ON_DEMAND_OPEN_MS,
    catchUp: 'none',
  };
}

/** The ids that a key can have on an instance: one for each kind of scope. */
export function onDemandSlotIds(key: string): readonly string[] {
  return [onDemandSlotId(key, 'instance'), onDemandSlotId(key, 'databases')];
}

/** Its occurrence is the first attempt that got as far as an intent: repeating a request does not keep it open for ever. */
export function onDemandSlot(wish: OnDemandWish, instanceId: string, intent: Intent | undefined, asOf: Instant): Slot {
  return {
    id: onDemandSlotId(wish.key, wish.databases === undefined ? 'instance' : 'databases'),
    instanceId,
    rule: ON_DEMAND_RULE,
    occurrence: intent?.occurrence ?? asOf,
    openUntil: intent?.openUntil ?? plusMs(asOf, ON_DEMAND_OPEN_MS),
  };
}

/**
 * What the key was used for on this instance, when that is something else than what is asked for now: other databases, or another method. A request that
 * names no method is content with the one that was used. Undefined: the key is free, or stands for the same.
 */
export function otherUseOfKey(wish: OnDemandWish, used: readonly Intent[]): string | undefined {
  const other = used.find(({ spec }) => textOf(spec.scope) !== textOf(scopeOf(wish)) || (wish.method ?? spec.method) !== spec.method);
  return other && `key ${wish.key} was used at ${formatInstant(other.createdAt)} for a ${other.spec.method} backup of ${textOf(other.spec.scope)}`;
}

function scopeOf({ databases }: OnDemandWish): Scope {
  return databases === undefined ? { kind: 'instance' } : { kind: 'databases', databases };
}

function textOf(scope: Scope): string {
  return scope.kind === 'instance' ? 'the whole instance' : `databases ${[...new Set(scope.databases)].sort().join(', ')}`;
}

/** The verdicts that are what was asked for. */
const GRANTED: ReadonlySet<Verdict> = new Set<Verdict>(['submitted', 'in-flight', 'already-done', 'adopted', 'would-submit']);

/** The verdicts that end a key. */
const USED_UP: ReadonlySet<Verdict> = new Set<Verdict>(['failed', 'abandoned', 'missed']);

/** The verdicts that asking again does not change. */
const IMPOSSIBLE: ReadonlySet<Verdict> = new Set<Verdict>(['method-unsupported', 'read-only-instance']);

/** The verdicts of the cap; without a time, more is wanted than it will ever give. */
const OVER_CAP: ReadonlySet<Verdict> = new Set<Verdict>(['cap-exhausted', 'cap-reserved']);

/** A backup that was asked for and was not started is no success, also where a timer would just wait for its next tick. Undefined when all is well. */
export function notBackedUp(key: string, verdict: SlotVerdict, remedy = remedyFor(verdict)): Finding | undefined {
  if (GRANTED.has(verdict.verdict)) return undefined;
  const { instanceId, slotId } = verdict;
  return {
    id: `not-backed-up:${instanceId}:${slotId}`,
    severity: 'error',
    rule: 'not-backed-up',
    instanceId,
    message: `the request with key ${key} came to ${verdict.verdict}: ${verdict.reason}`,
    evidence: { key, verdict: verdict.verdict },
    remedy,
  };
}

function remedyFor({ verdict, until }: SlotVerdict): string {
  if (verdict === 'ambiguous') return 'repeat the request with the same key in half an hour: nothing is sent twice, and reconcile has found out by then';
  if (USED_UP.has(verdict)) return 'look into the reason, then ask again with another key';
  if (IMPOSSIBLE.has(verdict)) return 'ask for a backup that the engine has, with another key';
  if (verdict === 'not-in-plan') return 'make the plan anew';
  if (OVER_CAP.has(verdict) && until === undefined) return 'ask for fewer databases at a time, or raise cap.perDay in keeper.yaml: so much never fits';
  return `repeat the request with the same key${until === undefined ? ' once that is over' : ` from ${formatInstant(until)} on`}: it makes one backup at most`;
}
