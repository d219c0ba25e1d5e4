// The lists of what the service has: backup sets, jobs, log files and databases, in words and as JSON, and what is said of bad input.
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\nextraBackups:\n  - { name: hourly, schedule: "0 * * * *" }\n';
const LINK = /https?:\/\/|bak\.rds/;
const DAY_MS = 24 * 60 * 60_000;
const FLEET = {
  members: () => [
    {
      id: 'rm-my',
      engine: 'MySQL',
      usedGb: 1,
      databases: ['orders', { name: 'old', status: 'Cold' }],
      history: {
        days: 3,
        manualSets: [
          { id: '900001', agoMs: DAY_MS },
          { id: '900002', agoMs: DAY_MS / 2, method: 'Logical', databases: ['orders'] },
        ],
      },
    } as const,
    { id: 'rm-gone', engine: 'MySQL', usedGb: 1, history: { days: 2 } } as const,
    { id: 'rm-busy', engine: 'MySQL', regionId: 'cn-shanghai', usedGb: 100, history: { days: 0, runningJob: true } } as const,
    { id: 'rm-sql', engine: 'SQLServer', usedGb: 1, databases: ['ledger\u001b[31m'], history: { days: 1 } } as const,
  ],
};

let shell: CloudShell;
beforeAll(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
});
afterAll(() => shell.closeAll());

test('backups list: all sets of a month, or those of a time', async () => {
  const all = await shell.json('backups', 'list', '--instance', 'rm-my');
  const some = await shell.json('backups', 'list', '--instance', 'rm-my', '--from', '2026-11-20T12:00:00Z', '--to', '2026-11-20T14:00:00Z');
  const words = await shell.keeper('backups', 'list', '--instance', 'rm-my');
  const none = await shell.keeper('backups', 'list', '--instance', 'rm-my', '--from', '2020-01-01T00:00:00Z', '--to', '2020-02-01T00:00:00Z');

  expect(all).toMatchObject({ code: 0, document: { instanceId: 'rm-my' } });
  expect(all.document.backups).toHaveLength(5);
  expect(some.document.backups).toEqual([
    expect.objectContaining({
      id: '900002',
      startedAt: '2026-11-20T13:00:00Z',
      mode: 'manual',
      method: 'logical',
      status: 'success',
      scope: { kind: 'databases', databases: ['orders'] },
    }),
  ]);
  expect(words.stdout).toMatch(/^BACKUP SET +STARTED +STATUS +MODE +METHOD +SIZE +TYPE +EXPIRES +HOLDS/);
  expect(words.stdout).toMatch(/900002 +2026-11-20T13:00:00Z +success +manual +logical .*orders/);
  expect(none).toMatchObject({ code: 0, stdout: 'no backup sets that started in this time\n' });
});

