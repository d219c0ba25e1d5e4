// Keeps what a function last said of each instance, in rows of its own beside those of the extra backups.
import type { AccountRegion, Instance } from '../domain/instance';
import type { CopyPosture, InstancePosture, RulePosture } from '../domain/posture';
import type { Finding, SlotVerdict } from '../domain/verdict';
import type { Run } from './envelope';
import { scopeOf } from './shards';
import { isFailure } from './tally';
import { LATE_DELIVERY_MS } from './timing';
import { forgetPosture, isForgotten, type PostureChange, writePostures } from './write-postures';

/** What a run has said of one instance. */
export interface Said {
  readonly instance: Instance;
  readonly verdicts: readonly SlotVerdict[];
  readonly findings: readonly Finding[];
  /** What was measured of its copies; a posture with new figures is always worth a write. */
  readonly copies?: CopyPosture | undefined;
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
    await writePostures(
      run,
      group.flatMap((each) => changeOf(run, scope, each, known.get(each.instance.id)) ?? []),
    );
  }
}

/** Clears what was said of instances that the policy does not cover any more. Nothing in a dry run. */
export async function forgetSaid(run: Run, target: AccountRegion, instanceIds: readonly string[]): Promise<void> {
  if (run.request.dryRun || instanceIds.length === 0) return;
  const known = await run.ports.ledger.getPostures(functionScope(target, run.function), instanceIds);
  const stale = [...known.values()].filter((posture) => !isForgotten(posture));
  await writePostures(
    run,
    stale.map((posture) => forgetPosture(posture, run.ports.clock.now())),
  );
}

/** Clears what earlier runs said of instances that are in no list any more. `seen`: all that a whole sweep has met. Nothing in a dry run. */
export async function forgetUnseen(run: Run, target: AccountRegion, seen: ReadonlySet<string>): Promise<void> {
  if (run.request.dryRun) return;
  for await (const page of run.ports.ledger.listPostures(functionScope(target, run.function))) {
    const gone = page.filter((posture) => !seen.has(posture.instanceId) && posture.asOf < run.asOf && !isForgotten(posture));
    await writePostures(
      run,
      gone.map((posture) => forgetPosture(posture, run.ports.clock.now())),
    );
  }
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

function changeOf(run: Run, scope: string, said: Said, before: InstancePosture | undefined): PostureChange | undefined {
  const { instance, verdicts, findings, copies } = said;
  const rules: Record<string, RulePosture> = {};
  for (const [rule, verdict] of standing(run, verdicts)) {
    const since = before?.rules[rule]?.since ?? run.asOf;
    rules[rule] = { schedule: '', since, occurrence: undefined, verdict, isSettled: false };
  }
  // A run for an earlier time says nothing of now.
  if (before !== undefined && before.asOf - run.asOf > LATE_DELIVERY_MS) return undefined;
  if (before !== undefined && copies === undefined && wordsOf(before) === wordsOf({ rules, findings })) return undefined;
  return { before, draft: { scope, instanceId: instance.id, engine: instance.engine, asOf: run.ports.clock.now(), rules, findings, copies } };
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
