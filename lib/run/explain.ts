// Explains an instance or one backup set: what the next hygiene run would find, decided from the same look. Changes nothing.
import { eachLimited } from '../base/each';
import { messageOf, UsageError } from '../base/errors';
import type { Instant } from '../base/instant';
import { policyNeedsTags, resolvePolicy } from '../config/resolve';
import { CloudError } from '../domain/cloud-errors';
import type { Guard, Hold } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { CompiledPolicy, EffectivePolicy, RetentionPolicy, SettingsPolicy } from '../domain/protection-policy';
import type { BackupSettings } from '../domain/settings';
import { decideExpiry, type ExpiryDecision } from '../policy/expiry';
import { holdsOn } from '../policy/holds';
import { decideRetention } from '../policy/retention/decide';
import { phasesOf } from '../policy/retention/phase';
import type { PhasedSet, TracedSet } from '../policy/retention/types';
import { wouldLose } from '../policy/retention/would-lose';
import { decideSettings } from '../policy/settings/decide';
import type { SettingsDecision } from '../policy/settings/types';
import { observeSets, observeSettings, type RetentionSight, retentionInput } from './hygiene/observe';
import { PROTECTIONS_ONLY } from './hygiene/protections';
import { requireMeta } from './require-meta';
import { readGuard } from './reserve';
import { findInShards, type Shard, shardsOf, unknownInstances } from './shards';
import { INSTANCE_CONCURRENCY } from './timing';
import type { RunPorts } from './types';

export interface ExplainRequest {
  readonly policy: CompiledPolicy;
  /** An instance's, or a backup set's. */
  readonly id: string;
  /** Of a backup set, where it is known: spares the search. */
  readonly instanceId: string | undefined;
  readonly asOf: Instant;
}

export interface SettingsExplanation {
  readonly policy: SettingsPolicy;
  /** Or why the settings could not be read. */
  readonly decision: SettingsDecision | { readonly unreadable: string };
}

export interface ExplainedSet {
  readonly set: TracedSet;
  readonly holds: readonly Hold[];
  /** Undefined where the policy has no retention for the instance. */
  readonly phased: PhasedSet | undefined;
  /** Whether it is kept longer; undefined for other engines than SQL Server, and where neither a rule nor a hold asks for it. */
  readonly extension: ExpiryDecision | undefined;
}

export interface Explanation {
  readonly asOf: Instant;
  readonly instance: Instance;
  /** The one set that was asked for; undefined: the whole instance was. */
  readonly backupId: string | undefined;
  readonly isInScope: boolean;
  /** Undefined where the policy has none for the instance. */
  readonly settings: SettingsExplanation | undefined;
  readonly retention: RetentionPolicy | undefined;
  /** Newest first; only the one that was asked for. */
  readonly sets: readonly ExplainedSet[];
}

interface Found {
  readonly shard: Shard;
  readonly instance: Instance;
}

/** Throws a UsageError for an id that is found nowhere, and what the ledger and the service throw. */
export async function explain(request: ExplainRequest, ports: RunPorts): Promise<Explanation> {
  const { policy, id, instanceId } = request;
  await requireMeta(ports.ledger);
  const shards = shardsOf(policy, ports.gatewayOf);
  const query = { withTags: policyNeedsTags(policy) };
  const named = await findInShards(shards, instanceId ?? id, query);
  if (named !== undefined) return explainFound(request, ports, named, instanceId === undefined ? undefined : id);
  if (instanceId !== undefined) throw unknownInstances([instanceId]);
  const holder = await findHolder(request, ports, shards);
  if (holder !== undefined) return explainFound(request, ports, holder, id);
  throw new UsageError(
    `there is no instance and no backup set ${id} in the accounts and regions of the policy`,
    'check the id; a set of an instance that the policy leaves out is found with --instance',
  );
}

