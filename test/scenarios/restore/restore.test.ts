// Restores from beginning to end on the local cloud: what is made, what the ledger keeps, and when it is Running.
import { HOUR_MS, type Instant, parseInstant } from '../../../lib/base/instant';
import { readRestores } from '../../../lib/run/restore/status';
import { BLANK, type RestoreWorld, startRestoreWorld } from './world';

let world: RestoreWorld;
beforeEach(async () => {
  world = await startRestoreWorld();
});
afterEach(() => world.close());

const YESTERDAY = parseInstant('2026-11-20T20:30:00Z') as Instant;

test('a copy becomes a new instance in the other region, recorded as a run, and Running a while later', async () => {
  const copy = await world.newestCopy();

  const started = await world.start({ ...BLANK, from: { kind: 'copy', copyId: copy.id } });
  const [creating] = await world.status();
  world.keeper.clock.advance(HOUR_MS);
  const [running] = await world.status('drill');

  const [made, ...others] = world.made();
  expect(others).toEqual([]);
  expect(made).toMatchObject({ regionId: 'cn-shanghai', storageGb: 200, instanceClass: 'mysql.x4.large.2c', payType: 'Postpaid' });
  expect(started).toMatchObject({
    kind: 'started',
    summary: { function: 'restore', status: 'succeeded', trigger: { type: 'cli', id: expect.stringMatching(/^drill~/) } },
  });
  expect(started.summary.findings).toEqual([
    expect.objectContaining({
      rule: 'restore-started',
      severity: 'info',
      instanceId: 'rm-one',
      evidence: expect.objectContaining({ key: 'drill', restoredId: made?.id, orderId: expect.any(String), region: 'cn-shanghai' }),
    }),
  ]);
  expect(creating).toMatchObject({
    key: 'drill',
    state: 'restoring',
    restoredId: made?.id,
    region: 'cn-shanghai',
    reason: expect.stringContaining('it is Creating'),
  });
  expect(running).toMatchObject({ state: 'running', reason: expect.stringContaining('it is Running') });
});

test('a copy of MySQL on local disks may come home', async () => {
  const copy = await world.newestCopy();

  await world.start({ ...BLANK, from: { kind: 'copy', copyId: copy.id }, region: 'cn-hangzhou', storageGb: 300, description: 'drill-1' });

  expect(world.made()).toMatchObject([{ regionId: 'cn-hangzhou', storageGb: 300, description: 'drill-1' }]);
});

test('a copied point in time becomes a new instance in the other region', async () => {
  await world.start({ ...BLANK, from: { kind: 'copied-time', at: YESTERDAY } });

  expect(world.made()).toMatchObject([{ regionId: 'cn-shanghai' }]);
});

test.each([
  { name: 'a set', from: () => ({ kind: 'set', backupId: world.newestSet() }) as const },
  { name: 'a point in time', from: () => ({ kind: 'time', at: YESTERDAY }) as const },
])('$name is cloned at home', async ({ from }) => {
  await world.start({ ...BLANK, from: from() });

  expect(world.made()).toMatchObject([{ regionId: 'cn-hangzhou', storageGb: 200 }]);
});

test('tables come back under another name, into the instance that they are of', async () => {
  const copy = await world.newestCopy();
  const tables = [{ database: 'orders', newDatabase: 'orders_restored', tables: [{ name: 'accounts', newName: 'accounts' }] }];

  const started = await world.start({
    kind: 'tables',
    instanceId: 'rm-one',
    from: { kind: 'copy', copyId: copy.id },
    copyRegion: undefined,
    into: 'rm-one',
    tables,
  });
  const [restoring] = await world.status();
  world.keeper.clock.advance(HOUR_MS);
  const [running] = await world.status();

  expect(started.summary.findings[0]?.message).toContain('is being restored to rm-one in cn-hangzhou');
  expect(world.made()).toEqual([]);
  expect(world.databasesOf('rm-one')).toEqual(['orders', 'invoices', 'orders_restored']);
  expect([restoring?.state, running?.state]).toEqual(['restoring', 'running']);
});

test('the copies of a released instance can still be restored, when all is named', async () => {
  const copy = await world.newestCopy();
  world.keeper.cloud.world.releaseInstance('rm-one');
  const from = { kind: 'copy', copyId: copy.id } as const;

  await expect(world.start({ ...BLANK, from })).rejects.toThrow('name the engine version');
  await world.start({ ...BLANK, from, engine: 'mysql', engineVersion: '8.0', instanceClass: 'rds.mysql.s2.large', storageGb: 200 }, { key: 'again' });

  expect(world.made()).toMatchObject([{ regionId: 'cn-shanghai', instanceClass: 'rds.mysql.s2.large' }]);
});

