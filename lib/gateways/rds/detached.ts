// Reads the backup sets of released instances (RDS API, DescribeDetachedBackups: MySQL on local disks).
import { DescribeDetachedBackupsRequest } from '@alicloud/rds20140815/dist/models/DescribeDetachedBackupsRequest';
import {
  DescribeDetachedBackupsResponseBody,
  type DescribeDetachedBackupsResponseBodyItemsBackup as WireDetachedBackup,
} from '@alicloud/rds20140815/dist/models/DescribeDetachedBackupsResponseBody';
import type { DetachedSet } from '../../domain/backup';
import { toDetachedSet, toTotal } from './mapping';
import { type Page, readPages } from './paging';
import type { RdsTransport } from './transport';

const ACTION = 'DescribeDetachedBackups';

/** The largest page: 30, 50 or 100. */
const PAGE_SIZE = 100;

/** Pages of all such sets of the region, in the service's order. */
export async function* listDetachedSets(transport: RdsTransport, region: string): AsyncGenerator<readonly DetachedSet[]> {
  const fetchPage = (pageNumber: number): Promise<Page<WireDetachedBackup>> => readPage(transport, region, pageNumber);
  for await (const wires of readPages({ fetchPage, pageSize: PAGE_SIZE, idOf: nameOf })) yield wires.map((wire) => toSetOrThrow(transport, region, wire));
}

/** This operation calls the region `Region`, not `RegionId`. */
async function readPage(transport: RdsTransport, region: string, pageNumber: number): Promise<Page<WireDetachedBackup>> {
  const request = new DescribeDetachedBackupsRequest({ region, pageNumber, pageSize: PAGE_SIZE });
  const body = await transport.call({ action: ACTION, target: region, request, Body: DescribeDetachedBackupsResponseBody });
  if (body.items === undefined) throw transport.unreadable(ACTION, region, 'no list of backup sets in it');
  return { items: body.items.backup ?? [], total: toTotal(body.totalRecordCount) };
}

function toSetOrThrow(transport: RdsTransport, region: string, wire: WireDetachedBackup): DetachedSet {
  const set = toDetachedSet(wire);
  if (set === undefined) throw transport.unreadable(ACTION, region, `backup set ${nameOf(wire)} has no instance, no id or no readable start time`);
  return set;
}

function nameOf(wire: WireDetachedBackup): string {
  return `${wire.DBInstanceId ?? '?'} / ${wire.backupId ?? '?'}`;
}
