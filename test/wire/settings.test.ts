// The environment that a keeper needs, and what it says when something is wrong with it.
import { readSettings } from '../../lib/wire/settings';

const GOOD = { KEEPER_TABLESTORE_ENDPOINT: 'https://ledger.cn-hangzhou.ots.aliyuncs.com', KEEPER_TABLESTORE_INSTANCE: 'ledger' };

test('only the ledger must be named; the rest has defaults', () => {
  expect(readSettings(GOOD)).toEqual({
    configPath: 'keeper.json',
    rdsEndpoint: undefined,
    stsEndpoint: undefined,
    tablestoreEndpoint: GOOD.KEEPER_TABLESTORE_ENDPOINT,
    tablestoreInstance: 'ledger',
    tablePrefix: 'keeper_',
    logLevel: 'info',
  });
});

test.each([
  { name: 'no ledger endpoint', env: { KEEPER_TABLESTORE_INSTANCE: 'ledger' }, says: 'KEEPER_TABLESTORE_ENDPOINT' },
  { name: 'a blank instance name', env: { ...GOOD, KEEPER_TABLESTORE_INSTANCE: '  ' }, says: 'KEEPER_TABLESTORE_INSTANCE' },
  { name: 'a table prefix that is none', env: { ...GOOD, KEEPER_TABLE_PREFIX: '1;drop' }, says: 'KEEPER_TABLE_PREFIX' },
  { name: 'an unknown log level', env: { ...GOOD, LOG_LEVEL: 'loud' }, says: 'LOG_LEVEL' },
])('$name is a usage error that names the variable', ({ env, says }) => {
  expect(() => readSettings(env)).toThrow(
    expect.objectContaining({ code: 'usage', exitCode: 2, message: expect.stringContaining(says), hint: expect.any(String) }),
  );
});
