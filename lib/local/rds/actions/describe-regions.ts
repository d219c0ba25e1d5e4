// DescribeRegions: one row per zone.
import { text } from '../../rpc/parameters';
import { refusal } from '../errors';
import type { RdsAction } from '../lookups';
import { REGIONS } from '../regions';

export const describeRegions: RdsAction = {
  name: 'DescribeRegions',
  group: 'general',
  writes: false,
  isUnscoped: true,
  parameters: {
    AcceptLanguage: { type: 'string', values: ['zh-CN', 'en-US'], invalid: () => refusal('DescribeRegions', 'InvalidAcceptLanguage.NotFound') },
  },
  run: ({ parameters }) => {
    const isEnglish = text(parameters, 'AcceptLanguage') === 'en-US';
    const rows = REGIONS.flatMap((region) =>
      region.zones.map((zone) => ({
        RegionId: region.id,
        ZoneId: `${region.id}-${zone}`,
        LocalName: isEnglish ? region.english : region.chinese,
        ZoneName: isEnglish ? `${region.english} Zone ${zone.toUpperCase()}` : `${region.chinese} 可用区${zone.toUpperCase()}`,
        RegionEndpoint: `rds.${region.id}.aliyuncs.com`,
      })),
    );
    return { body: { Regions: { RDSRegion: rows } } };
  },
};
