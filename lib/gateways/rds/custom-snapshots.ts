// Lists, makes and deletes snapshots of RDS Custom disks (RDS API, DescribeRCSnapshots, CreateRCSnapshot and DeleteRCSnapshot).
import { CreateRCSnapshotRequest } from '@alicloud/rds20140815/dist/models/CreateRcsnapshotRequest';
import { CreateRCSnapshotResponseBody } from '@alicloud/rds20140815/dist/models/CreateRcsnapshotResponseBody';
import { DeleteBackupResponseBody } from '@alicloud/rds20140815/dist/models/DeleteBackupResponseBody';
import { DeleteRCSnapshotRequest } from '@alicloud/rds20140815/dist/models/DeleteRcsnapshotRequest';
import { DescribeRCSnapshotsRequest } from '@alicloud/rds20140815/dist/models/DescribeRcsnapshotsRequest';
import {
  DescribeRCSnapshotsResponseBody,
  type DescribeRCSnapshotsResponseBodySnapshots as WireSnapshot,
} from '@alicloud/rds20140815/dist/models/DescribeRcsnapshotsResponseBody';
import { parseInstant } from '../../base/instant';
import type { CustomSnapshot, CustomSnapshotWish } from '../../domain/custom-snapshot';
import { toTotal } from './mapping';
import { type Page, readPages } from './paging';
import type { RdsTransport } from './transport';
import { keyOf } from './words';

const LIST = 'DescribeRCSnapshots';
const CREATE = 'CreateRCSnapshot';

/** The documents say 30 to 100, the gateway's metadata 1 to 50. */
const PAGE_SIZE = 50;
/** One call takes no more ids. */
const MAX_IDS = 100;

const STATUSES: Readonly<Record<string, CustomSnapshot['status']>> = { progressing: 'progressing', accomplished: 'accomplished', failed: 'failed' };

export interface SnapshotQuery {
  readonly diskId?: string;
  readonly snapshotIds?: readonly string[];
}

/** Pages in the service's order. No ids mean no snapshots: without the filter the service would list all. */
export async function* listCustomSnapshots(transport: RdsTransport, region: string, query: SnapshotQuery): AsyncGenerator<readonly CustomSnapshot[]> {
  if (query.snapshotIds === undefined) yield* readSnapshots(transport, region, query);
  for (let start = 0; start < (query.snapshotIds?.length ?? 0); start += MAX_IDS) {
    yield* readSnapshots(transport, region, { ...query, snapshotIds: query.snapshotIds?.slice(start, start + MAX_IDS) ?? [] });
  }
}

async function* readSnapshots(transport: RdsTransport, region: string, { diskId, snapshotIds }: SnapshotQuery): AsyncGenerator<readonly CustomSnapshot[]> {
  const fetchPage = async (pageNumber: number): Promise<Page<WireSnapshot>> => {
    const request = new DescribeRCSnapshotsRequest({
      regionId: region,
      ...(diskId === undefined ? {} : { diskId }),
      ...(snapshotIds === undefined ? {} : { snapshotIds: JSON.stringify(snapshotIds) }),
      pageNumber,
      pageSize: PAGE_SIZE,
    });
    const body = await transport.call({ action: LIST, target: diskId ?? region, request, Body: DescribeRCSnapshotsResponseBody });
    if (body.snapshots === undefined) throw transport.unreadable(LIST, diskId ?? region, 'no list of snapshots in it');
    return { items: body.snapshots, total: toTotal(body.totalCount) };
  };
  for await (const wires of readPages({ fetchPage, pageSize: PAGE_SIZE, idOf: (wire) => wire.snapshotId ?? '' })) {
    yield wires.map((wire) => {
      if (!wire.snapshotId) throw transport.unreadable(LIST, diskId ?? region, 'a snapshot without an id in it');
      return toCustomSnapshot(wire, wire.snapshotId);
    });
  }
}

function toCustomSnapshot(wire: WireSnapshot, id: string): CustomSnapshot {
  const progress = Number.parseFloat(wire.progress ?? '');
  return {
    id,
    name: wire.snapshotName ?? '',
    description: wire.description ?? '',
    diskId: wire.sourceDiskId ?? '',
    diskSizeGb: Number.isFinite(wire.sourceDiskSize) ? wire.sourceDiskSize : undefined,
    status: STATUSES[keyOf(wire.status)] ?? 'unknown',
    progressPercent: Number.isFinite(progress) ? progress : undefined,
    isEncrypted: wire.encrypted,
    createdAt: parseInstant(wire.creationTime ?? ''),
    usage: wire.usage ?? '',
  };
}

export async function createCustomSnapshot(
  transport: RdsTransport,
  region: string,
  { diskId, description, retentionDays }: CustomSnapshotWish,
): Promise<{ readonly snapshotId: string }> {
  const request = new CreateRCSnapshotRequest({
    regionId: region,
    diskId,
    ...(description === undefined ? {} : { description }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  });
  const body = await transport.call({ action: CREATE, target: diskId, request, Body: CreateRCSnapshotResponseBody });
  if (!body.snapshotId) throw transport.unreadable(CREATE, diskId, 'no snapshot id in it');
  return { snapshotId: body.snapshotId };
}

/** Success says little: an id that the service does not know is a success too. */
export async function deleteCustomSnapshot(transport: RdsTransport, region: string, snapshotId: string, isForced: boolean): Promise<void> {
  const request = new DeleteRCSnapshotRequest({ regionId: region, snapshotId, force: isForced });
  await transport.call({ action: 'DeleteRCSnapshot', target: snapshotId, request, Body: DeleteBackupResponseBody });
}
