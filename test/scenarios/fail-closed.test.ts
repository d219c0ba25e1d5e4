// Without a ledger that is ours and answers, nothing is created.
import { policyWith, startKeeper, type TestKeeper } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };
const POLICY = policyWith('  - { name: hourly, schedule: "0 * * * *" }\n');

test.each(['tick', 'reconcile', 'plan'] as const)('no tables: %s refuses and says what to do', async (action) => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY, withoutLedger: true });

  await expect(keeper[action]()).rejects.toMatchObject({ code: 'ledger-missing-table', hint: expect.stringContaining('keeper ledger init') });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test("somebody else's tables, without a meta row: refused", async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY });
  await deleteMetaRow(keeper);

  await expect(keeper.tick()).rejects.toMatchObject({ code: 'ledger-not-initialised' });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test.each([
  { name: 'is busy', reply: { kind: 'error', status: 503, code: 'OTSServerBusy', message: 'Server is busy.' } },
  { name: 'resets every connection', reply: { kind: 'reset' } },
  { name: 'answers HTML', reply: { kind: 'html', status: 502 } },
] as const)('a ledger that $name from the first intent on stops the run: no call to CreateBackup', async ({ reply }) => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY });
  keeper.cloud.faults.add({ service: 'tablestore', operation: '*', match: { table: 'keeper_guards' }, times: 10_000, effect: 'none', reply });

  await expect(keeper.tick()).rejects.toMatchObject({ summary: { status: 'failed' } });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a failed run is recorded, and the repeated delivery does the work', async () => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: POLICY });
  keeper.cloud.faults.add({
    service: 'tablestore',
    operation: '*',
    match: { table: 'keeper_guards' },
    times: 100,
    effect: 'none',
    reply: { kind: 'error', status: 503, code: 'OTSServerBusy', message: 'Server is busy.' },
  });
  const asOf = keeper.clock.now();
  await expect(keeper.tick({ asOf })).rejects.toThrow();
  const recorded = await keeper.house.ledger.listRuns('extra-backup', 1);
  keeper.cloud.faults.clear();

  const retried = await keeper.tick({ asOf });

  expect(recorded[0]?.summary?.status).toBe('failed');
  expect(retried.summary.counts['submitted']).toBe(1);
});

test('wrong credentials of every account fail the run with a hint', async () => {
  const account = 'accounts: [{ name: main, credentials: { type: ak, accessKeyId: "env://KEY_ID", accessKeySecret: "env://KEY_SECRET" } }]';
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n', account) });
  const { ports } = keeper.openHouse({ KEY_ID: 'LTAI-local-keeper', KEY_SECRET: 'wrong' });

  await expect(keeper.tick({ ports })).rejects.toMatchObject({ code: 'credentials', summary: { status: 'failed' } });
});

test('one of two accounts without access is a finding; the other one is served', async () => {
  const accounts = 'accounts: [{ name: main }, { name: other, credentials: { type: ak, accessKeyId: "env://KEY_ID", accessKeySecret: "env://KEY_SECRET" } }]';
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n', accounts) });
  const { ports } = keeper.openHouse({ KEY_ID: 'LTAI-nobody', KEY_SECRET: 'nothing' });

  const run = await keeper.tick({ ports });

  expect(run.summary.status).toBe('partial');
  expect(run.summary.counts['submitted']).toBe(1);
  expect(run.summary.findings.map((finding) => finding.rule)).toContain('shard-failed');
});

/** As another product's tables of the same names would look. */
async function deleteMetaRow(keeper: TestKeeper): Promise<void> {
  const { default: TableStore } = await import('@alicloud/tablestore');
  const { accessKeyId, accessKeySecret } = keeper.cloud.credentials;
  const client = new TableStore.Client({
    endpoint: keeper.cloud.endpoints.tablestore,
    instancename: keeper.cloud.tablestoreInstance,
    accessKeyId,
    accessKeySecret,
    maxRetries: 0,
  });
  const rows = await client.getRange({
    tableName: 'keeper_meta',
    direction: TableStore.Direction.FORWARD,
    inclusiveStartPrimaryKey: [{ name: TableStore.INF_MIN }],
    exclusiveEndPrimaryKey: [{ name: TableStore.INF_MAX }],
    maxVersions: 1,
  });
  for (const row of rows.rows) {
    await client.deleteRow({
      tableName: 'keeper_meta',
      condition: new TableStore.Condition(TableStore.RowExistenceExpectation.IGNORE, null),
      primaryKey: (row.primaryKey ?? []).map((key) => ({ [key.name]: key.value })),
    });
  }
}
