// How the environment becomes an invoker: names, places, and what is missing.
import { silentLogger } from '../../lib/base/logger';
import { deployedNameOf, openInvoker, openOwnInvoker } from '../../lib/wire/invoker';
import { type Environment, readFunctionComputeSettings } from '../../lib/wire/settings';
import { KEY, reply, startFcStub } from '../gateways/fc/rig';
import { makeVirtualClock } from '../support/virtual-clock';

const CALL = { function: 'keeper-report', event: '', mode: 'sync' } as const;

afterEach(() => jest.useRealTimers());

function opened(env: Environment, place: { readonly accountId?: string; readonly region?: string } = {}) {
  const settings = readFunctionComputeSettings(env);
  return openInvoker({ settings, ...place, credentials: { current: async () => KEY }, clock: makeVirtualClock(), random: () => 0, logger: silentLogger });
}

test('our functions are deployed under a prefix', () => {
  const settings = readFunctionComputeSettings({ KEEPER_FUNCTION_PREFIX: 'prod' });

  expect(deployedNameOf(settings, 'extra-backup')).toBe('prod-extra-backup');
});

test('a function says itself whose it is and where; the environment does it for the command line', async () => {
  const stub = await startFcStub(reply(200, 'done'));
  const env = { KEEPER_FC_ENDPOINT: stub.endpoint, KEEPER_FC_ACCOUNT_ID: '1111111111111111', KEEPER_FC_REGION: 'cn-beijing' };
  try {
    await opened(env).invoke(CALL);
    await opened(env, { accountId: '2222222222222222', region: 'cn-hangzhou' }).invoke(CALL);
  } finally {
    await stub.close();
  }

  expect(stub.calls.map(({ headers }) => headers['x-fc-account-id'])).toEqual(['1111111111111111', '2222222222222222']);
});

test.each([
  { name: 'the account', env: { KEEPER_FC_REGION: 'cn-beijing' }, says: 'KEEPER_FC_ACCOUNT_ID' },
  { name: 'the region', env: { KEEPER_FC_ACCOUNT_ID: '1111111111111111' }, says: 'KEEPER_FC_REGION' },
  {
    name: 'a safe endpoint',
    env: { KEEPER_FC_REGION: 'cn-beijing', KEEPER_FC_ACCOUNT_ID: '1111111111111111', KEEPER_FC_ENDPOINT: 'http://example.com' },
    says: 'KEEPER_FC_ENDPOINT',
  },
])('without $name nothing is missed until something is called', async ({ env, says }) => {
  const invoker = opened(env);

  await expect(invoker.invoke(CALL)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(says) });
});

test('whoever runs the command calls with the credentials of the environment, and needs neither a ledger nor a policy', async () => {
  const stub = await startFcStub(reply(200, 'done'));
  const env = { KEEPER_FC_ENDPOINT: stub.endpoint, KEEPER_FC_ACCOUNT_ID: '1111111111111111', KEEPER_FC_REGION: 'cn-beijing' };
  process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = 'LTAI-of-the-shell';
  process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = 'secret';
  try {
    const { invoker } = openOwnInvoker({ env, clock: makeVirtualClock(), logger: silentLogger });

    await expect(invoker.invoke(CALL)).resolves.toMatchObject({ kind: 'answered', body: 'done' });
    expect(stub.calls[0]?.headers.authorization).toMatch(/^FC LTAI-of-the-shell:/);
  } finally {
    delete process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'];
    delete process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
    await stub.close();
  }
});
