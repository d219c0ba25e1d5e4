// Restores sets and points in time: to a new instance, or as single tables (RDS API, CreateDdrInstance, CloneDBInstance and RestoreDdrTable).
import { CloneDBInstanceRequest } from '@alicloud/rds20140815/dist/models/CloneDbinstanceRequest';
import { CloneDBInstanceResponseBody } from '@alicloud/rds20140815/dist/models/CloneDbinstanceResponseBody';
import { CreateDdrInstanceRequest } from '@alicloud/rds20140815/dist/models/CreateDdrInstanceRequest';
import { CreateDdrInstanceResponseBody } from '@alicloud/rds20140815/dist/models/CreateDdrInstanceResponseBody';
import { DeleteBackupResponseBody } from '@alicloud/rds20140815/dist/models/DeleteBackupResponseBody';
import { RestoreDdrTableRequest } from '@alicloud/rds20140815/dist/models/RestoreDdrTableRequest';
import { formatInstant } from '../../base/instant';
import { RefusedError } from '../../domain/cloud-errors';
import type { RestoredTable, RestoreSource, RestoreTarget } from '../../domain/restore';
import type { RdsAction } from './actions';
import type { RdsTransport } from './transport';
import { ENGINE_NAMES } from './words';

type CopySource = Extract<RestoreSource, { kind: 'copy' | 'copied-time' }>;
type LocalSource = Exclude<RestoreSource, CopySource>;

/** The documents' word for a list that lets nobody in. */
const NO_ADDRESS = '127.0.0.1';

/** Up to 64 ASCII characters (RDS API, ClientToken). Without one a repeated call would make, and cost, a second instance. */
const CLIENT_TOKEN = /^[\x21-\x7e]{1,64}$/;

export interface NewInstance {
  readonly instanceId: string;
  readonly orderId: string | undefined;
}

/**
 * Makes a new instance, which costs money. The token lets the service tell a repetition from a second wish. Throws a RefusedError `invalid-request`, with nothing
 * sent, for a token that the API does not take, and for addresses where the call has none.
 */
export async function restoreToNewInstance(transport: RdsTransport, source: RestoreSource, target: RestoreTarget, clientToken: string): Promise<NewInstance> {
  return isLocal(source) ? cloneInstance(transport, source, target, clientToken) : createFromCopy(transport, source, target, clientToken);
}

async function createFromCopy(transport: RdsTransport, source: CopySource, target: RestoreTarget, clientToken: string): Promise<NewInstance> {
  const action = 'CreateDdrInstance';
  const name = nameOf(source);
  checkToken(action, name, clientToken);
  const request = new CreateDdrInstanceRequest({
    ...placeOf(target),
    engine: ENGINE_NAMES[target.engine],
    engineVersion: target.engineVersion,
    DBInstanceNetType: 'Intranet',
    securityIPList: target.allowedAddresses.length === 0 ? NO_ADDRESS : target.allowedAddresses.join(','),
    clientToken,
    ...(source.kind === 'copy'
      ? { restoreType: 'BackupSet', backupSetId: source.copyId, backupSetRegion: source.copyRegion }
      : { restoreType: 'BackupTime', ...timeOf(source) }),
  });
  const body = await transport.call({ action, target: name, request, Body: CreateDdrInstanceResponseBody });
  return newInstance(transport, action, name, body);
}

/** A clone takes its engine and version from its source. */
async function cloneInstance(transport: RdsTransport, source: LocalSource, target: RestoreTarget, clientToken: string): Promise<NewInstance> {
  const action = 'CloneDBInstance';
  const name = nameOf(source);
  checkToken(action, name, clientToken);
  if (target.allowedAddresses.length > 0) {
    throw unsent(action, name, 'it takes no addresses that may connect', 'leave them out, and set them on the new instance');
  }
  const request = new CloneDBInstanceRequest({
    DBInstanceId: source.instanceId,
    ...placeOf(target),
    clientToken,
    ...(source.kind === 'set' ? { backupId: source.backupId } : { restoreTime: formatInstant(source.at) }),
  });
  const body = await transport.call({ action, target: name, request, Body: CloneDBInstanceResponseBody });
  return newInstance(transport, action, name, body);
}

