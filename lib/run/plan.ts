// A plan: what an extra-backup run would do now, as data with a digest, and the verdict on everything else. Writes nothing.
import { digestOf } from '../base/hash';
import type { SlotVerdict } from '../domain/verdict';
import { runExtraBackup } from './extra-backup';
import type { Plan, PlanStep, RunPorts, RunRequest } from './types';

/** Steps are ordered by account, region, instance and slot, so that equal plans have equal digests. */
export async function planExtraBackup(request: RunRequest, ports: RunPorts): Promise<Plan> {
  const steps: PlanStep[] = [];
  const verdicts: SlotVerdict[] = [];
  const summary = await runExtraBackup({ ...request, dryRun: true }, ports, {
    onStep: (step) => steps.push(step),
    onVerdict: (verdict) => verdicts.push(verdict),
  });
  steps.sort((a, b) => compareText(stepKey(a), stepKey(b)));
  verdicts.sort((a, b) => compareText(`${a.instanceId}#${a.rule}#${a.slotId}`, `${b.instanceId}#${b.rule}#${b.slotId}`));
  return { function: 'extra-backup', asOf: summary.asOf, policyDigest: request.policy.digest, steps, digest: digestOf(steps), verdicts, summary };
}

function stepKey(step: PlanStep): string {
  return `${step.account}#${step.region}#${step.instanceId}#${step.slotId}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
