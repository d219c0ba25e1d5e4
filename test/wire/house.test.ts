// A house is put together from an environment and a policy, and says what is missing when something is.
import { loadPolicyText } from '../../lib/config/load';
import { startLocalCloud } from '../../lib/local';
import { openHouse } from '../../lib/wire/house';
import { HOURLY, policyWith, startKeeper } from '../support/keeper';

const { policy } = loadPolicyText(policyWith(HOURLY), 'keeper.yaml');
const ENV = { KEEPER_TABLESTORE_ENDPOINT: 'http://127.0.0.1:1', KEEPER_TABLESTORE_INSTANCE: 'ledger', LOG_LEVEL: 'silent' };
const KEYS = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'] as const;

test('an account that the policy does not know has no gateway', async () => {
  const house = openHouse({ env: ENV, policy });

  const gateway = house.ports.gatewayOf({ account: 'nobody', region: 'cn-hangzhou' });

  await expect(gateway.listRunningJobs('rm-one')).rejects.toMatchObject({ code: 'unknown-account' });
  expect(gateway.apiCalls()).toEqual({});
  house.close();
});

test('the same account and region is the same gateway, so that its rate is shared', () => {
  const house = openHouse({ env: ENV, policy });
  const target = { account: 'default', region: 'cn-hangzhou' };

  expect(house.ports.gatewayOf(target)).toBe(house.ports.gatewayOf({ ...target }));
  house.close();
});

test('outside a function the ledger is opened with the keys of the environment', async () => {
  const cloud = await startLocalCloud({ fleet: 'empty', tablestore: { notReadyMs: 0 } });
  const before = KEYS.map((name) => process.env[name]);
  const house = openHouse({ env: { ...cloud.environment, LOG_LEVEL: 'silent' }, policy });
  try {
    for (const name of KEYS) process.env[name] = cloud.environment[name];

    expect(await house.ledger.missingTables()).toHaveLength(10);
  } finally {
    for (const [index, name] of KEYS.entries()) restore(name, before[index]);
    house.close();
    await cloud.close();
  }
});

test('every method of the gateway reaches the service through the lazy one', async () => {
  const keeper = await startKeeper({ fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 2 } }], policy: policyWith(HOURLY) });
  const gateway = keeper.house.ports.gatewayOf({ account: 'default', region: 'cn-hangzhou' });
  const now = keeper.clock.now();

  const instance = await gateway.findInstance('rm-one', { withTags: true });
  const sets = await gateway.listBackupSets('rm-one', { from: (now - 86_400_000 * 2) as typeof now, to: now });

  expect(instance?.id).toBe('rm-one');
  expect(await gateway.listDatabases('rm-one', 'mysql')).toHaveLength(1);
  expect((await gateway.findBackupSet('rm-one', sets[0]?.id ?? ''))?.id).toBe(sets[0]?.id);
  expect(await gateway.findJob('rm-one', '1')).toBeUndefined();
  expect(gateway).toMatchObject({ account: 'default', region: 'cn-hangzhou' });
  await keeper.close();
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
