// The examples for pipelines: the script runs with the built command against the local cloud, and the files of both services say what they should.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { builtBundle } from '../support/bundles';
import { policyWith } from '../support/keeper';

const PIPELINES = join(__dirname, '../../examples/pipelines');

describe('pre-release.sh', () => {
  let folder: string;
  let cloud: LocalCloud;
  let env: Record<string, string>;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keeper-pipeline-'));
    const fleet = { members: () => [{ id: 'rm-one', engine: 'MySQL', usedGb: 1 } as const] };
    cloud = await startLocalCloud({ dataFolder: join(folder, 'world'), fleet, tablestore: { notReadyMs: 0 } });
    const options = `--require ${JSON.stringify(builtBundle('clockShim'))}`;
    env = { ...cloud.environment, PATH: process.env['PATH'] ?? '', HOME: folder, NODE_OPTIONS: options, KEEPER: builtBundle('keeper') };
    writeFileSync(join(folder, 'keeper.yaml'), policyWith('  - { name: hourly, schedule: "30 * * * *" }\n'));
    await run(builtBundle('keeper'), ['ledger', 'init']);
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cloud.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Ended {
    readonly code: number | null;
    readonly output: string;
  }

  function run(command: string, args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
    const child = spawn(command, args, { cwd: folder, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  function script(more: Record<string, string>): Promise<Ended> {
    return run('sh', [join(PIPELINES, 'pre-release.sh')], { KEEPER_TIMEOUT: '1s', KEEPER_INTERVAL: '1s', ...more });
  }

  const GITHUB = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v2.41.0', GITHUB_SHA: 'f00d' };
  const GITLAB = { CI_PROJECT_PATH: 'acme/shop', CI_COMMIT_SHA: 'cafe' };

  test('4 while the backup runs, 0 once it is there and held; the receipt says the same', async () => {
    const first = await script({ ...GITHUB, KEEPER_INSTANCES: 'rm-one' });
    cloud.clock.advance(45 * 60_000);
    const second = await script({ ...GITHUB, KEEPER_INSTANCES: 'rm-one', KEEPER_RECEIPT: 'second.json' });

    expect(first).toMatchObject({ code: 4, output: expect.stringContaining('release v2.41.0 is still waiting') });
    expect(second).toMatchObject({ code: 0, output: expect.stringContaining('release v2.41.0 has its backups; see second.json') });
    expect(JSON.parse(readFileSync(join(folder, 'keeper-receipt.json'), 'utf8'))).toMatchObject({ source: 'acme/shop', release: 'v2.41.0', status: 'pending' });
    expect(JSON.parse(readFileSync(join(folder, 'second.json'), 'utf8'))).toMatchObject({ status: 'passed', attempt: 1 });
  });

  test.each([
    { name: 'an instance that there is not', more: { ...GITLAB, KEEPER_INSTANCES: 'rm-nowhere' }, code: 1, says: 'release cafe must not go on (exit code 1)' },
    { name: 'nothing to back up', more: GITLAB, code: 2, says: 'give one of the two' },
    { name: 'no release', more: { KEEPER_SOURCE: 'acme/shop' }, code: 2, says: 'set KEEPER_SOURCE and KEEPER_RELEASE' },
    { name: 'a pattern among the instances, which is no file', more: { ...GITLAB, KEEPER_INSTANCES: '*' }, code: 2, says: 'instances must be' },
  ])('$name: $code, and no receipt of an earlier run is left', async ({ more, code, says }) => {
    writeFileSync(join(folder, 'keeper-receipt.json'), '{"status":"passed"}');

    const ended = await script(more);

    expect(ended).toMatchObject({ code, output: expect.stringContaining(says) });
    expect(existsSync(join(folder, 'keeper-receipt.json'))).toBe(false);
  });
});

describe.each(['github-actions.yml', 'gitlab-ci.yml'])('%s', (name) => {
  const text = readFileSync(join(PIPELINES, name), 'utf8');
  const workflow = parse(text);
  const jobs = workflow.jobs ?? workflow;

  test('the deployment needs the gate, and the gate runs the script', () => {
    const steps: unknown = jobs.backup.steps?.map(({ run }: { run?: string }) => run) ?? jobs.backup.script;

    expect([jobs.deploy.needs].flat()).toEqual(['backup']);
    expect(steps).toContain('sh ./pre-release.sh');
  });

  test('the receipt is kept whatever happens, and no key stands in the file', () => {
    expect(text).toContain('keeper-receipt.json');
    expect(text).toMatch(/always/);
    expect(text).not.toMatch(/LTAI|secrets\.|ACCESS_KEY_SECRET:/);
  });

  test('every variable that the script is given is one that it knows', () => {
    const script = readFileSync(join(PIPELINES, 'pre-release.sh'), 'utf8');
    const given: object = jobs.backup.variables ?? jobs.backup.steps.find(({ run }: { run?: string }) => run === 'sh ./pre-release.sh').env;

    const own = Object.keys(given).filter((key) => key.startsWith('KEEPER_') && !key.startsWith('KEEPER_FC_'));
    expect(own).not.toEqual([]);
    for (const key of own) expect(script).toContain(`\${${key}:-`);
  });
});
