// Reads and writes the cross-region backup settings of instances (RDS API, DescribeInstanceCrossBackupPolicy and its relatives).
import { DeleteBackupResponseBody } from '@alicloud/rds20140815/dist/models/DeleteBackupResponseBody';
import { DescribeAvailableCrossRegionRequest } from '@alicloud/rds20140815/dist/models/DescribeAvailableCrossRegionRequest';
import { DescribeAvailableCrossRegionResponseBody } from '@alicloud/rds20140815/dist/models/DescribeAvailableCrossRegionResponseBody';
import { DescribeCrossRegionBackupDBInstanceRequest } from '@alicloud/rds20140815/dist/models/DescribeCrossRegionBackupDbinstanceRequest';
import {
  DescribeCrossRegionBackupDBInstanceResponseBody,
  type DescribeCrossRegionBackupDBInstanceResponseBodyItemsItem as WireInstance,
} from '@alicloud/rds20140815/dist/models/DescribeCrossRegionBackupDbinstanceResponseBody';
import { DescribeInstanceCrossBackupPolicyRequest } from '@alicloud/rds20140815/dist/models/DescribeInstanceCrossBackupPolicyRequest';
import { DescribeInstanceCrossBackupPolicyResponseBody } from '@alicloud/rds20140815/dist/models/DescribeInstanceCrossBackupPolicyResponseBody';
import { ModifyInstanceCrossBackupPolicyRequest } from '@alicloud/rds20140815/dist/models/ModifyInstanceCrossBackupPolicyRequest';
import { type Instant, parseInstant } from '../../base/instant';
import { AmbiguousError, RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionInstance, CrossRegionSettings, CrossRegionWrite } from '../../domain/cross-region';
import { NEVER_COPIED } from '../../domain/cross-region';
import { toTotal } from './mapping';
import { type Page, readPages } from './paging';
import type { RdsTransport } from './transport';
import { keyOf } from './words';

const READ = 'DescribeInstanceCrossBackupPolicy';
const LIST = 'DescribeCrossRegionBackupDBInstance';
const WRITE = 'ModifyInstanceCrossBackupPolicy';
const DESTINATIONS = 'DescribeAvailableCrossRegion';

/** The largest page: 30, 50 or 100. */
const PAGE_SIZE = 100;

/** Copies of all backups are kept, each for the retention: the API has one value for each of these. */
const ALL_COPIES = '1';
const BY_RETENTION = 1;

/** Answers show words, and older ones numbers. Whatever is not one of these is off. */
const ON: readonly string[] = ['enable', 'enabled', '1'];

/** Pages of all instances of the region that have or had the feature on, released ones included. */
export async function* listCrossRegionInstances(transport: RdsTransport, region: string): AsyncGenerator<readonly CrossRegionInstance[]> {
  const fetchPage = (pageNumber: number): Promise<Page<WireInstance>> => readPage(transport, region, { pageNumber });
  for await (const wires of readPages({ fetchPage, pageSize: PAGE_SIZE, idOf: instanceIdOf })) {
    yield wires.map((wire) => {
      if (!wire.DBInstanceId) throw transport.unreadable(LIST, region, 'an instance without an id in it');
      return { instanceId: wire.DBInstanceId, status: wire.DBInstanceStatus ?? '', ...toSettings(wire) };
    });
  }
}

/** The total has a name of its own here. */
async function readPage(
  transport: RdsTransport,
  region: string,
  selection: { readonly pageNumber: number; readonly DBInstanceId?: string },
): Promise<Page<WireInstance>> {
  const request = new DescribeCrossRegionBackupDBInstanceRequest({ regionId: region, pageSize: PAGE_SIZE, ...selection });
  const target = selection.DBInstanceId ?? region;
  const body = await transport.call({ action: LIST, target, request, Body: DescribeCrossRegionBackupDBInstanceResponseBody });
  if (body.items === undefined) throw transport.unreadable(LIST, target, 'no list of instances in it');
  return { items: body.items.item ?? [], total: toTotal(body.totalRecords) };
}