test('a plan writes nothing, sends nothing that costs money, and says what it would cost', async () => {
  const copy = await world.newestCopy();

  const plan = await world.plan({ ...BLANK, from: { kind: 'copy', copyId: copy.id }, region: 'cn-hangzhou' });

  expect(plan).toMatchObject({ kind: 'new-instance', region: 'cn-hangzhou', check: { isRestorable: true }, target: { storageGb: 200, payType: 'postpaid' } });
  expect(plan.costs.map(({ name }) => name)).toEqual(['new instance', 'storage', 'region', 'billing', 'cross-region traffic', 'prices']);
  expect(plan.costs.find(({ name }) => name === 'cross-region traffic')?.value).toMatch(/^from cn-shanghai to cn-hangzhou \(the backup has [\d.]+ GB\)$/);
  expect(world.made()).toEqual([]);
  expect(await world.status()).toEqual([]);
});

test('what the check of the service refuses is not sent, and the plan says why', async () => {
  const copy = await world.newestCopy();
  world.keeper.cloud.world.setUnrestorable(copy.id, 'CrossRegionUnsupportTDE');
  const wish = { ...BLANK, from: { kind: 'copy', copyId: copy.id } } as const;

  const plan = await world.plan(wish);

  expect(plan).toMatchObject({ check: { isRestorable: false, code: 'CrossRegionUnsupportTDE' } });
  await expect(world.start(wish)).rejects.toMatchObject({ code: 'not-restorable', message: expect.stringContaining('in the source region only') });
  expect(world.made()).toEqual([]);
});

test('a restore that the service refuses is recorded as failed, with its words, and the same key may try again', async () => {
  const wish = { ...BLANK, from: { kind: 'set', backupId: world.newestSet() } } as const;
  world.fail({
    operation: 'CloneDBInstance',
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'OperationDenied.ZoneResource', message: 'There is no available zone for inventory.' },
  });

  await expect(world.start(wish)).rejects.toMatchObject({ code: 'refused', summary: { status: 'failed', findings: [{ rule: 'restore-failed' }] } });
  const [failed] = await world.status();
  world.keeper.clock.advance(1_000);
  const again = await world.start(wish);

  expect(failed).toMatchObject({ state: 'failed', reason: expect.stringContaining('There is no available zone for inventory'), restoredId: undefined });
  expect(again.kind).toBe('started');
  expect(world.made()).toHaveLength(1);
  expect(await world.status()).toHaveLength(1);
});

test('a copy that the service does not list is restored on the word of its check', async () => {
  const copyId = world.keeper.cloud.world.find('rm-cloud')?.copies.at(-1)?.id ?? '';

  const plan = await world.plan({ ...BLANK, instanceId: 'rm-cloud', from: { kind: 'copy', copyId } });
  await world.start({ ...BLANK, instanceId: 'rm-cloud', from: { kind: 'copy', copyId } });

  expect(plan.notes[0]).toContain('lists no copies of this kind of instance');
  expect(world.made()).toMatchObject([{ regionId: 'cn-shanghai' }]);
});

test('an instance that was released since, and a service that cannot be asked, are unknown', async () => {
  await world.start({ ...BLANK, from: { kind: 'set', backupId: world.newestSet() } });
  world.fail({
    operation: 'DescribeDBInstances',
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized.' },
  });

  const [denied] = await world.status();
  world.keeper.clock.advance(HOUR_MS);
  world.keeper.cloud.world.releaseInstance(world.made()[0]?.id ?? '');
  const [released] = await world.status();

  expect(denied).toMatchObject({ state: 'unknown', reason: expect.stringContaining('the service could not be asked') });
  expect(released).toMatchObject({ state: 'unknown', reason: expect.stringContaining('the service does not list it') });
});

test('without a ledger nothing is started, and nothing is known', async () => {
  const ports = world.keeper.openHouse().ports;
  const ledger = Object.assign(Object.create(ports.ledger), { meta: () => Promise.resolve(undefined) });

  const wish = { ...BLANK, from: { kind: 'set', backupId: world.newestSet() } } as const;

  await expect(world.start(wish, { ports: { ...ports, ledger } })).rejects.toMatchObject({ code: 'ledger-not-initialised' });
  await expect(readRestores({ ...ports, ledger }, { limit: 1 })).rejects.toMatchObject({ code: 'ledger-not-initialised' });
  expect(world.made()).toEqual([]);
});
