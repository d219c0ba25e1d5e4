// DescribeLogBackupFiles: the log backups of SQL Server that touch a time, oldest first; its times are in minutes.
import { formatInstant, formatInstantMinutes, HOUR_MS, type Instant, plusMs } from '../../../base/instant';
import { invalidParameter } from '../../rpc/errors';
import { text } from '../../rpc/parameters';
import type { Parameters } from '../../rpc/types';
import { isStored, type LogPiece, type LogWindow, localLogs } from '../../world/log-files';
import type { InstanceSpec } from '../../world/state';
import { COPY_PAGE_SIZE } from '../cross-region-formats';
import { refusal } from '../errors';
import { pageOf, parseMinutes } from '../formats';
import { logFileName } from '../log-formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const OPERATION = 'DescribeLogBackupFiles';

export const describeLogBackupFiles: RdsAction = {
  name: OPERATION,
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    PageNumber: { type: 'int', min: 1 },
    PageSize: { type: 'int', min: 30, max: 1000 },
  },
  run: (call, world) => {
    const window = windowOf(call.parameters);
    const instance = requireInstance(call, world, () => refusal(OPERATION, 'InvalidDBInstance.NotFound'));
    const { spec } = instance;
    if (spec.engine !== 'SQLServer') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
    if (spec.role !== 'Primary') throw refusal(OPERATION, 'IncorrectDBInstanceCharacterType');
    const found = localLogs(instance, window, call.asOf, world.knobs).filter((piece) => isStored(piece, call.asOf, world.knobs));
    const page = pageOf(found, call.parameters, COPY_PAGE_SIZE);
    return {
      body: {
        Items: { BinLogFile: page.items.map((piece) => describe(piece, spec, call.asOf)) },
        PageNumber: page.pageNumber,
        PageRecordCount: page.items.length,
        TotalRecordCount: page.total,
        TotalFileSize: found.reduce((sum, piece) => sum + piece.sizeBytes, 0),
      },
    };
  },
};

/** ASSUMED: the gateway's own code for a bad time, because none is listed. */
function windowOf(parameters: Parameters): LogWindow {
  const [from, to] = [timeOf(parameters, 'StartTime'), timeOf(parameters, 'EndTime')];
  if (to <= from) throw invalidParameter('EndTime');
  return { from, to };
}

function timeOf(parameters: Parameters, name: 'StartTime' | 'EndTime'): Instant {
  const given = text(parameters, name);
  if (given === undefined) throw refusal(OPERATION, 'ParameterAbsence');
  const time = parseMinutes(given);
  if (time === undefined) throw invalidParameter(name);
  return time;
}

/** Snapshots' logs cannot be downloaded. */
function describe(piece: LogPiece, spec: InstanceSpec, asOf: Instant): Readonly<Record<string, unknown>> {
  const link = (host: string): string =>
    spec.settings.method === 'Snapshot' ? '' : `http://rdsbak-${host}.aliyuncs.com/${spec.id}/${logFileName(spec.engine, piece)}?Expires=3600`;
  return {
    FileSize: piece.sizeBytes,
    LogBeginTime: formatInstantMinutes(piece.from),
    LogEndTime: formatInstantMinutes(piece.to),
    DownloadLink: link(`oss-${spec.regionId}`),
    IntranetDownloadLink: link(`oss-${spec.regionId}-internal`),
    LinkExpiredTime: formatInstant(plusMs(asOf, HOUR_MS)),
  };
}
