// Copies verified from the command line: what a run says, what status keeps of it, and what doctor checks before.
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\ncrossRegion: { required: false }\n';
const FLEET = {
  members: () => [
    { id: 'rm-off', engine: 'MySQL', usedGb: 1, history: { days: 3 }, crossRegion: { destination: 'cn-shanghai', isOff: true } } as const,
    { id: 'rm-on', engine: 'MySQL', usedGb: 1, history: { days: 3 }, crossRegion: { destination: 'cn-shanghai', logs: true } } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

test('a finding stands in status since the run that found it first', async () => {
  const since = new Date(shell.worldClock.now()).toISOString().slice(0, 16);
  const first = await shell.json('run', 'verify-cross-region');
  shell.worldClock.advance(3_600_000);
  const second = await shell.json('run', 'verify-cross-region');

  const status = await shell.json('status');
  const words = await shell.keeper('status');

  expect([first, second].map(({ document }) => document.findingChanges.opened)).toEqual([1, 0]);
  expect(status.document.findings).toMatchObject([{ rule: 'copies-paid-after-off', instanceId: 'rm-off', openedAt: expect.stringContaining(since) }]);
  expect(status.document.rows).toContainEqual(expect.objectContaining({ instanceId: 'rm-on', rule: 'copies', verdict: 'copied' }));
  expect(words.stdout).toMatch(new RegExp(`rm-off: cross-region backup is off.* \\(since ${since}`));
});

test('status shows what was measured of the copies', async () => {
  await shell.json('run', 'verify-cross-region');

  const status = await shell.json('status');
  const words = await shell.keeper('status');

  expect(status.document.copies).toMatchObject([{ instanceId: 'rm-off' }, { instanceId: 'rm-on', probe: { isRestorable: true } }]);
  expect(status.document.copies[1]).toMatchObject({ copies: 3, achievedRpoMs: expect.any(Number), copyWindow: { to: expect.stringContaining('2026-11-2') } });
  expect(status.document.copies[1]).not.toHaveProperty('firstSeen');
  expect(words.stdout).toMatch(/INSTANCE +COPIES +LAG P50\/P95\/MAX +RPO +RECOVERY WINDOW HERE +THERE +RESTORABLE/);
  expect(words.stdout).toMatch(/rm-on +3 +-\/-\/- min +\d+ min +2026-.* yes/);
});

test('doctor checks the permissions that verifying copies needs', async () => {
  const { code, document } = await shell.json('doctor');

  const names = document.checks.map(({ name }: { readonly name: string }) => name);
  expect(code).toBe(0);
  expect(names).toEqual(expect.arrayContaining(['default in cn-hangzhou: list copies', 'default in cn-hangzhou: list copied logs']));
});
