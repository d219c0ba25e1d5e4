// Input that cannot be meant is refused with the rule that forbids it, by every command that would act on it, and nothing is changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const HEAD = 'timezone: UTC\nregions: [cn-hangzhou]\n';
const GOOD = `${HEAD}settings: { mode: enforce, dataRetention: 60 }\nretention: { mode: enforce, keep: { daily: 2 }, floor: 1 }\n`;
const SETS = [1, 2, 20, 30, 40].map((days) => ({ id: `${1000 + days}`, agoMs: days * DAY_MS, keepDays: 100 }));
const FLEET = {
  members: () => [
    { id: 'rm-a', engine: 'MySQL', usedGb: 1, settings: { retentionDays: 30, logRetentionDays: 7 }, history: { days: 0, manualSets: SETS } } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: GOOD, fleet: FLEET });
  await shell.keeper('ledger', 'init');
  for (const { id } of SETS) await shell.keeper('backups', 'claim', id, '--instance', 'rm-a', '--by', 'ada');
});
afterEach(() => shell.closeAll());

/** All that could have changed: the sets, the settings and the holds. */
async function everything(): Promise<string> {
  const instance = shell.cloud.world.find('rm-a');
  return JSON.stringify([instance?.sets, instance?.spec.settings, (await shell.json('hold', 'list')).document]);
}

describe.each(['plan', 'run'])('keeper %s retention-hygiene', (command) => {
  test.each<{ name: string; policy: string; rule: RegExp }>([
    { name: 'an empty retention rule', policy: 'retention: { mode: enforce, keep: {} }', rule: /retention\.keep: .*nothing/ },
    { name: 'a floor of 0 without the flag', policy: 'retention: { mode: enforce, keep: { last: 1 }, floor: 0 }', rule: /unsafeAllowNoFloor: true/ },
    { name: 'a data retention below the range', policy: 'settings: { mode: enforce, dataRetention: 6 }', rule: /whole number of days from 7 to 730/ },
    { name: 'a data retention above the range', policy: 'settings: { mode: enforce, dataRetention: 731 }', rule: /whole number of days from 7 to 730/ },
    { name: 'a log retention above the range', policy: 'settings: { mode: enforce, logRetention: 731 }', rule: /whole number of days from 7 to 730/ },
    {
      name: 'a log retention above the data retention',
      policy: 'settings: { mode: enforce, dataRetention: 60, logRetention: 90 }',
      rule: /LogBackupRetentionPeriod is at most BackupRetentionPeriod/,
    },
    {
      name: 'a log retention above the data retention, by a patch only',
      policy: 'settings: { mode: enforce, dataRetention: 60 }\noverrides: { rm-a: { settings: { logRetention: 90 } } }',
      rule: /overrides\.rm-a\.settings.*LogBackupRetentionPeriod is at most BackupRetentionPeriod/s,
    },
    {
      name: 'a setting that no instance can have',
      policy: 'select: { engines: [sqlserver] }\nsettings: { mode: enforce, logBackup: off }',
      rule: /SQL Server is always on/,
    },
  ])('refuses $name', async ({ policy, rule }) => {
    shell.write('keeper.yaml', HEAD + policy);
    const settings = shell.cloud.world.find('rm-a')?.spec.settings;

    const { code, stderr, stdout } = await shell.keeper(command, 'retention-hygiene');

    expect(code).toBe(2);
    expect(stderr).toMatch(rule);
    expect(stderr).toContain('keeper.yaml');
    expect(stdout).toBe('');
    expect(shell.cloud.world.find('rm-a')?.spec.settings).toEqual(settings);
    expect(shell.cloud.world.find('rm-a')?.sets).toHaveLength(SETS.length);
  });
});

test('the policy that was good acts: the cases above are refused for what they say', async () => {
  const { code, document } = await shell.json('run', 'retention-hygiene');

  expect(code).toBe(0);
  expect(document.counts).toMatchObject({ corrected: 1, marked: 2 });
});

test('a hold in the past is refused, and none is placed', async () => {
  const before = await everything();

  const args = ['--instance', 'rm-a', '--set', '1001', '--owner', 'dba@example', '--reason', 'audit', '--until', '2020-01-01T00:00:00Z'];
  const { code, stderr } = await shell.keeper('hold', 'add', ...args);

  expect(code).toBe(2);
  expect(stderr).toContain('a hold until 2020-01-01T00:00:00Z would have ended already');
  expect(await everything()).toBe(before);
});

test('a plan whose file was edited is refused, and no step of it is done', async () => {
  await shell.keeper('plan', 'retention-hygiene', '--out', 'plan.json');
  const path = join(shell.folder, 'plan.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('1030', '1020'));
  const before = await everything();

  const { code, stderr } = await shell.keeper('apply', 'plan.json');

  expect(code).toBe(2);
  expect(stderr).toContain('does not match its digest');
  expect(await everything()).toBe(before);
});
