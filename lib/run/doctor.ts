// Checks an installation without changing anything: the ledger, the credentials, and the permissions to read.
import { KeeperError, messageOf } from '../base/errors';
import { DAY_MS, type Instant, plusMs } from '../base/instant';
import type { Instance } from '../domain/instance';
import type { Ledger, LedgerAdmin } from '../domain/ports';
import type { Shard } from './shards';

export interface CheckResult {
  readonly name: string;
  readonly isOk: boolean;
  readonly detail: string;
  readonly hint: string | undefined;
}

export interface DoctorDeps {
  readonly ledger: Ledger & LedgerAdmin;
  readonly shards: readonly Shard[];
  readonly asOf: Instant;
  /** Also what retention-hygiene reads: a policy without its sections needs no permission to. */
  readonly withHygiene: boolean;
}

/** Every check runs, whatever became of the others. A wrong clock shows as refused credentials: the services sign with time. */
export async function checkUp(deps: DoctorDeps): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  results.push(await check('ledger tables', () => checkTables(deps.ledger)));
  results.push(await check('ledger meta row', () => checkMeta(deps.ledger)));
  for (const shard of deps.shards) results.push(...(await checkShard(shard, deps)));
  return results;
}

async function checkTables(ledger: LedgerAdmin): Promise<string> {
  const missing = await ledger.missingTables();
  if (missing.length === 0) return 'all tables exist';
  throw new KeeperError(`missing: ${missing.join(', ')}`, { code: 'ledger-missing-table', hint: 'run: keeper ledger init' });
}

async function checkMeta(ledger: Ledger): Promise<string> {
  const meta = await ledger.meta();
  if (meta !== undefined) return `installation ${meta.installationId}, schema ${meta.schemaVersion}`;
  throw new KeeperError('the ledger was never initialised', { code: 'ledger-not-initialised', hint: 'run: keeper ledger init' });
}

/** The read permissions are tried for real on the first instance; creating a backup cannot be tried without making one. */
async function checkShard(shard: Shard, { asOf, withHygiene }: DoctorDeps): Promise<CheckResult[]> {
  const name = `${shard.account} in ${shard.region}`;
  let first: Instance | undefined;
  const listing = await check(`${name}: list instances`, async () => {
    for await (const page of shard.gateway.listInstances({ withTags: true })) {
      first = page[0];
      return first === undefined ? 'no instances here' : `${page.length} on the first page`;
    }
    return 'no instances here';
  });
  const instance = first;
  const detached = withHygiene ? [await check(`${name}: list sets of released instances`, () => countDetached(shard))] : [];
  if (instance === undefined) return [listing, ...detached];
  const { gateway } = shard;
  return [
    listing,
    await check(`${name}: list backup jobs`, async () => `${(await gateway.listRunningJobs(instance.id)).length} running on ${instance.id}`),
    await check(`${name}: list backup sets`, async () => {
      const sets = await gateway.listBackupSets(instance.id, { from: plusMs(asOf, -DAY_MS), to: asOf });
      return `${sets.length} on ${instance.id} in the last 24 hours`;
    }),
    await check(`${name}: list databases`, async () => `${(await gateway.listDatabases(instance.id, instance.engine)).length} on ${instance.id}`),
    ...(withHygiene ? [await check(`${name}: read backup settings`, () => readSettings(shard, instance.id))] : []),
    ...detached,
  ];
}

async function readSettings({ gateway }: Shard, instanceId: string): Promise<string> {
  await gateway.readSettings(instanceId);
  return `those of ${instanceId}`;
}

async function countDetached({ gateway }: Shard): Promise<string> {
  for await (const page of gateway.listDetachedSets()) return `${page.length} on the first page`;
  return 'none here';
}

async function check(name: string, action: () => Promise<string>): Promise<CheckResult> {
  try {
    return { name, isOk: true, detail: await action(), hint: undefined };
  } catch (error) {
    return { name, isOk: false, detail: messageOf(error), hint: error instanceof KeeperError ? error.hint : undefined };
  }
}
