// CloneDBInstance: makes a new instance of a local set, or of a point in time. The same client token again makes no second one.
import { invalidParameter, missingParameter } from '../../rpc/errors';
import { requiredText, text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import { databasesIn, isLocallyRestorable, usableSet } from '../../world/restore-rules';
import { type NewInstance, orderInstance } from '../../world/restores';
import { type DatabaseSpec, type InstanceState, isCloudDisk } from '../../world/state';
import type { World } from '../../world/world';
import { refusal } from '../errors';
import { parseIds } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';
import { CLASS_PATTERN, CLIENT_TOKEN, checkPurchase, earlierOrder, identityOf, isDescription, pastTimeOf, storageOf } from '../restore-requests';

const OPERATION = 'CloneDBInstance';

export const cloneDbInstance: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: true,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    PayType: { type: 'string', required: true, values: ['Postpaid', 'Prepaid', 'Serverless'] },
    Period: { type: 'string', values: ['Year', 'Month'] },
    BackupType: { type: 'string', values: ['FullBackup', 'IncrementalBackup'] },
    DBInstanceClass: { type: 'string', pattern: CLASS_PATTERN },
    DBInstanceStorage: { type: 'int' },
    DBInstanceStorageType: { type: 'string', values: ['local_ssd', 'cloud_ssd', 'cloud_essd', 'cloud_essd2', 'cloud_essd3', 'general_essd'] },
    InstanceNetworkType: { type: 'string', values: ['VPC', 'Classic'] },
    RestoreTable: { type: 'string', values: ['0', '1'] },
    ClientToken: CLIENT_TOKEN,
  },
  run: (call, world) => {
    const identity = identityOf(call, OPERATION);
    const earlier = earlierOrder(world, identity, () => refusal(OPERATION, 'IdempotentParameterMismatch'));
    if (earlier !== undefined) return { body: { DBInstanceId: earlier.instanceId, OrderId: earlier.orderId } };
    const source = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstanceId.NotFound'));
    const wish = wishOf(call, source, sourceDatabases(call, world, source));
    const { order, changes } = orderInstance(source, wish, identity, { now: call.now, ids: world.nextIds(), knobs: world.knobs });
    return { body: { DBInstanceId: order.instanceId, OrderId: order.orderId }, changes };
  },
};

/** What the set or the time holds. ASSUMED: the codes for an unknown set and for a time outside the window; none are listed. */
function sourceDatabases(call: Call, world: World, source: InstanceState): readonly DatabaseSpec[] {
  const { parameters } = call;
  if (source.spec.role !== 'Primary') throw refusal(OPERATION, 'IncorrectCharacterType');
  const backupId = text(parameters, 'BackupId');
  if (backupId === undefined && text(parameters, 'RestoreTime') === undefined) throw missingParameter('BackupId');
  if (backupId === undefined) {
    const badTime = (): ReturnType<typeof invalidParameter> => invalidParameter('RestoreTime');
    if (!isLocallyRestorable(source, pastTimeOf(call, badTime), call.asOf, world.knobs)) throw badTime();
    return chosen(parameters, databasesIn(source, {}));
  }
  const set = usableSet(source, backupId, call.asOf);
  if (set === undefined) throw refusal(OPERATION, 'Request.NotFound');
  return chosen(parameters, databasesIn(source, set));
}

/** All of them, or those that DbNames names. */
function chosen(parameters: Parameters, databases: readonly DatabaseSpec[]): readonly DatabaseSpec[] {
  const names = parseIds(text(parameters, 'DbNames') ?? '');
  if (names.some((name) => !databases.some((database) => database.name === name))) throw invalidParameter('DbNames');
  return names.length === 0 ? databases : databases.filter((database) => names.includes(database.name));
}

/** What is left out is as in the source. */
function wishOf({ parameters }: Call, { spec }: InstanceState, databases: readonly DatabaseSpec[]): NewInstance {
  const description = text(parameters, 'DBInstanceDescription');
  if (description !== undefined && !isDescription(description)) throw invalidParameter('DBInstanceDescription');
  checkPurchase(parameters);
  const storageGb = storageOf(parameters, () => invalidParameter('DBInstanceStorage'));
  if (storageGb !== undefined && storageGb < spec.storageGb) throw refusal(OPERATION, 'InvalidRecoveryDbInstance.StorageSize');
  const storageType = text(parameters, 'DBInstanceStorageType') ?? spec.storageType;
  if (!isCloudDisk(spec) && isCloudDisk({ storageType })) throw refusal(OPERATION, 'InvalidRecoveryDbInstance.StorageType');
  const regionId = text(parameters, 'RegionId') ?? spec.regionId;
  if (regionId !== spec.regionId) throw refusal(OPERATION, 'InvalidDBInstance.NotFound');
  return {
    regionId,
    zoneId: text(parameters, 'ZoneId') ?? spec.zoneId,
    instanceClass: text(parameters, 'DBInstanceClass'),
    storageGb,
    storageType,
    category: text(parameters, 'Category'),
    payType: requiredText(parameters, 'PayType'),
    description,
    resourceGroupId: undefined,
    databases,
  };
}
