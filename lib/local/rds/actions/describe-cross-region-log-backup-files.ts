// DescribeCrossRegionLogBackupFiles: the log files in other regions that touch a time, oldest first.
import { formatInstant, HOUR_MS, type Instant, plusMs } from '../../../base/instant';
import type { RpcError } from '../../rpc/errors';
import { text } from '../../rpc/parameters';
import { type CopiedLogPiece, copiedLogs } from '../../world/log-files';
import { type InstanceSpec, isCloudDisk } from '../../world/state';
import { COPY_PAGE_SIZE, HOST_ID, pageRules, timesOf } from '../cross-region-formats';
import { refusal } from '../errors';
import { pageOf } from '../formats';
import { logFileName } from '../log-formats';
import { checkCopyRegion, INSTANCE_ID, type RdsAction, requireCopiedInstance } from '../lookups';

const OPERATION = 'DescribeCrossRegionLogBackupFiles';

const absent = (): RpcError => refusal(OPERATION, 'ParameterAbsence');
const notFound = (): RpcError => refusal(OPERATION, 'InvalidDBInstance.NotFound');

const TIMES = {
  absent,
  start: () => refusal(OPERATION, 'InvalidStartTime.Format'),
  end: () => refusal(OPERATION, 'InvalidEndTime.Format'),
  order: () => refusal(OPERATION, 'InvalidTime.Format'),
};

export const describeCrossRegionLogBackupFiles: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    RegionId: { type: 'string', required: true },
    ...pageRules(() => refusal(OPERATION, 'InvalidParameters.Format')),
  },
  run: (call, world) => {
    const { parameters } = call;
    const times = timesOf(parameters, TIMES);
    if (times === undefined) throw absent();
    const instance = requireCopiedInstance(call, world, notFound);
    checkCopyRegion(call, instance, () => refusal(OPERATION, 'InvalidRegion.Format'), notFound);
    const region = text(parameters, 'CrossBackupRegion');
    const found = copiedLogs(instance, times, call.asOf, world.knobs).filter((piece) => region === undefined || piece.region === region);
    const page = pageOf(found, parameters, COPY_PAGE_SIZE);
    return {
      body: {
        DBInstanceId: instance.spec.id,
        RegionId: instance.spec.regionId,
        StartTime: formatInstant(times.from),
        EndTime: formatInstant(times.to),
        Items: { Item: page.items.map((piece) => describe(piece, instance.spec, call.asOf)) },
        PageNumber: page.pageNumber,
        PageRecordCount: page.items.length,
        TotalRecordCount: page.total,
      },
    };
  },
};

function describe(piece: CopiedLogPiece, spec: InstanceSpec, asOf: Instant): Readonly<Record<string, unknown>> {
  const name = `${spec.regionId}_${spec.id}_${HOST_ID}_${logFileName(spec.engine, piece)}`;
  const link = (host: string): string => (isCloudDisk(spec) ? '' : `http://rdsddrlog-${piece.region}.${host}.aliyuncs.com/${name}?Expires=3600`);
  return {
    CrossLogBackupId: piece.number,
    CrossLogBackupSize: piece.sizeBytes,
    CrossBackupRegion: piece.region,
    LogFileName: name,
    LogBeginTime: formatInstant(piece.from),
    LogEndTime: formatInstant(piece.to),
    CrossDownloadLink: link(`oss-${piece.region}`),
    CrossIntranetDownloadLink: link(`oss-${piece.region}-internal`),
    LinkExpiredTime: formatInstant(plusMs(asOf, HOUR_MS)),
    InstanceId: HOST_ID,
  };
}
