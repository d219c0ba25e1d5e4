// The built bundle in a process of its own, as Function Compute runs it: copies verified, a fault found, and the same delivery again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { DAY_MS, formatInstant, HOUR_MS, type Instant, instant } from '../../lib/base/instant';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { invokeFunction } from '../../lib/local/fc';
import { openHouse } from '../../lib/wire/house';
import { builtBundle } from '../support/bundles';

const POLICY = 'regions: [cn-hangzhou]\ncrossRegion: { destination: cn-shanghai, retention: 30, logs: true }\n';
const MEMBER = {
  id: 'rm-one',
  engine: 'MySQL',
  usedGb: 1,
  crossRegion: { destination: 'cn-shanghai', retentionDays: 30, logs: true, enabledAgoMs: 60 * DAY_MS },
  history: { days: 10 },
} as const;

let folder: string;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-verify-'));
  cloud = await startLocalCloud({ dataFolder: folder, fleet: { members: () => [MEMBER] }, tablestore: { notReadyMs: 0 } });
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

async function tick(at: Instant): Promise<{ readonly body: unknown; readonly ok: boolean }> {
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const result = await invokeFunction({
    bundle: builtBundle('verifyCrossRegion'),
    event: Buffer.from(JSON.stringify({ triggerTime: formatInstant(at), triggerName: 'verify-cross-region', payload: '' })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json') },
    nodeOptions: ['--require', builtBundle('clockShim')],
  });
  return { body: JSON.parse(result.body), ok: result.ok };
}

test('a tick finds the copies healthy, the same tick again returns its summary, and the next one finds the gap in the logs', async () => {
  const now = cloud.clock.now();

  const first = await tick(now);
  const again = await tick(now);
  cloud.world.plantLogGap('rm-one', instant(now - 30 * HOUR_MS), instant(now - 28 * HOUR_MS));
  const next = await tick(instant(now + 1_000));

  expect(first).toMatchObject({
    ok: true,
    body: {
      function: 'verify-cross-region',
      status: 'succeeded',
      counts: { 'in-line': 1, copied: 1 },
      findingsTotal: 0,
      apiCalls: { DescribeCrossRegionBackupDBInstance: 1, CheckCreateDdrDBInstance: 1 },
    },
  });
  expect(again).toEqual(first);
  expect(next.body).toMatchObject({ counts: { 'copies-at-risk': 1 }, findings: [{ rule: 'copied-log-gap' }], findingChanges: { opened: 1 } });
});
