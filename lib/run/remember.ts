// Writes what a run said of an instance into its posture, so that later ticks need not look again.
import type { Instant } from '../base/instant';
import type { InstancePosture, RulePosture } from '../domain/posture';
import type { IntentState, Slot } from '../domain/slot';
import type { Finding, SlotVerdict, Verdict } from '../domain/verdict';
import type { PostureDraft } from './write-postures';

const SETTLED: ReadonlySet<Verdict> = new Set<Verdict>([
  'already-done',
  'fresh-enough',
  'adopted',
  'failed',
  'abandoned',
  'missed',
  'method-unsupported',
  'read-only-instance',
]);

/** True when nothing more will be done for the slot: later runs need not look again. An intent that was refused for good settles its slot too. */
export function isSettled(verdict: Verdict, intentState: IntentState | undefined): boolean {
  return SETTLED.has(verdict) || intentState === 'refused';
}

/** What one rule came to in this run. `slot` is undefined when nothing was due. */
export interface RuleOutcome {
  readonly rule: string;
  readonly schedule: string;
  readonly since: Instant;
  readonly slot: Slot | undefined;
  readonly verdict: SlotVerdict | undefined;
  readonly isSettled: boolean;
}

export interface PostureUpdate {
  readonly scope: string;
  readonly instanceId: string;
  readonly engine: string;
  readonly at: Instant;
  readonly outcomes: readonly RuleOutcome[];
  readonly findings: readonly Finding[];
}

/** The new posture, or undefined when nothing worth a write has changed. Rules that no longer cover the instance are dropped. */
export function nextPosture(before: InstancePosture | undefined, update: PostureUpdate): PostureDraft | undefined {
  const rules: Record<string, RulePosture> = {};
  let isChanged = before === undefined || Object.keys(before.rules).length !== update.outcomes.length || update.findings.length + before.findings.length > 0;
  for (const outcome of update.outcomes) {
    const known = before?.rules[outcome.rule];
    const next = nextRule(known, outcome);
    rules[outcome.rule] = next;
    if (known === undefined || next !== known) isChanged = true;
  }
  if (!isChanged) return undefined;
  const { scope, instanceId, engine, at: asOf, findings } = update;
  return { scope, instanceId, engine, asOf, rules, findings, copies: undefined };
}

function nextRule(known: RulePosture | undefined, outcome: RuleOutcome): RulePosture {
  const { schedule, since, slot, verdict, isSettled } = outcome;
  const stands = known?.schedule === schedule ? known : undefined;
  if (slot === undefined || verdict === undefined) return stands ?? { schedule, since, occurrence: undefined, verdict: undefined, isSettled: false };
  const last = stands?.verdict;
  if (stands !== undefined && last?.slotId === verdict.slotId && last?.verdict === verdict.verdict && last?.reason === verdict.reason) return stands;
  return { schedule, since, occurrence: slot.occurrence, verdict, isSettled };
}
