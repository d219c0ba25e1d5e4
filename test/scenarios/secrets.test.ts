// Accounts whose keys are in AWS Secrets Manager, through the whole keeper: read once, rotated while it runs, taken away, never told.
import { formatInstant, MINUTE_MS } from '../../lib/base/instant';
import { DEFAULT_ACCOUNT_ID } from '../../lib/local/identities';
import type { AwsUser } from '../../lib/local/secrets';
import type { TestRun } from '../support/keeper';
import {
  AK_FROM_SECRET,
  GAMES_ACCOUNT,
  HUB,
  HUB_KEY,
  keyOf,
  RETAIL,
  RETAIL_KEY,
  type SecretsWorld,
  type SecretsWorldOptions,
  startSecretsWorld,
} from './secrets-support';

let world: SecretsWorld;
afterEach(() => world.close());

const tick = (): Promise<TestRun> => world.invoke((ports) => world.keeper.tick({ ports }));

/** Everything that a run says. */
const textOf = (run: TestRun): string => JSON.stringify(run.summary);

test('two accounts, one by its key and one by a role with an external id: one backup each, and one read per secret', async () => {
  world = await startSecretsWorld();

  const run = await tick();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { submitted: 2 }, scope: { accounts: ['retail', 'games'] } });
  expect([world.starts('rm-retail'), world.starts('rm-games')]).toEqual([[expect.any(String)], [expect.any(String)]]);
  expect(world.reads()).toBe(2);
});

test('the next invocations of a warm instance do not ask again before five minutes are over', async () => {
  world = await startSecretsWorld();
  await tick();
  world.keeper.clock.advance(1_000);
  await world.invoke((ports) => world.keeper.reconcile({ ports }));
  const early = world.reads();
  world.keeper.clock.advance(5 * MINUTE_MS - 1_000);
  await world.invoke((ports) => world.keeper.reconcile({ ports }));

  expect([early, world.reads()]).toEqual([2, 4]);
});

test('KEEPER_SECRET_CACHE_SECONDS says how long', async () => {
  world = await startSecretsWorld({ env: { KEEPER_SECRET_CACHE_SECONDS: '60' } });
  await tick();
  world.keeper.clock.advance(MINUTE_MS);
  await world.invoke((ports) => world.keeper.reconcile({ ports }));

  expect(world.reads()).toBe(4);
});

test('a KEEPER_SECRET_CACHE_SECONDS that is none is a usage error', async () => {
  world = await startSecretsWorld({ env: { KEEPER_SECRET_CACHE_SECONDS: '5m' } });

  await expect(tick()).rejects.toMatchObject({ exitCode: 2, message: 'KEEPER_SECRET_CACHE_SECONDS is not a number of seconds: "5m"' });
});

describe('rotation without a new deployment', () => {
  const NEW_RETAIL = { accessKeyId: 'AK-retail-2', secret: 'canary-retail-2' };
  const NEW_HUB = { accessKeyId: 'AK-hub-2', secret: 'canary-hub-2' };

  function rotateKeys(): void {
    const { identities } = world.keeper.cloud;
    identities.addUser({ ...RETAIL_KEY, name: 'retail', accountId: DEFAULT_ACCOUNT_ID, isActive: false });
    identities.addUser({ ...HUB_KEY, name: 'hub', accountId: '3333333333333333', isActive: false });
    identities.addUser({ ...NEW_RETAIL, name: 'retail', accountId: DEFAULT_ACCOUNT_ID });
    identities.addUser({ ...NEW_HUB, name: 'hub', accountId: '3333333333333333' });
  }

  test('a key that was rotated while the old one was still kept is read anew, and the run succeeds', async () => {
    world = await startSecretsWorld({ env: { KEEPER_SECRET_CACHE_SECONDS: '86400' } });
    await tick();
    rotateKeys();
    world.store.rotate('keeper/retail', keyOf(NEW_RETAIL.accessKeyId, NEW_RETAIL.secret));
    world.store.rotate('keeper/hub', keyOf(NEW_HUB.accessKeyId, NEW_HUB.secret));
    world.keeper.goTo('2026-11-21T02:00:00Z');

    const run = await tick();

    expect(run.summary).toMatchObject({ status: 'succeeded', counts: { submitted: 2 }, findingsTotal: 0 });
    expect(world.starts('rm-retail')).toHaveLength(2);
    expect(world.reads()).toBe(4);
  });

  test('a key that was disabled but not replaced: the run says whose reference it is, and the other account is served', async () => {
    world = await startSecretsWorld();
    await tick();
    world.keeper.cloud.identities.addUser({ ...RETAIL_KEY, name: 'retail', accountId: DEFAULT_ACCOUNT_ID, isActive: false });
    world.keeper.goTo('2026-11-21T02:00:00Z');

    const run = await tick();

    expect(run.summary.status).toBe('partial');
    expect(textOf(run)).toContain(`${RETAIL}#id and ${RETAIL}#secret`);
    expect([world.starts('rm-retail').length, world.starts('rm-games').length]).toEqual([1, 2]);
  });

  test('a secret that was rotated away altogether while it was kept', async () => {
    world = await startSecretsWorld({ env: { KEEPER_SECRET_CACHE_SECONDS: '86400' } });
    await tick();
    rotateKeys();
    world.store.delete('keeper/retail');
    world.store.rotate('keeper/hub', keyOf(NEW_HUB.accessKeyId, NEW_HUB.secret));
    world.keeper.goTo('2026-11-21T02:00:00Z');

    const run = await tick();

    expect(run.summary.status).toBe('partial');
    expect(textOf(run)).toContain(`cannot resolve ${RETAIL}#id`);
    expect([world.starts('rm-retail').length, world.starts('rm-games').length]).toEqual([1, 2]);
  });
});

