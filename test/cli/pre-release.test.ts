// keeper pre-release: what it starts, what it waits for, what a pipeline gets, and with which exit code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyWith } from '../support/keeper';
import { type CloudShell, openCloudShell } from './harness';

const FLEET = {
  members: () => [
    { id: 'rm-one', engine: 'MySQL', usedGb: 1, databases: ['orders', 'invoices'] } as const,
    { id: 'rm-two', engine: 'MySQL', usedGb: 1 } as const,
    { id: 'rm-pg', engine: 'PostgreSQL', usedGb: 1 } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: policyWith('  - { name: hourly, schedule: "30 * * * *" }\n'), fleet: FLEET });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

const RELEASE = ['--source', 'acme/shop', '--release', 'v2.41.0'];
const START = ['pre-release', 'start', ...RELEASE];
const WAIT = ['pre-release', 'wait', ...RELEASE];
const STATUS = ['pre-release', 'status', ...RELEASE];

test('start answers at once, wait helps it on until it has passed, and status tells the same: 4, 0, 0', async () => {
  const started = await shell.json(...START, '--instance', 'rm-one', 'rm-two');
  const waited = await shell.json(...WAIT);
  const status = await shell.json(...STATUS);

  expect(started).toMatchObject({ code: 4, document: { version: 1, source: 'acme/shop', release: 'v2.41.0', status: 'pending', attempt: 1 } });
  expect(waited).toMatchObject({ code: 0, document: { key: started.document.key, status: 'passed', attempt: 1, validUntil: expect.any(String) } });
  expect(waited.document.instances).toMatchObject([
    { instanceId: 'rm-one', status: 'passed', reused: false, backupId: expect.any(String), heldUntil: expect.any(String) },
    { instanceId: 'rm-two', status: 'passed' },
  ]);
  expect(status).toEqual({ code: 0, document: waited.document });
  expect(new Set(shell.worldClock.sleeps)).toContain(30_000);
  expect(shell.manualBackups()).toBe(2);
});

test('start --wait does both, tells each change on stderr, and a repeat makes no second backup', async () => {
  const first = await shell.keeper(...START, '--instance', 'rm-one', '--wait', '--receipt', 'receipt.json');
  const again = await shell.keeper(...START, '--instance', 'rm-one', '--wait');

  expect(first.code).toBe(0);
  expect(first.stderr).toMatch(/^pending: 0 of 1 instances have passed; rm-one: /);
  expect(first.stdout).toMatch(/^Release v2\.41\.0 of acme\/shop: passed \(attempt 1\)$/m);
  expect(first.stdout).toMatch(/rm-one +passed /);
  expect(first.stdout).toMatch(/^valid until 2026-11-21T/m);
  expect(JSON.parse(readFileSync(join(shell.folder, 'receipt.json'), 'utf8'))).toMatchObject({ version: 1, status: 'passed' });
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(shell.manualBackups()).toBe(1);
});

test('a patience that ends before the backup does is no failure: 4, and the receipt says what it waits for', async () => {
  const { code, document } = await shell.json(...START, '--instance', 'rm-one', '--wait', '--timeout', '45s', '--interval', '30s', '--receipt', 'receipt.json');

  expect(code).toBe(4);
  expect(document).toMatchObject({ status: 'pending', instances: [{ status: 'pending', jobId: expect.any(String) }] });
  expect(JSON.parse(readFileSync(join(shell.folder, 'receipt.json'), 'utf8'))).toEqual(document);
  expect(shell.worldClock.sleeps.slice(-2)).toEqual([30_000, 15_000]);
});

test('what the engine cannot do fails at once: 1', async () => {
  const { code, stdout } = await shell.keeper(...START, '--instance', 'rm-pg', '--databases', 'orders', '--wait');

  expect(code).toBe(1);
  expect(stdout).toContain('Release v2.41.0 of acme/shop: failed (attempt 1)');
  expect(shell.manualBackups()).toBe(0);
});

test('instances are chosen by what they are, and the wish reaches the release', async () => {
  const selectors = ['--select-engine', 'mysql', '--select-name', 'rm-*'];
  const { code, document } = await shell.json(...START, ...selectors, '--fresh-for', '0', '--deadline', '90m', '--hold-for', '14d');

  expect(code).toBe(4);
  expect(document.deadline).toBe('2026-11-21T02:30:00Z');
  expect(document.instances.map(({ instanceId }: { instanceId: string }) => instanceId)).toEqual(['rm-one', 'rm-two']);
});

describe('mistakes', () => {
  test.each([
    { name: 'no source', args: ['pre-release', 'start', '--release', 'v1', '--instance', 'rm-one'], says: '--source' },
    { name: 'no instances', args: START, says: 'give one of the two' },
    { name: 'instances and a selector', args: [...START, '--instance', 'rm-one', '--select-tag', 'tier=gold'], says: 'give one of the two' },
    { name: 'a tag that is none', args: [...START, '--select-tag', 'gold'], says: 'not a tag' },
    { name: 'an unknown engine', args: [...START, '--select-engine', 'oracle'], says: 'select.engines must be' },
    { name: 'a freshness that is none', args: [...START, '--instance', 'rm-one', '--fresh-for', 'soon'], says: 'freshFor must be a duration' },
    { name: 'a patience that is none', args: [...WAIT, '--timeout', 'long'], says: '--timeout cannot be "long"' },
    { name: 'a patience without waiting', args: [...START, '--instance', 'rm-one', '--timeout', '1h'], says: '--timeout goes with --wait' },
    { name: 'an interval of nothing', args: [...WAIT, '--interval', '0s'], says: '--interval cannot be "0s"' },
    { name: 'databases with a comma too many', args: [...START, '--instance', 'rm-one', '--databases', 'orders,'], says: 'databases must be' },
  ])('$name: 2, and nothing is begun', async ({ args, says }) => {
    const { code, stderr } = await shell.keeper(...args);

    expect(code).toBe(2);
    expect(stderr).toContain(says);
    expect(shell.manualBackups()).toBe(0);
  });

  test.each([
    { name: 'wait', args: WAIT },
    { name: 'status', args: STATUS },
  ])('$name for a release that nobody has asked for fails', async ({ args }) => {
    const { code, stderr } = await shell.keeper(...args);

    expect(code).toBe(1);
    expect(stderr).toContain('nobody has asked for release v2.41.0 of acme/shop');
  });

  test('another wish under the same release is refused', async () => {
    await shell.keeper(...START, '--instance', 'rm-one');

    const { code, document } = await shell.json(...START, '--instance', 'rm-two');

    expect(code).toBe(2);
    expect(document.error.code).toBe('release-differs');
    expect(shell.manualBackups()).toBe(1);
  });

  test('a receipt that cannot be written is told, with what the release came to', async () => {
    const { code, stderr } = await shell.keeper(...START, '--instance', 'rm-one', '--receipt', 'no/such/folder/receipt.json');

    expect(code).toBe(1);
    expect(stderr).toContain('the release is pending, and its receipt could not be written');
  });
});
