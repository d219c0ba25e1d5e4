// The built bundle in a process of its own, as Function Compute runs it: a timer's delivery, and the same one again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { formatInstant, type Instant, instant } from '../../lib/base/instant';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { invokeFunction } from '../../lib/local/fc';
import { openHouse } from '../../lib/wire/house';
import { builtBundle } from '../support/bundles';
import { plantSets } from '../support/sets';

const POLICY = 'regions: [cn-hangzhou]\nexpiry: [{ name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }]\n';

let folder: string;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-expiry-'));
  const fleet = { members: () => [{ id: 'rm-sql', engine: 'SQLServer' as const, history: { days: 0 } }] };
  cloud = await startLocalCloud({ dataFolder: folder, fleet, tablestore: { notReadyMs: 0 } });
  const { policy } = loadPolicyText(POLICY, 'keeper.yaml');
  await writeFile(join(folder, 'keeper.json'), JSON.stringify(policy));
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const house = openHouse({ env: cloud.environment, policy, logger: silentLogger, functionCredentials: { accessKeyId, accessKeySecret } });
  await house.ledger.init(systemClock.now());
  house.close();
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

async function tick(at: Instant): Promise<unknown> {
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const result = await invokeFunction({
    bundle: builtBundle('extendExpiry'),
    event: Buffer.from(JSON.stringify({ triggerTime: formatInstant(at), triggerName: 'extend-expiry', payload: '' })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json') },
    nodeOptions: ['--require', builtBundle('clockShim')],
  });
  return JSON.parse(result.body);
}

test('a tick extends what is due; the same tick again returns the stored summary; the next one changes nothing', async () => {
  const now = cloud.clock.now();
  plantSets(cloud.world, 'rm-sql', now, [{ id: '7' }]);

  const first = await tick(now);
  const again = await tick(now);
  const next = await tick(instant(now + 1_000));

  expect(first).toMatchObject({ function: 'extend-expiry', status: 'succeeded', counts: { extended: 1 }, apiCalls: { ModifyBackupSetExpireTime: 1 } });
  expect(again).toEqual(first);
  expect(next).toMatchObject({ status: 'succeeded', counts: { left: 1 } });
  expect(next).not.toHaveProperty('apiCalls.ModifyBackupSetExpireTime');
});
