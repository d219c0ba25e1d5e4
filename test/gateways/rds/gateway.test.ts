import { DAY_MS, HOUR_MS, instant, MINUTE_MS, plusMs, SECOND_MS } from '../../../lib/base/instant';
import type { BackupSpec } from '../../../lib/domain/backup';
import { type RefusalReason, RefusedError } from '../../../lib/domain/cloud-errors';
import type { Instance } from '../../../lib/domain/instance';
import { RDS_ACTIONS } from '../../../lib/gateways/rds';
import type { FleetMember } from '../../../lib/local/fleet/spec';
import { failureOf, type GatewayRig, startGatewayRig, WHOLE_INSTANCE } from './rig';

const FLEET: readonly FleetMember[] = [
  {
    id: 'rm-mysql',
    engine: 'MySQL',
    description: 'orders',
    databases: ['shop', 'crm', { name: 'old', status: 'Cold' }],
    history: { days: 3 },
    tags: { tier: 'gold', team: 'a' },
  },
  { id: 'pgm-cloud', engine: 'PostgreSQL', history: { days: 2 } },
  { id: 'rm-mssql', engine: 'SQLServer', databases: ['sales', 'hr', 'log'], history: { days: 2 } },
  { id: 'rm-maria', engine: 'MariaDB', history: { days: 2 } },
  { id: 'rm-stopped', engine: 'MySQL', status: 'Stopped', history: { days: 0 } },
  { id: 'rm-locked', engine: 'MySQL', lockMode: 'LockByDiskQuota', lockReason: 'disk full', history: { days: 0 } },
  { id: 'rr-reader', engine: 'MySQL', role: 'Readonly', primaryId: 'rm-mysql', history: { days: 0 } },
  { id: 'rm-busy', engine: 'MySQL', history: { days: 1, runningJob: true } },
  { id: 'rm-full', engine: 'MySQL', history: { days: 1, foreignToday: 19 } },
  { id: 'rm-elsewhere', engine: 'MySQL', regionId: 'cn-shanghai', history: { days: 0 } },
];

let rig: GatewayRig;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: FLEET });
});

afterEach(async () => {
  await rig.close();
  jest.useRealTimers();
});

async function instancesOf(withTags: boolean): Promise<readonly Instance[]> {
  const instances: Instance[] = [];
  for await (const page of rig.gateway.listInstances({ withTags })) instances.push(...page);
  return instances;
}

/** Starts a backup, lets it end, and waits until its set is listed. */
async function backUp(instanceId: string, spec: BackupSpec): Promise<string> {
  const { jobId } = await rig.gateway.createBackup(await rig.instance(instanceId), spec, rig.noHurry);
  rig.clock.advance(6 * HOUR_MS);
  return jobId;
}

describe('instances', () => {
  test('all of the region are listed, in our words', async () => {
    const instances = await instancesOf(false);

    expect(instances.map((instance) => instance.id)).toEqual(
      FLEET.filter((member) => member.regionId === undefined)
        .map((member) => member.id)
        .sort(),
    );
    expect(instances.find((instance) => instance.id === 'rm-mysql')).toMatchObject({
      account: 'prod',
      region: 'cn-hangzhou',
      description: 'orders',
      engine: 'mysql',
      engineVersion: '8.0',
      edition: 'high-availability',
      storage: 'local-disk',
      role: 'primary',
      status: 'Running',
      isLocked: false,
      lockReason: undefined,
      createdAt: rig.clock.now() - 400 * DAY_MS,
      tags: {},
    });
    expect(rig.gateway.apiCalls()).toEqual({ DescribeDBInstances: 1 });
  });

  test.each([
    { id: 'rm-stopped', expected: { status: 'Stopped', isLocked: false } },
    { id: 'rm-locked', expected: { isLocked: true, lockReason: 'disk full' } },
    { id: 'rr-reader', expected: { role: 'read-only' } },
    { id: 'pgm-cloud', expected: { engine: 'postgresql', storage: 'cloud-disk' } },
    { id: 'rm-mssql', expected: { engine: 'sqlserver' } },
    { id: 'rm-maria', expected: { engine: 'mariadb' } },
  ])('$id is found as it is', async ({ id, expected }) => {
    await expect(rig.gateway.findInstance(id, { withTags: false })).resolves.toMatchObject({ id, ...expected });
  });

  test.each(['rm-nobody', 'rm-elsewhere'])('%s is not in this region', async (id) => {
    await expect(rig.gateway.findInstance(id, { withTags: true })).resolves.toBeUndefined();
  });

  test('tags come when asked for', async () => {
    const found = await rig.gateway.findInstance('rm-mysql', { withTags: true });
    const listed = await instancesOf(true);

    expect(found?.tags).toEqual({ tier: 'gold', team: 'a' });
    expect(listed.find((instance) => instance.id === 'rm-mysql')?.tags).toEqual({ tier: 'gold', team: 'a' });
    expect(listed.find((instance) => instance.id === 'rm-maria')?.tags).toEqual({});
  });
});

