// keeper restore: what it prints, which exit code a pipeline gets, and that nothing which costs money happens without --yes.
import { HOUR_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const FLEET = [
  { id: 'rm-one', engine: 'MySQL', databases: ['orders', 'invoices'], usedGb: 10, crossRegion: { destination: 'cn-shanghai', logs: true } },
  { id: 'ms-one', engine: 'SQLServer', usedGb: 10 },
] as const;

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: 'timezone: UTC\nregions: [cn-hangzhou]\nextraBackups: []\n', fleet: { members: () => FLEET } });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

/** The newest copy and the newest local set. */
function backups(): { readonly copyId: string; readonly backupId: string } {
  const instance = shell.cloud.world.find('rm-one');
  return { copyId: instance?.copies.at(-1)?.id ?? '', backupId: instance?.sets.at(-1)?.id ?? '' };
}

function made(): readonly string[] {
  return [...shell.cloud.world.all()].map(({ spec }) => spec.id).filter((id) => FLEET.every((member) => member.id !== id));
}

test('plan: what would be made, what it depends on, and the answer of the service', async () => {
  const { copyId } = backups();

  const { code, stdout } = await shell.keeper('restore', 'plan', '--instance', 'rm-one', '--copy', copyId);
  const { document } = await shell.json('restore', 'plan', '--instance', 'rm-one', '--copy', copyId);

  expect(code).toBe(0);
  expect(stdout).toContain(`Restore of copy ${copyId} of rm-one in cn-shanghai`);
  expect(stdout).toMatch(/^new instance +MySQL 8\.0, class mysql\.x4\.large\.2c$/m);
  expect(stdout).toMatch(/^storage +200 GB$/m);
  expect(stdout).toMatch(/^billing +pay-as-you-go/m);
  expect(stdout).toMatch(/^cross-region traffic +none: the backup lies in cn-shanghai$/m);
  expect(stdout).toContain('check: the service would take it');
  expect(document.plan).toMatchObject({ region: 'cn-shanghai', source: { kind: 'copy', copyId }, target: { storageGb: 200 }, check: { isRestorable: true } });
  expect(made()).toEqual([]);
});

test('a plan that the service would refuse exits with 1, and says why', async () => {
  const { copyId } = backups();
  shell.cloud.world.setUnrestorable(copyId, 'NoAvailableDisasterRestoreBakset');

  const { code, stdout } = await shell.keeper('restore', 'plan', '--instance', 'rm-one', '--copy', copyId);

  expect(code).toBe(1);
  expect(stdout).toContain('the service would refuse it: the service finds no copy');
});

test('start without --yes prints the plan, does nothing, and exits with 2', async () => {
  const args = ['restore', 'start', '--instance', 'rm-one', '--at', '2026-11-20T20:30:00+00:00'];

  const text = await shell.keeper(...args);
  const json = await shell.json(...args);

  expect(text).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('Restore of rm-one as of 2026-11-20T20:30:00Z'),
    stderr: expect.stringContaining('--yes'),
  });
  expect(json).toMatchObject({ code: 2, document: { started: false, plan: { source: { kind: 'time', at: '2026-11-20T20:30:00Z' } } } });
  expect(made()).toEqual([]);
});

test('start, repeat, follow: one instance, and status says when it is Running', async () => {
  const args = ['restore', 'start', '--instance', 'rm-one', '--set', backups().backupId, '--yes'];

  const started = await shell.keeper(...args);
  const key = /^key: (restore-\d{8}T\d{6}Z-[0-9a-f]{6})$/m.exec(started.stderr)?.[1] ?? '';
  const waiting = await shell.json('restore', 'status', '--key', key);
  shell.worldClock.advance(HOUR_MS);
  const repeated = await shell.json(...args, '--key', key);
  const running = await shell.keeper('restore', 'status');
  const done = await shell.json('restore', 'status', '--key', key);

  expect(started.code).toBe(0);
  expect(started.stdout).toContain('is being restored to the new instance');
  expect(waiting).toMatchObject({ code: 3, document: { restores: [{ key, state: 'restoring', restoredId: made()[0] }] } });
  expect(repeated).toMatchObject({ code: 0, document: { key, outcome: 'repeated', summary: { status: 'succeeded' } } });
  expect(running.stdout).toMatch(new RegExp(`${key} +${made()[0]} +running`));
  expect(done.code).toBe(0);
  expect(made()).toHaveLength(1);
});

test('repeated as text, and by another process that is still at it', async () => {
  const args = ['restore', 'start', '--instance', 'rm-one', '--set', backups().backupId, '--yes', '--key', 'drill'];

  const both = await Promise.all([shell.keeper(...args), shell.keeper(...args)]);
  const repeated = await shell.keeper(...args);

  expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
  expect(both.find(({ code }) => code === 3)?.stdout).toContain('another process is at the restore with key drill');
  expect(repeated.stdout).toContain('the restore with key drill was started at');
  expect(made()).toHaveLength(1);
});

test('tables: shown first, then restored into the instance that they are of', async () => {
  const args = ['restore', 'table', '--instance', 'rm-one', '--copy', backups().copyId];
  const names = ['--table', 'orders.accounts=orders_2.accounts', '--table', 'orders.entries=orders_2.entries', '--database', 'invoices=invoices_2'];

  const shown = await shell.keeper(...args, ...names);
  const started = await shell.json(...args, ...names, '--yes', '--key', 'tables');

  expect(shown).toMatchObject({ code: 2, stdout: expect.stringContaining('orders.accounts → orders_2.accounts') });
  expect(shown.stdout).toContain('invoices → invoices_2');
  expect(started).toMatchObject({ code: 0, document: { outcome: 'started', summary: { findings: [{ rule: 'restore-started' }] } } });
  expect(shell.cloud.world.find('rm-one')?.spec.databases.map(({ name }) => name)).toEqual(['orders', 'invoices', 'orders_2', 'invoices_2']);
  expect(made()).toEqual([]);
});

