// keeper report: the posture of a fleet on stdout or in a file, from the ledger alone.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: Asia/Shanghai\nregions: [cn-hangzhou]\nextraBackups:\n  - { name: hourly, schedule: "0 * * * *" }\n';

let shell: CloudShell;

beforeAll(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: { members: () => [{ id: 'rm-one', engine: 'MySQL', history: { days: 0 } }] } });
  await shell.keeper('ledger', 'init');
  await shell.keeper('run', 'extra-backup');
});
afterAll(() => shell.closeAll());

test('a page, in the time zone of the policy', async () => {
  const { code, stdout } = await shell.keeper('report');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^<!doctype html>\n/);
  expect(stdout).toContain('2026-11-21 09:00 +08:00');
  expect(stdout).toContain('<th scope="row">rm-one<');
});

test('a document', async () => {
  const byFormat = await shell.keeper('report', '--format', 'json');
  const { code, document } = await shell.json('report');

  expect(code).toBe(0);
  expect(document).toMatchObject({ version: 1, totals: { unknown: 1 }, instances: [{ instanceId: 'rm-one', posture: 'unknown' }] });
  expect(JSON.parse(byFormat.stdout)).toEqual(document);
});

test('a file, for its owner only, and never over one that is there', async () => {
  const written = await shell.keeper('report', '--out', 'report.html');
  const again = await shell.keeper('report', '--out', 'report.html');
  const forced = await shell.json('report', '--out', 'report.html', '--force');

  const path = join(shell.folder, 'report.html');
  expect(written).toMatchObject({ code: 0, stdout: 'written to report.html\n' });
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
  expect(forced).toEqual({ code: 0, document: { out: 'report.html', format: 'json' } });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  { name: 'an unknown format', args: ['--format', 'pdf'], code: 2, says: 'neither html nor json' },
  { name: 'a page as JSON', args: ['--format', 'html', '--json'], code: 2, says: 'exclude each other' },
  { name: '--force without a file', args: ['--force'], code: 2, says: '--force goes with --out' },
  { name: 'a folder that is not there', args: ['--out', 'nowhere/report.html'], code: 1, says: 'cannot write' },
])('$name is refused', async ({ args, code, says }) => {
  const result = await shell.keeper('report', ...args);

  expect(result.code).toBe(code);
  expect(`${result.stdout}${result.stderr}`).toContain(says);
});
