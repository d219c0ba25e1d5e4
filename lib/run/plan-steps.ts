// Steps as what they do: when two are the same, which a run that applies a plan may take, what of a plan is due no longer, and what is due and not in it.
import { canonicalJson, digestOf } from '../base/hash';
import type { ApprovedSteps, PlanStep, RunRequest } from './types';

/** Action, target, before and after. The reason is for people: a figure in it may change while the step stays what it is. */
function identityOf({ reason: _, ...step }: PlanStep): Omit<PlanStep, 'reason'> {
  return step;
}

/** Over what the steps do, in their order. */
export function digestOfSteps(steps: readonly PlanStep[]): string {
  return digestOf(steps.map(identityOf));
}

/** Asked for every step of a run that applies these. */
export function makeApprovedSteps(steps: readonly PlanStep[]): ApprovedSteps {
  const known = new Set(steps.map(keyOf));
  return { has: (step) => known.has(keyOf(step)) };
}

/** True unless a plan is being applied that does not have the step. */
export function mayDo({ approved }: Pick<RunRequest, 'approved'>, step: PlanStep): boolean {
  return approved?.has(step) ?? true;
}

export interface StepDifferences {
  /** In the plan, and not due any more. */
  readonly noLonger: readonly PlanStep[];
  /** Due by now, and not in the plan. */
  readonly notPlanned: readonly PlanStep[];
  /** The steps that are in both come in another order. */
  readonly isReordered: boolean;
}

export function compareSteps(planned: readonly PlanStep[], due: readonly PlanStep[]): StepDifferences {
  const inPlan = makeApprovedSteps(planned);
  const isDue = makeApprovedSteps(due);
  const inBoth = planned.filter((step) => isDue.has(step));
  const noLonger = planned.filter((step) => !isDue.has(step));
  const notPlanned = due.filter((step) => !inPlan.has(step));
  return { noLonger, notPlanned, isReordered: digestOfSteps(inBoth) !== digestOfSteps(due.filter((step) => inPlan.has(step))) };
}

function keyOf(step: PlanStep): string {
  return canonicalJson(identityOf(step));
}
