import { MINUTE_MS, SECOND_MS } from '../../../lib/base/instant';
import { emptyBrakes } from '../../../lib/domain/brakes';
import { LedgerError } from '../../../lib/domain/ledger-error';
import { ALLOW_ALL } from '../../../lib/local/ram';
import { aClaim, allOf, anIntent, aSet, type LedgerPlaceOptions, type LocalLedgerPlace, OCCURRENCE, startLedgerPlace } from '../../support/ledger';
import { aRelease, aTask } from './open-work';

let place: LocalLedgerPlace;

async function start(options: LedgerPlaceOptions = {}): Promise<ReturnType<LocalLedgerPlace['open']>> {
  place = await startLedgerPlace(options);
  return place.open();
}

afterEach(async () => {
  await place.stop();
  jest.useRealTimers();
});

async function createTable(tableName: string, keyColumn: string): Promise<void> {
  await place.sdk.createTable({
    tableMeta: { tableName, primaryKey: [{ name: keyColumn, type: 'STRING' }] },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
    tableOptions: { timeToLive: -1, maxVersions: 1 },
  });
}

const tableNames = async (): Promise<readonly string[]> => (await place.sdk.listTable({})).tableNames;

describe('init', () => {
  test('waits on the injected clock until new tables answer', async () => {
    const ledger = await start({ notReadyMs: MINUTE_MS });
    const before = place.clock.now();

    const { created } = await ledger.init(OCCURRENCE);

    expect(created).toHaveLength(10);
    expect(place.clock.now() - before).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(await ledger.createIntent(anIntent())).toMatchObject({ created: true });
  });

  test('gives up on tables that never get ready, and goes on from there when repeated', async () => {
    const ledger = await start({ notReadyMs: 5 * MINUTE_MS });

    await expect(ledger.init(OCCURRENCE)).rejects.toMatchObject({ code: 'ledger-unreachable' });
    expect(await ledger.init(OCCURRENCE)).toMatchObject({ created: [], meta: { schemaVersion: 1 } });
  });

  test('makes tables that keep their rows and one version, without reserved throughput', async () => {
    const ledger = await start();
    await ledger.init(OCCURRENCE);

    const described = await place.sdk.describeTable({ tableName: 'keeper_intents' });

    expect(described.tableMeta.primaryKey.map(({ name }) => name)).toEqual(['instance_id', 'slot_id']);
    expect(described.tableOptions).toMatchObject({ timeToLive: -1, maxVersions: 1 });
    expect(described.reservedThroughputDetails.capacityUnit).toMatchObject({ read: 0, write: 0 });
  });

  test('keeps installations with other prefixes apart', async () => {
    const ledger = await start();
    const other = place.open({ tablePrefix: 'team2_' });
    const [one, two] = [await ledger.init(OCCURRENCE), await other.init(OCCURRENCE)];
    await ledger.putSet(aSet());

    expect(one.meta.installationId).not.toBe(two.meta.installationId);
    expect(await other.getSet('rm-1', '1001')).toBeUndefined();
  });

  test('creates what was lost and keeps the installation', async () => {
    const ledger = await start();
    const { meta } = await ledger.init(OCCURRENCE);
    await place.sdk.deleteTable({ tableName: 'keeper_open' });

    expect(await ledger.missingTables()).toEqual(['keeper_open']);
    expect(await ledger.init(OCCURRENCE)).toEqual({ created: ['keeper_open'], meta });
  });

  test('adds the brakes to a ledger of a version that had none, and keeps what is in it', async () => {
    const ledger = await start();
    const { meta } = await ledger.init(OCCURRENCE);
    await ledger.createIntent(anIntent());
    await place.sdk.deleteTable({ tableName: 'keeper_brakes' });

    await expect(ledger.getBrakes('prod')).rejects.toMatchObject({ code: 'ledger-missing-table', hint: 'run: keeper ledger init' });
    expect(await ledger.missingTables()).toEqual(['keeper_brakes']);
    expect(await ledger.init(OCCURRENCE)).toEqual({ created: ['keeper_brakes'], meta });
    expect(await ledger.getBrakes('prod')).toEqual(emptyBrakes('prod'));
    expect(await ledger.getIntents([anIntent()])).toEqual([anIntent()]);
  });

  test('adds releases and tasks to a ledger of a version that had none, which says what to do until then', async () => {
    const ledger = await start();
    const { meta } = await ledger.init(OCCURRENCE);
    await ledger.createIntent(anIntent());
    for (const tableName of ['keeper_releases', 'keeper_tasks']) await place.sdk.deleteTable({ tableName });
    const missing = (table: string) => ({ code: 'ledger-missing-table', message: expect.stringContaining(table), hint: 'run: keeper ledger init' });

    await expect(ledger.getRelease('r')).rejects.toMatchObject(missing('keeper_releases'));
    await expect(ledger.putRelease(undefined, aRelease())).rejects.toMatchObject(missing('keeper_releases'));
    await expect(ledger.removeTask(aTask())).rejects.toMatchObject(missing('keeper_tasks'));
    await expect(allOf(ledger.listTasks('shard'))).rejects.toMatchObject(missing('keeper_tasks'));
    expect(await ledger.meta()).toEqual(meta);
    expect(await ledger.init(OCCURRENCE)).toEqual({ created: ['keeper_releases', 'keeper_tasks'], meta });
    expect(await ledger.putTask(undefined, aTask())).toEqual(aTask({ version: 1 }));
    expect(await ledger.getIntents([anIntent()])).toEqual([anIntent()]);
  });

  test('refuses a table of another product before anything is created', async () => {
    const ledger = await start();
    await createTable('keeper_runs', 'id');

    await expect(ledger.init(OCCURRENCE)).rejects.toMatchObject({
      code: 'ledger-schema',
      message: "table keeper_runs has the primary key (id), not the ledger's (scope, run_id)",
    });
    expect(await tableNames()).toEqual(['keeper_runs']);
  });
});

