// A plan: what a run would do now, as data with a digest, and the verdict on everything else. Writes nothing.
import { instant, SECOND_MS } from '../base/instant';
import type { RunSummary } from '../domain/run';
import type { SlotVerdict } from '../domain/verdict';
import { runExtendExpiry } from './extend-expiry';
import { runExtraBackup } from './extra-backup';
import { runRetentionHygiene } from './hygiene/run';
import { digestOfSteps } from './plan-steps';
import type { Plan, PlannedFunction, PlanStep, RunObserver, RunPorts, RunRequest } from './types';
import { runVerifyCrossRegion } from './verify/run';

/** What plans, and what carries a plan out. */
export const PLANNED_USE_CASES: Readonly<Record<PlannedFunction, (request: RunRequest, ports: RunPorts, observer: RunObserver) => Promise<RunSummary>>> = {
  'extra-backup': runExtraBackup,
  'retention-hygiene': runRetentionHygiene,
  'extend-expiry': runExtendExpiry,
  'verify-cross-region': runVerifyCrossRegion,
};

/**
 * Steps are ordered by account, region and instance, and those of one instance are in the order in which they are carried out, so that equal plans have equal
 * digests. Decides as of a whole second: that is what a plan says of its time, and who applies it must decide alike.
 */
export async function planRun(name: PlannedFunction, request: RunRequest, ports: RunPorts, onProgress?: (instances: number) => void): Promise<Plan> {
  const steps: PlanStep[] = [];
  const verdicts: SlotVerdict[] = [];
  const asOf = instant(Math.floor(request.asOf / SECOND_MS) * SECOND_MS);
  const summary = await PLANNED_USE_CASES[name]({ ...request, asOf, dryRun: true }, ports, {
    onStep: (step) => steps.push(step),
    onVerdict: (verdict) => verdicts.push(verdict),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  steps.sort((a, b) => compareText(placeOf(a), placeOf(b))); // keeps the order within an instance
  verdicts.sort((a, b) => compareText(verdictKey(a), verdictKey(b)));
  return { function: name, asOf: summary.asOf, policyDigest: request.policy.digest, steps, digest: digestOfSteps(steps), verdicts, summary };
}

function placeOf({ account, region, instanceId }: PlanStep): string {
  return `${account}#${region}#${instanceId}`;
}

function verdictKey(verdict: SlotVerdict): string {
  return `${verdict.instanceId}#${verdict.rule}#${verdict.slotId}#${verdict.backupId}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
