import { UsageError } from '../../../lib/base/errors';
import { rdsEndpointOf } from '../../../lib/gateways/rds/endpoints';

test.each([
  { region: 'cn-hangzhou', host: 'rds.aliyuncs.com' },
  { region: 'cn-hongkong', host: 'rds.aliyuncs.com' },
  { region: 'cn-chengdu', host: 'rds.cn-chengdu.aliyuncs.com' },
  { region: 'eu-central-1', host: 'rds.eu-central-1.aliyuncs.com' },
  { region: 'ap-southeast-1', host: 'rds.ap-southeast-1.aliyuncs.com' },
  { region: 'us-east-1', host: 'rds.us-east-1.aliyuncs.com' },
  { region: 'cn-hangzhou-finance', host: 'rds-vpc.cn-hangzhou-finance.aliyuncs.com' },
])('$region is reached at $host', ({ region, host }) => {
  expect(rdsEndpointOf(region)).toEqual({ protocol: 'HTTPS', host });
});

test.each(['', 'hangzhou', 'cn-hangzhou.evil.example/', 'CN-HANGZHOU', 'cn hangzhou'])('%p is no region', (region) => {
  expect(() => rdsEndpointOf(region)).toThrow(UsageError);
});
