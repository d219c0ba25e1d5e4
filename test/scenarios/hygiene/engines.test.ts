// What becomes of surplus sets on every engine, edition and storage: the decision before the call, and the service's own rules behind the wire, agree.
import { DAY_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import type { TestKeeper } from '../../support/keeper';
import { nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type SetSketch = Partial<NonNullable<NonNullable<FleetMember['history']>['manualSets']>[number]>;

interface Row {
  readonly name: string;
  readonly member: Omit<FleetMember, 'id'>;
  readonly sets?: SetSketch;
  /** The account is on the service's list for DeleteBackupFile, and the policy says so. */
  readonly isListed?: boolean;
}

const LOCAL = { storageType: 'local_ssd' } as const;
const CLOUD = { storageType: 'cloud_essd' } as const;

function memberOf({ member, sets = {} }: Row): FleetMember {
  const manualSets = Array.from({ length: 6 }, (_, at) => ({ id: String(101 + at), agoMs: (at + 10) * DAY_MS, keepDays: 400, ...sets }));
  const databases = sets.databases === undefined ? {} : { databases: sets.databases };
  return { id: ONE, ...databases, ...member, settings: { retentionDays: 400, logRetentionDays: 7, ...member.settings }, history: { days: 0, manualSets } };
}

async function start(row: Row): Promise<void> {
  const isListed = row.isListed === true;
  const retention = `retention: { mode: enforce, keep: { last: 2 }, floor: 2, graceHours: 24, deleteBackupFiles: ${isListed} }`;
  const cloud = { rds: { backupFileDeleters: isListed ? [DEFAULT_ACCOUNT_ID] : [] } };
  keeper = await startOwner([memberOf(row)], policyOf(retention, WIDE), { cloud });
}

describe('are purged', () => {
  test.each<Row & { readonly call: string }>([
    { name: 'MySQL High-availability Edition on local disks', member: { engine: 'MySQL', ...LOCAL }, call: 'DeleteBackup' },
    { name: 'MySQL High-availability Edition on cloud disks', member: { engine: 'MySQL', ...CLOUD }, call: 'DeleteBackup' },
    { name: 'PostgreSQL High-availability Edition on local disks', member: { engine: 'PostgreSQL', engineVersion: '10.0', ...LOCAL }, call: 'DeleteBackup' },
    { name: 'PostgreSQL High-availability Edition on cloud disks', member: { engine: 'PostgreSQL', ...CLOUD }, call: 'DeleteBackup' },
    {
      name: 'MySQL without log backup',
      member: { engine: 'MySQL', ...LOCAL, settings: { logBackup: false } },
      call: 'DeleteBackup',
    },
    {
      name: 'single-database sets of SQL Server, for an account on the list',
      member: { engine: 'SQLServer', ...CLOUD },
      sets: { databases: ['ledger'] },
      isListed: true,
      call: 'DeleteBackupFile',
    },
  ])('$name', async (row) => {
    await start(row);
    await keeper.hygiene();
    nextDay(keeper);

    const run = await keeper.hygiene();

    expect(run.summary.counts).toMatchObject({ purged: 4 });
    expect(run.summary.apiCalls[row.call]).toBe(1);
    expect(keeper.manualSets(ONE)).toEqual(['102', '101']);
  });
});

describe('stay surplus, with the rule that forbids it, and are not even tried', () => {
  test.each<Row & { readonly rule: RegExp }>([
    { name: 'MySQL Basic Edition', member: { engine: 'MySQL', category: 'Basic', ...CLOUD }, rule: /High-availability Edition only; this instance is Basic/ },
    { name: 'MySQL Cluster Edition', member: { engine: 'MySQL', category: 'cluster', ...CLOUD }, rule: /High-availability Edition only; .* Cluster/ },
    { name: 'MySQL Enterprise Edition', member: { engine: 'MySQL', category: 'Finance', engineVersion: '5.7', ...LOCAL }, rule: /this instance is Enterprise/ },
    { name: 'MySQL serverless', member: { engine: 'MySQL', category: 'serverless_basic', ...CLOUD }, rule: /this instance is serverless/ },
    { name: 'PostgreSQL Basic Edition', member: { engine: 'PostgreSQL', category: 'Basic', ...CLOUD }, rule: /this instance is Basic/ },
    {
      name: 'logical sets of MySQL',
      member: { engine: 'MySQL', ...LOCAL },
      sets: { method: 'Logical', databases: ['app'] },
      rule: /manual logical sets cannot be deleted/,
    },
    { name: 'sets of a whole SQL Server', member: { engine: 'SQLServer', ...CLOUD }, isListed: true, rule: /sets of single databases only/ },
    {
      name: 'single-database sets of SQL Server, for everybody else',
      member: { engine: 'SQLServer', ...CLOUD },
      sets: { databases: ['ledger'] },
      rule: /closed to new users; retention.deleteBackupFiles is off/,
    },
    { name: 'MariaDB', member: { engine: 'MariaDB', ...CLOUD }, rule: /no way to delete sets of MariaDB is documented/ },
    {
      name: 'MySQL that keeps its logs as long as its data',
      member: { engine: 'MySQL', ...LOCAL, settings: { logRetentionDays: 400 } },
      rule: /it needs log retention < data retention/,
    },
  ])('$name', async (row) => {
    await start(row);
    await keeper.hygiene();
    nextDay(keeper);

    const run = await keeper.hygiene();

    const surplus = run.verdicts.filter(({ verdict }) => verdict === 'surplus');
    expect(surplus.length).toBeGreaterThanOrEqual(3);
    for (const { reason } of surplus) expect(reason).toMatch(row.rule);
    expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'surplus-forever', message: expect.stringMatching(row.rule) }));
    expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
    expect(run.summary.apiCalls['DeleteBackupFile']).toBeUndefined();
    expect(keeper.manualSets(ONE)).toHaveLength(6);
  });
});

test('a policy that wrongly says that the account is on the list: refused with the reason, and nothing goes', async () => {
  const row: Row = { name: '', member: { engine: 'SQLServer', ...CLOUD }, sets: { databases: ['ledger'] } };
  const retention = 'retention: { mode: enforce, keep: { last: 2 }, floor: 2, graceHours: 24, deleteBackupFiles: true }';
  keeper = await startOwner([memberOf(row)], policyOf(retention, WIDE));
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { refused: 4 } });
  expect(keeper.manualSets(ONE)).toHaveLength(6);
});
