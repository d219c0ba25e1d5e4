// Reads which databases and tables a copy holds (RDS API, DescribeCrossBackupMetaList).
import { DescribeCrossBackupMetaListRequest } from '@alicloud/rds20140815/dist/models/DescribeCrossBackupMetaListRequest';
import {
  DescribeCrossBackupMetaListResponseBody,
  type DescribeCrossBackupMetaListResponseBodyItemsMeta as WireMeta,
} from '@alicloud/rds20140815/dist/models/DescribeCrossBackupMetaListResponseBody';
import type { SetContents } from '../../domain/restore';
import { toTotal } from './mapping';
import { type Page, readAll } from './paging';
import type { RdsTransport } from './transport';

const ACTION = 'DescribeCrossBackupMetaList';

/** The documents name no largest page; this is their example. Without a size a page holds one database. */
const PAGE_SIZE = 30;

/** The databases, in the service's order. A table whose name holds a comma looks like two: the service joins names by commas. */
export async function listSetContents(transport: RdsTransport, region: string, copyId: string): Promise<readonly SetContents[]> {
  const target = `copy ${copyId}`;
  const fetchPage = async (pageNumber: number): Promise<Page<WireMeta>> => {
    const request = new DescribeCrossBackupMetaListRequest({ backupSetId: copyId, region, pageIndex: `${pageNumber}`, pageSize: `${PAGE_SIZE}` });
    const body = await transport.call({ action: ACTION, target, request, Body: DescribeCrossBackupMetaListResponseBody });
    if (body.items === undefined) throw transport.unreadable(ACTION, target, 'no list of databases in it');
    return { items: body.items.meta ?? [], total: toTotal(body.totalRecordCount) };
  };
  const wires = await readAll({ fetchPage, pageSize: PAGE_SIZE, idOf: (wire) => wire.database ?? '' });
  return wires.map(toContents).filter(({ database }) => database !== '');
}

function toContents(wire: WireMeta): SetContents {
  return {
    database: wire.database ?? '',
    sizeKb: /^\d{1,15}$/.test(wire.size ?? '') ? Number(wire.size) : undefined,
    tables: (wire.tables ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}
