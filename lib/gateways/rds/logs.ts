// Reads the pieces of an instance's log, at home and copied (RDS API, DescribeBinlogFiles, DescribeLogBackupFiles and DescribeCrossRegionLogBackupFiles).
import { DescribeBinlogFilesRequest } from '@alicloud/rds20140815/dist/models/DescribeBinlogFilesRequest';
import {
  DescribeBinlogFilesResponseBody,
  type DescribeBinlogFilesResponseBodyItemsBinLogFile as WireBinlog,
} from '@alicloud/rds20140815/dist/models/DescribeBinlogFilesResponseBody';
import { DescribeCrossRegionLogBackupFilesRequest } from '@alicloud/rds20140815/dist/models/DescribeCrossRegionLogBackupFilesRequest';
import {
  DescribeCrossRegionLogBackupFilesResponseBody,
  type DescribeCrossRegionLogBackupFilesResponseBodyItemsItem as WireCopiedLog,
} from '@alicloud/rds20140815/dist/models/DescribeCrossRegionLogBackupFilesResponseBody';
import { DescribeLogBackupFilesRequest } from '@alicloud/rds20140815/dist/models/DescribeLogBackupFilesRequest';
import {
  DescribeLogBackupFilesResponseBody,
  type DescribeLogBackupFilesResponseBodyItemsBinLogFile as WireLogBackup,
} from '@alicloud/rds20140815/dist/models/DescribeLogBackupFilesResponseBody';
import { DAY_MS, formatInstant, formatInstantMinutes, MINUTE_MS, parseInstant, plusMs, SECOND_MS } from '../../base/instant';
import type { LogFile } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { SetWindow } from '../../domain/ports';
import type { RdsAction } from './actions';
import type { CopiesPlace } from './copies';
import { toTotal } from './mapping';
import { type Page, readAll } from './paging';
import type { RdsTransport } from './transport';
import { keyOf } from './words';

/** The largest page that both the documents (30, 50, 100) and the gateway's metadata (30 to 1000) allow. */
const PAGE_SIZE = 100;
/** For logs of SQL Server both say 1000. */
const LOG_BACKUP_PAGE_SIZE = 1000;

/** A piece of log, in the words that the three lists have in common. */
interface WireLog {
  readonly name: string | undefined;
  readonly begin: string | undefined;
  readonly end: string | undefined;
  readonly size: number | undefined;
  /** Only DescribeBinlogFiles tells it. */
  readonly remoteStatus: string | undefined;
}

/** The pieces that overlap the window, oldest first. */
export async function listLogs(transport: RdsTransport, instance: Pick<Instance, 'id' | 'engine'>, window: SetWindow): Promise<readonly LogFile[]> {
  const isSqlServer = instance.engine === 'sqlserver';
  const action = isSqlServer ? 'DescribeLogBackupFiles' : 'DescribeBinlogFiles';
  const wires = isSqlServer ? await readLogBackups(transport, instance.id, window) : await readBinlogs(transport, instance.id, window);
  return toLogFiles(wires, window, (name) => unreadableLog(transport, action, instance.id, name));
}

/** The primary and the secondary write files of the same names. */
async function readBinlogs(transport: RdsTransport, instanceId: string, window: SetWindow): Promise<readonly WireLog[]> {
  const fetchPage = async (pageNumber: number): Promise<Page<WireBinlog>> => {
    const request = new DescribeBinlogFilesRequest({ DBInstanceId: instanceId, ...inSeconds(window), pageNumber, pageSize: PAGE_SIZE });
    const body = await transport.call({ action: 'DescribeBinlogFiles', target: instanceId, request, Body: DescribeBinlogFilesResponseBody });
    if (body.items === undefined) throw transport.unreadable('DescribeBinlogFiles', instanceId, 'no list of log files in it');
    return { items: body.items.binLogFile ?? [], total: toTotal(body.totalRecordCount) };
  };
  const idOf = (wire: WireBinlog): string => `${wire.hostInstanceID}/${wire.logFileName}/${wire.logBeginTime}`;
  const wires = await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf });
  return wires.map((wire) => ({
    name: wire.logFileName,
    begin: wire.logBeginTime,
    end: wire.logEndTime,
    size: wire.fileSize,
    remoteStatus: wire.remoteStatus,
  }));
}

