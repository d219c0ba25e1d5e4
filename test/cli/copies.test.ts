// keeper copies: what there is in other regions, and an instance's cross-region settings changed by hand.
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\nselect: { exclude: [{ ids: [rm-left-out] }] }\nretention: { keep: { last: 1 } }\n';
const COPIED = { destination: 'cn-shanghai', retentionDays: 30, logs: true } as const;
const FLEET = {
  members: () => [
    { id: 'rm-my', engine: 'MySQL', usedGb: 1, databases: ['orders'], history: { days: 3 }, crossRegion: COPIED } as const,
    { id: 'rm-plain', engine: 'MySQL', usedGb: 1, history: { days: 3 } } as const,
    { id: 'rm-maria', engine: 'MariaDB', usedGb: 1 } as const,
    { id: 'rm-off', engine: 'MySQL', usedGb: 1, status: 'Stopped' } as const,
    { id: 'rm-left-out', engine: 'MySQL', usedGb: 1 } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

const settings = (id: string) => shell.cloud.world.find(id)?.spec.crossRegion;

test('list, logs and contents: what lies in the other region', async () => {
  const copies = await shell.json('copies', 'list', '--instance', 'rm-my');
  const [copy] = copies.document.copies;
  const words = await shell.keeper('copies', 'list', '--instance', 'rm-my');
  const none = await shell.keeper('copies', 'list', '--instance', 'rm-my', '--to', '2026-11-01T00:00:00Z');
  const elsewhere = await shell.json('copies', 'list', '--instance', 'rm-my', '--copy-region', 'cn-beijing');
  const logs = await shell.json('copies', 'logs', '--instance', 'rm-my');
  const contents = await shell.json('copies', 'contents', copy.id, '--instance', 'rm-my');
  const tables = await shell.keeper('copies', 'contents', copy.id, '--instance', 'rm-my');

  expect(copies).toMatchObject({ code: 0, document: { instanceId: 'rm-my', copyRegion: 'cn-shanghai' } });
  expect(copies.document.copies).toHaveLength(3);
  expect(copy).toMatchObject({ region: 'cn-shanghai', status: 'success', scope: 'instance', startedAt: expect.stringMatching(/Z$/) });
  expect(words.stdout).toMatch(/^COPY +REGION +BACKUP STARTED +STATUS/);
  expect(none.stdout).toBe('no copies of backups that started in this time\n');
  expect(elsewhere.document).toMatchObject({ copyRegion: 'cn-beijing', copies: [] });
  expect(logs.document.logs.length).toBeGreaterThan(0);
  expect(contents.document).toMatchObject({ copyId: copy.id, copyRegion: 'cn-shanghai', databases: [{ database: 'orders' }] });
  expect(tables.stdout).toMatch(/^DATABASE +SIZE +TABLES\norders +/);
});

test('settings: of one instance with where it could copy to, or of all that have copies', async () => {
  const one = await shell.json('copies', 'settings', '--instance', 'rm-my');
  const never = await shell.json('copies', 'settings', '--instance', 'rm-plain');
  const words = await shell.keeper('copies', 'settings', '--instance', 'rm-my');
  const all = await shell.json('copies', 'settings');
  const table = await shell.keeper('copies', 'settings');

  expect(one.document).toMatchObject({
    instanceId: 'rm-my',
    region: 'cn-hangzhou',
    settings: { isEnabled: true, destination: 'cn-shanghai', retentionDays: 30, copiesLogs: true },
    destinations: expect.arrayContaining(['cn-shanghai', 'cn-beijing']),
  });
  expect(never.document.settings).toEqual({ isEnabled: false, copiesLogs: false });
  expect(words.stdout).toMatch(/destination +cn-shanghai\nkept for +30 days/);
  expect(all.document).toMatchObject({ instances: [{ instanceId: 'rm-my', isEnabled: true, destination: 'cn-shanghai' }] });
  expect(table.stdout).toMatch(/rm-my +cn-hangzhou +Running +on +cn-shanghai +30 days +on/);
});

test('set: nothing is done without --yes; with it the settings are written, read back and recorded', async () => {
  const asked = await shell.keeper('copies', 'set', '--instance', 'rm-my', '--retention', '90');
  const untouched = settings('rm-my');
  const done = await shell.json('copies', 'set', '--instance', 'rm-my', '--retention', '90', '--yes');
  const again = await shell.json('copies', 'set', '--instance', 'rm-my', '--retention', '90');
  const status = await shell.json('status');

  expect(asked).toMatchObject({ code: 2, stderr: 'nothing was done: repeat the command with --yes to do it\n' });
  expect(asked.stdout).toContain('copies kept for 30 days → copies kept for 90 days');
  expect(asked.stdout).not.toContain('DESTROYS');
  expect(untouched).toMatchObject({ retentionDays: 30 });
  expect(done).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'corrected', rule: 'cross-region-settings' }] } });
  expect(settings('rm-my')).toMatchObject({ isEnabled: true, retentionDays: 90, destination: 'cn-shanghai', copiesLogs: true });
  expect(again).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'in-line' }] } });
  expect(status.document.runs).toMatchObject([{ function: 'verify-cross-region', trigger: { type: 'cli' } }]);
});

