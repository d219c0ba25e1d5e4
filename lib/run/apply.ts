// Applies a plan: exactly its steps, or nothing. What stands against it is found before anything is changed.
import type { Deadline } from '../base/deadline';
import { KeeperError } from '../base/errors';
import { formatInstant, type Instant, MINUTE_MS, parseInstant } from '../base/instant';
import type { Ledger, LedgerMeta } from '../domain/ports';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { RunRecord, RunSummary, Trigger } from '../domain/run';
import { PLANNED_USE_CASES, planRun } from './plan';
import type { PlanFile } from './plan-file';
import { compareSteps, makeApprovedSteps, type StepDifferences } from './plan-steps';
import { requireMeta } from './require-meta';
import { stepText } from './step-text';
import { FUTURE_TOLERANCE_MS } from './timing';
import type { PlanStep, RunObserver, RunPorts, RunRequest } from './types';

export interface ApplyRequest {
  readonly file: PlanFile;
  /** As it is now. */
  readonly policy: CompiledPolicy;
  readonly deadline: Deadline;
}

/** `nothing`: the plan has no steps. `repeated`: this plan has been applied before, with this summary, and nothing was done now. */
export type Applied =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'repeated'; readonly summary: RunSummary }
  | { readonly kind: 'applied'; readonly summary: RunSummary };

/** How many steps of each kind an error lists. */
const LISTED = 20;

/** What would be done now is not what the plan says. Nothing was changed. */
export class PlanDiffersError extends KeeperError {
  readonly differences: StepDifferences;

  constructor(differences: StepDifferences, hint: string) {
    const { noLonger, notPlanned } = differences;
    const changes = [...listed('in the plan, but not due any more', noLonger), ...listed('due, but not in the plan', notPlanned)];
    const what = changes.length === 0 ? ['the same steps would be carried out in another order'] : changes;
    super(['the plan is not what would be done now; nothing was changed', ...what].join('\n'), { code: 'plan-differs', hint });
    this.differences = differences;
  }
}

/**
 * Checks the plan, plans again as of its time for its instances, and carries its steps out when the new plan has exactly the same ones. A plan is one run, however
 * often it is applied. Throws a KeeperError with exit code 2 for a plan that must not be applied here or now, a PlanDiffersError when the world has moved on, and
 * what the use cases throw.
 */
export async function applyPlan({ file, policy, deadline }: ApplyRequest, ports: RunPorts, observer: RunObserver = {}): Promise<Applied> {
  const asOf = checkPlan(file, policy, await requireMeta(ports.ledger), ports.clock.now());
  if (file.steps.length === 0) return { kind: 'nothing' };
  const trigger: Trigger = { type: 'cli', id: `keeper-apply-${file.digest}`, time: asOf };
  const earlier = await findRun(ports.ledger, file.function, trigger);
  if (earlier?.summary !== undefined && earlier.summary.status !== 'failed') return { kind: 'repeated', summary: earlier.summary };
  if (earlier !== undefined && earlier.summary === undefined && earlier.leaseUntil > ports.clock.now()) throw beingApplied(earlier.leaseUntil);
  const request: RunRequest = { trigger, asOf, dryRun: false, policy, deadline, ...(file.instances === undefined ? {} : { instances: file.instances }) };
  await requireSamePlan(file, request, ports, earlier !== undefined);
  await requireStillDue(file, request, ports);
  const summary = await PLANNED_USE_CASES[file.function]({ ...request, approved: makeApprovedSteps(file.steps) }, ports, observer);
  return { kind: 'applied', summary };
}

