import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBackupRequest, DescribeBackupsRequest, DescribeBackupTasksRequest, DescribeDBInstancesRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/base/instant';
import { type LocalCloud, makeFleet, startLocalCloud } from '../../lib/local';
import { CONTROL_HEADER } from '../../lib/local/control';
import { LOOPBACK, listenOnLoopback } from '../../lib/local/loopback';
import { makeRdsServer } from '../../lib/local/rds/service';
import { makeVirtualClock } from '../support/virtual-clock';
import { makeSdkClient } from './rds/support';

const ONE = { members: () => [{ id: 'rm-one', engine: 'MySQL' as const, history: { days: 0 } }] };

let folder: string;
let cloud: LocalCloud | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-cloud-'));
});

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
  jest.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of the control endpoint, on a connection of its own. */
function control(method: string, path: string, body?: string, token = cloud?.controlToken ?? ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(`${cloud?.endpoints.control}${path}`, { method, agent: false, headers: { [CONTROL_HEADER]: token } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe('the local cloud', () => {
  test('tells the endpoints and the variables that a keeper process needs', async () => {
    cloud = await startLocalCloud({ dataFolder: folder });

    expect(cloud.endpoints.rds).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(cloud.environment).toEqual({
      KEEPER_RDS_ENDPOINT: `http://${cloud.endpoints.rds}`,
      KEEPER_STS_ENDPOINT: `http://${cloud.endpoints.sts}`,
      KEEPER_TABLESTORE_ENDPOINT: cloud.endpoints.tablestore,
      KEEPER_TABLESTORE_INSTANCE: 'keeper-local',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: cloud.endpoints.secrets,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIALOCALKEEPER',
      AWS_SECRET_ACCESS_KEY: 'local-keeper-aws-secret',
      ALIBABA_CLOUD_ACCESS_KEY_ID: cloud.credentials.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: cloud.credentials.accessKeySecret,
      KEEPER_CLOCK_FILE: join(folder, 'clock.json'),
    });
    expect(existsSync(join(folder, 'clock.json'))).toBe(true);
  });

  test('knows world, jobs and clock again after a restart', async () => {
    cloud = await startLocalCloud({ dataFolder: folder, fleet: ONE });
    cloud.clock.advance(DAY_MS);
    const offsetBefore = JSON.parse(readFileSync(join(folder, 'clock.json'), 'utf8'));
    const jobId = cloud.world.humanBackup('rm-one');
    await cloud.close();

    cloud = await startLocalCloud({ dataFolder: folder, fleet: 'sample' });

    expect(JSON.parse(readFileSync(join(folder, 'clock.json'), 'utf8'))).toEqual(offsetBefore);
    expect([...cloud.world.all()].map(({ spec, job }) => [spec.id, job?.id])).toEqual([['rm-one', jobId]]);
  });

  test('lets one process have the data folder', async () => {
    cloud = await startLocalCloud({ dataFolder: folder, fleet: 'empty' });

    await expect(startLocalCloud({ dataFolder: folder })).rejects.toMatchObject({ code: 'data-folder-locked' });
  });

  test('gives back what it took when a port cannot be had', async () => {
    const first = await startLocalCloud({ fleet: 'empty' });
    const taken = Number(first.endpoints.rds.split(':')[1]);

    await expect(startLocalCloud({ dataFolder: folder, fleet: 'empty', ports: { sts: taken } })).rejects.toMatchObject({ code: 'local-port' });
    await first.close();

    cloud = await startLocalCloud({ dataFolder: folder, fleet: 'empty' });
    expect(cloud.endpoints.rds).toBeDefined();
  });

  test.each(['0.0.0.0', '::', 'localhost'])('refuses to listen on %s', async (host) => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock, fleet: 'empty' });
    const server = makeRdsServer({ world: cloud.world, identities: cloud.identities, faults: cloud.faults, now: clock.now, latencyMs: 0 });

    await expect(listenOnLoopback(server, { host })).rejects.toMatchObject({ code: 'local-not-loopback', message: expect.stringContaining(LOOPBACK) });
    expect(server.listening).toBe(false);
  });

  test('serves a fleet of ten thousand, and its nights', async () => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock, fleet: makeFleet({ count: 10_000 }) });
    const client = makeSdkClient(cloud.endpoints.rds);

    const { body } = await client.describeDBInstances(new DescribeDBInstancesRequest({ regionId: 'cn-shanghai', pageSize: 100, pageNumber: 50 }));
    clock.advance(DAY_MS);
    cloud.world.settle(clock.now());

    expect(body).toMatchObject({ totalRecordCount: 5_000, pageRecordCount: 100 });
    const automatics = [...cloud.world.all()].flatMap(({ starts }) => starts.filter((start) => start.at > clock.now() - DAY_MS));
    expect(automatics).toHaveLength(10_000);
  });
});