describe('secrets that are of no use: nothing is created in that account, the run says why and is recorded, the other account is served', () => {
  const weak: AwsUser = {
    accessKeyId: 'AKIAWEAK',
    secretAccessKey: 'canary-aws',
    name: 'weak',
    statements: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*:secret:keeper/hub-??????' }],
  };
  const WEAK_ENV = { AWS_ACCESS_KEY_ID: weak.accessKeyId, AWS_SECRET_ACCESS_KEY: weak.secretAccessKey };

  test.each<{ name: string; options?: SecretsWorldOptions; prepare?: () => void; says: string }>([
    {
      name: 'missing',
      prepare: () => world.store.delete('keeper/retail'),
      says: `cannot resolve ${RETAIL}#id: AWS Secrets Manager in us-east-1 has no such secret`,
    },
    { name: 'no JSON', prepare: () => world.store.rotate('keeper/retail', 'canary'), says: `cannot resolve ${RETAIL}#id: the secret is no JSON object` },
    {
      name: 'without the field',
      prepare: () => world.store.rotate('keeper/retail', '{"other":"canary"}'),
      says: `cannot resolve ${RETAIL}#id: the secret has no field id`,
    },
    { name: 'a wrong key', prepare: () => world.store.rotate('keeper/retail', keyOf('AK-retail-1', 'canary-wrong')), says: 'SignatureDoesNotMatch' },
    { name: 'an unknown key', prepare: () => world.store.rotate('keeper/retail', keyOf('AK-nobody', 'canary')), says: 'InvalidAccessKeyId.NotFound' },
    {
      name: 'denied',
      options: { awsUsers: [weak], env: WEAK_ENV },
      says: `cannot resolve ${RETAIL}#id: the AWS access key may not secretsmanager:GetSecretValue`,
    },
    {
      name: 'an unset variable',
      options: { retail: '{ type: ak, accessKeyId: "env://RETAIL_ID", accessKeySecret: "env://RETAIL_SECRET" }' },
      says: 'cannot resolve env://RETAIL_ID: the environment variable is not set',
    },
    {
      name: 'a file that is not there',
      options: { retail: '{ type: bearer, token: "file:///no/such/token" }' },
      says: 'cannot resolve file:///no/such/token: the file cannot be read (ENOENT)',
    },
    {
      name: 'a role that nobody knows',
      options: { retail: `{ type: role, roleArn: "acs:ram::${GAMES_ACCOUNT}:role/nobody", source: ${AK_FROM_SECRET} }` },
      says: `AssumeRole for acs:ram::${GAMES_ACCOUNT}:role/nobody was refused: EntityNotExist.Role`,
    },
    {
      name: 'a role whose external id is another',
      options: { retail: `{ type: role, roleArn: "acs:ram::${GAMES_ACCOUNT}:role/keeper", externalId: partner-8, source: ${AK_FROM_SECRET} }` },
      says: 'sts:AssumeRole',
    },
    {
      name: 'a role that the source may not assume',
      options: {
        retail: `{ type: role, roleArn: "acs:ram::${DEFAULT_ACCOUNT_ID}:role/own", source: { type: ak, accessKeyId: "${HUB}#id", accessKeySecret: "${HUB}#secret" } }`,
      },
      says: 'sts:AssumeRole',
    },
  ])('$name', async ({ options, prepare, says }) => {
    world = await startSecretsWorld(options);
    prepare?.();

    const run = await tick();

    expect(run.summary.status).toBe('partial');
    expect(textOf(run)).toContain(says);
    expect(textOf(run)).not.toContain('canary');
    expect([world.starts('rm-retail').length, world.starts('rm-games').length]).toEqual([0, 1]);
    const [recorded] = await world.keeper.house.ledger.listRuns('extra-backup', 1);
    expect(recorded?.summary).toMatchObject({ status: 'partial' });
  });
});

test('a session of a role is renewed before it ends, while a run of many hours goes on', async () => {
  world = await startSecretsWorld();
  await world.invoke(async (ports) => {
    await world.keeper.tick({ ports });
    for (const hour of ['02', '03', '04']) {
      world.keeper.goTo(`2026-11-21T${hour}:00:00Z`);
      const run = await world.keeper.tick({ ports });
      expect(run.summary.status).toBe('succeeded');
    }
    return world.keeper.tick({ ports, timer: 'last' });
  });

  expect(world.starts('rm-games')).toHaveLength(4);
  expect(formatInstant(world.keeper.clock.now())).toBe('2026-11-21T04:00:00Z');
});

test('an account that lets nobody in does not keep reconcile from the others: its finding is told once', async () => {
  world = await startSecretsWorld({ env: { KEEPER_SECRET_CACHE_SECONDS: '0' } });
  await tick();
  world.store.delete('keeper/retail');
  world.keeper.clock.advance(4 * 60 * MINUTE_MS);

  const run = await world.invoke((ports) => world.keeper.reconcile({ ports }));

  expect(run.summary.status).toBe('partial');
  expect(run.verdicts.map(({ instanceId, verdict }) => [instanceId, verdict]).sort()).toEqual([
    ['rm-games', 'already-done'],
    ['rm-retail', 'unreachable'],
  ]);
  expect(run.summary.findings.map(({ rule }) => rule)).toEqual(['shard-failed']);
});
