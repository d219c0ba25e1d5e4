// keeper usage: the month's calls beside the document's figures and the policy's budget.
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\nlimits: { apiCallsPerMonth: 1000 }\nextraBackups:\n  - { name: hourly, schedule: "30 * * * *" }\n';
const FLEET = { members: () => [{ id: 'rm-one', engine: 'MySQL', usedGb: 1 } as const] };

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
  await shell.keeper('backups', 'create', '--instance', 'rm-one', '--key', 'k1');
});
afterEach(() => shell.closeAll());

interface Line {
  readonly operation: string;
  readonly calls: number;
}

test('the calls of the runs, and those of lists and plans are none of them', async () => {
  const before = await shell.json('usage');
  await shell.keeper('backups', 'list', '--instance', 'rm-one');
  await shell.keeper('plan', 'extra-backup');
  const after = await shell.json('usage');
  await shell.keeper('run', 'reconcile');
  const later = await shell.json('usage');
  const operations: readonly Line[] = before.document.operations;

  expect(before).toMatchObject({ code: 0, document: { month: '2026-11', runs: 1, unfinishedRuns: 0 } });
  expect(operations).toContainEqual(expect.objectContaining({ operation: 'CreateBackup', calls: 1 }));
  expect(operations.reduce((sum, { calls }) => sum + calls, 0)).toBe(before.document.calls);
  expect(before.document.budget).toEqual({ apiCallsPerMonth: 1000, left: 1000 - before.document.calls });
  expect(after.document.calls).toBe(before.document.calls);
  expect(later.document).toMatchObject({ runs: 2 });
  expect(later.document.calls).toBeGreaterThan(before.document.calls);
});

test('in words: quotas, and whose figures they are', async () => {
  const { code, stdout } = await shell.keeper('usage');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^RDS API in 2026-11 \(UTC\): \d+ calls in 1 run\nlimits\.apiCallsPerMonth: 1000, \d+ left\n/);
  expect(stdout).toMatch(/DescribeDetachedBackups +0 +100 +100 +0/);
  expect(stdout).toContain('as source document 000 states them');
  expect(stdout).toContain('real invoices decide');
});

test('another month is empty, and other figures can be given', async () => {
  const october = await shell.json('usage', '--month', '2026-10');
  const priced = await shell.json('usage', '--free', 'CreateBackup=0', '--price', 'CreateBackup=0.5', '--price', 'DescribeRCSnapshots=1');

  expect(october.document).toMatchObject({ month: '2026-10', runs: 0, calls: 0 });
  expect(priced.document.operations).toContainEqual({
    operation: 'CreateBackup',
    calls: 1,
    freePerMonth: 0,
    freeLeft: 0,
    beyondFree: 1,
    pricePerCall: 0.5,
    price: 0.5,
  });
  expect(priced.document.operations).toContainEqual(
    expect.objectContaining({ operation: 'DescribeRCSnapshots', freePerMonth: 100, pricePerCall: 1, price: 0 }),
  );
});
