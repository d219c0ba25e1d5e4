// The plan as a file: what was planned, from what, and a digest that vouches for all of it.
import { digestOf } from '../base/hash';
import type { Plan, PlannedFunction, PlanStep } from './types';

export const PLAN_FORMAT = 'rds-backup-keeper/plan';
export const PLAN_VERSION = 1;

export interface PlanFile {
  readonly format: typeof PLAN_FORMAT;
  readonly version: typeof PLAN_VERSION;
  readonly function: PlannedFunction;
  /** ISO 8601 in UTC, whole seconds. */
  readonly asOf: string;
  /** Only these were planned for; absent: all in scope of the policy. */
  readonly instances?: readonly string[];
  readonly policyDigest: string;
  /** Of the ledger that the plan was made with. */
  readonly installationId: string;
  /** How much more was due than one run may change. */
  readonly overLimit: number;
  /** In the order in which they are carried out. */
  readonly steps: readonly PlanStep[];
  /** Over everything else. */
  readonly digest: string;
}

export interface PlanOrigin {
  readonly installationId: string;
  /** As the plan was asked for. */
  readonly instances: readonly string[] | undefined;
}

export function planFileOf(plan: Plan, { installationId, instances }: PlanOrigin): PlanFile {
  const body = {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    function: plan.function,
    asOf: plan.asOf,
    ...(instances === undefined ? {} : { instances }),
    policyDigest: plan.policyDigest,
    installationId,
    overLimit: plan.summary.counts['over-limit'] ?? 0,
    steps: plan.steps,
  } as const;
  return { ...body, digest: digestOf(body) };
}

/** True when the document is exactly what was written: its digest covers every other member, whatever there is. */
export function isSealed({ digest, ...body }: Readonly<Record<string, unknown>>): boolean {
  return digest === digestOf(body);
}
