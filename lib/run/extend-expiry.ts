// Keeps the backup sets longer that the policy's expiry rules find due. Nothing is ever kept shorter, and a second run changes nothing.
import { eachLimited } from '../base/each';
import { messageOf } from '../base/errors';
import { DAY_MS, plusMs } from '../base/instant';
import { resolvePolicy } from '../config/resolve';
import type { BackupSet } from '../domain/backup';
import type { Instance } from '../domain/instance';
import type { ExpiryRule } from '../domain/protection-policy';
import type { RunSummary } from '../domain/run';
import { decideExpiry } from '../policy/expiry';
import { tooManyChanges } from '../policy/findings';
import { withScopes } from '../policy/scope';
import { type ChangeBudget, makeChangeBudget } from './change-budget';
import { inRun, type Run } from './envelope';
import { extendSet, planSet } from './extend-set';
import { verdictOfFailedLook } from './failure';
import { sweepFleet } from './fleet';
import type { Shard } from './shards';
import { INSTANCE_CONCURRENCY, LOOK_AHEAD_MS } from './timing';
import type { RunObserver, RunPorts, RunRequest } from './types';
import { idle, OUT_OF_TIME, onInstance, onSet } from './verdicts';

/** How far back sets are listed: as far as a rule can keep one. */
const LOOK_BACK_MS = 3_650 * DAY_MS;

/** Returns the summary, or throws RunFailedError. Every set of an instance that a rule covers gets one verdict, every other instance one of its own. */
export async function runExtendExpiry(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('extend-expiry', request, ports, observer, async (run) => {
    const budget = makeChangeBudget(request.policy.limits.maxChangesPerRun);
    await sweepFleet(run, (shard, page) => extendPage(run, shard, page, budget));
    if (budget.refused > 0) run.tally.finding(tooManyChanges(budget.limit, budget.refused));
  });
}

async function extendPage(run: Run, shard: Shard, page: readonly Instance[], budget: ChangeBudget): Promise<void> {
  const inScope = page.flatMap((instance) => {
    const effective = resolvePolicy(run.request.policy, instance);
    return effective === undefined ? [] : [{ instance, rules: effective.expiry }];
  });
  await eachLimited(inScope, INSTANCE_CONCURRENCY, ({ instance, rules }) => extendOnInstance(run, shard, instance, rules, budget));
  run.tally.instances(inScope.length);
}

async function extendOnInstance(run: Run, shard: Shard, instance: Instance, rules: readonly ExpiryRule[], budget: ChangeBudget): Promise<void> {
  if (rules.length === 0) return run.tally.verdict(idle(instance, undefined, 'no-rule', 'no expiry rule covers this instance', undefined));
  if (instance.engine !== 'sqlserver') {
    return run.tally.verdict(idle(instance, undefined, 'no-rule', 'expiry rules serve SQL Server only (RDS API, ModifyBackupSetExpireTime)', undefined));
  }
  if (run.request.deadline.isNear()) {
    run.tally.handOff();
    return run.tally.verdict(onInstance(instance, 'deferred-throttled', OUT_OF_TIME));
  }
  let sets: readonly BackupSet[];
  try {
    const window = { from: plusMs(run.asOf, -LOOK_BACK_MS), to: plusMs(run.asOf, LOOK_AHEAD_MS) };
    sets = await withKnownScopes(run, instance, await shard.gateway.listBackupSets(instance.id, window));
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    return run.tally.verdict(onInstance(instance, verdict, `could not list its backup sets: ${messageOf(error)}`));
  }
  if (sets.length === 0) run.tally.verdict(idle(instance, undefined, 'not-due', 'the instance has no backup sets', undefined));
  await extendDue(run, { shard, instance, rules, sets, budget });
}

interface DueWork {
  readonly shard: Shard;
  readonly instance: Instance;
  readonly rules: readonly ExpiryRule[];
  readonly sets: readonly BackupSet[];
  readonly budget: ChangeBudget;
}

/** One set after the other. Once the permission is denied, the instance's other sets are not tried. */
async function extendDue(run: Run, { shard, instance, rules, sets, budget }: DueWork): Promise<void> {
  let denied: string | undefined;
  for (const set of sets) {
    const decision = decideExpiry({ set, rules, instance, asOf: run.asOf });
    if (decision.action === 'leave') {
      run.tally.verdict(onSet(instance, set, decision.rule, 'left', decision.reason));
      continue;
    }
    if (run.request.dryRun) {
      run.tally.verdict(planSet(run, { instance, set, decision, budget }));
      continue;
    }
    if (denied !== undefined) {
      run.tally.verdict(onSet(instance, set, decision.rule, 'denied', denied));
      continue;
    }
    if (run.request.deadline.isNear()) {
      run.tally.handOff();
      run.tally.verdict(onSet(instance, set, decision.rule, 'deferred-throttled', OUT_OF_TIME));
      continue;
    }
    await run.keepLease();
    const verdict = await extendSet(run, { gateway: shard.gateway, instance, rules, set, rule: decision.rule, budget });
    if (verdict.verdict === 'denied') denied = verdict.reason;
    run.tally.verdict(verdict);
  }
}

/** The sets, with the scope that the ledger knows of those that we made and that the service does not tell. */
async function withKnownScopes(run: Run, instance: Instance, sets: readonly BackupSet[]): Promise<readonly BackupSet[]> {
  if (!sets.some((set) => set.mode === 'manual' && set.scope.kind === 'unknown')) return sets;
  const records = await run.ports.ledger.listSets(instance.id);
  const scopes = new Map(
    records.flatMap(({ backupId, origin, spec }) => (origin === 'created' && spec !== undefined ? [[backupId, spec.scope] as const] : [])),
  );
  return withScopes(sets, scopes);
}
