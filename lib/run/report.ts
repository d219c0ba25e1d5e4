// The report: how the fleet stands, from the ledger alone. No call to the database service is ever made.
import type { Instant } from '../base/instant';
import type { AccountRegion } from '../domain/instance';
import type { Ledger } from '../domain/ports';
import type { InstancePosture } from '../domain/posture';
import type { CompiledPolicy } from '../domain/protection-policy';
import { FUNCTION_NAMES, type FunctionName, type RunRecord, type RunSummary } from '../domain/run';
import type { Intent } from '../domain/slot';
import { type FleetPosture, type InstanceWords, type JudgedInstance, makePostureJudge, POSTURES, type PostureJudge } from '../policy/posture';
import { inRun } from './envelope';
import { functionScope } from './function-posture';
import { requireMeta } from './require-meta';
import { scopeOf, targetsOf } from './shards';
import type { RunObserver, RunPorts, RunRequest } from './types';
import { leftoversScope } from './verify/leftovers';
import { isForgotten } from './write-postures';

const RUNS_PER_FUNCTION = 5;

/** The functions that keep their words apart from those on backups. */
const SPEAKERS = ['retention-hygiene', 'extend-expiry', 'verify-cross-region'] as const satisfies readonly FunctionName[];

/** Counts how the instances stand, so that the ledger has a record of every day. Returns the summary, or throws RunFailedError. */
export async function runReport(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('report', request, ports, observer, async (run) => {
    const { instances } = await readReport(ports.ledger, request.policy, run.asOf);
    for (const posture of POSTURES) run.tally.count(posture, instances.filter((each) => each.posture === posture).length);
    run.tally.instances(instances.length);
  });
}

/** Reads only. Throws a LedgerError when the ledger cannot be read, or was never initialised. */
export async function readReport(ledger: Ledger, policy: CompiledPolicy, asOf: Instant): Promise<FleetPosture> {
  const { installationId } = await requireMeta(ledger);
  const judge = makePostureJudge(asOf);
  const instances: JudgedInstance[] = [];
  const leftovers: InstancePosture[] = [];
  for (const target of targetsOf(policy)) {
    instances.push(...(await judged(ledger, judge, await wordsIn(ledger, target))));
    for await (const page of ledger.listPostures(leftoversScope(target))) leftovers.push(...page);
  }
  return { asOf, timezone: policy.timezone, policyName: policy.name, installationId, instances, leftovers, runs: await newestRuns(ledger) };
}

/** What the ledger says of each instance of an account and region. */
async function wordsIn(ledger: Ledger, target: AccountRegion): Promise<readonly InstanceWords[]> {
  const words = new Map<string, { backups: InstancePosture | undefined; others: InstancePosture[] }>();
  for await (const page of ledger.listPostures(scopeOf(target))) {
    for (const posture of page) words.set(posture.instanceId, { backups: posture, others: [] });
  }
  for (const name of SPEAKERS) {
    for await (const page of ledger.listPostures(functionScope(target, name))) {
      for (const posture of page.filter((each) => !isForgotten(each))) {
        const known = words.get(posture.instanceId) ?? { backups: undefined, others: [] };
        known.others.push(shown(posture));
        words.set(posture.instanceId, known);
      }
    }
  }
  return [...words].map(([instanceId, said]) => ({ account: target.account, region: target.region, instanceId, ...said }));
}

async function judged(ledger: Ledger, { earlierSlots, judge }: PostureJudge, fleet: readonly InstanceWords[]): Promise<readonly JudgedInstance[]> {
  const earlier = new Map<string, Intent[]>();
  for (const intent of await ledger.getIntents(fleet.flatMap(earlierSlots))) {
    earlier.set(intent.instanceId, [...(earlier.get(intent.instanceId) ?? []), intent]);
  }
  return fleet.map((words) => ({ ...words, ...judge(words, earlier.get(words.instanceId) ?? []) }));
}

/** Without what only the next run of the function needs: it is the largest part of a row. */
function shown(posture: InstancePosture): InstancePosture {
  return posture.copies === undefined ? posture : { ...posture, copies: { ...posture.copies, firstSeen: {}, earlier: {} } };
}

async function newestRuns(ledger: Ledger): Promise<readonly RunRecord[]> {
  const runs: RunRecord[] = [];
  for (const name of FUNCTION_NAMES) runs.push(...(await ledger.listRuns(name, RUNS_PER_FUNCTION)));
  return runs.sort((a, b) => b.startedAt - a.startedAt);
}
