import { policyWith } from '../support/keeper';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = policyWith('  - { name: hourly, schedule: "30 * * * *" }\n');
const ESCAPE = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e';

/** One healthy instance, one that is stopped, one with a hostile name. */
const FLEET = {
  members: () => [
    { id: 'rm-healthy', engine: 'MySQL', usedGb: 1 } as const,
    { id: 'rm-stopped', engine: 'MySQL', status: `Stopped${ESCAPE}` } as const,
    { id: 'pgm-other', engine: 'PostgreSQL', description: ESCAPE, regionId: 'cn-shanghai', usedGb: 1 } as const,
  ],
};

const READ_ONLY = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:Describe*', 'rds:List*', 'ots:*'], Resource: '*' }] } as const;

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({
    policy: POLICY,
    fleet: FLEET,
    identities: { users: [{ accessKeyId: 'LTAI-reader', secret: 'reader-secret', name: 'reader', policy: READ_ONLY }] },
  });
});
afterEach(() => shell.closeAll());

function signInAs(accessKeyId: string, secret: string): void {
  process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = accessKeyId;
  process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = secret;
}

describe('the main job from the command line', () => {
  test('init, plan, run, reconcile, status, claim', async () => {
    const created = await shell.json('ledger', 'init');
    const again = await shell.json('ledger', 'init');
    const known = await shell.json('run', 'extra-backup');
    shell.worldClock.advance(3_600_000);
    const plan = await shell.json('plan');
    const planned = shell.manualBackups();
    const run = await shell.json('run', 'extra-backup', '--at', '2026-11-21T02:00:00Z');
    const repeated = await shell.json('run', 'extra-backup', '--at', '2026-11-21T02:00:00Z');
    shell.worldClock.advance(1_800_000);
    const reconciled = await shell.json('run', 'reconcile');
    const status = await shell.json('status');

    expect(created).toMatchObject({ code: 0, document: { created: expect.arrayContaining(['keeper_intents']) } });
    expect(again).toMatchObject({ code: 0, document: { created: [], installationId: created.document.installationId } });
    expect(known).toMatchObject({ code: 0, document: { status: 'succeeded' } });
    expect(plan).toMatchObject({ code: 0, document: { digest: expect.stringMatching(/^sha256:/) } });
    expect(plan.document.steps.map((step: { instanceId: string }) => step.instanceId)).toEqual(['rm-healthy', 'pgm-other']);
    expect(planned).toBe(0);
    expect(run).toMatchObject({ code: 0, document: { status: 'succeeded', counts: { submitted: 2, 'instance-not-running': 1 } } });
    expect(repeated.document.runId).toBe(run.document.runId);
    expect(run.document.verdicts.filter(({ verdict }: { verdict: string }) => verdict === 'submitted')).toHaveLength(2);
    expect(shell.manualBackups()).toBe(2);
    expect(reconciled).toMatchObject({ code: 0, document: { counts: { 'already-done': 2 } } });
    expect(status.code).toBe(0);
    expect(status.document.open).toEqual([]);
    expect(status.document.runs.map((each: { function: string }) => each.function)).toEqual(['reconcile', 'extra-backup', 'extra-backup']);
    expect(status.document.rows).toContainEqual(
      expect.objectContaining({ instanceId: 'rm-healthy', verdict: 'already-done', tone: 'good', backupId: expect.any(String) }),
    );
  });

  test('the same in words, with nothing that acts on a terminal', async () => {
    await shell.keeper('ledger', 'init');
    await shell.keeper('run', 'extra-backup');
    shell.worldClock.advance(3_600_000);

    const plan = await shell.keeper('plan');
    const run = await shell.keeper('run', 'extra-backup');
    const status = await shell.keeper('status');
    const doctor = await shell.keeper('doctor');

    expect(plan.stdout).toContain('2 backups would be started, nothing was');
    expect(run.stdout).toMatch(/rm-healthy +mysql +hourly +submitted/);
    expect(run.stdout).toMatch(/rm-stopped +mysql +hourly +instance-not-running +the instance is Stopped/);
    expect(status.stdout).toContain('in flight: ');
    expect(doctor).toMatchObject({ code: 0, stdout: expect.stringContaining('all checks passed') });
    for (const { stdout, stderr } of [plan, run, status, doctor]) expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });

  test('status says why a run failed', async () => {
    await shell.keeper('ledger', 'init');
    const run = await shell.keeper('run', 'extra-backup', '--instance', 'rm-nowhere');

    const { stdout } = await shell.keeper('status');

    expect(run.code).toBe(1);
    expect(stdout).toMatch(/extra-backup +cli .* failed +no instance rm-nowhere/);
    expect(stdout).toContain('verdicts: none');
  });

  test('a dry run changes nothing', async () => {
    await shell.keeper('ledger', 'init');
    await shell.keeper('run', 'extra-backup');
    shell.worldClock.advance(3_600_000);

    const { code, document } = await shell.json('run', 'extra-backup', '--dry-run', '--instance', 'rm-healthy');

    expect(code).toBe(0);
    expect(document).toMatchObject({ dryRun: true, counts: { 'would-submit': 1 } });
    expect(shell.manualBackups()).toBe(0);
  });

  test('a partial run exits with 3', async () => {
    await shell.keeper('ledger', 'init');
    await shell.keeper('run', 'extra-backup');
    shell.worldClock.advance(3_600_000);
    signInAs('LTAI-reader', 'reader-secret');

    const { code, document } = await shell.json('run', 'extra-backup');

    expect(code).toBe(3);
    expect(document).toMatchObject({ status: 'partial', counts: { denied: 2 } });
    expect(JSON.stringify(document.findings)).toContain('rds:CreateBackup');
    expect(shell.manualBackups()).toBe(0);
  });

  test('a set that a person made can be claimed', async () => {
    await shell.keeper('ledger', 'init');
    shell.cloud.world.humanBackup('rm-healthy', {});
    shell.worldClock.advance(3_600_000);
    shell.cloud.world.settle(shell.worldClock.now());
    const backupId = shell.cloud.world.find('rm-healthy')?.sets.find((set) => set.mode === 'Manual')?.id ?? '';

    const claimed = await shell.json('backups', 'claim', backupId, '--instance', 'rm-healthy', '--by', 'ada');
    const unknown = await shell.keeper('backups', 'claim', '1', '--instance', 'rm-healthy');
    const nowhere = await shell.keeper('backups', 'claim', backupId, '--instance', 'rm-nowhere');

    expect(claimed).toMatchObject({ code: 0, document: { backupId, instanceId: 'rm-healthy', origin: 'claimed', claimedBy: 'ada' } });
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('lists no backup set 1') });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('no instance rm-nowhere') });
  });

  test('policy show asks the service for the instance', async () => {
    const { code, document } = await shell.json('policy', 'show', 'pgm-other');

    expect(code).toBe(0);
    expect(document).toMatchObject({ instance: 'pgm-other', isInScope: true, extraBackups: [{ name: 'hourly' }] });
  });
});

