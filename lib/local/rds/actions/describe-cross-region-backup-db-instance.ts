// DescribeCrossRegionBackupDBInstance: the instances of a region that have, or had, cross-region backup, page by page.
import { invalidParameter } from '../../rpc/errors';
import { requiredText, text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import { COPY_REGIONS } from '../../world/copy-regions';
import type { InstanceState } from '../../world/state';
import type { World } from '../../world/world';
import { COPY_PAGE_SIZE, describeInstance, describeSettings, describeTimes, pageRules } from '../cross-region-formats';
import { refusal } from '../errors';
import { pageOf, parseIds } from '../formats';
import { isKnownToCopying, type RdsAction } from '../lookups';

const OPERATION = 'DescribeCrossRegionBackupDBInstance';

const MAX_IDS = 30;

export const describeCrossRegionBackupDbInstance: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  isUnscoped: true,
  parameters: { RegionId: { type: 'string', required: true }, ...pageRules(invalidParameter) },
  run: (call, world) => {
    const page = pageOf(findInstances(call, world), call.parameters, COPY_PAGE_SIZE);
    return {
      body: {
        RegionId: requiredText(call.parameters, 'RegionId'),
        Items: { Item: page.items.map(describe) },
        // Other names than in the lists of copies.
        PageNumber: page.pageNumber,
        PageSize: page.pageSize,
        ItemsNumbers: page.items.length,
        TotalRecords: page.total,
      },
    };
  },
};

/** By id. Instances in which the feature was never on are not in it, whoever names them. */
function findInstances(call: Call, world: World): readonly InstanceState[] {
  const regionId = requiredText(call.parameters, 'RegionId');
  if (!COPY_REGIONS.includes(regionId)) throw refusal(OPERATION, 'InvalidRegion.Format');
  const all = world.instancesIn(call.caller.accountId, regionId).filter((instance) => isKnownToCopying(call, instance));
  const ids = parseIds(text(call.parameters, 'DBInstanceId') ?? '');
  if (ids.length > MAX_IDS) throw invalidParameter('DBInstanceId');
  if (ids.some((id) => !all.some(({ spec }) => spec.id === id))) throw refusal(OPERATION, 'InvalidDBInstanceId.NotFound');
  return all.filter(({ spec }) => spec.crossRegion !== undefined && (ids.length === 0 || ids.includes(spec.id)));
}

function describe({ spec }: InstanceState): Readonly<Record<string, unknown>> {
  return {
    ...describeInstance(spec),
    Engine: spec.engine,
    LockMode: spec.lockMode,
    ...describeSettings(spec.crossRegion),
    ...(spec.crossRegion === undefined ? {} : describeTimes(spec.crossRegion)),
  };
}