describe('a fleet of several pages', () => {
  test('230 instances with tags: three pages, 50 instances a tag call, every tag page read', async () => {
    const tags = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`key-${index}`, `value-${index}`]));
    const fleet = Array.from(
      { length: 230 },
      (_, index): FleetMember => ({ id: `rm-${String(index).padStart(4, '0')}`, engine: 'MySQL', tags, history: { days: 0 } }),
    );
    await rig.close();
    rig = await startGatewayRig({ fleet, knobs: { rateLimits: { general: 1_000 } } });

    const instances = await instancesOf(true);

    expect(instances.map((instance) => instance.id)).toEqual(fleet.map((member) => member.id));
    for (const instance of instances) expect(instance.tags).toEqual(tags);
    // 200 rows per 50 instances, 100 rows a page: two calls for each of four groups of 50, and 120 rows for the last 30.
    expect(rig.gateway.apiCalls()).toEqual({ DescribeDBInstances: 3, ListTagResources: 10 });
  });

  test('230 instances are counted by one call, and listed from any page on', async () => {
    const fleet = Array.from(
      { length: 230 },
      (_, index): FleetMember => ({ id: `rm-${String(index).padStart(4, '0')}`, engine: 'MySQL', history: { days: 0 } }),
    );
    await rig.close();
    rig = await startGatewayRig({ fleet });
    const pagesFrom = async (fromPage: number): Promise<readonly (readonly string[])[]> => {
      const pages: (readonly string[])[] = [];
      for await (const page of rig.gateway.listInstances({ withTags: false, fromPage })) pages.push(page.map(({ id }) => id));
      return pages;
    };

    expect(await rig.gateway.countInstances()).toBe(230);
    expect(rig.gateway.apiCalls()).toEqual({ DescribeDBInstances: 1 });
    expect((await pagesFrom(2)).map((page) => [page[0], page.length])).toEqual([
      ['rm-0100', 100],
      ['rm-0200', 30],
    ]);
    expect((await pagesFrom(3)).flat()).toEqual(fleet.slice(200).map(({ id }) => id));
    expect(await pagesFrom(4)).toEqual([[]]);
  });

  test('a region without instances counts none and lists one empty page', async () => {
    const gateway = rig.makeGateway({ region: 'cn-beijing' });
    const pages: number[] = [];

    for await (const page of gateway.listInstances({ withTags: true })) pages.push(page.length);

    expect(await gateway.countInstances()).toBe(0);
    expect(pages).toEqual([0]);
    expect(gateway.apiCalls()).toEqual({ DescribeDBInstances: 2 });
  });

  test('more than 100 backup sets are read to the end', async () => {
    await rig.close();
    rig = await startGatewayRig({ fleet: [{ id: 'rm-old', engine: 'MySQL', settings: { retentionDays: 730 }, history: { days: 250 } }] });
    const now = rig.clock.now();

    const sets = await rig.gateway.listBackupSets('rm-old', { from: plusMs(now, -300 * DAY_MS), to: now });

    expect(sets).toHaveLength(250);
    expect(new Set(sets.map((set) => set.id)).size).toBe(250);
    expect([...sets].sort((a, b) => a.startedAt - b.startedAt)).toEqual(sets);
    expect(rig.gateway.apiCalls()).toEqual({ DescribeBackups: 3 });
  });
});

