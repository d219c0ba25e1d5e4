// DescribeAvailableCrossRegion: where backups of a region may be copied to.
import { requiredText } from '../../rpc/parameters';
import { COPY_REGIONS } from '../../world/copy-regions';
import { refusal } from '../errors';
import type { RdsAction } from '../lookups';
import { REGIONS } from '../regions';

const OPERATION = 'DescribeAvailableCrossRegion';

export const describeAvailableCrossRegion: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  isUnscoped: true,
  parameters: { RegionId: { type: 'string', required: true } },
  run: (call) => {
    const regionId = requiredText(call.parameters, 'RegionId');
    const isCopied = COPY_REGIONS.includes(regionId);
    if (!isCopied && !REGIONS.some((region) => region.id === regionId)) throw refusal(OPERATION, 'InvalidRegion.Format');
    if (!isCopied) throw refusal(OPERATION, 'CrossBackupNotSupport');
    return { body: { Regions: { Region: COPY_REGIONS.filter((other) => other !== regionId) } } };
  },
};
