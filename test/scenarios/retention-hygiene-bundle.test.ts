// The built bundle in a process of its own, as Function Compute runs it: settings and marks, the same delivery again, and the purges a day later.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { DAY_MS, formatInstant, type Instant, instant } from '../../lib/base/instant';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { invokeFunction } from '../../lib/local/fc';
import { openHouse } from '../../lib/wire/house';
import { builtBundle } from '../support/bundles';

const POLICY = `regions: [cn-hangzhou]
settings: { mode: enforce, dataRetention: 500 }
retention: { mode: enforce, keep: { last: 2 }, floor: 1, graceHours: 24 }
limits: { maxPurgePercentPerDay: 100 }
`;
// The newest two stay by the rule, the newest one from before the logs (7 days) as the recovery anchor.
const manualSets = [1, 2, 20, 30, 40].map((days) => ({ id: `${1000 + days}`, agoMs: days * DAY_MS, keepDays: 400 }));
const MEMBER = { id: 'rm-one', engine: 'MySQL', settings: { retentionDays: 400, logRetentionDays: 7 }, history: { days: 0, manualSets } } as const;

let folder: string;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-hygiene-'));
  cloud = await startLocalCloud({ dataFolder: folder, fleet: { members: () => [MEMBER] }, tablestore: { notReadyMs: 0 } });
  const { policy } = loadPolicyText(POLICY, 'keeper.yaml');
  await writeFile(join(folder, 'keeper.json'), JSON.stringify(policy));
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const house = openHouse({ env: cloud.environment, policy, logger: silentLogger, functionCredentials: { accessKeyId, accessKeySecret } });
  await house.ledger.init(systemClock.now());
  for (const { id } of manualSets) {
    const recordedAt = systemClock.now();
    await house.ledger.putSet({ instanceId: 'rm-one', backupId: id, origin: 'claimed', spec: undefined, slotId: undefined, recordedAt, claimedBy: 'ada' });
  }
  house.close();
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

async function tick(at: Instant): Promise<{ readonly body: unknown; readonly ok: boolean }> {
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const result = await invokeFunction({
    bundle: builtBundle('retentionHygiene'),
    event: Buffer.from(JSON.stringify({ triggerTime: formatInstant(at), triggerName: 'retention-hygiene', payload: '' })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json') },
    nodeOptions: ['--require', builtBundle('clockShim')],
  });
  return { body: JSON.parse(result.body), ok: result.ok };
}

const setsLeft = (): unknown => cloud.world.find('rm-one')?.sets.flatMap(({ id, mode }) => (mode === 'Manual' ? [id] : []));

test('a tick corrects and marks, the same tick again returns its summary, and the next day what was marked is purged', async () => {
  const now = cloud.clock.now();

  const first = await tick(now);
  const again = await tick(now);
  const marked = setsLeft();
  cloud.clock.advance(DAY_MS);
  const second = await tick(instant(now + DAY_MS));

  expect(first).toMatchObject({
    ok: true,
    body: { function: 'retention-hygiene', status: 'succeeded', counts: { corrected: 1, marked: 2, kept: 1 }, apiCalls: { ModifyBackupPolicy: 1 } },
  });
  expect(again).toEqual(first);
  expect(marked).toHaveLength(5);
  expect(second.body).toMatchObject({ status: 'succeeded', counts: { 'in-line': 1, purged: 2 }, apiCalls: { DeleteBackup: 1 } });
  expect(setsLeft()).toEqual(['1001', '1002', '1020']);
  expect(cloud.world.find('rm-one')?.spec.settings).toMatchObject({ retentionDays: 500 });
});

test('an on-demand event with dryRun tells what would be done, and changes nothing', async () => {
  const { accessKeyId, accessKeySecret } = cloud.credentials;

  const result = await invokeFunction({
    bundle: builtBundle('retentionHygiene'),
    event: Buffer.from(JSON.stringify({ kind: 'on-demand', key: 'look', instances: ['rm-one'], dryRun: true })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json') },
    nodeOptions: ['--require', builtBundle('clockShim')],
  });

  expect(JSON.parse(result.body)).toMatchObject({ dryRun: true, counts: { 'would-correct': 1, 'would-mark': 2 } });
  expect(setsLeft()).toHaveLength(5);
  expect(cloud.world.find('rm-one')?.spec.settings).toMatchObject({ retentionDays: 400 });
});
