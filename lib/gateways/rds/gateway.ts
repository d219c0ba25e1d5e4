// The RDS gateway: ApsaraDB RDS (API version 2014-08-15) behind the port of the domain.
import { CreateBackupResponseBody } from '@alicloud/rds20140815/dist/models/CreateBackupResponseBody';
import { DescribeDatabasesRequest } from '@alicloud/rds20140815/dist/models/DescribeDatabasesRequest';
import {
  DescribeDatabasesResponseBody,
  type DescribeDatabasesResponseBodyDatabasesDatabase as WireDatabase,
} from '@alicloud/rds20140815/dist/models/DescribeDatabasesResponseBody';
import { DescribeDBInstancesRequest } from '@alicloud/rds20140815/dist/models/DescribeDbinstancesRequest';
import {
  DescribeDBInstancesResponseBody,
  type DescribeDBInstancesResponseBodyItemsDBInstance as WireInstance,
} from '@alicloud/rds20140815/dist/models/DescribeDbinstancesResponseBody';
import type { Clock } from '../../base/clock';
import { type Logger, silentLogger } from '../../base/logger';
import { RefusedError } from '../../domain/cloud-errors';
import type { Database, Instance } from '../../domain/instance';
import type { InstanceQuery, RdsGateway } from '../../domain/ports';
import type { CloudCredentials } from '../credentials/kinds';
import { parseEndpoint } from '../openapi/endpoint';
import { findBackupSet, findJob, listBackupSets, listRunningJobs } from './backups';
import type { RateBudgets } from './budgets';
import { findCopiesOf, listCopies } from './copies';
import { toCreateBackupRequest } from './create-backup';
import { listCopyDestinations, listCrossRegionInstances, readCrossRegionSettings, writeCrossRegionSettings } from './cross-region-settings';
import { createCustomSnapshot, deleteCustomSnapshot, listCustomSnapshots } from './custom-snapshots';
import { deleteSets } from './deletion';
import { listDetachedSets } from './detached';
import { readDetails } from './details';
import { listDownloadLinks } from './download-links';
import { rdsEndpointOf } from './endpoints';
import { extendExpiry } from './expiry';
import { listCopiedLogs, listLogs } from './logs';
import { toDatabase, toInstance, toTotal } from './mapping';
import { type Page, readAll, readPages } from './paging';
import { copyRecoveryWindow, localRecoveryWindow } from './recovery-windows';
import { checkRestore } from './restore-check';
import { restoreTables, restoreToNewInstance } from './restores';
import { listSetContents } from './set-contents';
import { readSettings, writeSettings } from './settings';
import { readTags } from './tags';
import { makeRdsTransport, type RdsTransport } from './transport';

const PAGE_SIZE = 100;
/** The edition comes only at this level of detail. */
const INSTANCE_LEVEL = 1;

export interface RdsGatewayOptions {
  /** The account's name in the protection policy. */
  readonly account: string;
  readonly region: string;
  /** Override of the region's public endpoint; plain http for loopback hosts only. */
  readonly endpoint?: string;
  readonly credentials: CloudCredentials;
  /** Shared by everything that calls this account and region. */
  readonly budgets: RateBudgets;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** For one call, from the connection to the last byte. */
  readonly timeoutMs: number;
  readonly logger?: Logger;
}