test('backups show: links on the screen when asked for, and nowhere else', async () => {
  shell.env['LOG_LEVEL'] = 'debug';
  const plain = await shell.keeper('backups', 'show', '900001', '--instance', 'rm-my');
  const linked = await shell.keeper('backups', 'show', '900001', '--instance', 'rm-my', '--with-links');
  const ofDatabases = await shell.keeper('backups', 'show', '900002', '--instance', 'rm-my', '--with-links');
  const json = await shell.keeper('backups', 'show', '900001', '--instance', 'rm-my', '--json');
  const both = await shell.keeper('backups', 'show', '900001', '--instance', 'rm-my', '--with-links', '--json');

  shell.env['LOG_LEVEL'] = 'silent';
  expect(plain.stdout).toContain('backup set 900001 of rm-my');
  expect(linked.stderr).not.toMatch(LINK);
  expect(plain.stdout).not.toMatch(LINK);
  expect(linked.stdout).toMatch(/the whole set, internet: https:\/\/.*900001/);
  expect(linked.stdout).toContain('these links give full access to the data');
  expect(ofDatabases.stdout).toMatch(/database orders, internet: https:\/\//);
  expect(JSON.parse(json.stdout)).toMatchObject({ id: '900001', startedAt: '2026-11-20T01:00:00Z' });
  expect(json.stdout).not.toMatch(LINK);
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--with-links and --json cannot go together') });
  expect(both.stdout).not.toMatch(LINK);
});

test('backups list --detached: what a released instance has left, over all regions', async () => {
  const before = await shell.keeper('backups', 'list', '--detached');
  shell.cloud.world.releaseInstance('rm-gone');
  const all = await shell.json('backups', 'list', '--detached');
  const words = await shell.keeper('backups', 'list', '--detached');
  const ofAnother = await shell.json('backups', 'list', '--detached', '--instance', 'rm-other');
  const early = await shell.json('backups', 'list', '--detached', '--to', '2026-11-01T00:00:00Z');

  expect(before.stdout).toBe('no backup sets of released instances\n');
  expect(all.document.backups).toEqual([
    expect.objectContaining({ instanceId: 'rm-gone', region: 'cn-hangzhou', mode: 'automated' }),
    expect.objectContaining({ instanceId: 'rm-gone' }),
  ]);
  expect(words.stdout).toMatch(/^INSTANCE +REGION +BACKUP SET/);
  expect(ofAnother.document).toEqual({ backups: [] });
  expect(early.document).toEqual({ backups: [] });
});

test('tasks list and show: the job that runs, and what became of it', async () => {
  const running = await shell.json('tasks', 'list', '--instance', 'rm-busy');
  const [job] = running.document.tasks;
  const words = await shell.keeper('tasks', 'show', job.id, '--instance', 'rm-busy');
  const none = await shell.keeper('tasks', 'list', '--instance', 'rm-my');

  expect(running).toMatchObject({ code: 0, document: { instanceId: 'rm-busy', tasks: [{ status: 'running', mode: 'manual' }] } });
  expect(words.stdout).toMatch(new RegExp(`${job.id} +running +manual +\\d+ %`));
  expect(none.stdout).toBe('no backup job waits or runs\n');
});

test('binlogs list: a day, or a time; log backups of SQL Server too', async () => {
  const day = await shell.json('binlogs', 'list', '--instance', 'rm-my');
  const hour = await shell.json('binlogs', 'list', '--instance', 'rm-my', '--from', '2026-11-20T10:00:00Z', '--to', '2026-11-20T11:00:00Z');
  const words = await shell.keeper('binlogs', 'list', '--instance', 'rm-my', '--from', '2026-11-20T10:00:00Z', '--to', '2026-11-20T11:00:00Z');
  const sql = await shell.json('binlogs', 'list', '--instance', 'rm-sql');

  expect(day.document.logs.length).toBeGreaterThan(hour.document.logs.length);
  expect(hour.document.logs[0]).toMatchObject({ from: expect.stringMatching(/Z$/), to: expect.stringMatching(/Z$/), isComplete: true });
  expect(words.stdout).toMatch(/^FILE +FROM +TO +SIZE +STORED/);
  expect(words.stdout).toContain('mysql-bin.');
  expect(sql.document.logs.length).toBeGreaterThan(0);
  expect(JSON.stringify([day.document, sql.document])).not.toMatch(LINK);
});

test('databases list: which can be backed up, and no escape sequence reaches the screen', async () => {
  const mysql = await shell.json('databases', 'list', '--instance', 'rm-my');
  const sql = await shell.keeper('databases', 'list', '--instance', 'rm-sql');

  expect(mysql.document).toEqual({
    instanceId: 'rm-my',
    databases: [
      { name: 'orders', isBackupable: true },
      { name: 'old', isBackupable: false },
    ],
  });
  expect(sql.stdout).toMatch(/^DATABASE +CAN BE BACKED UP\nledger +yes/);
  expect(sql.stdout).not.toContain('\u001b');
});

test.each([
  {
    name: 'an unknown instance',
    args: ['backups', 'list', '--instance', 'rm-nobody'],
    says: 'no instance rm-nobody in the accounts and regions of the policy',
  },
  { name: 'an unknown set', args: ['backups', 'show', '77', '--instance', 'rm-my'], says: 'instance rm-my lists no backup set 77' },
  { name: 'an unknown job', args: ['tasks', 'show', '77', '--instance', 'rm-my'], says: 'instance rm-my knows no backup job 77' },
])('$name is told, and the exit code is 1', async ({ args, says }) => {
  const { code, stderr } = await shell.keeper(...args);

  expect(code).toBe(1);
  expect(stderr).toContain(`error: ${says}`);
  expect(stderr).toContain('hint: ');
});