describe('databases', () => {
  test.each([
    { id: 'rm-mysql', engine: 'mysql' },
    { id: 'rm-mssql', engine: 'sqlserver' },
  ] as const)('those of $id are listed, with what can be backed up', async ({ id, engine }) => {
    const databases = await rig.gateway.listDatabases(id, engine);

    const expected = engine === 'mysql' ? { shop: true, crm: true, old: false } : { sales: true, hr: true, log: true };
    expect(Object.fromEntries(databases.map((database) => [database.name, database.isBackupable]))).toEqual(expected);
    expect(rig.gateway.apiCalls()).toEqual({ DescribeDatabases: 1 });
  });

  test.each(['mysql', 'sqlserver'] as const)('more than one page of %s databases is read to the end', async (engine) => {
    const names = Array.from({ length: 200 }, (_, index) => `db${index}`);
    await rig.close();
    rig = await startGatewayRig({ fleet: [{ id: 'rm-wide', engine: engine === 'mysql' ? 'MySQL' : 'SQLServer', databases: names, history: { days: 0 } }] });

    const databases = await rig.gateway.listDatabases('rm-wide', engine);

    expect(databases.map((database) => database.name)).toEqual(names);
    expect(rig.gateway.apiCalls()).toEqual({ DescribeDatabases: engine === 'mysql' ? 3 : 2 }); // only SQL Server tells how many there are
  });
});

