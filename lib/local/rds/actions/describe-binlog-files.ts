// DescribeBinlogFiles: the binlogs of MySQL and MariaDB, and the write-ahead logs of PostgreSQL, that touch a time, oldest first.
import { formatInstant, HOUR_MS, plusMs } from '../../../base/instant';
import type { RpcError } from '../../rpc/errors';
import type { Call } from '../../rpc/types';
import { diceOf } from '../../world/automatic';
import { isStored, type LogPiece, localLogs } from '../../world/log-files';
import { type InstanceSpec, isCloudDisk } from '../../world/state';
import type { World } from '../../world/world';
import { COPY_PAGE_SIZE, HOST_ID, timesOf } from '../cross-region-formats';
import { refusal } from '../errors';
import { pageOf } from '../formats';
import { logFileName } from '../log-formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'DescribeBinlogFiles';

const absent = (): RpcError => refusal(OPERATION, 'ParameterAbsence');
const badEnd = (): RpcError => refusal(OPERATION, 'InvalidEndTime.Format');

export const describeBinlogFiles: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    PageNumber: { type: 'int', min: 1 },
    PageSize: { type: 'int', min: 30, max: 1000 },
  },
  run: (call, world) => {
    const times = timesOf(call.parameters, { absent, start: () => refusal(OPERATION, 'InvalidStartTime.Format'), end: badEnd, order: badEnd });
    if (times === undefined) throw absent();
    const instance = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstance.NotFound'));
    const { spec } = instance;
    if (spec.role !== 'Primary') throw refusal(OPERATION, 'ReadDBInstanceNotSupport');
    if (spec.engine === 'SQLServer') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
    const found = localLogs(instance, times, call.asOf, world.knobs);
    const page = pageOf(found, call.parameters, COPY_PAGE_SIZE);
    return {
      body: {
        Items: { BinLogFile: page.items.map((piece) => describe(piece, spec, call, world)) },
        PageNumber: page.pageNumber,
        PageRecordCount: page.items.length,
        TotalRecordCount: page.total,
        TotalFileSize: found.reduce((sum, piece) => sum + piece.sizeBytes, 0),
      },
    };
  },
};

/** No links for most cloud disks: null on the wire. */
function describe(piece: LogPiece, spec: InstanceSpec, { asOf }: Call, { knobs }: World): Readonly<Record<string, unknown>> {
  const name = logFileName(spec.engine, piece);
  const isThere = isStored(piece, asOf, knobs);
  const link = (host: string): string | null => (isThere && !isCloudDisk(spec) ? `http://rdslog-${host}.aliyuncs.com/${spec.id}/${name}?Expires=3600` : null);
  return {
    LogFileName: name,
    FileSize: piece.sizeBytes,
    LogBeginTime: formatInstant(piece.from),
    LogEndTime: formatInstant(piece.to),
    RemoteStatus: isThere ? 'Completed' : 'Uploading',
    HostInstanceID: String(HOST_ID),
    Checksum: String(diceOf(`${spec.id}:crc:${piece.number}`, 2 ** 31)),
    DownloadLink: link(`oss-${spec.regionId}`),
    IntranetDownloadLink: link(`oss-${spec.regionId}-internal`),
    LinkExpiredTime: formatInstant(plusMs(asOf, HOUR_MS)),
  };
}