describe('the control endpoint', () => {
  beforeEach(async () => {
    cloud = await startLocalCloud({ clock: makeVirtualClock(), fleet: ONE });
  });

  test('moves the clock and lets the world catch up', async () => {
    const before = await control('GET', '/world');
    const moved = await control('POST', '/clock/advance', JSON.stringify({ ms: DAY_MS }));
    const after = await control('GET', '/world');

    expect(before.body).toMatchObject({ now: '2026-11-21T01:00:00Z', instances: [{ id: 'rm-one', job: null, automatedSets: 0 }] });
    expect(moved).toEqual({ status: 200, body: { now: '2026-11-22T01:00:00Z' } });
    expect(after.body).toMatchObject({ instances: [{ automatedSets: 1, manualSets: 0 }] });
  });

  test('orders a backup as a human would, and says why it is refused', async () => {
    const first = await control('POST', '/world/human-backup', JSON.stringify({ instanceId: 'rm-one', method: 'Logical' }));
    const second = await control('POST', '/world/human-backup', JSON.stringify({ instanceId: 'rm-one' }));

    expect(first).toMatchObject({ status: 200, body: { jobId: expect.stringMatching(/^\d+$/) } });
    expect(second).toMatchObject({ status: 409, body: { error: expect.stringContaining('BackupJobExists') } });
  });

  test('releases an instance as a human would, once', async () => {
    const first = await control('POST', '/world/release', JSON.stringify({ instanceId: 'rm-one' }));
    const second = await control('POST', '/world/release', JSON.stringify({ instanceId: 'rm-one' }));

    expect(first).toEqual({ status: 200, body: {} });
    expect(second).toMatchObject({ status: 400, body: { error: expect.stringContaining('rm-one') } });
  });

  test('spoils the copy of a set, and says why it cannot', async () => {
    await cloud?.close();
    const members = [{ id: 'rm-one', engine: 'MySQL' as const, history: { days: 2 }, crossRegion: { destination: 'cn-shanghai' } }];
    cloud = await startLocalCloud({ clock: makeVirtualClock(), fleet: { members: () => members } });
    const backupId = cloud.world.find('rm-one')?.sets[0]?.id;

    const hit = await control('POST', '/world/copy-fault', JSON.stringify({ instanceId: 'rm-one', backupId, fault: { kind: 'missing' } }));
    const missed = await control('POST', '/world/copy-fault', JSON.stringify({ instanceId: 'rm-one', backupId, fault: { kind: 'failed' } }));

    expect(hit).toEqual({ status: 200, body: {} });
    expect(missed).toMatchObject({ status: 400, body: { error: expect.stringContaining(`no copy of the set ${backupId}`) } });
    expect((await control('GET', '/world')).body).toMatchObject({ instances: [{ id: 'rm-one', automatedSets: 2, copies: 1 }] });
  });

  test('plans faults and forgets them', async () => {
    const client = makeSdkClient(cloud?.endpoints.rds ?? '');
    const fault = {
      service: 'rds',
      operation: 'DescribeBackupTasks',
      times: 5,
      effect: 'none',
      reply: { kind: 'error', status: 500, code: 'Boom', message: 'x' },
    };
    const ask = (): Promise<unknown> => client.describeBackupTasks(new DescribeBackupTasksRequest({ DBInstanceId: 'rm-one' }));

    await control('POST', '/faults', JSON.stringify(fault));
    await expect(ask()).rejects.toMatchObject({ code: 'Boom' });
    await control('DELETE', '/faults');
    await expect(ask()).resolves.toMatchObject({ statusCode: 200 });
  });

  test.each<{ name: string; method: string; path: string; body?: string; token?: string; status: number; error: string }>([
    { name: 'a wrong token', method: 'GET', path: '/world', token: 'guess', status: 403, error: 'x-keeper-control' },
    { name: 'an unknown path', method: 'GET', path: '/secrets', status: 404, error: 'POST /clock/advance' },
    { name: 'a clock that goes back', method: 'POST', path: '/clock/advance', body: '{"ms":-1}', status: 400, error: 'ms' },
    { name: 'a clock that leaps by centuries', method: 'POST', path: '/clock/advance', body: '{"ms":1000000000000000}', status: 400, error: 'ms' },
    { name: 'a misspelt field', method: 'POST', path: '/clock/advance', body: '{"ms":1,"minutes":2}', status: 400, error: 'minutes' },
    { name: 'broken JSON', method: 'POST', path: '/faults', body: '{', status: 400, error: 'JSON' },
    {
      name: 'a fault that cannot be',
      method: 'POST',
      path: '/faults',
      body: '{"service":"rds","operation":"*","effect":"none","reply":{"kind":"normal"}}',
      status: 400,
      error: 'applied',
    },
    { name: 'an unknown instance', method: 'POST', path: '/world/human-backup', body: '{"instanceId":"nope"}', status: 400, error: 'nope' },
    { name: 'a body beyond 64 KiB', method: 'POST', path: '/faults', body: `"${'x'.repeat(70_000)}"`, status: 400, error: 'larger' },
  ])('refuses $name', async ({ method, path, body, token, status, error }) => {
    const answer = await control(method, path, body, token);

    expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(error) } });
  });
});