describe('backup sets', () => {
  test('the window holds its start and not its end, to the second', async () => {
    const now = rig.clock.now();
    const all = await rig.gateway.listBackupSets('rm-mysql', { from: plusMs(now, -10 * DAY_MS), to: now });
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new Error('the history is too short');

    const from = await rig.gateway.listBackupSets('rm-mysql', { from: first.startedAt, to: second.startedAt });
    const after = await rig.gateway.listBackupSets('rm-mysql', { from: plusMs(first.startedAt, SECOND_MS), to: plusMs(second.startedAt, SECOND_MS) });

    expect(all).toHaveLength(3);
    expect(all.every((set) => set.mode === 'automated' && set.isAvailable && set.scope.kind === 'instance')).toBe(true);
    expect(from.map((set) => set.id)).toEqual([first.id]);
    expect(after.map((set) => set.id)).toEqual([second.id]);
  });

  test('an empty window has no sets', async () => {
    const now = rig.clock.now();

    await expect(rig.gateway.listBackupSets('rm-stopped', { from: plusMs(now, -DAY_MS), to: now })).resolves.toEqual([]);
  });

  test('a set is found by its id once it is listed, and not before', async () => {
    const { jobId } = await rig.gateway.createBackup(await rig.instance('rm-mysql'), WHOLE_INSTANCE, rig.noHurry);
    let job = await rig.gateway.findJob('rm-mysql', jobId);
    while (job?.status !== 'finished') {
      rig.clock.advance(10 * SECOND_MS);
      job = await rig.gateway.findJob('rm-mysql', jobId);
    }
    const backupId = job.backupId ?? '';

    const tooEarly = await rig.gateway.findBackupSet('rm-mysql', backupId);
    rig.clock.advance(MINUTE_MS);
    const listed = await rig.gateway.findBackupSet('rm-mysql', backupId);

    expect(tooEarly).toBeUndefined();
    expect(listed).toMatchObject({
      id: backupId,
      instanceId: 'rm-mysql',
      mode: 'manual',
      method: 'physical',
      type: 'full',
      status: 'success',
      isAvailable: true,
      scope: { kind: 'instance' },
    });
    await expect(rig.gateway.findBackupSet('rm-mysql', '999')).resolves.toBeUndefined();
  });

  test('a failed backup is listed as such', async () => {
    rig.world.planNextJob('rm-mysql', { outcome: 'Failed' });
    const jobId = await backUp('rm-mysql', WHOLE_INSTANCE);
    const now = rig.clock.now();

    const job = await rig.gateway.findJob('rm-mysql', jobId);
    const sets = await rig.gateway.listBackupSets('rm-mysql', { from: plusMs(now, -DAY_MS / 2), to: now });

    expect(job).toMatchObject({ status: 'failed', backupId: undefined });
    expect(sets.filter((set) => set.mode === 'manual')).toMatchObject([{ status: 'failed', isAvailable: false }]);
  });

  const TWO_DATABASES = { kind: 'databases', databases: ['hr', 'sales'] } as const;

  test.each([
    { name: 'physical MySQL', id: 'rm-mysql', spec: {}, set: { method: 'physical', type: 'full', scope: { kind: 'instance' } } },
    {
      name: 'logical MySQL of everything, which nobody can tell afterwards',
      id: 'rm-mysql',
      spec: { method: 'logical' },
      set: { method: 'logical', scope: { kind: 'unknown' } },
    },
    {
      name: 'logical MySQL of one database',
      id: 'rm-mysql',
      spec: { method: 'logical', scope: { kind: 'databases', databases: ['crm'] } },
      set: { method: 'logical', scope: { kind: 'databases', databases: ['crm'] } },
    },
    { name: 'snapshot PostgreSQL', id: 'pgm-cloud', spec: { method: 'snapshot' }, set: { method: 'snapshot', scope: { kind: 'instance' } } },
    { name: 'snapshot MariaDB', id: 'rm-maria', spec: { method: 'snapshot' }, set: { method: 'snapshot', scope: { kind: 'instance' } } },
    { name: 'snapshot SQL Server', id: 'rm-mssql', spec: { method: 'snapshot' }, set: { method: 'snapshot', scope: { kind: 'instance' } } },
    { name: 'differential SQL Server', id: 'rm-mssql', spec: { type: 'auto' }, set: { method: 'physical', type: 'incremental', scope: { kind: 'instance' } } },
    {
      name: 'SQL Server of two databases, kept for ever',
      id: 'rm-mssql',
      spec: { type: 'full', scope: TWO_DATABASES, retainDays: 'forever' },
      set: { type: 'full', scope: TWO_DATABASES, expiresAt: 'never' },
    },
  ] satisfies readonly { name: string; id: string; spec: Partial<BackupSpec>; set: object }[])('made as $name, a set says so', async ({ id, spec, set }) => {
    const jobId = await backUp(id, { ...WHOLE_INSTANCE, ...spec });

    const job = await rig.gateway.findJob(id, jobId);
    const made = await rig.gateway.findBackupSet(id, job?.backupId ?? '');

    expect(made).toMatchObject({ mode: 'manual', status: 'success', ...set });
  });

  test('a retention of its own sets the expiry', async () => {
    const jobId = await backUp('rm-mssql', { scope: TWO_DATABASES, method: 'physical', type: 'full', retainDays: 90 });

    const job = await rig.gateway.findJob('rm-mssql', jobId);
    const made = await rig.gateway.findBackupSet('rm-mssql', job?.backupId ?? '');

    expect(made?.expiresAt).toBe(plusMs(made?.endedAt ?? instant(0), 90 * DAY_MS));
  });
});

