// Writes what reconcile learned into the postures, and words it as verdicts.
import type { InstancePosture } from '../domain/posture';
import type { Intent } from '../domain/slot';
import type { SlotVerdict } from '../domain/verdict';
import type { Run } from './envelope';
import type { Progress } from './progress';
import { isSettled } from './remember';
import { scopeOf } from './shards';
import { writePostures } from './write-postures';

interface Outcome {
  readonly intent: Intent;
  readonly progress: Progress;
}

/** One verdict per outcome, in order. Postures of instances whose slot came to an end are updated; a posture for a later slot stands. */
export async function rememberOutcomes(run: Run, outcomes: readonly Outcome[]): Promise<SlotVerdict[]> {
  const verdicts: SlotVerdict[] = [];
  for (const [scope, group] of groupByScope(outcomes)) {
    const postures = await run.ports.ledger.getPostures(
      scope,
      group.map(({ intent }) => intent.instanceId),
    );
    const changed = new Map<string, InstancePosture>();
    for (const outcome of group) {
      const { instanceId } = outcome.intent;
      const posture = changed.get(instanceId) ?? postures.get(instanceId);
      const verdict = verdictOf(outcome, posture?.engine ?? 'unknown');
      verdicts.push(verdict);
      const next = posture === undefined ? undefined : withVerdict(run, posture, outcome, verdict);
      if (next !== undefined) changed.set(instanceId, next);
    }
    await writePostures(
      run,
      [...changed].map(([instanceId, draft]) => ({ before: postures.get(instanceId), draft })),
    );
  }
  return verdicts;
}

function groupByScope(outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const scope = scopeOf(outcome.intent);
    const group = groups.get(scope);
    if (group === undefined) groups.set(scope, [outcome]);
    else group.push(outcome);
  }
  return groups;
}

function verdictOf({ intent, progress }: Outcome, engine: string): SlotVerdict {
  const known = progress.next ?? intent;
  return {
    instanceId: intent.instanceId,
    engine,
    rule: intent.rule,
    slotId: intent.slotId,
    verdict: progress.verdict,
    reason: progress.reason,
    until: undefined,
    backupId: known.backupId,
    jobId: known.jobId,
  };
}

function withVerdict(run: Run, posture: InstancePosture, { intent, progress }: Outcome, verdict: SlotVerdict): InstancePosture | undefined {
  const known = posture.rules[intent.rule];
  if (known === undefined || known.occurrence !== intent.occurrence) return undefined;
  if (intent.state === 'intended' && progress.next === undefined) return undefined; // nothing was sent: why it waits is what the last tick said
  const settled = isSettled(verdict.verdict, progress.next?.state);
  if (known.verdict?.verdict === verdict.verdict && progress.finding === undefined) return undefined; // progress in percent is not worth a write
  const rules = { ...posture.rules, [intent.rule]: { ...known, verdict, isSettled: settled } };
  return { ...posture, asOf: run.ports.clock.now(), rules, findings: progress.finding === undefined ? posture.findings : [progress.finding] };
}
