// Sweeps a page of instances: every instance in scope ends with a verdict for each of its rules.
import { eachLimited } from '../base/each';
import { formatInstant } from '../base/instant';
import { emptyGuard } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { ExtraBackupRule } from '../domain/protection-policy';
import type { Slot } from '../domain/slot';
import type { Finding, SlotVerdict } from '../domain/verdict';
import { decideBeforeLooking } from '../policy/decide';
import { decideSpec } from '../policy/feasibility';
import { missedBacklog, missedSlot, ruleUnsupported } from '../policy/findings';
import { actOnInstance, type OpenSlot } from './act';
import { type Candidate, candidatesOf, isRemembered, type RuleCase, scheduleText } from './candidates';
import type { Run } from './envelope';
import { isSettled, nextPosture, type RuleOutcome } from './remember';
import { intentsOfGuards } from './reserve';
import { type Shard, scopeOf } from './shards';
import { INSTANCE_CONCURRENCY } from './timing';
import { idle, leftOut, OUT_OF_TIME, onSlot } from './verdicts';
import { forgetPosture, type PostureChange, writePostures } from './write-postures';

/** What the page has come to for one instance, before the verdicts are counted. */
interface Draft {
  readonly candidate: Candidate;
  readonly outcomes: RuleOutcome[];
  readonly findings: Finding[];
  readonly looks: OpenSlot[];
}

/** One page of a shard. What cannot be looked at is a verdict; ledger and credentials errors are thrown. */
export async function sweepPage(run: Run, shard: Shard, page: readonly Instance[]): Promise<void> {
  const { inScope, outOfScope } = await candidatesOf(run.ports.ledger, run.request.policy, scopeOf(shard), page, run.asOf);
  const drafts: Draft[] = [];
  for (const candidate of inScope) drafts.push(await draftOf(run, candidate));
  if (run.request.instances !== undefined) reportLeftOut(run, page, inScope);
  await lookAndAct(run, shard, drafts);
  const forgotten = outOfScope.map((posture) => forgetPosture(posture, run.ports.clock.now()));
  await writePostures(run, [...drafts.flatMap((draft) => postureOf(run, shard, draft) ?? []), ...forgotten]);
  run.tally.instances(inScope.length);
}

/** Whoever names an instance hears of it, also when the policy leaves it out. */
function reportLeftOut(run: Run, page: readonly Instance[], inScope: readonly Candidate[]): void {
  const covered = new Set(inScope.map(({ instance }) => instance.id));
  for (const instance of page) {
    if (!covered.has(instance.id)) run.tally.verdict(leftOut(instance));
  }
}

/** Everything that can be said without a call to the service. */
async function draftOf(run: Run, candidate: Candidate): Promise<Draft> {
  const draft: Draft = { candidate, outcomes: [], findings: [], looks: [] };
  if (candidate.rules.length === 0) {
    run.tally.verdict(idle(candidate.instance, undefined, 'no-rule', 'no extra-backup rule covers this instance', undefined));
  }
  for (const ruleCase of candidate.rules) {
    await reportMissed(run, draft, ruleCase);
    draftRule(run, draft, ruleCase);
  }
  return draft;
}

function draftRule(run: Run, draft: Draft, ruleCase: RuleCase): void {
  const { instance } = draft.candidate;
  const { rule, known, slots, intent } = ruleCase;
  const slot = slots.current;
  if (slot === undefined) {
    const next = slots.next === undefined ? 'its schedule has no further occurrence' : `next due ${formatInstant(slots.next)}`;
    run.tally.verdict(idle(instance, rule.name, 'not-due', next, slots.next));
    if (!draft.outcomes.some((outcome) => outcome.rule === rule.name)) keep(draft, ruleCase, undefined, undefined, false);
    return;
  }
  if (isRemembered(known, slot) && known?.verdict !== undefined) {
    run.tally.verdict(known.verdict, false);
    keep(draft, ruleCase, slot, known.verdict, true);
    return;
  }
  const decision = decideBeforeLooking({ rule, slot, instance, intent, asOf: run.actAt() });
  if (decision === 'look') {
    draft.looks.push({ rule, slot, intent });
    return;
  }
  if (decision.verdict === 'method-unsupported') find(run, draft, unsupportedRule(rule, instance));
  record(run, draft, ruleCase, slot, decision, isSettled(decision.verdict, intent?.state));
}

function unsupportedRule(rule: ExtraBackupRule, instance: Instance): Finding | undefined {
  const spec = decideSpec(rule, instance);
  return spec.feasible ? undefined : ruleUnsupported(instance.id, rule.name, spec.reason, spec.source);
}