describe('backup jobs', () => {
  test('a running job is listed without being asked for, a finished one only by its id', async () => {
    const { jobId } = await rig.gateway.createBackup(await rig.instance('rm-mysql'), WHOLE_INSTANCE, rig.noHurry);
    const before = await rig.gateway.listRunningJobs('rm-mysql');
    rig.clock.advance(HOUR_MS);
    const after = await rig.gateway.listRunningJobs('rm-mysql');
    const finished = await rig.gateway.findJob('rm-mysql', jobId);

    expect(before).toMatchObject([{ id: jobId, instanceId: 'rm-mysql', status: 'not-started', mode: 'manual', progressPercent: 0, backupId: undefined }]);
    expect(after).toEqual([]);
    expect(finished).toMatchObject({ status: 'finished', progressPercent: 100, backupId: expect.stringMatching(/^\d+$/) });
  });

  test("somebody else's job is seen too", async () => {
    await expect(rig.gateway.listRunningJobs('rm-busy')).resolves.toMatchObject([{ mode: 'manual', status: 'running' }]);
  });

  test('a job that nobody knows is none', async () => {
    await expect(rig.gateway.findJob('rm-mysql', '1')).resolves.toBeUndefined();
  });
});

describe('refusals', () => {
  const cases: readonly { name: string; id: string; spec?: Partial<BackupSpec>; reason: RefusalReason }[] = [
    { name: 'a stopped instance', id: 'rm-stopped', reason: 'instance-state' },
    { name: 'a locked instance', id: 'rm-locked', reason: 'instance-locked' },
    { name: 'a read-only instance', id: 'rr-reader', reason: 'read-only-instance' },
    { name: 'an instance with a running job', id: 'rm-busy', reason: 'backup-job-exists' },
    { name: 'an instance at its cap', id: 'rm-full', reason: 'cap-exceeded' },
    { name: 'a method that the storage does not know', id: 'pgm-cloud', reason: 'method-unsupported' },
    {
      name: 'a database that does not exist',
      id: 'rm-mysql',
      spec: { method: 'logical', scope: { kind: 'databases', databases: ['nope'] } },
      reason: 'no-such-database',
    },
    { name: 'a cold database', id: 'rm-mysql', spec: { method: 'logical', scope: { kind: 'databases', databases: ['old'] } }, reason: 'no-such-database' },
    {
      name: 'a retention out of range',
      id: 'rm-mssql',
      spec: { type: 'full', scope: { kind: 'databases', databases: ['hr'] }, retainDays: 3 },
      reason: 'invalid-request',
    },
  ];

  test.each(cases)('$name is refused: $reason, after one call', async ({ id, spec, reason }) => {
    const instance = await rig.instance(id);

    const error = await failureOf(rig.gateway.createBackup(instance, { ...WHOLE_INSTANCE, ...spec }, rig.noHurry));

    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ reason, operation: 'CreateBackup', target: id });
    expect(rig.gateway.apiCalls()).toEqual({ CreateBackup: 1 });
  });

  test.each([
    { name: 'sets', read: () => rig.gateway.listBackupSets('rm-nobody', { from: rig.clock.now(), to: rig.clock.now() }) },
    { name: 'jobs', read: () => rig.gateway.listRunningJobs('rm-nobody') },
    { name: 'databases', read: () => rig.gateway.listDatabases('rm-nobody', 'mysql') },
  ])('$name of an unknown instance are refused: instance-not-found', async ({ read }) => {
    await expect(read()).rejects.toMatchObject({ reason: 'instance-not-found', target: 'rm-nobody' });
  });
});

test('every method of the port names the permissions it needs', () => {
  const methods = Object.entries(rig.gateway).filter(([name, member]) => typeof member === 'function' && name !== 'apiCalls');

  expect(Object.keys(RDS_ACTIONS).sort()).toEqual(methods.map(([name]) => name).sort());
  for (const actions of Object.values(RDS_ACTIONS)) for (const action of actions) expect(action).toMatch(/^rds:[A-Z]\w+$/);
});
