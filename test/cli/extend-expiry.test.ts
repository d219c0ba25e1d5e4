import { plantSets } from '../support/sets';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = `regions: [cn-hangzhou]
expiry:
  - { name: books, select: { engines: [sqlserver] }, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }
`;
const FLEET = { members: () => [{ id: 'rm-sql', engine: 'SQLServer', databases: ['ledger'], history: { days: 0 } } as const] };

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
  plantSets(shell.cloud.world, 'rm-sql', shell.worldClock.now(), [{ id: '321000007' }, { id: '321000008', databases: ['hr'] }]);
});
afterEach(() => shell.closeAll());

const expiry = (): unknown => shell.cloud.world.find('rm-sql')?.sets[0]?.expiresAt;

test('plan, run and run again: what the plan showed is done, once', async () => {
  const before = expiry();

  const plan = await shell.json('plan', 'extend-expiry');
  const planned = expiry();
  const dry = await shell.json('run', 'extend-expiry', '--dry-run');
  const run = await shell.json('run', 'extend-expiry');
  shell.worldClock.advance(60_000);
  const again = await shell.json('run', 'extend-expiry');
  const status = await shell.json('status');

  expect(plan).toMatchObject({ code: 0, document: { function: 'extend-expiry', steps: [{ action: 'extend-expiry', backupId: '321000007' }] } });
  expect(planned).toBe(before);
  expect(dry.document).toMatchObject({ dryRun: true, counts: { 'would-extend': 1, left: 1 } });
  expect(run).toMatchObject({ code: 0, document: { function: 'extend-expiry', status: 'succeeded', counts: { extended: 1, left: 1 } } });
  expect(new Date(Number(expiry())).toISOString().slice(0, 16)).toBe(plan.document.steps[0].after.slice(0, 16));
  expect(again).toMatchObject({ code: 0, document: { counts: { left: 2 } } });
  expect(status.document.runs.map((each: { function: string }) => each.function)).toEqual(['extend-expiry', 'extend-expiry']);
});

test('the same in words', async () => {
  const plan = await shell.keeper('plan', 'extend-expiry');
  const run = await shell.keeper('run', 'extend-expiry');
  const shown = await shell.keeper('policy', 'show', 'rm-sql');

  expect(plan.stdout).toContain('1 backup set would be kept longer, nothing was');
  expect(plan.stdout).toContain('would-extend');
  expect(run.stdout).toMatch(/321000007/);
  expect(run.stdout).toContain('verdicts: 1 extended, 1 left');
  expect(shown.stdout).toContain('covered by books');
  expect(shown.stdout).toMatch(/^expiry\.books\.keepFor +90d /m);
});

test('a run that may not is partial, and says what to grant', async () => {
  const { accessKeyId, accessKeySecret } = shell.cloud.credentials;
  const policy = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:Describe*', 'rds:List*', 'ots:*'], Resource: '*' }] } as const;
  shell.cloud.identities.addUser({ accessKeyId, secret: accessKeySecret, name: 'reader', policy });

  const run = await shell.keeper('run', 'extend-expiry');

  expect(run.code).toBe(3);
  expect(run.stdout).toContain('grant rds:ModifyBackupSetExpireTime');
});

test('a policy that wants it of another engine is wrong', async () => {
  shell.write('keeper.yaml', POLICY.replace('sqlserver', 'mysql'));

  const check = await shell.keeper('policy', 'check');

  expect(check.code).toBe(2);
  expect(check.stdout).toContain('impossible on mysql: only backup sets of SQL Server can be kept longer');
  expect(check.stdout).toContain('1 rule, 1 error, 0 warnings');
});
