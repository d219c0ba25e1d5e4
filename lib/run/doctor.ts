// Checks an installation without changing anything: the ledger, the credentials, and the permissions to read.
import { KeeperError, messageOf } from '../base/errors';
import { DAY_MS, type Instant, plusMs } from '../base/instant';
import { RefusedError } from '../domain/cloud-errors';
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
  /** Also what verify-cross-region reads. */
  readonly withCrossRegion: boolean;
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
async function checkShard(shard: Shard, { asOf, withHygiene, withCrossRegion }: DoctorDeps): Promise<CheckResult[]> {
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
  const copies = withCrossRegion ? await checkCopies(shard, instance, asOf) : [];
  if (instance === undefined) return [listing, ...detached, ...copies];
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
    ...copies,
  ];
}

/**
 * On an instance that has copies where there is one, else on the first that the list names: what the service refuses of that instance shows that the permission is
 * there. Asking whether a copy can be restored needs a copy, so that it is not tried.
 */
async function checkCopies({ account, region, gateway }: Shard, first: Instance | undefined, asOf: Instant): Promise<CheckResult[]> {
  const name = `${account} in ${region}`;
  const window = { from: plusMs(asOf, -DAY_MS), to: asOf };
  let instance = first;
  let destination: string | undefined;
  const listing = await check(`${name}: list instances with copies`, async () => {
    for await (const page of gateway.listCrossRegionInstances()) {
      const copied = page.find((each) => each.isEnabled);
      if (copied === undefined) continue;
      destination = copied.destination;
      instance = (await gateway.findInstance(copied.instanceId, { withTags: false })) ?? instance;
      break;
    }
    return destination === undefined ? 'none has copies here' : `${instance?.id} has copies in ${destination}`;
  });
  const destinations = await check(`${name}: list destinations of copies`, async () => `${(await gateway.listCopyDestinations()).length} regions`);
  const seen = instance;
  if (seen === undefined) return [listing, destinations];
  const { id } = seen;
  const reads: readonly (readonly [what: string, read: () => Promise<unknown>])[] = [
    ['read cross-region settings', () => gateway.readCrossRegionSettings(id)],
    ['list copies', () => gateway.listCopies(id, destination, window)],
    ['list logs', () => gateway.listLogs(seen, window)],
    ...(destination === undefined ? [] : [['list copied logs', () => gateway.listCopiedLogs(id, destination ?? '', window)] as const]),
    ['read the recovery window', () => gateway.localRecoveryWindow(id)],
    ['read instance details', () => gateway.readDetails(id)],
  ];
  const results: CheckResult[] = [];
  for (const [what, read] of reads) results.push(await check(`${name}: ${what}`, () => allowed(id, read)));
  return [listing, destinations, ...results];
}

async function allowed(instanceId: string, read: () => Promise<unknown>): Promise<string> {
  try {
    await read();
    return `those of ${instanceId}`;
  } catch (error) {
    if (error instanceof RefusedError) return `allowed; not for ${instanceId}: ${error.message}`;
    throw error;
  }
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