describe('what stands in the way is told with what to do, and nothing is created', () => {
  interface Obstacle {
    readonly name: string;
    readonly arrange: (shell: CloudShell) => unknown;
    readonly args?: readonly string[];
    readonly code: 1 | 2;
    readonly says: RegExp;
    readonly hint: RegExp;
  }
  const init = (to: CloudShell): Promise<unknown> => to.keeper('ledger', 'init');
  const OBSTACLES: readonly Obstacle[] = [
    { name: 'a ledger that was never initialised', arrange: () => undefined, code: 1, says: /table|initialised/, hint: /keeper ledger init/ },
    {
      name: 'a wrong secret',
      arrange: async (to) => {
        await init(to);
        signInAs('LTAI-local-keeper', 'not-the-secret');
      },
      code: 1,
      says: /not authenticated/,
      hint: /secret|credential|key/i,
    },
    {
      name: 'an unknown access key',
      arrange: async (to) => {
        await init(to);
        signInAs('LTAI-nobody', 'nothing');
      },
      code: 1,
      says: /not authenticated.*AccessKeyID/,
      hint: /credential|key/i,
    },
    {
      name: 'an endpoint where nobody listens',
      arrange: (to) => {
        to.env['KEEPER_TABLESTORE_ENDPOINT'] = 'http://127.0.0.1:9';
      },
      code: 1,
      says: /127\.0\.0\.1:9|reach/,
      hint: /endpoint|KEEPER_TABLESTORE_ENDPOINT|network/i,
    },
    {
      name: 'an endpoint that is no address',
      arrange: (to) => {
        to.env['KEEPER_TABLESTORE_ENDPOINT'] = 'not an address';
      },
      code: 2,
      says: /endpoint/i,
      hint: /https/,
    },
    {
      name: 'a ledger without its instance',
      arrange: (to) => {
        to.env['KEEPER_TABLESTORE_INSTANCE'] = undefined;
      },
      code: 2,
      says: /KEEPER_TABLESTORE_INSTANCE is not set/,
      hint: /keeper local/,
    },
    {
      name: 'a log level that is none',
      arrange: (to) => {
        to.env['LOG_LEVEL'] = 'loud';
      },
      code: 2,
      says: /LOG_LEVEL/,
      hint: /debug, info/,
    },
    { name: 'a time that is none', arrange: init, args: ['--at', 'tomorrow'], code: 2, says: /not a time: "tomorrow"/, hint: /ISO 8601/ },
    { name: 'a time ahead of the clock', arrange: init, args: ['--at', '2027-01-01T00:00:00Z'], code: 1, says: /ahead of the clock/, hint: /plan/ },
    { name: 'an instance that is not there', arrange: init, args: ['--instance', 'rm-nowhere'], code: 1, says: /no instance rm-nowhere/, hint: /check the id/ },
  ];

  test.each(OBSTACLES)('$name', async ({ arrange, args = [], code, says, hint }) => {
    await arrange(shell);
    shell.worldClock.advance(3_600_000);

    const told = await shell.keeper('run', 'extra-backup', ...args);
    const { document } = await shell.json('run', 'extra-backup', ...args);

    expect(told.code).toBe(code);
    expect(told.stdout).toBe('');
    const [, message = '', advice = ''] = /^error: ([^\n]*)[\s\S]*\nhint: ([^\n]*)/.exec(told.stderr) ?? [];
    expect(message).toMatch(says);
    expect(advice).toMatch(hint);
    expect(document.error).toMatchObject({ message: expect.stringMatching(says), hint: expect.stringMatching(hint) });
    expect(shell.manualBackups()).toBe(0);
  });

  test('no secret shows in what is told', async () => {
    await init(shell);
    signInAs('LTAI-local-keeper', 'top-secret-value');

    const { stdout, stderr } = await shell.keeper('run', 'extra-backup', '--json');

    expect(`${stdout}${stderr}`).not.toContain('top-secret-value');
  });

  test('doctor exits with 1 and says what to do when the tables are missing', async () => {
    const { code, stdout } = await shell.keeper('doctor');

    expect(code).toBe(1);
    expect(stdout).toMatch(/failed {2}ledger tables: missing: .*\n +hint: run: keeper ledger init/);
    expect(stdout).toMatch(/ok {6}default in cn-hangzhou: list instances/);
  });
});
