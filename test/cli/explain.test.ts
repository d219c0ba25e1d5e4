import { DAY_MS, HOUR_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = `timezone: UTC
regions: [cn-hangzhou, cn-shanghai]
select: { exclude: [{ ids: [rm-out] }] }
settings: { mode: audit, dataRetention: 30, logRetention: 14 }
retention: { mode: enforce, keep: { daily: 2 }, floor: 1, graceHours: 24 }
expiry:
  - { name: books, select: { engines: [sqlserver] }, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d, from: now }
overrides:
  rm-free: { retention: { mode: audit } }
`;

/** The one of twenty days ago is the anchor of recovery to a point in time: the newest from before the logs begin. */
const SETS = [1, 2, 3, 20, 30].map((days) => ({ id: `${1000 + days}`, agoMs: days * DAY_MS, keepDays: 100 }));
const FLEET = {
  members: () => [
    { id: 'rm-a', engine: 'MySQL', usedGb: 1, settings: { retentionDays: 20, logRetentionDays: 14 }, history: { days: 0, manualSets: SETS } } as const,
    { id: 'rm-out', engine: 'MySQL', history: { days: 0 } } as const,
    {
      id: 'rm-free',
      engine: 'MySQL',
      settings: { retentionDays: 30, logRetentionDays: 14 },
      history: { days: 0, manualSets: [{ id: '2000', agoMs: DAY_MS }] },
    } as const,
    {
      id: 'rm-sql',
      engine: 'SQLServer',
      regionId: 'cn-shanghai',
      databases: ['ledger'],
      history: { days: 0, manualSets: [{ id: '3000', agoMs: 2 * DAY_MS, databases: ['ledger'], method: 'Physical', keepDays: 7 }] },
    } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

/** From now on the sets of rm-a are the keeper's. */
async function claimAll(): Promise<void> {
  for (const { id } of SETS) await shell.keeper('backups', 'claim', id, '--instance', 'rm-a', '--by', 'ada');
}

const flat = (text: string): string => text.replace(/\s+/g, ' ');

describe('an instance', () => {
  test('each drifted setting, and every set, newest first, with why it stays or goes and when', async () => {
    await claimAll();

    const { code, document } = await shell.json('explain', 'rm-a');
    const { stdout } = await shell.keeper('explain', 'rm-a');

    expect(code).toBe(0);
    expect(document).toMatchObject({
      instance: { id: 'rm-a', region: 'cn-hangzhou', engine: 'mysql' },
      asOf: '2026-11-21T01:00:00Z',
      isInScope: true,
      settings: { mode: 'audit', drifts: [{ setting: 'dataRetentionDays', action: 'report', isDestructive: false }] },
      sets: [
        { id: '1001', origin: 'claimed', decision: { action: 'keep' } },
        { id: '1002', decision: { action: 'keep' } },
        { id: '1003', decision: { action: 'expire' }, feasibility: { when: 'until', at: expect.stringMatching(/^2026-12-02T/) }, next: { phase: 'none' } },
        { id: '1020', decision: { action: 'keep', reasons: [{ cause: 'recovery-anchor' }] } },
        { id: '1030', decision: { action: 'expire' }, feasibility: { when: 'now' }, next: { phase: 'mark' } },
      ],
    });
    expect(stdout).toMatch(/dataRetentionDays +20 days? +30 days? +report/);
    expect(stdout).toContain('Retention: (mode enforce) 5 backup sets, 2 surplus');
    expect(flat(stdout)).toMatch(/1003 2026-11-18T01:00:00Z the keeper \(claimed\) expire .* cannot be deleted before 2026-12-02T/);
    expect(flat(stdout)).toContain('a run after 2026-11-22T01:00:00Z may purge it');
    expect(flat(stdout)).toMatch(/1002 2026-11-19T01:00:00Z the keeper \(claimed\) keep daily 2 of 2 .* the service drops it at 2027-/);
  });

  test('follows a set from its mark to its purge', async () => {
    await claimAll();
    await shell.keeper('run', 'retention-hygiene');
    const marked = await shell.json('explain', '1030', '--instance', 'rm-a');
    const inWords = await shell.keeper('explain', '1030', '--instance', 'rm-a');
    shell.worldClock.advance(25 * HOUR_MS);
    const due = await shell.keeper('explain', '1030');
    const run = await shell.json('run', 'retention-hygiene');
    const gone = await shell.keeper('explain', '1030', '--instance', 'rm-a');

    expect(marked.document.sets).toMatchObject([
      { id: '1030', mark: { markedAt: '2026-11-21T01:00:00Z', state: 'marked' }, next: { phase: 'wait', until: '2026-11-22T01:00:00Z' } },
    ]);
    expect(inWords.stdout).toContain('next     marked since 2026-11-21T01:00:00Z\nnext     a run after 2026-11-22T01:00:00Z purges it\n');
    expect(due.stdout).toContain('next     the next run purges it');
    expect(run.document.counts).toMatchObject({ purged: 1 });
    expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('instance rm-a lists no backup set 1030') });
  });

  test('the policy leaves out is told to be left out', async () => {
    const { code, stdout } = await shell.keeper('explain', 'rm-out');
    const { document } = await shell.json('explain', 'rm-out');

    expect(code).toBe(0);
    expect(stdout).toContain('the policy leaves it out, so no run touches its settings or its backup sets');
    expect(document).toMatchObject({ isInScope: false, sets: [] });
  });

  test('whose retention is audited hears that nothing is purged', async () => {
    await shell.keeper('backups', 'claim', '2000', '--instance', 'rm-free');

    const { stdout } = await shell.keeper('explain', 'rm-free');

    expect(stdout).toContain('Settings: every setting of the policy is as agreed');
    expect(flat(stdout)).toContain('(mode audit) 1 backup set, 0 surplus');
  });

  test('that the policy says nothing of is told so, and its sets are listed', async () => {
    shell.write('keeper.yaml', 'regions: [cn-hangzhou, cn-shanghai]\n');

    const { stdout } = await shell.keeper('explain', 'rm-a');
    const one = await shell.keeper('explain', '1001', '--instance', 'rm-a');

    expect(stdout).toContain('Settings: the policy has none for this instance');
    expect(stdout).toContain('Retention: the policy has none for this instance, so no run purges any of its 5 backup sets');
    expect(stdout.match(/somebody else +keep +the service drops it at/g)).toHaveLength(5);
    expect(one.stdout).toContain('decision keep\nbecause  the policy has no retention for this instance');
  });

  test('whose settings may not be read is explained as far as it can be', async () => {
    const { accessKeyId, accessKeySecret } = shell.cloud.credentials;
    const policy = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:DescribeDB*', 'rds:DescribeBackups', 'ots:*'], Resource: '*' }] } as const;
    shell.cloud.identities.addUser({ accessKeyId, secret: accessKeySecret, name: 'reader', policy });

    const { code, stdout } = await shell.keeper('explain', 'rm-a');
    const { document } = await shell.json('explain', 'rm-a');

    expect(code).toBe(0);
    expect(stdout).toMatch(/Settings: could not be read: .*DescribeBackupPolicy/);
    expect(document.settings).toMatchObject({ unreadable: expect.any(String) });
    expect(document.sets).toHaveLength(5);
  });
});

describe('a backup set', () => {
  test('of ours is found by its id alone, and shown in full', async () => {
    await claimAll();

    const { code, stdout } = await shell.keeper('explain', '1002');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^backup set 1002 of rm-a \(mysql, default in cn-hangzhou\) at 2026-11-21T01:00:00Z\n/);
    expect(stdout).toMatch(/^made by {2}the keeper \(claimed\)$/m);
    expect(stdout).toMatch(/^decision keep$/m);
    expect(stdout).toMatch(/^because {2}daily 2 of 2/m);
    expect(stdout).toMatch(/^expires {2}the service drops it at 2027-/m);
  });

  test('of somebody else is found too, wherever it is', async () => {
    const { document } = await shell.json('explain', '3000');
    const { stdout } = await shell.keeper('explain', '3000');

    expect(document).toMatchObject({ instance: { id: 'rm-sql', region: 'cn-shanghai' }, backupId: '3000', sets: [{ id: '3000', origin: 'foreign' }] });
    expect(document.sets[0].extension).toMatchObject({ action: 'extend', rule: 'books', to: '2027-02-19T01:00:00Z' });
    expect(stdout).toMatch(/^made by {2}somebody else$/m);
    expect(stdout).toMatch(/^contents databases ledger$/m);
    expect(stdout).toMatch(/^next {5}the next run of extend-expiry keeps it longer: /m);
  });

  test('that is held says by whom', async () => {
    await claimAll();
    await shell.keeper('hold', 'add', '--set', '1030', '--instance', 'rm-a', '--owner', 'dba@example', '--reason', 'audit 2026');

    const { document } = await shell.json('explain', '1030', '--instance', 'rm-a');
    const { stdout } = await shell.keeper('explain', '1030', '--instance', 'rm-a');

    expect(document.sets[0]).toMatchObject({
      decision: { action: 'keep', reasons: [{ cause: 'held' }] },
      holds: [{ owner: 'dba@example', reason: 'audit 2026' }],
    });
    expect(stdout).toMatch(/^because {2}hold .*dba@example.*audit 2026/m);
    expect(stdout).toMatch(/^deletion it could be deleted now if nothing kept it$/m);
  });

  test.each([
    { name: 'an id that is found nowhere', args: ['999'], code: 2, says: /no instance and no backup set 999/ },
    { name: 'a set that the instance does not list', args: ['3000', '--instance', 'rm-a'], code: 2, says: /instance rm-a lists no backup set 3000/ },
    { name: 'an instance that is not there', args: ['1001', '--instance', 'rm-nowhere'], code: 1, says: /no instance rm-nowhere/ },
  ])('$name', async ({ args, code, says }) => {
    const told = await shell.keeper('explain', ...args);

    expect(told).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(says) });
  });
});