describe('the sample fleet', () => {
  test('has at least 24 instances in two regions and four engines, and one of every hard case', async () => {
    cloud = await startLocalCloud({ clock: makeVirtualClock() });
    const all = [...cloud.world.all()];
    const specs = all.map(({ spec }) => spec);

    expect(specs.length).toBeGreaterThanOrEqual(24);
    expect(new Set(specs.map((spec) => spec.regionId))).toEqual(new Set(['cn-hangzhou', 'cn-shanghai']));
    expect(new Set(specs.map((spec) => spec.engine)).size).toBe(4);
    expect(new Set(specs.map((spec) => spec.id)).size).toBe(specs.length);
    expect(specs.some((spec) => spec.status === 'Stopped')).toBe(true);
    expect(specs.some((spec) => spec.lockMode !== 'Unlock')).toBe(true);
    expect(specs.some((spec) => spec.role === 'Readonly')).toBe(true);
    expect(specs.some((spec) => spec.engine === 'SQLServer' && spec.databases.length === 3)).toBe(true);
    expect(specs.some((spec) => spec.description.includes('<script>'))).toBe(true);
    expect(all.filter(({ job }) => job !== undefined)).toHaveLength(1);
  });

  test('has settings that drifted, and manual sets that nobody cleared up', async () => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock });
    const all = [...cloud.world.all()].filter(({ spec }) => spec.role === 'Primary');
    const named = (wanted: (instance: (typeof all)[number]) => boolean): readonly string[] => all.filter(wanted).map(({ spec }) => spec.description);

    expect(named(({ spec }) => spec.settings.retentionDays < 15)).toEqual(['sessions', 'inventory & "stock"']);
    expect(named(({ spec }) => !spec.settings.logBackup && spec.category !== 'Basic')).toEqual(['商品目录 生产']);
    expect(named(({ spec }) => spec.settings.advancedPolicy)).toEqual(['分析库']);
    const isOld = ({ mode, startedAt }: { readonly mode: string; readonly startedAt: number }): boolean =>
      mode === 'Manual' && startedAt < clock.now() - 60 * DAY_MS;
    expect(named(({ sets }) => sets.filter(isOld).length >= 5)).toEqual(['payments', '商品目录 生产', 'inventory & "stock"', 'billing']);
    const expiresSoon = all.flatMap(({ spec, sets }) =>
      spec.engine === 'SQLServer'
        ? sets.filter((set) => set.databases !== undefined && set.expiresAt !== null && set.expiresAt < clock.now() + 7 * DAY_MS)
        : [],
    );
    expect(expiresSoon).toHaveLength(1);
  });

  test('has copies in other regions: good ones, one that failed, and some that are still paid for', async () => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock });
    const copied = [...cloud.world.all()].filter(({ spec }) => spec.crossRegion !== undefined);
    const described = copied.map(({ spec, copies }) => {
      const failed = copies.filter((copy) => copy.outcome === 'Failed').length;
      return `${spec.description}: ${spec.crossRegion?.isEnabled === true ? 'on' : 'off'}, ${failed} failed of ${copies.length > 13 ? 'many' : copies.length}`;
    });

    expect(described).toEqual([
      'orders: on, 0 failed of many',
      'payments: off, 0 failed of many',
      'inventory & "stock": on, 1 failed of many',
      'billing: on, 0 failed of many',
      'ERP: on, 0 failed of many',
    ]);
    expect([...cloud.world.customDisks()].map((disk) => disk.type)).toEqual(['system', 'data']);
  });

  test.each(['2026-11-20T16:05:00Z', '2026-11-21T01:00:00Z', '2026-11-21T15:59:00Z'])(
    'is at its cap on one instance, whenever the world begins: %s',
    async (start) => {
      const clock = makeVirtualClock(start);
      cloud = await startLocalCloud({ clock });
      const client = makeSdkClient(cloud.endpoints.rds);

      await expect(client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-bp1busycap0001' }))).rejects.toMatchObject({ code: 'Exceeded.BackupTimes' });
    },
  );

  test('has two weeks of automatic history', async () => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock });
    const client = makeSdkClient(cloud.endpoints.rds);

    const { body } = await client.describeBackups(new DescribeBackupsRequest({ DBInstanceId: 'rm-bp1orders00001' }));

    expect(body?.items?.backup).toHaveLength(14);
    expect(body?.items?.backup?.every((set) => set.backupMode === 'Automated')).toBe(true);
  });

  test('goes on living: a week later every running primary has its backups', async () => {
    const clock = makeVirtualClock();
    cloud = await startLocalCloud({ clock });

    clock.advance(7 * DAY_MS + HOUR_MS);
    cloud.world.settle(clock.now());

    for (const { spec, sets, job } of cloud.world.all()) {
      const lives = spec.role === 'Primary' && spec.status === 'Running' && spec.lockMode === 'Unlock';
      const newest = Math.max(0, ...sets.map((set) => set.startedAt), job?.startedAt ?? 0);
      expect([spec.id, newest > clock.now() - DAY_MS - 30 * MINUTE_MS]).toEqual([spec.id, lives]);
    }
  });
});
