// A keeper whose two accounts have their keys in AWS Secrets Manager: one an access key, one a role that a key of a third may assume.

import { type Logger, silentLogger } from '../../lib/base/logger';
import { makeFaultPlan } from '../../lib/local/faults';
import { DEFAULT_ACCOUNT_ID } from '../../lib/local/identities';
import type { FaultPlan } from '../../lib/local/kinds';
import { closeServer, LOOPBACK, listenOnLoopback } from '../../lib/local/loopback';
import { AWS_REGION, type AwsUser, DEFAULT_AWS_USER, makeSecretStore, makeSecretsServer, type SecretStore } from '../../lib/local/secrets';
import type { RunPorts } from '../../lib/run/types';
import { openHouse } from '../../lib/wire/house';
import { HOURLY, type KeeperOptions, startKeeper, type TestKeeper, type TestRun } from '../support/keeper';

export const GAMES_ACCOUNT = '2222222222222222';
export const RETAIL = 'secret://aws/keeper/retail';
export const HUB = 'secret://aws/keeper/hub';

const policyOf = (retail: string): string => `timezone: UTC
accounts:
  - name: retail
    regions: [cn-hangzhou]
    credentials: ${retail}
  - name: games
    regions: [cn-hangzhou]
    credentials:
      type: role
      roleArn: acs:ram::${GAMES_ACCOUNT}:role/keeper
      sessionName: keeper
      externalId: partner-7
      source: { type: ak, accessKeyId: "${HUB}#id", accessKeySecret: "${HUB}#secret" }
extraBackups:
${HOURLY}`;

export const AK_FROM_SECRET = `{ type: ak, accessKeyId: "${RETAIL}#id", accessKeySecret: "${RETAIL}#secret" }`;
export const POLICY = policyOf(AK_FROM_SECRET);

/** Key and secret of a user of the cloud, as the secret holds them. */
export const keyOf = (id: string, secret: string): string => JSON.stringify({ id, secret });

export interface SecretsWorld {
  readonly keeper: TestKeeper;
  readonly store: SecretStore;
  readonly env: Record<string, string>;
  /** How many GetSecretValue calls came. */
  reads(): number;
  /** One invocation after the other of one warm instance: a new house, the same environment. */
  invoke(run: (ports: RunPorts) => Promise<TestRun>): Promise<TestRun>;
  /** When the manual backups of an instance started. */
  starts(instanceId: string): readonly string[];
  close(): Promise<void>;
}

export interface SecretsWorldOptions {
  readonly retail?: string;
  readonly awsUsers?: readonly AwsUser[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
  readonly cloud?: KeeperOptions['cloud'];
}

/** The keys of the cloud: `canary` in them is what no output may hold. */
export const RETAIL_KEY = { accessKeyId: 'AK-retail-1', secret: 'canary-retail-1' };
export const HUB_KEY = { accessKeyId: 'AK-hub-1', secret: 'canary-hub-1' };

export async function startSecretsWorld(options: SecretsWorldOptions = {}): Promise<SecretsWorld> {
  const { logger = silentLogger } = options;
  const assume = { Version: '1' as const, Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Resource: `acs:ram::${GAMES_ACCOUNT}:role/*` }] };
  const keeper = await startKeeper({
    policy: policyOf(options.retail ?? AK_FROM_SECRET),
    fleet: [
      { id: 'rm-retail', engine: 'MySQL', usedGb: 1 },
      { id: 'rm-games', engine: 'MySQL', usedGb: 1, accountId: GAMES_ACCOUNT },
    ],
    logger,
    cloud: {
      identities: {
        users: [
          { ...RETAIL_KEY, name: 'retail', accountId: DEFAULT_ACCOUNT_ID },
          { ...HUB_KEY, name: 'hub', accountId: '3333333333333333', policy: assume },
        ],
        roles: [{ name: 'keeper', accountId: GAMES_ACCOUNT, externalId: 'partner-7' }],
      },
      ...options.cloud,
    },
  });
  const now = () => keeper.clock.now();
  const store = makeSecretStore({
    now,
    secrets: { 'keeper/retail': keyOf(RETAIL_KEY.accessKeyId, RETAIL_KEY.secret), 'keeper/hub': keyOf(HUB_KEY.accessKeyId, HUB_KEY.secret) },
  });
  let reads = 0;
  const faults: FaultPlan = {
    ...makeFaultPlan(),
    take: () => {
      reads += 1;
      return undefined;
    },
  };
  const server = makeSecretsServer({ now, users: options.awsUsers ?? [DEFAULT_AWS_USER], secrets: store, faults, latencyMs: 0 });
  const port = await listenOnLoopback(server);
  const env = {
    ...keeper.cloud.environment,
    AWS_REGION,
    AWS_ACCESS_KEY_ID: DEFAULT_AWS_USER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEFAULT_AWS_USER.secretAccessKey,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${LOOPBACK}:${port}`,
    ...options.env,
  };
  return {
    keeper,
    store,
    env,
    reads: () => reads,
    invoke: async (run) => {
      const { accessKeyId, accessKeySecret } = keeper.cloud.credentials;
      const { policy, clock } = keeper;
      const house = openHouse({ env, policy, clock, random: () => 0.5, logger, functionCredentials: { accessKeyId, accessKeySecret } });
      try {
        return await run(house.ports);
      } finally {
        house.close();
      }
    },
    starts: (instanceId) => keeper.manualStarts(instanceId),
    close: async () => {
      await closeServer(server);
      await keeper.close();
    },
  };
}
