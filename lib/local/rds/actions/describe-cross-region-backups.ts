// DescribeCrossRegionBackups: the copies of one instance, newest backup first, each from the moment when it is there.
import { formatInstant } from '../../../base/instant';
import type { RpcError } from '../../rpc/errors';
import { text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import { isMySqlOnCloudDisk, isThere, restoreRegionsOf } from '../../world/copies';
import type { CopyState } from '../../world/copy-state';
import type { InstanceSpec, InstanceState } from '../../world/state';
import { COPY_PAGE_SIZE, HOST_ID, INTERNAL_ENGINES, pageRules, timesOf } from '../cross-region-formats';
import { refusal } from '../errors';
import { pageOf } from '../formats';
import { checkCopyRegion, INSTANCE_ID, type RdsAction, requireCopiedInstance } from '../lookups';

const OPERATION = 'DescribeCrossRegionBackups';

const badParameter = (): RpcError => refusal(OPERATION, 'InvalidParameters.Format');
const absent = (): RpcError => refusal(OPERATION, 'ParameterAbsence');

const TIMES = {
  absent,
  start: () => refusal(OPERATION, 'InvalidStartTime.Format'),
  end: () => refusal(OPERATION, 'InvalidEndTime.Format'),
  order: () => refusal(OPERATION, 'InvalidTime.Format'),
};

export const describeCrossRegionBackups: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    RegionId: { type: 'string', required: true },
    // Numbers of 32 bits, although the ids of local sets are longer texts elsewhere.
    BackupId: { type: 'int', min: 1, invalid: badParameter },
    CrossBackupId: { type: 'int', min: 1, invalid: badParameter },
    ...pageRules(badParameter),
  },
  run: (call, world) => {
    const instance = requireCopiedInstance(call, world, notFound);
    checkListing(call, instance);
    const page = pageOf(findCopies(call, instance), call.parameters, COPY_PAGE_SIZE);
    return {
      body: {
        RegionId: instance.spec.regionId,
        StartTime: text(call.parameters, 'StartTime') ?? '',
        EndTime: text(call.parameters, 'EndTime') ?? '',
        Items: { Item: page.items.map((copy) => describe(copy, instance.spec)) },
        PageNumber: page.pageNumber,
        PageRecordCount: page.items.length,
        TotalRecordCount: page.total,
      },
    };
  },
};

function notFound(): RpcError {
  return refusal(OPERATION, 'InvalidDBInstance.NotFound');
}

/** ASSUMED: the code for MySQL on cloud disks, whose copies the documents say this operation does not list. */
function checkListing(call: Call, instance: InstanceState): void {
  if (isMySqlOnCloudDisk(instance.spec)) throw notFound();
  checkCopyRegion(call, instance, () => refusal(OPERATION, 'InvalidRegion.Format'), notFound);
}

function findCopies(call: Call, instance: InstanceState): readonly CopyState[] {
  const { parameters } = call;
  const times = timesOf(parameters, TIMES);
  if (times === undefined && text(parameters, 'CrossBackupId') === undefined) throw absent();
  return instance.copies
    .filter((copy) => isThere(copy, call.asOf) && matches(copy, parameters))
    .filter((copy) => times === undefined || (copy.startedAt >= times.from && copy.startedAt <= times.to))
    .sort((a, b) => b.startedAt - a.startedAt || Number(b.id) - Number(a.id));
}

function matches(copy: CopyState, parameters: Parameters): boolean {
  const isWanted = (name: string, value: string | null): boolean => (text(parameters, name) ?? value) === value;
  return isWanted('CrossBackupId', copy.id) && isWanted('BackupId', copy.backupId) && isWanted('CrossBackupRegion', copy.region);
}

/** Letters and inverted digits here: success is 0. The id of the local set is not told. */
function describe(copy: CopyState, spec: InstanceSpec): Readonly<Record<string, unknown>> {
  return {
    CrossBackupId: Number(copy.id),
    CrossBackupRegion: copy.region,
    CrossBackupSetFile: fileOf(copy, spec),
    CrossBackupSetLocation: 'oss',
    CrossBackupSetSize: copy.sizeBytes,
    CrossBackupDownloadLink: linkOf(copy, spec),
    BackupStartTime: formatInstant(copy.startedAt),
    BackupEndTime: formatInstant(copy.endedAt),
    ConsistentTime: formatInstant(copy.startedAt),
    // ASSUMED for snapshots: there is no letter for them.
    BackupMethod: copy.method === 'Logical' ? 'L' : 'P',
    BackupType: copy.type === 'FullBackup' ? 'F' : 'I',
    BackupSetScale: copy.databases === undefined ? 0 : 1,
    BackupSetStatus: copy.outcome === 'Finished' ? 0 : 1,
    Category: spec.category,
    DBInstanceStorageType: spec.storageType,
    Engine: INTERNAL_ENGINES[spec.engine],
    EngineVersion: spec.engineVersion,
    InstanceId: HOST_ID,
    RestoreRegions: { RestoreRegion: copy.outcome === 'Finished' ? restoreRegionsOf(spec, copy) : [] },
  };
}

function fileOf(copy: CopyState, spec: InstanceSpec): string {
  const stamp = formatInstant(copy.startedAt).replace(/\D/g, '');
  return `${spec.regionId}_${spec.id}_hins${HOST_ID}_data_${stamp}_qp.xb`;
}

/** Snapshots cannot be downloaded. */
function linkOf(copy: CopyState, spec: InstanceSpec): string {
  if (copy.method === 'Snapshot' || copy.outcome === 'Failed') return '';
  return `http://rdsddrbak-${copy.region}.oss-${copy.region}.aliyuncs.com/${fileOf(copy, spec)}?Expires=3600`;
}
