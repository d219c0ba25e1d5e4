// Reads the copies of backup sets in other regions (RDS API, DescribeCrossRegionBackups).
import { DescribeCrossRegionBackupsRequest } from '@alicloud/rds20140815/dist/models/DescribeCrossRegionBackupsRequest';
import {
  DescribeCrossRegionBackupsResponseBody,
  type DescribeCrossRegionBackupsResponseBodyItemsItem as WireCopy,
} from '@alicloud/rds20140815/dist/models/DescribeCrossRegionBackupsResponseBody';
import { DAY_MS, formatInstant, type Instant, instant, parseInstant, plusMs } from '../../base/instant';
import type { BackupMethod } from '../../domain/backup';
import type { CrossRegionCopy } from '../../domain/cross-region';
import type { SetWindow } from '../../domain/ports';
import { toTotal } from './mapping';
import { type Page, readAll } from './paging';
import type { RdsTransport } from './transport';
import { keyOf } from './words';

const ACTION = 'DescribeCrossRegionBackups';

/** The largest page: 30, 50 or 100. */
const PAGE_SIZE = 100;

/** The filter for a local set is documented as a number of 32 bits. */
const MAX_FILTER_ID = 2 ** 31 - 1;

/** No copy is kept for longer. */
const MAX_RETENTION_DAYS = 1825;

/** Short codes here, words elsewhere. */
const METHODS: Readonly<Record<string, BackupMethod>> = { p: 'physical', l: 'logical', physical: 'physical', logical: 'logical', snapshot: 'snapshot' };
const FULL: readonly string[] = ['f', 'fullbackup'];
const SCOPES: Readonly<Record<number, CrossRegionCopy['scope']>> = { 0: 'instance', 1: 'databases' };
/** Inverted against the availability of local sets: 1 is a failure. */
const SUCCESS = 0;

export interface CopiesPlace {
  /** Of the instance. */
  readonly region: string;
  readonly instanceId: string;
  /** Of the copies; undefined: all regions. */
  readonly destination: string | undefined;
}

/**
 * The copies whose backup started in the window, oldest first. The documents do not say whether the filter looks at the start or the end: the query therefore
 * reaches up to a day past the window (never past `now`), and what it brings is filtered here.
 */
export async function listCopies(transport: RdsTransport, place: CopiesPlace, window: SetWindow, now: Instant): Promise<readonly CrossRegionCopy[]> {
  const to = instant(Math.max(window.to, Math.min(now, window.to + DAY_MS)));
  const copies = await readCopies(transport, place, { from: window.from, to });
  return copies.filter(({ startedAt }) => startedAt >= window.from && startedAt < window.to);
}

/**
 * The copies that the service names for a local set; undefined, with nothing asked, for an id that the filter cannot carry. A window is required beside it: this one
 * holds every copy that can still exist.
 */
export async function findCopiesOf(
  transport: RdsTransport,
  place: CopiesPlace,
  backupId: string,
  now: Instant,
): Promise<readonly CrossRegionCopy[] | undefined> {
  if (!/^\d+$/.test(backupId) || Number(backupId) > MAX_FILTER_ID) return undefined;
  return readCopies(transport, place, { from: plusMs(now, -(MAX_RETENTION_DAYS + 1) * DAY_MS), to: now }, Number(backupId));
}

async function readCopies(transport: RdsTransport, place: CopiesPlace, window: SetWindow, backupId?: number): Promise<readonly CrossRegionCopy[]> {
  const { region, instanceId, destination } = place;
  const fetchPage = async (pageNumber: number): Promise<Page<WireCopy>> => {
    const request = new DescribeCrossRegionBackupsRequest({
      DBInstanceId: instanceId,
      regionId: region,
      ...(destination === undefined ? {} : { crossBackupRegion: destination }),
      startTime: formatInstant(window.from),
      endTime: formatInstant(endOfSecond(window.to)),
      ...(backupId === undefined ? {} : { backupId }),
      pageNumber,
      pageSize: PAGE_SIZE,
    });
    const body = await transport.call({ action: ACTION, target: instanceId, request, Body: DescribeCrossRegionBackupsResponseBody });
    if (body.items === undefined) throw transport.unreadable(ACTION, instanceId, 'no list of copies in it');
    return { items: body.items.item ?? [], total: toTotal(body.totalRecordCount) };
  };
  const wires = await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf: copyIdOf });
  return wires
    .map((wire) => toCopyOrThrow(transport, wire, place))
    .sort((a, b) => a.startedAt - b.startedAt || a.id.localeCompare(b.id, 'en', { numeric: true }));
}

/** A copy that cannot be placed in time would look missing: the whole list is refused instead. */
function toCopyOrThrow(transport: RdsTransport, wire: WireCopy, place: CopiesPlace): CrossRegionCopy {
  const copy = toCopy(wire, place);
  if (copy === undefined) throw transport.unreadable(ACTION, place.instanceId, `copy ${copyIdOf(wire)} has no id, no region or no readable start time`);
  return copy;
}

function toCopy(wire: WireCopy, place: CopiesPlace): CrossRegionCopy | undefined {
  const startedAt = parseInstant(wire.backupStartTime ?? '');
  const copyRegion = wire.crossBackupRegion || place.destination;
  if (startedAt === undefined || copyRegion === undefined || !Number.isSafeInteger(wire.crossBackupId)) return undefined;
  return {
    id: copyIdOf(wire),
    instanceId: place.instanceId,
    region: copyRegion,
    startedAt,
    endedAt: parseInstant(wire.backupEndTime ?? '') ?? startedAt,
    consistentAt: parseInstant(wire.consistentTime ?? ''),
    status: wire.backupSetStatus === SUCCESS ? 'success' : 'failed',
    method: METHODS[keyOf(wire.backupMethod)],
    type: FULL.includes(keyOf(wire.backupType)) ? 'full' : 'incremental',
    scope: SCOPES[wire.backupSetScale ?? Number.NaN] ?? 'unknown',
    sizeBytes: Number.isFinite(wire.crossBackupSetSize) ? Number(wire.crossBackupSetSize) : 0,
    restoreRegions: wire.restoreRegions?.restoreRegion ?? [],
  };
}

function copyIdOf(wire: WireCopy): string {
  return String(wire.crossBackupId ?? 'without an id');
}

/** The filter knows whole seconds only. */
function endOfSecond(at: Instant): Instant {
  return instant(Math.ceil(at / 1_000) * 1_000);
}