/** The plan's time. Throws a KeeperError (exit code 2) that says what forbids to apply it. */
function checkPlan(file: PlanFile, policy: CompiledPolicy, meta: LedgerMeta, now: Instant): Instant {
  const { planMaxAgeMs } = policy.limits;
  const asOf = parseInstant(file.asOf);
  if (asOf === undefined) throw refused('plan-invalid', `the plan's time ${JSON.stringify(file.asOf)} is none`);
  if (file.installationId !== meta.installationId) {
    throw refused(
      'plan-of-another-installation',
      `the plan was made with the ledger of installation ${file.installationId}, and this is ${meta.installationId}`,
      'apply it where it was made, or plan here; KEEPER_TABLESTORE_INSTANCE says which ledger is used',
    );
  }
  if (file.policyDigest !== policy.digest) {
    throw refused('plan-of-another-policy', `the policy has changed since the plan was made: it was ${file.policyDigest}, and is ${policy.digest}`);
  }
  if (asOf - now > FUTURE_TOLERANCE_MS) {
    throw refused('plan-from-future', `the plan is for ${file.asOf}, ahead of the clock, ${formatInstant(now)}`, 'apply it when its time has come');
  }
  if (now - asOf > planMaxAgeMs) {
    const allowed = `${Math.round(planMaxAgeMs / MINUTE_MS)} minutes`;
    throw refused('plan-too-old', `the plan was made as of ${file.asOf}, and a plan is applied within ${allowed} (limits.planMaxAge)`);
  }
  return asOf;
}

/**
 * Plans as of the plan's time. Where the plan had left steps out because one run may make only so many changes, which of them it took may have depended on
 * who answered first: then it is enough that all of its steps are among what is due.
 */
async function requireSamePlan(file: PlanFile, request: RunRequest, ports: RunPorts, isRetry: boolean): Promise<void> {
  const hint = isRetry ? 'an earlier apply of this plan did not come to its end: see keeper status, and plan again' : 'plan again';
  const due = async (changed: Partial<RunRequest>): Promise<StepDifferences> =>
    compareSteps(file.steps, (await planRun(file.function, { ...request, ...changed }, ports)).steps);
  const found = await due({});
  if (isSame(found)) return;
  if (file.overLimit === 0) throw new PlanDiffersError(found, hint);
  const limits = { ...request.policy.limits, maxChangesPerRun: Number.MAX_SAFE_INTEGER };
  const among = await due({ policy: { ...request.policy, limits } });
  if (!isSame({ ...among, notPlanned: [] })) throw new PlanDiffersError({ ...among, notPlanned: [] }, hint);
}

/** A slot has a time of its own: what was due as of the plan may be missed by now, or lie in a blackout. */
async function requireStillDue(file: PlanFile, request: RunRequest, ports: RunPorts): Promise<void> {
  if (file.function !== 'extra-backup') return;
  const now = ports.clock.now();
  const { steps } = await planRun(file.function, { ...request, asOf: now > request.asOf ? now : request.asOf }, ports);
  const { noLonger } = compareSteps(file.steps, steps);
  if (noLonger.length > 0) throw new PlanDiffersError({ noLonger, notPlanned: [], isReordered: false }, 'plan again');
}

function isSame({ noLonger, notPlanned, isReordered }: StepDifferences): boolean {
  return noLonger.length + notPlanned.length === 0 && !isReordered;
}

/** The run of this trigger, if there is one. Runs are listed by their triggers' time, newest first, so that the search ends at the plan's own time. */
async function findRun(ledger: Ledger, name: PlanFile['function'], trigger: Trigger): Promise<RunRecord | undefined> {
  for (let limit = 50; ; limit *= 4) {
    const runs = await ledger.listRuns(name, limit);
    const found = runs.find((run) => run.trigger.type === trigger.type && run.trigger.id === trigger.id);
    const last = runs.at(-1);
    if (found !== undefined || last === undefined || runs.length < limit || last.trigger.time < trigger.time) return found;
  }
}

function listed(title: string, steps: readonly PlanStep[]): string[] {
  const more = steps.length > LISTED ? [`${title}: and ${steps.length - LISTED} more`] : [];
  return [...steps.slice(0, LISTED).map((step) => `${title}: ${step.instanceId}: ${stepText(step)}`), ...more];
}

function beingApplied(until: Instant): KeeperError {
  return new KeeperError('this plan is being applied by another process', {
    code: 'plan-being-applied',
    hint: `see keeper status; if that process is gone, its claim ends at ${formatInstant(until)}`,
  });
}

function refused(code: string, message: string, hint = 'plan again'): KeeperError {
  return new KeeperError(message, { code, hint, exitCode: 2 });
}
