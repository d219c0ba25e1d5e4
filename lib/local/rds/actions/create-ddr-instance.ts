// CreateDdrInstance: makes a new instance of a copy, or of a point in time after it. The same client token again makes no second one.
import { isIP } from 'node:net';
import type { RpcError } from '../../rpc/errors';
import { requiredText, text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import type { OrderState } from '../../world/copy-state';
import { databasesIn, type OwnedCopy, type Wish } from '../../world/restore-rules';
import { type NewInstance, orderInstance } from '../../world/restores';
import { ENGINES, type EngineName } from '../../world/state';
import type { World } from '../../world/world';
import { listedRefusal, refusal } from '../errors';
import { PORTS } from '../formats';
import type { RdsAction } from '../lookups';
import { REGIONS } from '../regions';
import {
  CLASS_PATTERN,
  CLIENT_TOKEN,
  checkPurchase,
  earlierOrder,
  identityOf,
  isDescription,
  RESTORE_TYPES,
  requireSource,
  storageOf,
} from '../restore-requests';

const OPERATION = 'CreateDdrInstance';

const badStorage = (): RpcError => refusal(OPERATION, 'InvalidStorage.Format');

const MAX_ADDRESSES = 1000;

export const createDdrInstance: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: true,
  isUnscoped: true,
  parameters: {
    RegionId: { type: 'string', required: true },
    RestoreType: {
      type: 'string',
      required: true,
      values: Object.keys(RESTORE_TYPES),
      invalid: () => refusal(OPERATION, 'InvalidRestoreType.Format'),
    },
    Engine: {
      type: 'string',
      required: true,
      values: ENGINES.filter((engine) => engine !== 'MariaDB'),
      invalid: () => refusal(OPERATION, 'InvalidEngine.Malformed'),
    },
    EngineVersion: { type: 'string', required: true },
    DBInstanceClass: { type: 'string', pattern: CLASS_PATTERN, invalid: () => refusal(OPERATION, 'InvalidDBInstanceClass.NotFound') },
    DBInstanceStorage: { type: 'int', invalid: badStorage },
    DBInstanceNetType: {
      type: 'string',
      required: true,
      values: ['Internet', 'Intranet'],
      invalid: () => refusal(OPERATION, 'InvalidDBInstanceNetType.NotFound'),
    },
    PayType: { type: 'string', required: true, values: ['Postpaid', 'Prepaid'] },
    SecurityIPList: { type: 'string', required: true },
    Period: { type: 'string', values: ['Year', 'Month'] },
    InstanceNetworkType: { type: 'string', values: ['VPC', 'Classic'] },
    ConnectionMode: { type: 'string', values: ['Standard', 'Safe'] },
    ClientToken: CLIENT_TOKEN,
  },
  run: (call, world) => {
    const identity = identityOf(call, OPERATION);
    const engine = requiredText(call.parameters, 'Engine') as EngineName; // the parameter table has checked it
    const earlier = earlierOrder(world, identity, () => refusal(OPERATION, 'IdempotentParameterMismatch'));
    if (earlier !== undefined) return { body: describe(earlier, engine) };
    checkForm(call.parameters);
    const owned = findSource(call, world);
    const ordered = orderInstance(owned.instance, wishOf(call.parameters, owned), identity, { now: call.now, ids: world.nextIds(), knobs: world.knobs });
    return { body: describe(ordered.order, engine), changes: ordered.changes };
  },
};

function describe({ instanceId, orderId }: OrderState, engine: EngineName): Readonly<Record<string, unknown>> {
  return { DBInstanceId: instanceId, OrderId: orderId, ConnectionString: `${instanceId}.rds.aliyuncs.com`, Port: PORTS[engine] };
}

function checkForm(parameters: Parameters): void {
  const description = text(parameters, 'DBInstanceDescription');
  if (description !== undefined && !isDescription(description)) throw refusal(OPERATION, 'InvalidDBInstanceDescription.Format');
  checkAddresses(requiredText(parameters, 'SecurityIPList').split(','));
  checkPurchase(parameters);
  if (!REGIONS.some((region) => region.id === text(parameters, 'RegionId'))) throw refusal(OPERATION, 'InvalidRegion.NotFound');
}

function checkAddresses(addresses: readonly string[]): void {
  if (addresses.length > MAX_ADDRESSES) throw refusal(OPERATION, 'InvalidSecurityIPList.QuotaExceeded');
  if (!addresses.every(isAddress)) throw refusal(OPERATION, 'InvalidSecurityIPList.Format');
  if (new Set(addresses).size !== addresses.length) throw refusal(OPERATION, 'InvalidSecurityIPList.Duplicate');
}

/** An IPv4 address, or a block of them. */
function isAddress(given: string): boolean {
  const [address = '', prefix = '32', ...rest] = given.split('/');
  return isIP(address) === 4 && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0;
}

/** ASSUMED: what the check refuses and this operation has no word for is a failed check. */
function findSource(call: Call, world: World): OwnedCopy {
  const { parameters } = call;
  const refuse = (code: string): RpcError => listedRefusal(OPERATION, code) ?? refusal(OPERATION, 'PreCheckInvalid');
  const wish: Wish = {
    regionId: requiredText(parameters, 'RegionId'),
    engine: requiredText(parameters, 'Engine'),
    engineVersion: requiredText(parameters, 'EngineVersion'),
  };
  const owned = requireSource(call, world, wish, {
    refuse: (code) => refuse(code === 'InvalidDBInstance.NotFound' ? 'InvalidDBInstanceId.NotFound' : code),
    noSetId: () => refusal(OPERATION, 'NoBaksetName'),
    noSourceName: () => refusal(OPERATION, 'NoSourceInstanceName'),
    noSourceRegion: () => refusal(OPERATION, 'NoBackupSetRegion'),
  });
  const region = text(parameters, 'BackupSetRegion');
  if (region !== undefined && region !== owned.copy.region) throw refuse('DisasterRestoreRegionNotMatched');
  if (owned.copy.unrestorable !== undefined) throw refuse(owned.copy.unrestorable ?? 'PreCheckInvalid');
  return owned;
}

function wishOf(parameters: Parameters, { instance, copy }: OwnedCopy): NewInstance {
  return {
    regionId: requiredText(parameters, 'RegionId'),
    zoneId: text(parameters, 'ZoneId'),
    instanceClass: text(parameters, 'DBInstanceClass'),
    storageGb: storageOf(parameters, badStorage),
    storageType: text(parameters, 'DBInstanceStorageType'),
    category: undefined,
    payType: requiredText(parameters, 'PayType'),
    description: text(parameters, 'DBInstanceDescription'),
    resourceGroupId: text(parameters, 'ResourceGroupId'),
    databases: databasesIn(instance, copy),
  };
}
