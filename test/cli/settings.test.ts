// keeper settings: shown by the names of the policy file, and changed by hand through the policy's own rules.
import { HOUR_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: Asia/Shanghai\nregions: [cn-hangzhou]\nselect: { exclude: [{ ids: [rm-left-out] }] }\nretention: { keep: { last: 1 }, floor: 1 }\n';
const FLEET = {
  members: () => [
    { id: 'rm-my', engine: 'MySQL', usedGb: 1, settings: { retentionDays: 30, logRetentionDays: 14 }, history: { days: 20 } } as const,
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

const settings = () => shell.cloud.world.find('rm-my')?.spec.settings;
const set = (...args: readonly string[]) => shell.keeper('settings', 'set', 'rm-my', ...args);

test('show: every setting, by the name under which it is set', async () => {
  const words = await shell.keeper('settings', 'show', 'rm-my');
  const json = await shell.json('settings', 'show', 'rm-my');

  expect(words.code).toBe(0);
  expect(words.stdout).toMatch(/dataRetention +30 days/);
  expect(words.stdout).toMatch(/localLog\.hours +\d+ hours/);
  expect(words.stdout).toContain('the service does not say: ');
  expect(json.document).toMatchObject({ instanceId: 'rm-my', engine: 'mysql', settings: { dataRetentionDays: 30, logRetentionDays: 14, logBackup: true } });
});

test('set: what drops nothing is written at once, read back, and recorded as a run', async () => {
  const { code, stdout, stderr } = await set('dataRetention=40', 'backupDays=mon-wed,sat', 'localLog.hours=24', 'backupWindow=03:00');
  const status = await shell.json('status');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('verdicts: 4 corrected');
  expect(settings()).toMatchObject({ retentionDays: 40, localLogHours: 24 });
  expect((await shell.json('settings', 'show', 'rm-my')).document.settings).toMatchObject({
    backupDays: ['mon', 'tue', 'wed', 'sat'],
    backupWindowMinute: 19 * 60, // 03:00 in Shanghai
  });
  expect(status.document.runs).toMatchObject([{ function: 'retention-hygiene', trigger: { type: 'cli' }, summary: { counts: { corrected: 4 } } }]);
});

test('set: what is so already is said, and nothing is written', async () => {
  const { code, document } = await shell.json('settings', 'set', 'rm-my', 'dataRetention=30');

  expect(code).toBe(0);
  expect(document).toMatchObject({ summary: { status: 'succeeded', counts: { 'in-line': 1 } }, verdicts: [{ verdict: 'in-line' }] });
  expect(document.summary.apiCalls.ModifyBackupPolicy).toBeUndefined();
});

test('set: what drops backups waits for --yes, with all that was asked for beside it', async () => {
  const asked = await set('logRetention=7', 'localLog.hours=24');
  const json = await shell.json('settings', 'set', 'rm-my', 'logRetention=7');
  const untouched = settings();
  const done = await set('logRetention=7', 'localLog.hours=24', '--yes');

  expect(asked.code).toBe(2);
  expect(asked.stdout).toContain('! DESTROYS BACKUPS: rm-my: change log settings: logRetentionDays 14 days → 7 days');
  expect(asked.stderr).toBe('nothing was done: repeat the command with --yes to do it\n');
  expect(json).toMatchObject({ code: 2, document: { summary: { dryRun: true }, steps: [{ action: 'change-settings', isDestructive: true }] } });
  expect(untouched).toMatchObject({ logRetentionDays: 14 });
  expect(done.code).toBe(0);
  expect(settings()).toMatchObject({ logRetentionDays: 7, localLogHours: 24 });
});

test('set: a hold refuses a shorter retention, also with --yes, and the rest is not written either', async () => {
  const sets = await shell.json('backups', 'list', '--instance', 'rm-my');
  const [oldest] = sets.document.backups;
  await shell.keeper('hold', 'add', '--instance', 'rm-my', '--set', oldest.id, '--reason', 'audit');

  const refused = await set('dataRetention=10', 'logRetention=7', 'localLog.hours=24', '--yes');
  shell.worldClock.advance(HOUR_MS);
  const status = await shell.json('status');

  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('nothing was written to rm-my:');
  expect(refused.stderr).toContain(oldest.id);
  expect(settings()).toMatchObject({ retentionDays: 30, logRetentionDays: 14 });
  expect(status.document.runs[0]).toMatchObject({ summary: { status: 'failed', error: { code: 'settings-refused' } } });
});

test.each([
  { name: 'a setting that the engine does not have', args: ['rm-my', 'priority=primary'], code: 2, says: 'SQL Server Cluster Edition only' },
  { name: 'logs kept longer than data', args: ['rm-my', 'logRetention=60'], code: 2, says: 'logRetentionDays 14 days → 60 days' },
  { name: 'an instance that does not run', args: ['rm-off', 'dataRetention=60'], code: 1, says: 'the instance is Stopped' },
  { name: 'an instance that the policy leaves out', args: ['rm-left-out', 'dataRetention=60'], code: 1, says: 'the policy leaves instance rm-left-out out' },
  { name: 'an unknown instance', args: ['rm-nobody', 'dataRetention=60'], code: 1, says: 'no instance rm-nobody' },
])('set: $name is refused, and nothing is written', async ({ args, code, says }) => {
  const before = JSON.stringify(settings());

  const result = await shell.keeper('settings', 'set', ...args);

  expect(result.code).toBe(code);
  expect(result.stderr).toContain(says);
  expect(JSON.stringify(settings())).toBe(before);
});
