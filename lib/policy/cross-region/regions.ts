// Says between which regions the service copies backups, by its documents. What an account really has is asked for per source region.
import type { Engine } from '../../domain/instance';

/** `finance`: the regions for the finance sector. */
export type RegionArea = 'mainland' | 'hong-kong' | 'abroad' | 'finance';

/** A region that backups are copied from and to. */
export interface CrossRegionPlace {
  readonly id: string;
  readonly area: RegionArea;
  /** Those whose documents name the region. */
  readonly engines: readonly Engine[];
}

/** Why backups of a region cannot be copied, or not to that region. */
export interface RegionRefusal {
  /** False: the documents are silent. Where the service's own list is known (RDS API, DescribeAvailableCrossRegion), it decides. */
  readonly isCertain: boolean;
  readonly reason: string;
  readonly source: string;
}

/** Those whose backups can be copied at all. */
export const COPYING_ENGINES: readonly Engine[] = ['mysql', 'postgresql', 'sqlserver'];

const PAGES = 'RDS help pages, use the cross-region backup feature: supported regions';
const PAIRS = 'RDS help pages, use the cross-region backup feature: supported backup links';

/** The pages give names, not ids (the mapping is not verified on a live account). */
const IDS: Readonly<Record<RegionArea, readonly string[]>> = {
  mainland: [
    'cn-beijing',
    'cn-shanghai',
    'cn-hangzhou',
    'cn-shenzhen',
    'cn-qingdao',
    'cn-guangzhou',
    'cn-wulanchabu',
    'cn-heyuan',
    'cn-chengdu',
    'cn-huhehaote',
    'cn-zhangjiakou',
  ],
  'hong-kong': ['cn-hongkong'],
  abroad: [
    'us-west-1',
    'us-east-1',
    'ap-southeast-1',
    'ap-northeast-1',
    'eu-central-1',
    'ap-southeast-3',
    'ap-southeast-5',
    'ap-southeast-6',
    'eu-west-1',
    'ap-northeast-2',
    'ap-southeast-7',
  ],
  finance: ['cn-hangzhou-finance', 'cn-shanghai-finance-1', 'cn-shenzhen-finance-1'],
};

/** Every region that the documents name, as source and as destination. */
export const CROSS_REGION_PLACES: readonly CrossRegionPlace[] = (['mainland', 'hong-kong', 'abroad', 'finance'] as const).flatMap((area) =>
  IDS[area].map((id) => ({ id, area, engines: area === 'finance' ? (['sqlserver'] as const) : COPYING_ENGINES })),
);

/** Undefined for a region that the documents do not name. */
export function placeOf(region: string): CrossRegionPlace | undefined {
  return CROSS_REGION_PLACES.find(({ id }) => id === region);
}

/** Why no backup of the engine can be copied from or to the region, or undefined. */
export function regionRefusal(engine: Engine, region: string): RegionRefusal | undefined {
  const place = placeOf(region);
  if (place === undefined) return { isCertain: true, reason: `the documents name no cross-region backup in ${region}`, source: PAGES };
  if (place.engines.includes(engine)) return undefined;
  return { isCertain: true, reason: `the documents name no cross-region backup of ${engine} in ${region}`, source: PAGES };
}

/**
 * Why backups of the engine cannot be copied from the one region to the other, or undefined. Copies go between all areas, and never into the region they come
 * from; of the finance regions the documents do not say where else than to each other.
 *
 * @example pairRefusal('mysql', 'cn-hangzhou', 'cn-hangzhou') // { isCertain: true, ... }
 */
export function pairRefusal(engine: Engine, source: string, destination: string): RegionRefusal | undefined {
  if (source === destination) {
    return { isCertain: true, reason: `copies must be in another region than the instance, and both are ${source}`, source: PAIRS };
  }
  const refusal = regionRefusal(engine, source) ?? regionRefusal(engine, destination);
  if (refusal !== undefined) return refusal;
  const isFinance = (region: string): boolean => placeOf(region)?.area === 'finance';
  if (isFinance(source) === isFinance(destination)) return undefined;
  return { isCertain: false, reason: `the documents name no copies between finance regions and others (${source}, ${destination})`, source: PAIRS };
}
