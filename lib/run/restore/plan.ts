// Plans a restore: finds the source, decides, asks the service whether it would work, and says what it will cost. Writes nothing.
import { KeeperError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { RestoreAnswer, RestoreCheck } from '../../domain/cross-region';
import type { RestoredTable, RestoreSource, RestoreTarget, SetContents } from '../../domain/restore';
import { decideRestore } from '../../policy/restore';
import { type CostFact, costsOfInstance, costsOfTables } from '../../policy/restore-facts';
import { ruleOfCheck } from '../../policy/restore-source';
import { decideTables, tableWishRefusals } from '../../policy/restore-tables';
import type { FoundSource, RestoreWish, TableWish } from '../../policy/restore-types';
import { wishRefusals } from '../../policy/restore-values';
import { findInShards, unknownInstances } from '../shards';
import { type RestoreDesk, refusedRestore } from './desk';
import { findSource, unlessRefused } from './find';

interface PlanBase {
  readonly account: string;
  /** Where the call goes: of the new instance, or of the one that gets tables. */
  readonly region: string;
  /** Whose data. */
  readonly instanceId: string;
  readonly source: RestoreSource;
  readonly costs: readonly CostFact[];
  readonly notes: readonly string[];
}

export interface InstancePlan extends PlanBase {
  readonly kind: 'new-instance';
  readonly target: RestoreTarget;
  /** The service's own answer; undefined for local backups, for which it has no such question. */
  readonly check: RestoreAnswer | undefined;
}

export interface TablePlan extends PlanBase {
  readonly kind: 'tables';
  readonly into: string;
  readonly tables: readonly RestoredTable[];
}

export type RestorePlan = InstancePlan | TablePlan;

/** Throws a UsageError for what can be said of the wish without asking anybody. */
export function requireSound(wish: RestoreWish | TableWish, asOf: Instant): void {
  const refusals = wish.kind === 'tables' ? tableWishRefusals(wish, asOf) : wishRefusals(wish, asOf);
  if (refusals.length > 0) throw refusedRestore(refusals);
}

/** Throws a UsageError with every rule that forbids it, a KeeperError `unknown-instance`, or a CloudError when the service cannot be asked. */
export async function planRestore(desk: RestoreDesk, wish: RestoreWish | TableWish): Promise<RestorePlan> {
  requireSound(wish, desk.asOf);
  return wish.kind === 'tables' ? planTables(desk, wish) : planInstance(desk, wish);
}

async function planInstance(desk: RestoreDesk, wish: RestoreWish): Promise<InstancePlan> {
  const found = await findSource(desk, wish);
  const decision = decideRestore(wish, found, desk.asOf);
  if (decision.kind === 'refused') throw refusedRestore(decision.refusals);
  const { source, target, notes } = decision;
  const { account } = found;
  const question = checkOf(source, target);
  const check = question && (await desk.gatewayOf({ account, region: target.region }).checkRestore(question));
  const costs = costsOfInstance(target, source, found);
  return { kind: 'new-instance', account, region: target.region, instanceId: wish.instanceId, source, target, check, costs, notes };
}

async function planTables(desk: RestoreDesk, wish: TableWish): Promise<TablePlan> {
  const found = await findSource(desk, wish);
  const into = await findInShards(desk.shards, wish.into, { withTags: false });
  if (into === undefined) throw unknownInstances([wish.into]);
  const { shard, instance } = into;
  const databases = instance.engine === 'mysql' ? await shard.gateway.listDatabases(instance.id, 'mysql') : [];
  const target = { instance, databases: databases.map(({ name }) => name), contents: await contentsOf(desk, found) };
  const decision = decideTables(wish, found, target, desk.asOf);
  if (decision.kind === 'refused') throw refusedRestore(decision.refusals);
  const { source, notes } = decision;
  const { account, region } = shard;
  const costs = costsOfTables(region, source, found);
  return { kind: 'tables', account, region, instanceId: wish.instanceId, source, into: wish.into, tables: wish.tables, costs, notes };
}

/** Undefined for points in time, whose tables nobody lists, and where the list is too long for the service. */
async function contentsOf({ gatewayOf }: RestoreDesk, { account, copyRegion, copy }: FoundSource): Promise<readonly SetContents[] | undefined> {
  if (copy === undefined || copyRegion === undefined) return undefined;
  return unlessRefused(undefined, () => gatewayOf({ account, region: copyRegion }).listSetContents(copyRegion, copy.id));
}

function checkOf(source: RestoreSource, target: RestoreTarget): RestoreCheck | undefined {
  const { region, engine, engineVersion, instanceClass, storageGb } = target;
  const base = { region, engine, engineVersion, instanceClass, storageGb };
  if (source.kind === 'copy') return { ...base, what: { kind: 'copy', copyId: source.copyId } };
  if (source.kind !== 'copied-time') return undefined;
  const { at, sourceRegion, sourceInstanceId } = source;
  return { ...base, what: { kind: 'time', at, sourceRegion, sourceInstanceId } };
}

/** Why the service would not do it, in words; undefined when it would, or was not to be asked. */
export function checkFailure(plan: RestorePlan): string | undefined {
  if (plan.kind === 'tables' || plan.check === undefined || plan.check.isRestorable) return undefined;
  const { code, reason } = plan.check;
  return `the service would refuse it: ${reason} (${ruleOfCheck(code)})`;
}

/** Throws a KeeperError `not-restorable` when the service says that it would refuse. */
export function requireRestorable(plan: RestorePlan): void {
  const failure = checkFailure(plan);
  if (failure === undefined) return;
  throw new KeeperError(failure, { code: 'not-restorable', hint: 'nothing was created; choose another copy, class or region' });
}
