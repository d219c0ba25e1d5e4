import { UsageError } from '../../../lib/base/errors';
import { parseEndpoint } from '../../../lib/gateways/openapi/endpoint';

test.each([
  { text: 'https://rds.aliyuncs.com', expected: { protocol: 'HTTPS', host: 'rds.aliyuncs.com' } },
  { text: 'https://rds.aliyuncs.com/', expected: { protocol: 'HTTPS', host: 'rds.aliyuncs.com' } },
  { text: 'https://10.0.0.1:8443', expected: { protocol: 'HTTPS', host: '10.0.0.1:8443' } },
  { text: 'rds-vpc.cn-hangzhou.aliyuncs.com', expected: { protocol: 'HTTPS', host: 'rds-vpc.cn-hangzhou.aliyuncs.com' } },
  { text: 'http://127.0.0.1:18080', expected: { protocol: 'HTTP', host: '127.0.0.1:18080' } },
  { text: 'http://127.9.9.9:1', expected: { protocol: 'HTTP', host: '127.9.9.9:1' } },
  { text: 'HTTP://localhost:18080', expected: { protocol: 'HTTP', host: 'localhost:18080' } },
  { text: 'http://[::1]:18080', expected: { protocol: 'HTTP', host: '[::1]:18080' } },
])('$text is an endpoint', ({ text, expected }) => {
  expect(parseEndpoint(text, 'KEEPER_RDS_ENDPOINT')).toEqual(expected);
});

test.each([
  { name: 'nothing', text: '', says: 'is not an endpoint' },
  { name: 'spaces', text: 'not a host', says: 'is not an endpoint' },
  { name: 'another scheme', text: 'ftp://127.0.0.1', says: 'must be https' },
  { name: 'plain http to another machine', text: 'http://rds.aliyuncs.com', says: 'which is not this machine' },
  { name: 'plain http to a name that only begins like the loopback', text: 'http://127.0.0.1.evil.example', says: 'which is not this machine' },
  { name: 'plain http to a name that only begins like localhost', text: 'http://localhost.evil.example', says: 'which is not this machine' },
  { name: 'a path', text: 'https://rds.aliyuncs.com/api', says: 'must end after the host' },
  { name: 'a query', text: 'https://rds.aliyuncs.com?x=1', says: 'must end after the host' },
])('$name is refused', ({ text, says }) => {
  const parse = (): unknown => parseEndpoint(text, 'KEEPER_RDS_ENDPOINT');

  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(`KEEPER_RDS_ENDPOINT`);
  expect(parse).toThrow(says);
});

test('a password in an endpoint is refused and not repeated', () => {
  expect(() => parseEndpoint('https://me:hunter2@rds.aliyuncs.com', 'KEEPER_RDS_ENDPOINT')).toThrow(
    /^KEEPER_RDS_ENDPOINT must not hold a user name or a password$/,
  );
});