test('set: switched on with all it needs, shortened and switched off again, each told for what it is', async () => {
  const on = await shell.keeper('copies', 'set', '--instance', 'rm-plain', '--destination', 'cn-beijing', '--retention', '60', '--logs', 'on');
  const done = await shell.json('copies', 'set', '--instance', 'rm-plain', '--destination', 'cn-beijing', '--retention', '60', '--logs', 'on', '--yes');
  const shorter = await shell.keeper('copies', 'set', '--instance', 'rm-plain', '--retention', '7');
  const off = await shell.keeper('copies', 'set', '--instance', 'rm-plain', '--off');
  const offDone = await shell.json('copies', 'set', '--instance', 'rm-plain', '--off', '--yes');
  const offAgain = await shell.json('copies', 'set', '--instance', 'rm-plain', '--off', '--yes');

  expect(on.stdout).toContain('asked for by hand; it costs storage and traffic');
  expect(done).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'corrected' }] } });
  expect(shorter.stdout).toContain('! DESTROYS BACKUPS: rm-plain');
  expect(off.stdout).toContain('on (cn-beijing, 60 days, logs on) → off');
  expect(offDone).toMatchObject({ code: 0, document: { verdicts: [{ verdict: 'corrected' }] } });
  expect(settings('rm-plain')).toMatchObject({ isEnabled: false });
  expect(offAgain.document).toMatchObject({ verdicts: [{ verdict: expect.stringMatching(/^(corrected|in-line)$/) }] });
});

test.each([
  { name: 'the region of the instance itself', instance: 'rm-my', more: ['--destination', 'cn-hangzhou'], code: 2, says: 'copies must be in another region' },
  { name: 'a region that there is not', instance: 'rm-my', more: ['--destination', 'cn-atlantis'], code: 2, says: 'cannot be copied to cn-atlantis' },
  {
    name: 'an engine that is not copied',
    instance: 'rm-maria',
    more: ['--destination', 'cn-shanghai'],
    code: 2,
    says: 'MySQL, PostgreSQL and SQL Server only',
  },
  { name: 'copies that never had a destination', instance: 'rm-plain', more: ['--logs', 'on'], code: 2, says: 'no destination is named' },
  { name: 'an instance that does not run', instance: 'rm-off', more: ['--destination', 'cn-shanghai'], code: 1, says: 'the instance is Stopped' },
  { name: 'an instance that the policy leaves out', instance: 'rm-left-out', more: ['--off'], code: 1, says: 'leaves instance rm-left-out out' },
  { name: 'an unknown instance', instance: 'rm-nobody', more: ['--off'], code: 1, says: 'no instance rm-nobody' },
])('set: $name is refused, and nothing is written', async ({ instance, more, code, says }) => {
  const before = JSON.stringify(settings(instance));

  const result = await shell.keeper('copies', 'set', '--instance', instance, ...more, '--yes');

  expect(result.code).toBe(code);
  expect(result.stderr).toContain(says);
  expect(JSON.stringify(settings(instance))).toBe(before);
});

const ERROR = { kind: 'error', status: 400, code: 'InvalideStatus.Format', message: 'The instance status does not support this operation.' } as const;
const DENIED = { kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'User not authorized to operate on the specified resource.' } as const;
const WRITE = 'ModifyInstanceCrossBackupPolicy';
const READ = 'DescribeInstanceCrossBackupPolicy';
test.each([
  {
    name: 'whose answer is lost, and which took effect',
    fault: { operation: WRITE, effect: 'applied', reply: { kind: 'reset' } },
    verdict: 'corrected',
    code: 0,
  },
  { name: 'that the service refuses', fault: { operation: WRITE, effect: 'none', reply: ERROR }, verdict: 'instance-not-running', code: 3 },
  { name: 'that is not permitted', fault: { operation: WRITE, effect: 'none', reply: DENIED }, verdict: 'denied', code: 3 },
  {
    name: 'that is not permitted to be read back',
    fault: { operation: READ, skip: 1, times: 9, effect: 'none', reply: DENIED },
    verdict: 'ambiguous',
    code: 3,
  },
] as const)('set: a write $name', async ({ fault, verdict, code }) => {
  shell.cloud.faults.add({ service: 'rds', ...fault });

  const result = await shell.json('copies', 'set', '--instance', 'rm-my', '--retention', '90', '--yes');

  expect(result).toMatchObject({ code, document: { verdicts: [{ verdict }] } });
});

test('an instance that never had copies has no list of them', async () => {
  const { code, stderr } = await shell.keeper('copies', 'list', '--instance', 'rm-plain');

  expect(code).toBe(1);
  expect(stderr).toContain('instance rm-plain has never been copied to another region');
});

test('the copies of a released instance are listed as long as they are there', async () => {
  shell.cloud.world.releaseInstance('rm-my');

  const copies = await shell.json('copies', 'list', '--instance', 'rm-my');
  const shown = await shell.json('copies', 'settings', '--instance', 'rm-my');

  expect(copies.document.copies).toHaveLength(3);
  expect(shown.document).toMatchObject({ instanceId: 'rm-my', settings: { destination: 'cn-shanghai' } });
});