/** Counts a finding and keeps it for the posture. */
function find(run: Run, draft: Draft, finding: Finding | undefined): void {
  if (finding === undefined) return;
  run.tally.finding(finding);
  draft.findings.push(finding);
}

/** Counts a verdict that is news, and keeps it for the posture. */
function record(run: Run, draft: Draft, ruleCase: RuleCase, slot: Slot, verdict: SlotVerdict, settled = isSettled(verdict.verdict, undefined)): void {
  run.tally.verdict(verdict);
  keep(draft, ruleCase, slot, verdict, settled);
}

/** The newest slot of a rule stands for it in the posture. */
function keep(draft: Draft, { rule, slots }: RuleCase, slot: Slot | undefined, verdict: SlotVerdict | undefined, settled: boolean): void {
  const outcome = { rule: rule.name, schedule: scheduleText(rule), since: slots.since, slot, verdict, isSettled: settled };
  const at = draft.outcomes.findIndex((earlier) => earlier.rule === outcome.rule);
  if (at >= 0) draft.outcomes.splice(at, 1, outcome);
  else draft.outcomes.push(outcome);
}

/** Slots whose time has run out: a verdict and a finding each, and an end for intents that never got under way. */
async function reportMissed(run: Run, draft: Draft, ruleCase: RuleCase): Promise<void> {
  const { instance } = draft.candidate;
  const { known } = ruleCase;
  if (!decideSpec(ruleCase.rule, instance).feasible) return; // what can never be backed up misses nothing
  const { overdue, overdueTotal } = ruleCase.slots;
  if (overdueTotal > overdue.length) find(run, draft, missedBacklog(instance.id, ruleCase.rule.name, overdueTotal, overdue.length));
  for (const { slot, intent } of ruleCase.missed) {
    const lastWord = known?.verdict?.slotId === slot.id ? known.verdict.reason : undefined;
    const why = intent?.reason ?? lastWord ?? 'no run looked at it in time';
    if (intent !== undefined && !run.request.dryRun) {
      const ended = { ...intent, state: 'missed', runId: run.id, updatedAt: run.ports.clock.now(), reason: why } as const;
      if ((await run.ports.ledger.advanceIntent(intent, ended)) === undefined) continue; // another worker answered for this slot
    }
    find(run, draft, missedSlot(instance.id, slot, why));
    record(run, draft, ruleCase, slot, onSlot(instance, slot, 'missed', `not started before ${formatInstant(slot.openUntil)}: ${why}`));
  }
}

async function lookAndAct(run: Run, shard: Shard, drafts: readonly Draft[]): Promise<void> {
  const looking = drafts.filter((draft) => draft.looks.length > 0);
  if (looking.length === 0) return;
  const guards = await run.ports.ledger.getGuards(looking.map((draft) => draft.candidate.instance.id));
  const intents = await intentsOfGuards(run.ports.ledger, guards);
  await eachLimited(looking, INSTANCE_CONCURRENCY, async (draft, index) => {
    const { instance, effective, rules } = draft.candidate;
    const slots = [...draft.looks].sort((a, b) => a.slot.occurrence - b.slot.occurrence);
    const guard = guards[index] ?? emptyGuard(instance.id);
    const intentsBehindGuard = intents.filter((intent) => intent.instanceId === instance.id);
    const verdicts = run.request.deadline.isNear()
      ? outOfTime(run, instance, slots)
      : await actOnInstance(run, { instance, gateway: shard.gateway, effective, slots, guard, intentsBehindGuard });
    for (const [at, verdict] of verdicts.entries()) {
      const open = slots[at];
      const ruleCase = rules.find(({ rule }) => rule === open?.rule);
      if (open !== undefined && ruleCase !== undefined) record(run, draft, ruleCase, open.slot, verdict);
    }
  });
}

/** A hand-off, not an error: the slots stay open for the next tick. */
function outOfTime(run: Run, instance: Instance, slots: readonly OpenSlot[]): SlotVerdict[] {
  run.tally.handOff();
  return slots.map(({ slot }) => onSlot(instance, slot, 'deferred-throttled', OUT_OF_TIME));
}

function postureOf(run: Run, shard: Shard, draft: Draft): PostureChange | undefined {
  const { instance, posture: before } = draft.candidate;
  const { outcomes, findings } = draft;
  const update = { scope: scopeOf(shard), instanceId: instance.id, engine: instance.engine, at: run.ports.clock.now(), outcomes, findings };
  const next = nextPosture(before, update);
  return next && { before, draft: next };
}
