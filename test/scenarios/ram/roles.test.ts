// The roles of docs/ram against the local cloud, which enforces them: each function's work is done under its role, and without any one action of it the work that needs
// the action is refused, by name, and nothing is created, changed or deleted.
import { plusMs, SECOND_MS } from '../../../lib/base/instant';
import { silentLogger } from '../../../lib/base/logger';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import type { RamPolicy } from '../../../lib/local/ram';
import { type House, openHouse } from '../../../lib/wire/house';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { actionsIn, type RoleDocument, readDocument, without } from './documents';
import { type RoleKeys, WORKS, type Work, type WorkName } from './works';

let keeper: TestKeeper;
let house: House;
async function end(): Promise<void> {
  house.close();
  await keeper.close();
}

/** The work that needs an action, by role. What Function Compute does itself with a role cannot be seen here: test/arch/ram.test.ts asks for it. */
const NEEDED_BY: Readonly<Record<RoleDocument, Readonly<Record<string, WorkName>>>> = {
  'observe-and-create': {
    'fc:InvokeFunction': 'backups by workers',
    'ots:BatchGetRow': 'a backup',
    'ots:BatchWriteRow': 'a backup',
    'ots:DeleteRow': "a worker's end",
    'ots:GetRange': 'a report',
    'ots:GetRow': 'a backup',
    'ots:PutRow': 'a backup',
    'rds:CheckCreateDdrDBInstance': 'copies',
    'rds:CreateBackup': 'a backup',
    'rds:DescribeAvailableCrossRegion': 'copies',
    'rds:DescribeAvailableRecoveryTime': 'copies',
    'rds:DescribeBackupTasks': 'a finished backup',
    'rds:DescribeBackups': 'a backup',
    'rds:DescribeBinlogFiles': 'copies',
    'rds:DescribeCrossRegionBackupDBInstance': 'copies',
    'rds:DescribeCrossRegionBackups': 'copies',
    'rds:DescribeCrossRegionLogBackupFiles': 'copies',
    'rds:DescribeDBInstanceAttribute': 'copies',
    'rds:DescribeDBInstances': 'a backup',
    'rds:DescribeDatabases': 'a backup of databases',
    'rds:DescribeLocalAvailableRecoveryTime': 'copies',
    'rds:DescribeLogBackupFiles': 'copies of SQL Server',
    'rds:ListTagResources': 'a backup of tagged instances',
    'rds:ModifyBackupSetExpireTime': 'an expiry',
    'sts:AssumeRole': "a backup in a member's account",
  },
  'purge-capable': {
    'fc:InvokeFunction': 'settings by workers',
    'ots:BatchGetRow': 'settings',
    'ots:BatchWriteRow': 'settings as agreed',
    'ots:DeleteRow': "a hygiene worker's end",
    'ots:GetRange': 'a purge',
    'ots:GetRow': 'settings',
    'ots:PutRow': 'settings',
    'rds:CheckCreateDdrDBInstance': 'copies',
    'rds:DeleteBackup': 'a purge',
    'rds:DeleteBackupFile': 'a purge of single databases',
    'rds:DescribeAvailableCrossRegion': 'copies',
    'rds:DescribeAvailableRecoveryTime': 'copies',
    'rds:DescribeBackupPolicy': 'settings',
    'rds:DescribeBackups': 'a purge',
    'rds:DescribeBinlogFiles': 'copies',
    'rds:DescribeCrossRegionBackupDBInstance': 'copies',
    'rds:DescribeCrossRegionBackups': 'copies',
    'rds:DescribeCrossRegionLogBackupFiles': 'copies',
    'rds:DescribeDBInstanceAttribute': 'copies',
    'rds:DescribeDBInstances': 'settings',
    'rds:DescribeDetachedBackups': 'sets of released instances',
    'rds:DescribeInstanceCrossBackupPolicy': 'settings of copies',
    'rds:DescribeLocalAvailableRecoveryTime': 'copies',
    'rds:DescribeLogBackupFiles': 'copies of SQL Server',
    'rds:ListTagResources': 'settings of tagged instances',
    'rds:ModifyBackupPolicy': 'settings',
    'rds:ModifyInstanceCrossBackupPolicy': 'settings of copies',
    'sts:AssumeRole': "settings in a member's account",
  },
};

/** Function Compute delivers what failed for good in the name of the role. */
const BY_FUNCTION_COMPUTE = 'mns:SendMessage';

async function begin(work: Work, policy: RamPolicy): Promise<RoleKeys> {
  keeper = await startKeeper(work);
  const { cloud, clock } = keeper;
  cloud.identities.addRole({ name: 'tested', policy });
  await work.prepare?.(keeper);
  const made = cloud.identities.assume(DEFAULT_ACCOUNT_ID, 'tested', 'test', plusMs(clock.now(), 3_600 * SECOND_MS));
  if (made === undefined) throw new Error('there is no such role');
  const keys = { accessKeyId: made.accessKeyId, accessKeySecret: made.secret, securityToken: made.securityToken };
  const env = cloud.environment;
  house = openHouse({ env, policy: keeper.policy, clock, random: () => 0.5, logger: silentLogger, functionCredentials: keys });
  return keys;
}

/** All that the run says, refusals included, as one text. */
async function doneBy(work: Work, keys: RoleKeys): Promise<string> {
  return work.run(keeper, house.ports, keys).then(
    (result) => JSON.stringify(result),
    (error: unknown) => said(error),
  );
}

function said(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, hint, cause, summary } = error as { message?: string; hint?: string; cause?: unknown; summary?: unknown }; // whatever was thrown: all of it is optional
  return [message, hint, JSON.stringify(summary), cause === undefined ? '' : said(cause)].join('\n');
}

/** What there is in the world of the instances. */
function held({ fleet }: Work): readonly unknown[] {
  keeper.cloud.world.settle(keeper.clock.now());
  return fleet.map(({ id }) => structuredClone(keeper.cloud.world.find(id)));
}

describe.each(Object.entries(NEEDED_BY))('a role with %s.json', (name, needed) => {
  const document = readDocument(name as RoleDocument); // the keys of the table

  test('is asked for each of its actions by some work here', () => {
    expect(actionsIn(document)).toEqual([...Object.keys(needed), BY_FUNCTION_COMPUTE].sort());
  });
});

describe.each(Object.entries(NEEDED_BY))('a function with %s.json', (name, needed) => {
  const document = readDocument(name as RoleDocument);
  afterEach(end);

  test.each(Object.entries(needed))('without %s is refused %s, by the name of the action, and nothing is done', async (action, workName) => {
    const work: Work = WORKS[workName];
    const keys = await begin(work, without(document, action));
    const before = held(work);

    const answer = await doneBy(work, keys);

    expect(answer).toContain(action);
    expect(held(work)).toEqual(before);
  });

  test.each([...new Set(Object.values(needed))])('does %s', async (workName) => {
    const work: Work = WORKS[workName];
    const keys = await begin(work, document);

    const answer = await doneBy(work, keys);

    expect(answer).toMatch(workName.endsWith('by workers') ? /"status":"continued"/ : /"status":"succeeded"/);
    expect(answer).not.toContain('permission-denied');
  });
});