/**
 * Of an instance that never had the feature on, the service may answer with an internal error. That is told from a real one by the bulk list, which has all
 * instances that ever had it on: one that is not in it is off; of the others the settings are read again, with the usual patience. Not verified on a live account.
 */
export async function readCrossRegionSettings(transport: RdsTransport, region: string, instanceId: string): Promise<CrossRegionSettings> {
  try {
    return await readOnce(transport, region, instanceId, isInternalError);
  } catch (error) {
    if (!isInternalError(error)) throw error;
    const { items } = await readPage(transport, region, { pageNumber: 1, DBInstanceId: instanceId });
    return items.some((wire) => wire.DBInstanceId === instanceId) ? readOnce(transport, region, instanceId) : NEVER_COPIED;
  }
}

async function readOnce(transport: RdsTransport, region: string, instanceId: string, isAnswer?: (error: unknown) => boolean): Promise<CrossRegionSettings> {
  const body = await transport.call({
    action: READ,
    target: instanceId,
    request: new DescribeInstanceCrossBackupPolicyRequest({ DBInstanceId: instanceId, regionId: region }),
    Body: DescribeInstanceCrossBackupPolicyResponseBody,
    ...(isAnswer === undefined ? {} : { isAnswer }),
  });
  if (body.backupEnabled === undefined && body.DBInstanceId === undefined) throw transport.unreadable(READ, instanceId, 'no cross-region settings in it');
  return toSettings(body);
}

function isInternalError(error: unknown): boolean {
  return error instanceof AmbiguousError && error.serviceCode === 'InternalError';
}

function toSettings(wire: WireInstance | DescribeInstanceCrossBackupPolicyResponseBody): CrossRegionSettings {
  const retentionDays = wire.retention ?? 0; // NaN where the service sent an empty text
  return {
    isEnabled: ON.includes(keyOf(wire.backupEnabled)),
    destination: wire.crossBackupRegion || undefined,
    retentionDays: retentionDays > 0 ? retentionDays : undefined,
    copiesLogs: ON.includes(keyOf(wire.logBackupEnabled)),
    enabledAt: parseInstant(wire.backupEnabledTime ?? ''),
    logsEnabledAt: parseInstant(wire.logBackupEnabledTime ?? ''),
  };
}

function instanceIdOf(wire: WireInstance): string {
  return wire.DBInstanceId ?? '';
}

/**
 * Writes all values. Switches are sent as 1 and 0, though they are shown as words; logs are copied only where data is. Throws a RefusedError `invalid-request`,
 * with nothing sent, for a destination that is the region itself.
 */
export async function writeCrossRegionSettings(
  transport: RdsTransport,
  region: string,
  { instanceId, write, notAfter }: { readonly instanceId: string; readonly write: CrossRegionWrite; readonly notAfter: Instant },
): Promise<void> {
  if (write.destination === region) {
    throw new RefusedError('invalid-request', `${WRITE} for ${instanceId} was not sent: ${region} is the region of the instance itself`, {
      operation: WRITE,
      target: instanceId,
      hint: 'choose another region for the copies',
    });
  }
  const request = new ModifyInstanceCrossBackupPolicyRequest({
    DBInstanceId: instanceId,
    regionId: region,
    backupEnabled: write.isEnabled ? '1' : '0',
    logBackupEnabled: write.isEnabled && write.copiesLogs ? '1' : '0',
    crossBackupRegion: write.destination,
    crossBackupType: ALL_COPIES,
    retentType: BY_RETENTION,
    retention: write.retentionDays,
  });
  // Of the answer nothing is read: the caller reads the settings back. A body without fields of its own cannot be misread.
  await transport.call({ action: WRITE, target: instanceId, request, Body: DeleteBackupResponseBody, notAfter });
}

export async function listCopyDestinations(transport: RdsTransport, region: string): Promise<readonly string[]> {
  const request = new DescribeAvailableCrossRegionRequest({ regionId: region });
  const body = await transport.call({ action: DESTINATIONS, target: region, request, Body: DescribeAvailableCrossRegionResponseBody });
  if (body.regions?.region === undefined) throw transport.unreadable(DESTINATIONS, region, 'no list of regions in it');
  return body.regions.region;
}
