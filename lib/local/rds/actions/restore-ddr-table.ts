// RestoreDdrTable: brings databases or tables of a copy into an instance that is there (MySQL). The same client token again does nothing more.
import { invalidParameter, missingParameter, type RpcError } from '../../rpc/errors';
import { requiredText, text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import { copyContents } from '../../world/contents';
import { restoreRegionsOf } from '../../world/copies';
import { copyForTime, type OwnedCopy } from '../../world/restore-rules';
import { orderDatabases } from '../../world/restores';
import type { InstanceState } from '../../world/state';
import type { World } from '../../world/world';
import { refusal } from '../errors';
import { findCopy, INSTANCE_ID, isKnownToCopying, type RdsAction, requireInstance } from '../lookups';
import { CLIENT_TOKEN, earlierOrder, identityOf, pastTimeOf } from '../restore-requests';
import { parseTableMeta, type RestoredDatabase } from '../table-meta';

const OPERATION = 'RestoreDdrTable';

export const restoreDdrTable: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    RestoreType: { type: 'string', required: true, values: ['0', '1'], invalid: () => refusal(OPERATION, 'InvalidRestoreType.Format') },
    TableMeta: { type: 'string', required: true },
    ClientToken: CLIENT_TOKEN,
  },
  run: (call, world) => {
    const identity = identityOf(call, OPERATION);
    const earlier = earlierOrder(world, identity, () => refusal(OPERATION, 'IdempotentParameterMismatch'));
    if (earlier !== undefined) return { body: { DBInstanceId: earlier.instanceId } };
    const target = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstance.NotFound'));
    checkTarget(target);
    const source = text(call.parameters, 'RestoreType') === '1' ? sourceOfTime(call, world) : sourceOfSet(call, world);
    checkSource(source, target);
    const wanted = wantedOf(call);
    checkNames(wanted, source, target);
    const databases = wanted.map(({ newName }) => ({ name: newName, status: 'Creating' }) as const);
    const { order, changes } = orderDatabases(target, databases, identity, { now: call.now, ids: world.nextIds(), knobs: world.knobs });
    return { body: { DBInstanceId: order.instanceId }, changes };
  },
};

function checkTarget({ spec }: InstanceState): void {
  if (spec.engine !== 'MySQL' || spec.role !== 'Primary') throw refusal(OPERATION, 'IncorrectDBInstanceType');
  if (spec.status !== 'Running') throw refusal(OPERATION, 'IncorrectDBInstanceState');
}

function sourceOfSet(call: Call, world: World): OwnedCopy {
  const id = text(call.parameters, 'BackupId');
  if (id === undefined) throw missingParameter('BackupId');
  const found = findCopy(call, world, id);
  if (found === undefined) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
  return found;
}

function sourceOfTime(call: Call, world: World): OwnedCopy {
  const { parameters } = call;
  const name = requiredText(parameters, 'SourceDBInstanceName');
  const region = requiredText(parameters, 'SourceRegion');
  const time = pastTimeOf(call, () => refusal(OPERATION, 'InvalidRestoreTime.Format'));
  const instance = world.find(name);
  const isKnown = instance !== undefined && instance.spec.accountId === call.caller.accountId && isKnownToCopying(call, instance);
  if (!isKnown || instance.spec.regionId !== region) throw refusal(OPERATION, 'InvalidDBInstance.NotFound');
  const copy = copyForTime(instance, time, call.asOf, world.knobs);
  if (copy === undefined) throw refusal(OPERATION, 'InvalidBackup.NotFound');
  return { instance, copy };
}

function checkSource({ instance, copy }: OwnedCopy, target: InstanceState): void {
  if (copy.outcome === 'Failed') throw refusal(OPERATION, 'IncorrectBackupSetState');
  if (copy.method !== 'Physical' || instance.spec.engine !== 'MySQL') throw refusal(OPERATION, 'IncorrectBackupSetMethod');
  if (!restoreRegionsOf(instance.spec, copy).includes(target.spec.regionId)) throw refusal(OPERATION, 'InvalidRegion.Format');
}

/** ASSUMED: the gateway's own code for a text that cannot be read; none is listed. */
function wantedOf(call: Call): readonly RestoredDatabase[] {
  const wanted = parseTableMeta(requiredText(call.parameters, 'TableMeta'));
  if (wanted === undefined) throw invalidParameter('TableMeta');
  return wanted;
}

/** What is asked for is in the copy; a whole database never replaces one that is there. */
function checkNames(wanted: readonly RestoredDatabase[], source: OwnedCopy, target: InstanceState): void {
  const contents = copyContents(source);
  const notFound = (): RpcError => refusal(OPERATION, 'InvalidSourceRestoreDBName.NotFound');
  for (const { name, newName, tables } of wanted) {
    const found = contents.find((database) => database.name === name);
    if (found === undefined || !tables.every((table) => found.tables.includes(table))) throw notFound();
    const isTaken = target.spec.databases.some((database) => database.name === newName);
    if (isTaken && tables.length === 0) throw refusal(OPERATION, 'InvalidDBName.Duplicate');
  }
}
