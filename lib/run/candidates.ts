// Which slots of a page of instances need thought: schedules against what the ledger remembers, with the intents that exist.
import type { Instant } from '../base/instant';
import { resolvePolicy } from '../config/resolve';
import type { Instance } from '../domain/instance';
import type { IntentKey, Ledger } from '../domain/ports';
import type { InstancePosture, RulePosture } from '../domain/posture';
import type { CompiledPolicy, EffectivePolicy, ExtraBackupRule } from '../domain/protection-policy';
import type { Intent, Slot } from '../domain/slot';
import { type KnownOccurrence, type RuleSlots, slotsOf } from '../policy/schedule';
import type { Run } from './envelope';
import { type Shard, scopeOf } from './shards';

/** One rule on one instance at the run's time. */
export interface RuleCase {
  readonly rule: ExtraBackupRule;
  readonly known: RulePosture | undefined;
  readonly slots: RuleSlots;
  /** The intent of the current slot, where one exists. */
  readonly intent: Intent | undefined;
  /** Overdue slots that nobody has answered for: missed. With the intent that never got under way, where one exists. */
  readonly missed: readonly { readonly slot: Slot; readonly intent: Intent | undefined }[];
}

export interface Candidate {
  readonly instance: Instance;
  readonly effective: EffectivePolicy;
  readonly posture: InstancePosture | undefined;
  readonly rules: readonly RuleCase[];
}

export interface Candidates {
  /** The instances of the page that are in the policy's scope. */
  readonly inScope: readonly Candidate[];
  /** What is remembered of those that no longer are: to be forgotten, so that what passes meanwhile is nobody's miss when they come back. */
  readonly outOfScope: readonly InstancePosture[];
}

/** The page's instances, each with its rules' slots and their intents. Two ledger reads per hundred instances. */
export async function candidatesOf(ledger: Ledger, policy: CompiledPolicy, scope: string, page: readonly Instance[], asOf: Instant): Promise<Candidates> {
  const inScope = page.flatMap((instance) => {
    const effective = resolvePolicy(policy, instance);
    return effective === undefined ? [] : [{ instance, effective }];
  });
  const postures = await ledger.getPostures(
    scope,
    page.map(({ id }) => id),
  );
  const drafts = inScope.map(({ instance, effective }) => {
    const posture = postures.get(instance.id);
    const rules = effective.extraBackups.map((rule) => {
      const known = knownOf(posture, rule);
      return { rule, known, slots: slotsOf(rule, instance, known ?? NOTHING_KNOWN, asOf) };
    });
    return { instance, effective, posture, rules };
  });
  const intents = await loadIntents(
    ledger,
    drafts.flatMap(({ instance, rules }) => rules.flatMap((draft) => openSlotsOf(draft).map((slot) => ({ instanceId: instance.id, slotId: slot.id })))),
  );
  const candidates = drafts.map(({ rules, ...candidate }) => ({
    ...candidate,
    rules: rules.map((draft) => ({
      ...draft,
      intent: draft.slots.current === undefined ? undefined : intents.get(keyText(draft.slots.current)),
      missed: missedOf(draft, intents),
    })),
  }));
  const covered = new Set(inScope.map(({ instance }) => instance.id));
  return {
    inScope: candidates,
    outOfScope: [...postures.values()].filter(({ instanceId, rules }) => !covered.has(instanceId) && Object.keys(rules).length > 0),
  };
}

/** How many instances of the page have a slot that no earlier run has settled. */
export async function dueOnPage(run: Run, shard: Shard, page: readonly Instance[]): Promise<number> {
  const { inScope } = await candidatesOf(run.ports.ledger, run.request.policy, scopeOf(shard), page, run.asOf);
  return inScope.filter(({ rules }) => rules.some((draft) => openSlotsOf(draft).length > 0)).length;
}

const NOTHING_KNOWN: KnownOccurrence = { since: undefined, occurrence: undefined };

/** What is remembered of the rule, unless its schedule has changed since: occurrences of the new one are nobody's miss. */
function knownOf(posture: InstancePosture | undefined, rule: ExtraBackupRule): RulePosture | undefined {
  const known = posture?.rules[rule.name];
  return known?.schedule === scheduleText(rule) ? known : undefined;
}

/** A rule's schedule as postures keep it. */
export function scheduleText(rule: Pick<ExtraBackupRule, 'schedule' | 'timezone'>): string {
  return `${rule.schedule} ${rule.timezone}`;
}

type Draft = Pick<RuleCase, 'rule' | 'known' | 'slots'>;

/** True when an earlier run has settled this occurrence. */
export function isRemembered(known: RulePosture | undefined, slot: Slot): boolean {
  return known?.isSettled === true && known.occurrence !== undefined && slot.occurrence <= known.occurrence;
}

function openSlotsOf(draft: Draft): Slot[] {
  const slots = draft.slots.current === undefined ? draft.slots.overdue : [...draft.slots.overdue, draft.slots.current];
  return slots.filter((slot) => !isRemembered(draft.known, slot));
}

function missedOf(draft: Draft, intents: ReadonlyMap<string, Intent>): RuleCase['missed'] {
  return draft.slots.overdue
    .filter((slot) => !isRemembered(draft.known, slot))
    .map((slot) => ({ slot, intent: intents.get(keyText(slot)) }))
    .filter(({ intent }) => intent === undefined || intent.state === 'intended');
}

async function loadIntents(ledger: Ledger, keys: readonly IntentKey[]): Promise<ReadonlyMap<string, Intent>> {
  if (keys.length === 0) return new Map();
  const intents = await ledger.getIntents(keys);
  return new Map(intents.map((intent) => [`${intent.instanceId}#${intent.slotId}`, intent]));
}

function keyText(slot: Slot): string {
  return `${slot.instanceId}#${slot.id}`;
}
