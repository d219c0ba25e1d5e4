// keeper backups create: what it prints, what it can be repeated with, and which exit code a pipeline gets.
import { policyWith } from '../support/keeper';
import { type CloudShell, openCloudShell } from './harness';

const FLEET = {
  members: () => [
    { id: 'rm-one', engine: 'MySQL', usedGb: 1, databases: ['orders', 'invoices'] } as const,
    { id: 'rm-off', engine: 'MySQL', status: 'Stopped' } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: policyWith('  - { name: hourly, schedule: "30 * * * *" }\n'), fleet: FLEET });
});
afterEach(() => shell.closeAll());

const CREATE = ['backups', 'create', '--instance', 'rm-one'];

test('create, repeat, follow, repeat: one backup under one key', async () => {
  await shell.keeper('ledger', 'init');

  const created = await shell.json(...CREATE, '--key', 'release-42');
  shell.worldClock.advance(60_000);
  const repeated = await shell.json(...CREATE, '--key', 'release-42');
  shell.worldClock.advance(1_800_000);
  await shell.keeper('run', 'reconcile');
  const done = await shell.json(...CREATE, '--key', 'release-42');

  expect(created).toMatchObject({
    code: 0,
    document: {
      key: 'release-42',
      summary: { status: 'succeeded', trigger: { type: 'cli', id: 'release-42' } },
      verdicts: [{ instanceId: 'rm-one', verdict: 'submitted', slotId: 'on-demand~release-42~instance', jobId: expect.any(String) }],
    },
  });
  expect(created.document.steps).toBeUndefined();
  expect(repeated).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'in-flight', jobId: created.document.verdicts[0].jobId }] } });
  expect(done).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'already-done', backupId: expect.any(String) }] } });
  expect(shell.manualBackups()).toBe(1);
});

test('without a key one is made, and told before anything is sent', async () => {
  await shell.keeper('ledger', 'init');

  const { code, stdout, stderr } = await shell.keeper(...CREATE, '--databases', 'orders, invoices', '--method', 'logical');
  const key = /^key: (by-hand-\d{8}T\d{6}Z-[0-9a-f]{6})$/m.exec(stderr)?.[1] ?? '';
  shell.worldClock.advance(60_000);
  const repeated = await shell.keeper(...CREATE, '--databases', 'invoices,orders', '--key', key);

  expect(code).toBe(0);
  expect(stdout).toMatch(/rm-one +on-demand~by-hand-\S+~databases +submitted/);
  expect(stdout).toContain(`--key ${key} makes no second backup`);
  expect(repeated).toMatchObject({ code: 0, stdout: expect.stringContaining('in-flight'), stderr: '' });
  expect(shell.manualBackups()).toBe(1);
});

test('the key is known also when the command fails', async () => {
  const { code, stderr } = await shell.keeper(...CREATE);

  expect(code).toBe(1);
  expect(stderr).toMatch(/^key: by-hand-/);
  expect(stderr).toContain('keeper ledger init');
});

test('a dry run shows the step and makes nothing', async () => {
  await shell.keeper('ledger', 'init');

  const dry = await shell.json(...CREATE, '--key', 'release-42', '--dry-run');
  const text = await shell.keeper(...CREATE, '--key', 'release-42', '--dry-run');

  expect(dry).toMatchObject({
    code: 0,
    document: { summary: { dryRun: true }, verdicts: [{ verdict: 'would-submit' }], steps: [{ action: 'create-backup', spec: { method: 'physical' } }] },
  });
  expect(text.stdout).toContain('dry run: nothing was changed');
  expect(text.stdout).toContain('--key release-42 and without --dry-run does it');
  expect(shell.manualBackups()).toBe(0);
});

test('what was asked for and did not start is no success: exit code 3, and how to go on', async () => {
  await shell.keeper('ledger', 'init');

  const { code, stdout } = await shell.keeper('backups', 'create', '--instance', 'rm-one', 'rm-off', '--key', 'release-42');

  expect(code).toBe(3);
  expect(stdout).toMatch(/rm-off +on-demand~release-42~instance +instance-not-running/);
  expect(stdout.replace(/\s+/g, ' ')).toContain('repeat the request with the same key');
  expect(shell.manualBackups()).toBe(1);
});

test('a call with the same key at the same instant is not taken for a backup', async () => {
  await shell.keeper('ledger', 'init');

  const codes = await Promise.all([shell.keeper(...CREATE, '--key', 'release-42'), shell.keeper(...CREATE, '--key', 'release-42')]);

  expect(codes.map(({ code }) => code).sort()).toEqual([0, 3]);
  expect(codes.find(({ code }) => code === 3)?.stdout).toContain('another call with this key came at the same moment');
  expect(shell.manualBackups()).toBe(1);
});

test.each([
  { name: 'no instance', args: ['backups', 'create'], says: '--instance' },
  { name: 'a key that is none', args: [...CREATE, '--key', 'a b'], says: 'a key is a letter or digit' },
  { name: 'an empty database name', args: [...CREATE, '--databases', 'orders,,invoices'], says: 'is no database name' },
  { name: '51 databases', args: [...CREATE, '--databases', Array.from({ length: 51 }, (_, index) => `db${index}`).join(',')], says: 'more than 50' },
  { name: 'a method that is none', args: [...CREATE, '--method', 'phisical'], says: 'did you mean physical' },
])('$name is a mistake in the command line', async ({ args, says }) => {
  const { code, stderr } = await shell.keeper(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(says);
  expect(shell.manualBackups()).toBe(0);
});

test('an instance that nobody knows fails, and nothing is made', async () => {
  await shell.keeper('ledger', 'init');

  const { code, stderr } = await shell.keeper('backups', 'create', '--instance', 'rm-one', 'rm-nowhere', '--key', 'release-42');

  expect(code).toBe(1);
  expect(stderr).toContain('no instance rm-nowhere');
  expect(shell.manualBackups()).toBe(0);
});
