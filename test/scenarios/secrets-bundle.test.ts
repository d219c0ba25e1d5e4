// The built bundle in a process of its own: the SDK of AWS Secrets Manager is loaded from its vendor file, and no secret is on the command line or in the log.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { formatInstant } from '../../lib/base/instant';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { invokeFunction } from '../../lib/local/fc';
import { DEFAULT_AWS_USER } from '../../lib/local/secrets';
import { openHouse } from '../../lib/wire/house';
import { builtBundle } from '../support/bundles';

const POLICY = `accounts:
  - name: retail
    credentials: { type: ak, accessKeyId: "secret://aws/keeper/retail#id", accessKeySecret: "secret://aws/keeper/retail#secret" }
regions: [cn-hangzhou]
expiry: [{ name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }]
`;
const KEY = { accessKeyId: 'AK-retail', secret: 'canary-retail', name: 'retail' };

let folder: string;
let cloud: LocalCloud;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-secrets-'));
  cloud = await startLocalCloud({
    dataFolder: folder,
    fleet: { members: () => [{ id: 'rm-sql', engine: 'SQLServer' as const, history: { days: 0 } }] },
    tablestore: { notReadyMs: 0 },
    identities: { users: [KEY] },
    secrets: { 'keeper/retail': JSON.stringify({ id: KEY.accessKeyId, secret: KEY.secret }) },
  });
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

test.each([
  { name: 'as it is deployed', debug: {} },
  { name: "with the traces on that the vendors' packages print", debug: { DEBUG: '*' } },
  { name: "with those of the ledger's SDK on", debug: { DEBUG: 'aliyun' } },
])('a function reads the key of its account from the store, and tells nobody: $name', async ({ debug }) => {
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  let commandLine = '';

  const result = await invokeFunction({
    bundle: builtBundle('extendExpiry'),
    event: Buffer.from(JSON.stringify({ triggerTime: formatInstant(cloud.clock.now()), triggerName: 'extend-expiry', payload: '' })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: join(folder, 'keeper.json'), LOG_LEVEL: 'debug', ...debug },
    onStart: (pid) => {
      if (existsSync('/proc')) commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    },
    nodeOptions: ['--require', builtBundle('clockShim')],
  });

  expect(JSON.parse(result.body)).toMatchObject({ status: 'succeeded', scope: { accounts: ['retail'], instances: 1 } });
  expect(commandLine + JSON.stringify(result)).not.toContain('canary');
  expect(commandLine).not.toContain(DEFAULT_AWS_USER.secretAccessKey);
  expect(JSON.stringify(result)).not.toContain('NodeVersionSupportWarning');
  expect(result.logs.filter((line) => /signature|authorization|x-ots-|x-acs-/i.test(line))).toEqual([]);
});