describe('a ledger that is not ours', () => {
  test('has no meta row: nothing says that it may be used', async () => {
    const ledger = await start();
    await createTable('keeper_meta', 'name');

    expect(await ledger.meta()).toBeUndefined();
  });

  test.each([
    { version: 2, hint: /newer version of keeper/ },
    { version: 0, hint: /another table prefix/ },
  ])('of schema version $version is refused by every start, and init creates nothing', async ({ version, hint }) => {
    const ledger = await start();
    await createTable('keeper_meta', 'name');
    const { Condition, Long } = await import('@alicloud/tablestore').then((module) => module.default);
    await place.sdk.putRow({
      tableName: 'keeper_meta',
      condition: new Condition(0),
      primaryKey: [{ name: 'ledger' }],
      attributeColumns: [{ installation_id: 'x' }, { schema_version: Long.fromNumber(version) }, { created_at: Long.fromNumber(0) }],
    });

    await expect(ledger.meta()).rejects.toMatchObject({ code: 'ledger-schema', hint: expect.stringMatching(hint) });
    await expect(ledger.init(OCCURRENCE)).rejects.toMatchObject({ code: 'ledger-schema' });
    expect(await tableNames()).toEqual(['keeper_meta']);
  });

  test('with another primary key is told apart from a broken one', async () => {
    const ledger = await start();
    await createTable('keeper_runs', 'id');

    await expect(ledger.claimRun(aClaim())).rejects.toMatchObject({ code: 'ledger-schema', message: expect.stringContaining('keeper_runs') });
  });

  test('with rows that cannot be read names the row', async () => {
    const ledger = await start();
    await createTable('keeper_guards', 'instance_id');
    const { Condition } = await import('@alicloud/tablestore').then((module) => module.default);
    await place.sdk.putRow({
      tableName: 'keeper_guards',
      condition: new Condition(0),
      primaryKey: [{ instance_id: 'rm-1' }],
      attributeColumns: [{ doc: '{}' }, { ver: 'one' }],
    });

    await expect(ledger.getGuards(['rm-1'])).rejects.toMatchObject({
      code: 'ledger-invalid',
      message: 'row "rm-1" of guards cannot be read: column ver is not an integer',
    });
  });
});

describe('bad access', () => {
  const reader = {
    accessKeyId: 'reader',
    secret: 'reader-secret',
    name: 'reader',
    policy: { Version: '1', Statement: [...ALLOW_ALL.Statement, { Effect: 'Deny', Action: 'ots:PutRow', Resource: '*' }] },
  } as const;

  test('to one action names the action and the resource to grant', async () => {
    const admin = await start({ users: [reader] });
    await admin.init(OCCURRENCE);
    const ledger = place.open({ credentials: { current: async () => ({ accessKeyId: 'reader', accessKeySecret: 'reader-secret' }) } });

    await expect(ledger.putSet(aSet())).rejects.toMatchObject({
      code: 'ledger-denied',
      message: expect.stringMatching(/^PutRow on table keeper_sets is denied/),
      hint: 'grant the RAM action ots:PutRow on acs:ots:*:*:instance/keeper-test/table/keeper_sets',
    });
    expect(await ledger.getSet('rm-1', '1001')).toBeUndefined();
  });

  test.each([
    { name: 'a wrong secret', key: { accessKeyId: 'reader', accessKeySecret: 'wrong' } },
    { name: 'an unknown access key', key: { accessKeyId: 'nobody', accessKeySecret: 'x' } },
  ])('with $name says so, without the secret', async ({ key }) => {
    await start({ users: [reader] });

    const error = await place
      .open({ credentials: { current: async () => key } })
      .meta()
      .catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({ code: 'ledger-credentials' });
    expect(JSON.stringify([String(error), error])).not.toContain(key.accessKeySecret === 'wrong' ? 'wrong' : 'reader-secret');
  });

  test('with a clock that is an hour off says that the clock may be the cause', async () => {
    const ledger = await start();
    await ledger.init(OCCURRENCE);
    jest.setSystemTime(place.clock.now() - 3_600 * SECOND_MS);

    await expect(ledger.meta()).rejects.toMatchObject({ code: 'ledger-credentials', hint: expect.stringContaining('clock') });
  });

  test('to an instance of another name is refused', async () => {
    await start();

    await expect(place.open({ instanceName: 'other' }).meta()).rejects.toMatchObject({ code: 'ledger-credentials' });
  });
});

describe('keys', () => {
  test.each([
    { name: 'an empty instance id', instanceId: '' },
    { name: 'an instance id of 2,000 bytes', instanceId: 'ä'.repeat(1_000) },
  ])('with $name never leave the house', async ({ instanceId }) => {
    const ledger = await start();
    await ledger.init(OCCURRENCE);
    const sent = place.requests.length;

    await expect(ledger.createIntent(anIntent({ instanceId }))).rejects.toMatchObject({ code: 'ledger-invalid' });
    await expect(ledger.getGuards([instanceId])).rejects.toMatchObject({ code: 'ledger-invalid' });
    expect(place.requests).toHaveLength(sent);
  });
});