test('SQL Server: a time of which the service says nothing is a note', async () => {
  const { code, stdout } = await shell.keeper('restore', 'plan', '--instance', 'ms-one', '--at', '2026-11-20T20:30:00Z');

  expect(code).toBe(0);
  expect(stdout).toContain('note: the service does not say which points in time can be restored');
  expect(stdout).toContain('check: the service has none for this');
});

test('no restores yet, and a key that nobody used', async () => {
  const all = await shell.keeper('restore', 'status');
  const one = await shell.keeper('restore', 'status', '--key', 'nothing');

  expect(all).toMatchObject({ code: 0, stdout: 'no restores\n' });
  expect(one).toMatchObject({ code: 1, stdout: expect.stringMatching(/^no restore has the key \S+\n$/) });
});

test('a refused restore is told with the words of the service, and kept', async () => {
  shell.cloud.faults.add({
    service: 'rds',
    operation: 'CloneDBInstance',
    effect: 'none',
    reply: { kind: 'error', status: 403, code: 'OperationDenied.ZoneResource', message: 'There is no available zone for inventory.' },
  });

  const { code, stderr } = await shell.keeper('restore', 'start', '--instance', 'rm-one', '--set', backups().backupId, '--yes', '--key', 'drill');
  const status = await shell.keeper('restore', 'status', '--key', 'drill');

  expect(code).toBe(1);
  expect(stderr).toContain('There is no available zone for inventory');
  expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/drill +- +failed/) });
});

const START = ['restore', 'start', '--yes', '--instance', 'rm-one'];
const TABLE = ['restore', 'table', '--yes', '--instance', 'rm-one', '--copy', '1'];

test.each([
  { name: 'no instance', args: ['restore', 'plan', '--copy', '1'], says: '--instance' },
  { name: 'no backup', args: START, says: 'name one backup to restore' },
  { name: 'two backups', args: [...START, '--set', '1', '--copy', '2'], says: '2 are given' },
  { name: '--copied with a set', args: [...START, '--set', '1', '--copied'], says: '--copied goes with --at only' },
  { name: '--copy-region with a set', args: [...START, '--set', '1', '--copy-region', 'cn-shanghai'], says: '--copy-region goes with --copy' },
  {
    name: '--copy-region with a local time',
    args: [...START, '--at', '2026-11-20T20:30:00Z', '--copy-region', 'cn-shanghai'],
    says: '--copy-region goes with --copy',
  },
  { name: 'a time without a zone', args: [...START, '--at', '2026-11-20T20:30:00'], says: 'not a time' },
  { name: 'a time in the future', args: [...START, '--at', '2027-01-01T00:00:00Z'], says: 'is not earlier than now' },
  { name: 'a time outside the window', args: [...START, '--at', '2026-01-01T00:00:00Z'], says: 'is outside what can be restored' },
  { name: 'a copied time outside the window', args: [...START, '--at', '2026-01-01T00:00:00Z', '--copied'], says: 'is outside what can be restored' },
  { name: 'an unknown set', args: [...START, '--set', '99'], says: 'lists no backup set 99' },
  { name: 'an unknown copy', args: [...START, '--copy', '99'], says: 'cn-shanghai has no copy 99' },
  { name: 'storage that is no multiple of 5', args: [...START, '--copy', '99', '--storage', '203'], says: '203 GB is no storage size' },
  { name: 'storage that is no number', args: [...START, '--copy', '99', '--storage', '1e3'], says: '--storage cannot be "1e3"' },
  { name: 'an engine that is none', args: [...START, '--copy', '99', '--engine', 'MariaDB'], says: 'there are: MySQL, SQLServer, PostgreSQL' },
  { name: 'an engine that is a word of the language', args: [...START, '--copy', '99', '--engine', 'constructor'], says: '--engine cannot be' },
  { name: 'a disk that is none', args: [...START, '--copy', '99', '--disk', 'floppy'], says: '--disk cannot be "floppy"' },
  { name: 'the wrong region', args: [...START, '--copy', '99', '--region', 'cn-beijing'], says: 'cn-beijing is neither where the copies lie' },
  { name: 'a key that is none', args: [...START, '--copy', '99', '--key', 'a~b'], says: 'a key is a letter or digit' },
  { name: 'a table without a database', args: [...TABLE, '--table', 'items'], says: '--table cannot be "items"' },
  { name: 'a table with two new names', args: [...TABLE, '--table', 'a.b=c.d=e.f'], says: '--table cannot be' },
  { name: 'a database with two new names', args: [...TABLE, '--database', 'a=b=c'], says: '--database cannot be' },
  { name: 'tables of one database into two', args: [...TABLE, '--table', 'a.b=c.b', '--table', 'a.d=e.d'], says: 'the tables of a go to c and to e' },
  { name: 'no table', args: TABLE, says: 'no table and no database is named' },
])('$name is a mistake in the command line', async ({ args, says }) => {
  const { code, stderr } = await shell.keeper(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(says);
  expect(made()).toEqual([]);
});
