// A plan: what a run would do now, as data with a digest, and the verdict on everything else. Writes nothing.
import { digestOf } from '../base/hash';
import type { RunSummary } from '../domain/run';
import type { SlotVerdict } from '../domain/verdict';
import { runExtendExpiry } from './extend-expiry';
import { runExtraBackup } from './extra-backup';
import type { Plan, PlannedFunction, PlanStep, RunObserver, RunPorts, RunRequest } from './types';

const USE_CASES: Readonly<Record<PlannedFunction, (request: RunRequest, ports: RunPorts, observer: RunObserver) => Promise<RunSummary>>> = {
  'extra-backup': runExtraBackup,
  'extend-expiry': runExtendExpiry,
};

/** Steps are ordered by account, region, instance and slot or set, so that equal plans have equal digests. */
export async function planRun(name: PlannedFunction, request: RunRequest, ports: RunPorts): Promise<Plan> {
  const steps: PlanStep[] = [];
  const verdicts: SlotVerdict[] = [];
  const summary = await USE_CASES[name]({ ...request, dryRun: true }, ports, {
    onStep: (step) => steps.push(step),
    onVerdict: (verdict) => verdicts.push(verdict),
  });
  steps.sort((a, b) => compareText(stepKey(a), stepKey(b)));
  verdicts.sort((a, b) => compareText(verdictKey(a), verdictKey(b)));
  return { function: name, asOf: summary.asOf, policyDigest: request.policy.digest, steps, digest: digestOf(steps), verdicts, summary };
}

function stepKey(step: PlanStep): string {
  return `${step.account}#${step.region}#${step.instanceId}#${step.action === 'create-backup' ? step.slotId : step.backupId}`;
}

function verdictKey(verdict: SlotVerdict): string {
  return `${verdict.instanceId}#${verdict.rule}#${verdict.slotId}#${verdict.backupId}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