/** Who has the set, of the instances in scope: sets of ours are in the ledger, for every other one each instance must be asked. */
async function findHolder({ policy, id }: ExplainRequest, { ledger }: RunPorts, shards: readonly Shard[]): Promise<Found | undefined> {
  const inScope: Found[] = [];
  for (const shard of shards) {
    for await (const page of shard.gateway.listInstances({ withTags: policyNeedsTags(policy) })) {
      for (const instance of page) if (resolvePolicy(policy, instance) !== undefined) inScope.push({ shard, instance });
    }
  }
  const knows = async ({ instance }: Found): Promise<boolean> => (await ledger.getSet(instance.id, id)) !== undefined;
  const lists = async ({ shard, instance }: Found): Promise<boolean> => (await shard.gateway.findBackupSet(instance.id, id)) !== undefined;
  return (await firstOf(inScope, knows)) ?? firstOf(inScope, lists);
}

/** Asks several at a time, and nobody more once one has said yes. */
async function firstOf(all: readonly Found[], isIt: (one: Found) => Promise<boolean>): Promise<Found | undefined> {
  let found: Found | undefined;
  await eachLimited(all, INSTANCE_CONCURRENCY, async (one) => {
    if (found === undefined && (await isIt(one))) found ??= one;
  });
  return found;
}

async function explainFound(
  { policy, asOf }: ExplainRequest,
  { ledger }: RunPorts,
  { shard, instance }: Found,
  backupId: string | undefined,
): Promise<Explanation> {
  const { gateway } = shard;
  const effective = resolvePolicy(policy, instance);
  const sets = await observeSets({ ledger, gateway, asOf, now: asOf }, instance);
  if (backupId !== undefined && !sets.some((set) => set.id === backupId)) {
    throw new UsageError(`instance ${instance.id} lists no backup set ${backupId}`, 'check both ids; a set may show up a minute after its job has finished');
  }
  if (effective === undefined) return { asOf, instance, backupId, isInScope: false, settings: undefined, retention: undefined, sets: [] };
  const read = await observeSettings(gateway, instance.id);
  const guard = await readGuard(ledger, instance.id);
  const sight = { instance, policy: effective.retention ?? PROTECTIONS_ONLY, sets, settings: read instanceof CloudError ? undefined : read };
  const explained = explainSets(effective, sight, guard, asOf);
  return {
    asOf,
    instance,
    backupId,
    isInScope: true,
    settings: explainSettings(effective.settings, read, sight, guard, asOf),
    retention: effective.retention,
    sets: backupId === undefined ? explained : explained.filter(({ set }) => set.id === backupId),
  };
}

function explainSettings(
  policy: SettingsPolicy | undefined,
  settings: BackupSettings | CloudError,
  sight: RetentionSight,
  guard: Guard,
  asOf: Instant,
): SettingsExplanation | undefined {
  if (policy === undefined) return undefined;
  if (settings instanceof CloudError) return { policy, decision: { unreadable: messageOf(settings) } };
  const input = retentionInput(sight, guard, asOf);
  const { instance } = sight;
  const { corrections } = guard;
  return { policy, decision: decideSettings({ instance, policy, settings, corrections, wouldLose: (after) => wouldLose(input, settings, after), asOf }) };
}

function explainSets({ retention, expiry }: EffectivePolicy, sight: RetentionSight, guard: Guard, asOf: Instant): readonly ExplainedSet[] {
  const { instance } = sight;
  const extensionOf = (set: TracedSet, holds: readonly Hold[]): ExpiryDecision | undefined =>
    instance.engine === 'sqlserver' && expiry.length + holds.length > 0 ? decideExpiry({ set, rules: expiry, holds, instance, asOf }) : undefined;
  const explained = (set: TracedSet, phased: PhasedSet | undefined): ExplainedSet => {
    const holds = holdsOn(set, guard.holds, asOf);
    return { set, holds, phased, extension: extensionOf(set, holds) };
  };
  if (retention === undefined) return [...sight.sets].sort(newestFirst).map((set) => explained(set, undefined));
  return phasesOf(decideRetention(retentionInput(sight, guard, asOf)), guard.marks, retention, asOf).map((phased) => explained(phased.set, phased));
}

function newestFirst(a: TracedSet, b: TracedSet): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1);
}
