// Keeps what a function last said of each instance, in rows of its own beside those of the extra backups.
import type { Instant } from '../base/instant';
import type { AccountRegion, Instance } from '../domain/instance';
import type { InstancePosture, RulePosture } from '../domain/posture';
import type { Finding, SlotVerdict } from '../domain/verdict';
import type { Run } from './envelope';
import { scopeOf } from './shards';
import { isFailure } from './tally';
import { LATE_DELIVERY_MS } from './timing';

/** What a run has said of one instance. */
export interface Said {
  readonly instance: Instance;
  readonly verdicts: readonly SlotVerdict[];
  readonly findings: readonly Finding[];
}

/** Where a function's rows are. */
export function functionScope(target: AccountRegion, name: Run['function']): string {
  return `${scopeOf(target)}#${name}`;
}

/** One verdict per rule: a failure before anything else, else the last one. Rows that say the same already are not written. Nothing in a dry run. */
export async function rememberSaid(run: Run, said: readonly Said[]): Promise<void> {
  if (run.request.dryRun) return;
  for (const [scope, group] of byScope(run, said)) {
    const known = await run.ports.ledger.getPostures(
      scope,
      group.map(({ instance }) => instance.id),
    );
    const changed = group.map((each) => postureOf(run, scope, each, known.get(each.instance.id))).filter((posture) => posture !== undefined);
    if (changed.length > 0) await run.ports.ledger.putPostures(changed);
  }
}

/** Clears what was said of instances that the policy does not cover any more. Nothing in a dry run. */
export async function forgetSaid(run: Run, target: AccountRegion, instanceIds: readonly string[]): Promise<void> {
  if (run.request.dryRun || instanceIds.length === 0) return;
  const known = await run.ports.ledger.getPostures(functionScope(target, run.function), instanceIds);
  const stale = [...known.values()].filter((posture) => !isForgotten(posture));
  if (stale.length > 0) await run.ports.ledger.putPostures(stale.map((posture) => forgotten(posture, run.ports.clock.now())));
}

/** The posture without a word: the instance is out of scope by now. */
export function forgotten(posture: InstancePosture, at: Instant): InstancePosture {
  return { ...posture, asOf: at, rules: {}, findings: [] };
}

/** True of a posture that has nothing to say: what it said has been forgotten, or no rule and no hold covers the instance any more. */
export function isForgotten({ rules, findings }: InstancePosture): boolean {
  return Object.keys(rules).length === 0 && findings.length === 0;
}

function byScope(run: Run, said: readonly Said[]): ReadonlyMap<string, readonly Said[]> {
  const groups = new Map<string, Said[]>();
  for (const each of said.filter(({ verdicts }) => verdicts.length > 0)) {
    const scope = functionScope(each.instance, run.function);
    const group = groups.get(scope);
    if (group === undefined) groups.set(scope, [each]);
    else group.push(each);
  }
  return groups;
}

function postureOf(run: Run, scope: string, { instance, verdicts, findings }: Said, known: InstancePosture | undefined): InstancePosture | undefined {
  const rules: Record<string, RulePosture> = {};
  for (const [rule, verdict] of standing(run, verdicts)) {
    const since = known?.rules[rule]?.since ?? run.asOf;
    rules[rule] = { schedule: '', since, occurrence: undefined, verdict, isSettled: false };
  }
  // A run for an earlier time says nothing of now.
  if (known !== undefined && known.asOf - run.asOf > LATE_DELIVERY_MS) return undefined;
  if (known !== undefined && wordsOf(known) === wordsOf({ rules, findings })) return undefined;
  return { scope, instanceId: instance.id, engine: instance.engine, asOf: run.ports.clock.now(), rules, findings };
}

function standing(run: Run, verdicts: readonly SlotVerdict[]): ReadonlyMap<string, SlotVerdict> {
  const rules = new Map<string, SlotVerdict>();
  for (const verdict of verdicts) {
    const rule = verdict.rule ?? run.function;
    const earlier = rules.get(rule);
    if (earlier === undefined || !isFailure(earlier.verdict)) rules.set(rule, verdict);
  }
  return rules;
}

/** What must differ for a row to be worth a write. */
function wordsOf({ rules, findings }: Pick<InstancePosture, 'rules' | 'findings'>): string {
  const verdicts = Object.entries(rules).map(([rule, { verdict }]) => [rule, verdict?.verdict, verdict?.reason, verdict?.backupId]);
  return JSON.stringify([verdicts.sort(), findings.map(({ id, message }) => [id, message])]);
}
