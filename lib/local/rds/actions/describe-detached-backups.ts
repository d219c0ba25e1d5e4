// DescribeDetachedBackups: what is kept of released instances of MySQL on local disks.
import { formatInstant, type Instant, SECOND_MS } from '../../../base/instant';
import { invalidParameter } from '../../rpc/errors';
import { requiredText, text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import { isGone } from '../../world/deletion-rules';
import { isMySqlOnLocalDisk } from '../../world/settings';
import type { InstanceState, SetState } from '../../world/state';
import type { World } from '../../world/world';
import { pageOf, parseMinutes, setStatus } from '../formats';
import type { RdsAction } from '../lookups';

const DEFAULT_PAGE_SIZE = 30;

interface DetachedSet {
  readonly set: SetState;
  readonly instance: InstanceState;
}

export const describeDetachedBackups: RdsAction = {
  name: 'DescribeDetachedBackups',
  group: 'general',
  writes: false,
  isUnscoped: true,
  parameters: {
    // Not RegionId, as everywhere else.
    Region: { type: 'string', required: true },
    BackupMode: { type: 'string', values: ['Automated', 'Manual'] },
    BackupStatus: { type: 'string', values: ['Success', 'Failed'] },
    PageNumber: { type: 'int', min: 1 },
    PageSize: { type: 'int', min: 30, max: 100 },
  },
  run: (call, world) => {
    const found = detachedSets(call, world).filter(makeFilter(call.parameters));
    const page = pageOf(found, call.parameters, DEFAULT_PAGE_SIZE);
    return {
      body: {
        Items: { Backup: page.items.map(describe) },
        PageNumber: String(page.pageNumber),
        PageRecordCount: String(page.items.length),
        TotalRecordCount: String(page.total),
      },
    };
  },
};

/** Newest first. */
function detachedSets(call: Call, world: World): readonly DetachedSet[] {
  return world
    .instancesIn(call.caller.accountId, requiredText(call.parameters, 'Region'))
    .filter(({ spec, releasedAt }) => releasedAt !== undefined && releasedAt <= call.asOf && isMySqlOnLocalDisk(spec))
    .flatMap((instance) => instance.sets.filter((set) => !isGone(set, call.asOf)).map((set) => ({ set, instance })))
    .sort((a, b) => b.set.startedAt - a.set.startedAt || Number(b.set.id) - Number(a.set.id));
}

function makeFilter(parameters: Parameters): (detached: DetachedSet) => boolean {
  const from = timeOf(parameters, 'StartTime') ?? Number.NEGATIVE_INFINITY;
  const to = timeOf(parameters, 'EndTime') ?? Number.POSITIVE_INFINITY;
  if (to <= from) throw invalidParameter('EndTime');
  const isWanted = (name: string, value: string): boolean => (text(parameters, name) ?? value) === value;
  return ({ set, instance: { spec } }) =>
    set.startedAt >= from &&
    set.startedAt <= to &&
    isWanted('BackupId', set.id) &&
    isWanted('DBInstanceId', spec.id) &&
    isWanted('BackupMode', set.mode) &&
    isWanted('BackupStatus', setStatus(set)) &&
    isWanted('ResourceGroupId', spec.resourceGroupId);
}

/** In minutes. ASSUMED: the gateway's own code for a bad one, because none is listed. */
function timeOf(parameters: Parameters, name: 'StartTime' | 'EndTime'): Instant | undefined {
  const given = text(parameters, name);
  if (given === undefined) return undefined;
  const time = parseMinutes(given);
  if (time === undefined) throw invalidParameter(name);
  return time;
}

/** Fewer fields than DescribeBackups, and no expiry. */
function describe({ set, instance: { spec } }: DetachedSet): Readonly<Record<string, unknown>> {
  const isGood = set.outcome === 'Finished';
  const link = (host: string): string => (isGood ? `https://${host}.bak.rds.aliyuncs.com/${spec.id}/${set.id}.zip?Expires=3600` : '');
  return {
    BackupId: set.id,
    DBInstanceId: spec.id,
    DBInstanceComment: spec.description,
    BackupStatus: setStatus(set),
    BackupStartTime: formatInstant(set.startedAt),
    BackupEndTime: formatInstant(set.endedAt),
    BackupType: set.type,
    BackupMode: set.mode,
    BackupMethod: set.method,
    BackupSize: set.sizeBytes,
    IsAvail: isGood ? 1 : 0,
    MetaStatus: isGood ? 'OK' : 'EMPTY',
    StoreStatus: 'Disabled',
    ConsistentTime: spec.engineVersion === '5.6' ? Math.floor(set.startedAt / SECOND_MS) : 0,
    HostInstanceID: '5882781',
    BackupDownloadURL: link(spec.regionId),
    BackupIntranetDownloadURL: link(`${spec.regionId}-internal`),
  };
}
