// The environment that a keeper needs, and what it says when something is wrong with it.
import { readFunctionComputeSettings, readSettings } from '../../lib/wire/settings';

const GOOD = { KEEPER_TABLESTORE_ENDPOINT: 'https://ledger.cn-hangzhou.ots.aliyuncs.com', KEEPER_TABLESTORE_INSTANCE: 'ledger' };

test('only the ledger must be named; the rest has defaults', () => {
  expect(readSettings(GOOD)).toEqual({
    configPath: 'keeper.json',
    rdsEndpoint: undefined,
    stsEndpoint: undefined,
    tablestoreEndpoint: GOOD.KEEPER_TABLESTORE_ENDPOINT,
    tablestoreInstance: 'ledger',
    tablePrefix: 'keeper_',
    functionCompute: {
      endpoint: undefined,
      client: 'fc2',
      target: { apiVersion: '2023-03-30' },
      accountId: undefined,
      region: undefined,
      functionPrefix: 'keeper',
    },
    logLevel: 'info',
  });
});

test.each([
  {
    name: 'a service of FC 2.0',
    env: { KEEPER_FC_API: '2016-08-15', KEEPER_FC_SERVICE: 'svc' },
    part: { client: 'fc2', target: { apiVersion: '2016-08-15', serviceName: 'svc' } },
  },
  { name: 'the SDK of FC 3.0', env: { KEEPER_FC_CLIENT: 'fc20230330' }, part: { client: 'fc20230330', target: { apiVersion: '2023-03-30' } } },
  {
    name: 'a place and a prefix',
    env: {
      KEEPER_FC_ENDPOINT: 'http://127.0.0.1:1',
      KEEPER_FC_ACCOUNT_ID: '1234567890123456',
      KEEPER_FC_REGION: 'cn-hangzhou',
      KEEPER_FUNCTION_PREFIX: 'prod',
    },
    part: { endpoint: 'http://127.0.0.1:1', accountId: '1234567890123456', region: 'cn-hangzhou', functionPrefix: 'prod' },
  },
])('functions can be called in $name', ({ env, part }) => {
  expect(readFunctionComputeSettings(env)).toMatchObject(part);
});

test.each([
  { name: 'no ledger endpoint', env: { KEEPER_TABLESTORE_INSTANCE: 'ledger' }, says: 'KEEPER_TABLESTORE_ENDPOINT' },
  { name: 'a blank instance name', env: { ...GOOD, KEEPER_TABLESTORE_INSTANCE: '  ' }, says: 'KEEPER_TABLESTORE_INSTANCE' },
  { name: 'a table prefix that is none', env: { ...GOOD, KEEPER_TABLE_PREFIX: '1;drop' }, says: 'KEEPER_TABLE_PREFIX' },
  { name: 'an unknown SDK', env: { ...GOOD, KEEPER_FC_CLIENT: 'fc3' }, says: 'KEEPER_FC_CLIENT' },
  { name: 'an unknown API', env: { ...GOOD, KEEPER_FC_API: '2021-04-06' }, says: 'KEEPER_FC_API' },
  { name: 'FC 2.0 without a service', env: { ...GOOD, KEEPER_FC_API: '2016-08-15' }, says: 'KEEPER_FC_SERVICE' },
  { name: 'a service in FC 3.0', env: { ...GOOD, KEEPER_FC_SERVICE: 'svc' }, says: 'KEEPER_FC_SERVICE' },
  {
    name: 'FC 2.0 by the SDK of FC 3.0',
    env: { ...GOOD, KEEPER_FC_CLIENT: 'fc20230330', KEEPER_FC_API: '2016-08-15', KEEPER_FC_SERVICE: 'svc' },
    says: 'KEEPER_FC_CLIENT',
  },
  { name: 'an account that is no number', env: { ...GOOD, KEEPER_FC_ACCOUNT_ID: 'me' }, says: 'KEEPER_FC_ACCOUNT_ID' },
  { name: 'a region that is none', env: { ...GOOD, KEEPER_FC_REGION: 'cn_hangzhou' }, says: 'KEEPER_FC_REGION' },
  { name: 'a prefix that no function can have', env: { ...GOOD, KEEPER_FUNCTION_PREFIX: '1st' }, says: 'KEEPER_FUNCTION_PREFIX' },
  { name: 'an unknown log level', env: { ...GOOD, LOG_LEVEL: 'loud' }, says: 'LOG_LEVEL' },
])('$name is a usage error that names the variable', ({ env, says }) => {
  expect(() => readSettings(env)).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 2, message: expect.stringContaining(says), hint: expect.any(String) }),
  );
});
