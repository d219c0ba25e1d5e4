// The built command as a process of its own: the local cloud, the rehearsal, and a machine without credentials.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { builtBundle } from '../support/bundles';

let folder: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  builtBundle('keeper');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-process-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [builtBundle('keeper'), ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

function end(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no stdout');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('the child printed nothing');
}

describe('keeper local', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('prints its endpoints and environment on one line and stops cleanly on %s', async (signal) => {
    const child = start(['local', '--data', 'world', '--fleet', 'empty']);
    const line = JSON.parse(await firstLine(child));
    const ended = end(child);

    child.kill(signal);

    expect(Object.keys(line)).toEqual(['endpoints', 'environment', 'controlToken', 'dataFolder', 'now', 'functions', 'httpTriggers']);
    expect(line.functions).toContain('keeper-extra-backup');
    expect(line.httpTriggers['keeper-pre-release-backup']).toBe(`${line.endpoints.fc}/http/keeper-pre-release-backup`);
    expect(line.environment).toMatchObject({
      KEEPER_TABLESTORE_ENDPOINT: line.endpoints.tablestore,
      KEEPER_FC_ENDPOINT: line.endpoints.fc,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: line.endpoints.secrets,
      KEEPER_CLOCK_FILE: join(line.dataFolder, 'clock.json'),
      NODE_OPTIONS: expect.stringMatching(/^--require ".*clock-shim\.js"$/),
    });
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a keeper with the printed environment works against it', async () => {
    const local = start(['local', '--data', 'world', '--fleet', 'empty']);
    const { environment } = JSON.parse(await firstLine(local));
    writeFileSync(join(folder, 'keeper.yaml'), 'regions: [cn-hangzhou]\n');

    const init = await end(start(['ledger', 'init', '--json'], environment));
    const doctor = await end(start(['doctor', '--json'], environment));

    expect(init).toMatchObject({ code: 0, stderr: '' });
    expect(doctor).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(doctor.stdout)).toMatchObject({ isOk: true });
  });

  test('it tells what a timer fails at, as nobody waits for its answer, and what to do', async () => {
    const local = start(['local', '--data', 'world', '--fleet', 'empty']);
    const { endpoints, controlToken } = JSON.parse(await firstLine(local));
    const ended = end(local);
    const control = (path: string, body: unknown): Promise<Response> =>
      fetch(`${endpoints.control}${path}`, { method: 'POST', headers: { 'x-keeper-control': controlToken }, body: JSON.stringify(body) });

    for (let time = 0; time < 2; time += 1) await control('/fc/fire-timer', { function: 'keeper-report', timer: 'daily' });
    await control('/fc/run-due', {});
    local.kill('SIGTERM');

    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr.match(/warning: keeper-report failed: .*\nhint: .*\n/g)).toEqual([
      'warning: keeper-report failed: table keeper_meta does not exist in instance keeper-local\nhint: run: keeper ledger init\n',
    ]);
  });

  test('it can do without functions', async () => {
    const line = JSON.parse(await firstLine(start(['local', '--data', 'world', '--fleet', 'empty', '--no-functions'])));

    expect(line).toMatchObject({ functions: [], httpTriggers: {} });
    expect(line.endpoints).not.toHaveProperty('fc');
  });

  test('a manifest with a mistake is told before anything starts', async () => {
    writeFileSync(join(folder, 's.yaml'), 'edition: 3.0.0\nresources:\n  one: { component: fc, props: {} }\n');

    const { code, stdout, stderr } = await end(start(['local', '--data', 'world', '--manifest', 's.yaml']));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*s\.yaml:3: resources\.one\.component: the local cloud runs functions of the component fc3 only\nhint: /);
  });

  test('a folder serves one process at a time', async () => {
    await firstLine(start(['local', '--data', 'world', '--fleet', 'empty']));

    const second = await end(start(['local', '--data', 'world']));

    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^error: the data folder .* is in use by process \d+\nhint: /);
  });
});

test('without credentials a command says so, exits with 1, and asks nobody for a key', async () => {
  writeFileSync(join(folder, 'keeper.yaml'), 'regions: [cn-hangzhou]\n');
  const env = {
    HOME: folder,
    KEEPER_TABLESTORE_ENDPOINT: 'http://127.0.0.1:9',
    KEEPER_TABLESTORE_INSTANCE: 'ledger',
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
  };

  const { code, stdout, stderr } = await end(start(['status'], env));

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^error: .*credentials/);
  expect(stderr).toMatch(/\nhint: .*ALIBABA_CLOUD_ACCESS_KEY_ID/);
});

describe('keeper rehearse', () => {
  test('plays a night, goes on from there, and makes no second backup for a slot', async () => {
    const first = JSON.parse((await end(start(['rehearse', '--json']))).stdout);
    const second = JSON.parse((await end(start(['rehearse', '--json']))).stdout);

    expect(first.isFirst).toBe(true);
    expect(first.invocations[0]).toMatchObject({ function: 'extra-backup', backupsStarted: 0 });
    expect(first.invocations[1].backupsStarted).toBeGreaterThan(10);
    expect(first.invocations.at(-2)).toMatchObject({ isRepeated: true, backupsStarted: 0 });
    expect(first.invocations.at(-1)).toMatchObject({
      function: 'retention-hygiene',
      backupsStarted: 0,
      summary: { status: 'succeeded', counts: { drifted: 2, surplus: 1 } },
    });
    // Nothing of the ledger's own document that the rehearsal could not print.
    expect(first.findings).toContainEqual(expect.objectContaining({ instanceId: 'rm-bp1sessions001' }));
    expect(first.findings.filter((finding: object) => 'openedAt' in finding)).toEqual([]);
    const verdicts = new Set(first.rows.map((row: { verdict: string }) => row.verdict));
    for (const verdict of ['already-done', 'fresh-enough', 'read-only-instance', 'instance-not-running', 'instance-locked', 'method-unsupported']) {
      expect(verdicts).toContain(verdict);
    }
    expect(new Set(first.rows.map((row: { rule: string }) => row.rule))).toEqual(
      new Set(['nightly', 'gold-frequent', 'order-databases', 'erp-databases', 'settings', 'retention']),
    );
    expect(second.isFirst).toBe(false);
    expect(Date.parse(second.now)).toBeGreaterThan(Date.parse(first.now));
    expect(Date.parse(second.invocations[0].triggerTime)).toBeGreaterThan(Date.parse(first.now));
    const kept = first.rows.filter((row: { verdict: string }) => row.verdict === 'already-done');
    const later = new Map(second.rows.map((row: { instanceId: string; rule: string; slotId: string }) => [`${row.instanceId} ${row.rule} ${row.slotId}`, row]));
    for (const row of kept) {
      const same = later.get(`${row.instanceId} ${row.rule} ${row.slotId}`);
      if (same !== undefined) expect(same).toMatchObject({ backupId: row.backupId });
    }
  });

  test('a policy of one’s own can be rehearsed, and a bad one is told before anything starts', async () => {
    writeFileSync(join(folder, 'mine.yaml'), 'regions: [cn-hangzhou]\nextraBackups:\n  - { name: mine, schedule: "0 2 * *" }\n');

    const { code, stdout, stderr } = await end(start(['rehearse', '--config', 'mine.yaml']));

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: mine\.yaml has a mistake\nmine\.yaml:3:29/);
  });
});

test('a reader that leaves early does no harm', async () => {
  writeFileSync(join(folder, 'keeper.yaml'), 'regions: [cn-hangzhou]\n');
  const child = start(['policy', 'check']);
  child.stdout?.destroy();

  const { code, stderr } = await end(child);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
