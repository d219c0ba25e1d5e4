// Where the RDS API of each region is.
import { UsageError } from '../../base/errors';
import type { Endpoint } from '../openapi/endpoint';

const CENTRAL_HOST = 'rds.aliyuncs.com';

/**
 * Regions served by the central host (the official SDK's table). ap-southeast-1, us-west-1, us-east-1 and cn-shenzhen-finance-1 are in that
 * table too, but the service's metadata of December 2025 gives them regional hosts: those are used.
 */
const CENTRAL_REGIONS: ReadonlySet<string> = new Set([
  'cn-hangzhou',
  'cn-shanghai',
  'cn-beijing',
  'cn-shenzhen',
  'cn-qingdao',
  'cn-heyuan',
  'cn-hongkong',
  'cn-shanghai-finance-1',
  'cn-beijing-finance-1',
]);

const SPECIAL_HOSTS: Readonly<Record<string, string>> = { 'cn-hangzhou-finance': 'rds-vpc.cn-hangzhou-finance.aliyuncs.com' };

/** The public endpoint of a region. Throws a UsageError for a text that cannot be a region id. */
export function rdsEndpointOf(region: string): Endpoint {
  if (!/^[a-z]{2,}(-[a-z0-9]+)+$/.test(region)) throw new UsageError(`not a region id: ${JSON.stringify(region)}`, 'for example cn-hangzhou');
  return { protocol: 'HTTPS', host: SPECIAL_HOSTS[region] ?? (CENTRAL_REGIONS.has(region) ? CENTRAL_HOST : `rds.${region}.aliyuncs.com`) };
}