/** What both calls say of the new instance in the same words. */
function placeOf(target: RestoreTarget): Partial<CreateDdrInstanceRequest & CloneDBInstanceRequest> {
  return {
    regionId: target.region,
    DBInstanceClass: target.instanceClass,
    DBInstanceStorage: target.storageGb,
    payType: 'Postpaid',
    ...(target.description === undefined ? {} : { DBInstanceDescription: target.description }),
    ...(target.vpcId === undefined ? {} : { instanceNetworkType: 'VPC', VPCId: target.vpcId }),
    ...(target.vSwitchId === undefined ? {} : { vSwitchId: target.vSwitchId }),
    ...(target.zoneId === undefined ? {} : { zoneId: target.zoneId }),
  };
}

function newInstance(transport: RdsTransport, action: RdsAction, name: string, body: { DBInstanceId?: string; orderId?: string }): NewInstance {
  if (!body.DBInstanceId) throw transport.unreadable(action, name, 'no instance id in it');
  return { instanceId: body.DBInstanceId, orderId: body.orderId || undefined };
}

export interface TableRestore {
  /** Of the instance that takes the tables. */
  readonly region: string;
  readonly instanceId: string;
  readonly source: RestoreSource;
  readonly tables: readonly RestoredTable[];
  readonly clientToken: string;
}

/**
 * Restores databases or tables of a copy into an existing instance (MySQL). Throws a RefusedError `invalid-request`, with nothing sent, for a source that is no copy,
 * for no tables at all, and for a token that the API does not take.
 */
export async function restoreTables(transport: RdsTransport, { region, instanceId, source, tables, clientToken }: TableRestore): Promise<void> {
  const action = 'RestoreDdrTable';
  const target = `${instanceId}, from ${nameOf(source)}`;
  checkToken(action, target, clientToken);
  if (isLocal(source)) throw unsent(action, target, 'its source is no cross-region copy', 'restore the set to a new instance, or take a copy');
  if (tables.length === 0) throw unsent(action, target, 'no database is named', 'name the databases and tables to restore');
  const request = new RestoreDdrTableRequest({
    DBInstanceId: instanceId,
    regionId: region,
    clientToken,
    tableMeta: JSON.stringify(tables.map(toTableMeta)),
    ...(source.kind === 'copy' ? { restoreType: '0', backupId: source.copyId } : { restoreType: '1', ...timeOf(source) }),
  });
  // Of the answer nothing is read: it says only that the request was taken.
  await transport.call({ action, target, request, Body: DeleteBackupResponseBody });
}

function toTableMeta({ database, newDatabase, tables }: RestoredTable): object {
  return {
    type: 'db',
    name: database,
    newname: newDatabase,
    ...(tables.length === 0 ? {} : { tables: tables.map(({ name, newName }) => ({ type: 'table', name, newname: newName })) }),
  };
}

function timeOf(source: Extract<RestoreSource, { kind: 'copied-time' }>): { restoreTime: string; sourceRegion: string; sourceDBInstanceName: string } {
  return { restoreTime: formatInstant(source.at), sourceRegion: source.sourceRegion, sourceDBInstanceName: source.sourceInstanceId };
}

function isLocal(source: RestoreSource): source is LocalSource {
  return source.kind === 'set' || source.kind === 'time';
}

function nameOf(source: RestoreSource): string {
  switch (source.kind) {
    case 'copy':
      return `copy ${source.copyId}`;
    case 'copied-time':
      return `copies of ${source.sourceInstanceId} at ${formatInstant(source.at)}`;
    case 'set':
      return `${source.instanceId}, backup set ${source.backupId}`;
    case 'time':
      return `${source.instanceId} at ${formatInstant(source.at)}`;
  }
}

function checkToken(action: RdsAction, target: string, clientToken: string): void {
  if (!CLIENT_TOKEN.test(clientToken)) throw unsent(action, target, 'the client token is not 1 to 64 visible ASCII characters');
}

function unsent(action: RdsAction, target: string, what: string, hint?: string): RefusedError {
  return new RefusedError('invalid-request', `${action} for ${target} was not sent: ${what}`, {
    operation: action,
    target,
    ...(hint === undefined ? {} : { hint }),
  });
}