/** SQL Server: times in minutes, and files without names. */
async function readLogBackups(transport: RdsTransport, instanceId: string, window: SetWindow): Promise<readonly WireLog[]> {
  const fetchPage = async (pageNumber: number): Promise<Page<WireLogBackup>> => {
    const request = new DescribeLogBackupFilesRequest({
      DBInstanceId: instanceId,
      startTime: formatInstantMinutes(window.from),
      endTime: formatInstantMinutes(plusMs(window.to, MINUTE_MS)),
      pageNumber,
      pageSize: LOG_BACKUP_PAGE_SIZE,
    });
    const body = await transport.call({ action: 'DescribeLogBackupFiles', target: instanceId, request, Body: DescribeLogBackupFilesResponseBody });
    if (body.items === undefined) throw transport.unreadable('DescribeLogBackupFiles', instanceId, 'no list of log files in it');
    return { items: body.items.binLogFile ?? [], total: toTotal(body.totalRecordCount) };
  };
  const nameOf = (wire: WireLogBackup): string => `${wire.logBeginTime}/${wire.logEndTime}`;
  const idOf = (wire: WireLogBackup): string => `${nameOf(wire)}/${wire.fileSize}`;
  const wires = await readAll({ fetchPage, pageSize: LOG_BACKUP_PAGE_SIZE, idOf });
  return wires.map((wire) => ({ name: nameOf(wire), begin: wire.logBeginTime, end: wire.logEndTime, size: wire.fileSize, remoteStatus: undefined }));
}

/**
 * The copied pieces that overlap the window, oldest first. The documents do not say which end of a file the filter looks at: the query begins a day early, and
 * what it brings is filtered here.
 */
export async function listCopiedLogs(transport: RdsTransport, place: CopiesPlace, window: SetWindow): Promise<readonly LogFile[]> {
  const action = 'DescribeCrossRegionLogBackupFiles';
  const { region, instanceId, destination } = place;
  const times = inSeconds({ from: plusMs(window.from, -DAY_MS), to: window.to });
  const fetchPage = async (pageNumber: number): Promise<Page<WireCopiedLog>> => {
    const request = new DescribeCrossRegionLogBackupFilesRequest({
      DBInstanceId: instanceId,
      regionId: region,
      crossBackupRegion: destination,
      ...times,
      pageNumber,
      pageSize: PAGE_SIZE,
    });
    const body = await transport.call({ action, target: instanceId, request, Body: DescribeCrossRegionLogBackupFilesResponseBody });
    if (body.items === undefined) throw transport.unreadable(action, instanceId, 'no list of log files in it');
    return { items: body.items.item ?? [], total: toTotal(body.totalRecordCount) };
  };
  const idOf = (wire: WireCopiedLog): string => `${wire.crossLogBackupId}/${wire.logFileName}`;
  const wires = (await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf })).map((wire) => ({
    name: wire.logFileName,
    begin: wire.logBeginTime,
    end: wire.logEndTime,
    size: wire.crossLogBackupSize,
    remoteStatus: undefined,
  }));
  return toLogFiles(wires, window, (name) => unreadableLog(transport, action, instanceId, name));
}

function inSeconds(window: SetWindow): { readonly startTime: string; readonly endTime: string } {
  return { startTime: formatInstant(window.from), endTime: formatInstant(plusMs(window.to, SECOND_MS - 1)) };
}

/** A piece that cannot be placed in time would look like a gap: the whole list is refused instead. */
function toLogFiles(wires: readonly WireLog[], window: SetWindow, unreadable: (name: string) => Error): readonly LogFile[] {
  const files = wires.map((wire) => {
    const file = toLogFile(wire);
    if (file === undefined) throw unreadable(wire.name ?? 'without a name');
    return file;
  });
  return files
    .filter(({ from, to }) => to >= window.from && from < window.to)
    .sort((a, b) => a.from - b.from || a.to - b.to || a.name.localeCompare(b.name, 'en'));
}

/** A file that is still being uploaded may have no end yet. */
function toLogFile(wire: WireLog): LogFile | undefined {
  const isComplete = wire.remoteStatus === undefined || keyOf(wire.remoteStatus) === 'completed';
  const from = parseInstant(wire.begin ?? '');
  const to = parseInstant(wire.end ?? '') ?? (isComplete ? undefined : from);
  if (from === undefined || to === undefined) return undefined;
  return { name: wire.name ?? '', from, to, sizeBytes: Number.isFinite(wire.size) ? Number(wire.size) : 0, isComplete };
}

function unreadableLog(transport: RdsTransport, action: RdsAction, instanceId: string, name: string): Error {
  return transport.unreadable(action, instanceId, `log file ${name} has no readable begin or end`);
}