/** Throws a UsageError at once for a bad endpoint or region; everything later is a CloudError. */
export function makeRdsGateway(options: RdsGatewayOptions): RdsGateway {
  const { account, region, clock } = options;
  const logger = options.logger ?? silentLogger;
  const endpoint = options.endpoint === undefined ? rdsEndpointOf(region) : parseEndpoint(options.endpoint, 'the RDS endpoint');
  const transport = makeRdsTransport({ ...options, endpoint, logger });

  async function toInstances(wires: readonly WireInstance[], query: InstanceQuery): Promise<readonly Instance[]> {
    const ids = wires.map(instanceIdOf).filter((id) => id !== '');
    const tags = query.withTags ? await readTags(transport, region, ids) : undefined;
    return wires.flatMap((wire) => toInstance(wire, { account, region }, tags?.get(instanceIdOf(wire)) ?? {}) ?? []);
  }

  return {
    account,
    region,
    countInstances: async () => {
      const { total } = await readInstancePage(transport, region, { pageNumber: 1, pageSize: 1 });
      if (total === undefined) throw transport.unreadable('DescribeDBInstances', region, 'no total in it');
      return total;
    },
    listInstances: async function* (query) {
      const fetchPage = (pageNumber: number): Promise<Page<WireInstance>> => readInstancePage(transport, region, { pageNumber });
      const paging = { fetchPage, pageSize: PAGE_SIZE, fromPage: query.fromPage ?? 1, idOf: instanceIdOf };
      for await (const wires of readPages(paging)) yield await toInstances(wires, query);
    },
    findInstance: async (instanceId, query) => {
      const { items } = await readInstancePage(transport, region, { pageNumber: 1, DBInstanceId: instanceId }).catch(noneIfNotFound);
      const [instance] = await toInstances(
        items.filter((item) => item.DBInstanceId === instanceId),
        query,
      );
      return instance;
    },
    listDatabases: (instanceId) => readDatabases(transport, instanceId),
    listBackupSets: (instanceId, window) => listBackupSets(transport, instanceId, window, clock.now()),
    findBackupSet: (instanceId, backupId) => findBackupSet(transport, instanceId, backupId),
    listRunningJobs: (instanceId) => listRunningJobs(transport, instanceId),
    findJob: (instanceId, jobId) => findJob(transport, instanceId, jobId),
    createBackup: async (instance, spec, notAfter) => {
      const request = toCreateBackupRequest(instance, spec);
      const body = await transport.call({ action: 'CreateBackup', target: instance.id, request, Body: CreateBackupResponseBody, notAfter });
      if (!body.backupJobId) throw transport.unreadable('CreateBackup', instance.id, 'no backup job id in it');
      return { jobId: body.backupJobId };
    },
    extendExpiry: (instance, backupId, expiresAt) => extendExpiry(transport, instance.id, backupId, expiresAt),
    readSettings: (instanceId) => readSettings(transport, instanceId),
    writeSettings: (instanceId, write, notAfter) => writeSettings(transport, instanceId, write, notAfter),
    deleteSets: (instanceId, backupIds, kind, notAfter) => deleteSets(transport, { instanceId, backupIds, kind, notAfter }),
    listDetachedSets: () => listDetachedSets(transport, region),
    listCrossRegionInstances: () => listCrossRegionInstances(transport, region),
    readCrossRegionSettings: (instanceId) => readCrossRegionSettings(transport, region, instanceId),
    writeCrossRegionSettings: (instanceId, write, notAfter) => writeCrossRegionSettings(transport, region, { instanceId, write, notAfter }),
    listCopyDestinations: () => listCopyDestinations(transport, region),
    listCopies: (instanceId, destination, window) => listCopies(transport, { region, instanceId, destination }, window, clock.now()),
    findCopiesOf: (instanceId, destination, backupId) => findCopiesOf(transport, { region, instanceId, destination }, backupId, clock.now()),
    listLogs: (instance, window) => listLogs(transport, instance, window),
    listCopiedLogs: (instanceId, destination, window) => listCopiedLogs(transport, { region, instanceId, destination }, window),
    localRecoveryWindow: (instanceId) => localRecoveryWindow(transport, region, instanceId),
    copyRecoveryWindow: (instanceId, copyId) => copyRecoveryWindow(transport, region, { instanceId, copyId }),
    checkRestore: (check) => checkRestore(transport, check),
    readDetails: (instanceId) => readDetails(transport, instanceId),
    restoreToNewInstance: (source, target, clientToken) => restoreToNewInstance(transport, source, target, clientToken),
    restoreTables: (instanceId, source, tables, clientToken) => restoreTables(transport, { region, instanceId, source, tables, clientToken }),
    listSetContents: (setRegion, copyId) => listSetContents(transport, setRegion, copyId),
    listCustomSnapshots: (query) => listCustomSnapshots(transport, region, query),
    createCustomSnapshot: (wish) => createCustomSnapshot(transport, region, wish),
    deleteCustomSnapshot: (snapshotId, isForced) => deleteCustomSnapshot(transport, region, snapshotId, isForced),
    listDownloadLinks: (instanceId, backupId) => listDownloadLinks(transport, instanceId, backupId),
    apiCalls: () => transport.apiCalls(),
  };
}

async function readInstancePage(
  transport: RdsTransport,
  region: string,
  selection: { readonly pageNumber: number; readonly pageSize?: number; readonly DBInstanceId?: string },
): Promise<Page<WireInstance>> {
  const request = new DescribeDBInstancesRequest({ regionId: region, instanceLevel: INSTANCE_LEVEL, pageSize: PAGE_SIZE, ...selection });
  const target = selection.DBInstanceId ?? region;
  const body = await transport.call({ action: 'DescribeDBInstances', target, request, Body: DescribeDBInstancesResponseBody });
  if (body.items === undefined) throw transport.unreadable('DescribeDBInstances', target, 'no list of instances in it');
  return { items: body.items.DBInstance ?? [], total: toTotal(body.totalRecordCount) };
}

function noneIfNotFound(error: unknown): Page<WireInstance> {
  if (error instanceof RefusedError && error.reason === 'instance-not-found') return { items: [], total: 0 };
  throw error;
}

function instanceIdOf(wire: WireInstance): string {
  return wire.DBInstanceId ?? '';
}

/** Only SQL Server tells a total, inside each item; other engines may ignore the paging, which the reader notices. */
async function readDatabases(transport: RdsTransport, instanceId: string): Promise<readonly Database[]> {
  const fetchPage = async (pageNumber: number): Promise<Page<WireDatabase>> => {
    const request = new DescribeDatabasesRequest({ DBInstanceId: instanceId, pageNumber, pageSize: PAGE_SIZE });
    const body = await transport.call({ action: 'DescribeDatabases', target: instanceId, request, Body: DescribeDatabasesResponseBody });
    if (body.databases === undefined) throw transport.unreadable('DescribeDatabases', instanceId, 'no list of databases in it');
    const items = body.databases.database ?? [];
    return { items, total: toTotal(items[0]?.totalCount) };
  };
  const wires = await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf: (wire) => wire.DBName ?? '' });
  return wires.map(toDatabase).filter((database) => database.name !== '');
}
