// States of settings that no API call mends: each is said with the documents' rule and the remedy, the instance is left as it is, and the other instances go on.
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';
import { ONE, policyOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type Member = Omit<FleetMember, 'id'>;

const CLOUD_SQLSERVER: Member = { engine: 'SQLServer', storageType: 'cloud_essd' };

interface Case {
  readonly name: string;
  readonly member: Member;
  /** Of the other instance, which can have what is wished for. */
  readonly other: Member;
  readonly wish: string;
  readonly setting: string;
  /** What the finding's message and remedy must say, together. */
  readonly says: readonly RegExp[];
  /** True where the documents rule it out, so that no call is tried. */
  readonly isForeseen: boolean;
}

const MYSQL: Member = { engine: 'MySQL', settings: { retentionDays: 7, logRetentionDays: 7 } };

test.each<Case>([
  {
    name: 'an advanced backup policy (IncorrectBackupPolicy)',
    member: { ...MYSQL, settings: { retentionDays: 7, logRetentionDays: 7, advancedPolicy: true } },
    other: MYSQL,
    wish: 'dataRetention: 14',
    setting: 'dataRetentionDays',
    says: [/IncorrectBackupPolicy/, /only the console can change: change the settings there/],
    isForeseen: false,
  },
  {
    name: 'SQL Server, whose logs are always backed up',
    member: CLOUD_SQLSERVER,
    other: { ...MYSQL, settings: { logBackup: true } },
    wish: 'logBackup: off, allowDestructive: true',
    setting: 'logBackup',
    says: [/the log backup of SQL Server is always on/, /leave logBackup out, or wish for it on/],
    isForeseen: true,
  },
  {
    name: 'PostgreSQL Basic Edition, which has no log backup',
    member: { engine: 'PostgreSQL', category: 'Basic' },
    other: { ...MYSQL, settings: { logBackup: false } },
    wish: 'logBackup: on',
    setting: 'logBackup',
    says: [/PostgreSQL Basic Edition has no log backup/, /use another edition/],
    isForeseen: true,
  },
  {
    name: 'MySQL Basic Edition, whose log backup cannot be set',
    member: { engine: 'MySQL', category: 'Basic', storageType: 'cloud_essd', settings: { retentionDays: 30 } },
    other: { ...MYSQL, settings: { retentionDays: 30, logRetentionDays: 7 } },
    wish: 'logRetention: 14',
    setting: 'logRetentionDays',
    says: [/the log backup of MySQL Basic Edition cannot be set/, /use another edition/],
    isForeseen: true,
  },
  {
    name: 'MySQL Basic Edition, which does not take settings of its local logs (OperationDenied.ApiForbidden)',
    member: { engine: 'MySQL', category: 'Basic', storageType: 'cloud_essd' },
    other: MYSQL,
    wish: 'localLog: { hours: 24 }',
    setting: 'localLogHours',
    says: [/OperationDenied\.ApiForbidden/, /those of Basic Edition cannot be set; leave such wishes out/],
    isForeseen: false,
  },
  {
    name: 'snapshots while cross-region backup is on (OperationDenied.SwitchToSnapshot)',
    member: { ...CLOUD_SQLSERVER, crossRegion: { destination: 'cn-shanghai' }, settings: { logFrequency: 'LogInterval' } },
    other: { ...CLOUD_SQLSERVER, settings: { logFrequency: 'LogInterval' } },
    wish: 'method: snapshot',
    setting: 'method',
    says: [/OperationDenied\.SwitchToSnapshot/, /turn the cross-region backup of the instance off/],
    isForeseen: false,
  },
  {
    name: 'physical backups of more than 4,000 GB (OperationDenied.NotSupportedBackupMethod)',
    member: { ...CLOUD_SQLSERVER, storageGb: 5_000 },
    other: CLOUD_SQLSERVER,
    wish: 'dataRetention: 14',
    setting: 'dataRetentionDays',
    says: [/OperationDenied\.NotSupportedBackupMethod/, /more than 4,000 GB of storage only snapshots are possible: set the wanted method to snapshot/],
    isForeseen: false,
  },
  {
    name: 'from snapshots back to physical backups (OperationDenied.SwitchSnapshotToPhysical)',
    member: { ...CLOUD_SQLSERVER, settings: { method: 'Snapshot' } },
    other: { ...CLOUD_SQLSERVER, settings: { method: 'Physical', incremental: false } },
    wish: 'method: physical, incremental: on',
    setting: 'method',
    says: [/never goes back from snapshots to physical backups, and above 4,000 GB there are snapshots only/, /wish for snapshot here/],
    isForeseen: true,
  },
])('$name', async ({ member, other, wish, setting, says, isForeseen }) => {
  keeper = await startKeeper({
    fleet: [
      { id: ONE, ...member },
      { id: 'rm-two', ...other },
    ],
    policy: policyOf(`settings: { mode: enforce, ${wish} }`),
  });
  const before = keeper.cloud.world.find(ONE)?.spec.settings;

  const run = await keeper.hygiene();

  expect(verdictOn(run, ONE, setting)).toBe('not-correctable');
  const finding = run.summary.findings.find(({ instanceId, message }) => instanceId === ONE && message.includes(setting));
  for (const words of says) expect(`${finding?.message}; ${finding?.remedy}`).toMatch(words);
  expect(keeper.cloud.world.find(ONE)?.spec.settings).toEqual(before);
  expect(onInstance(run, 'rm-two')).toContain('corrected');
  // What was tried and refused is a failed item; what the documents rule out is a finding of its own.
  expect(run.summary.status).toBe(isForeseen ? 'succeeded' : 'partial');
});

test('above 4,000 GB the wish for snapshots is the way out', async () => {
  const big: FleetMember = { id: ONE, ...CLOUD_SQLSERVER, storageGb: 5_000 };
  keeper = await startKeeper({
    fleet: [big],
    policy: policyOf('settings: { mode: enforce, dataRetention: 14, method: snapshot, logFrequency: every-30-minutes }'),
  });

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { corrected: 3 } });
  expect(keeper.cloud.world.find(ONE)?.spec.settings).toMatchObject({ retentionDays: 14, method: 'Snapshot', logFrequency: 'LogInterval' });
});

test('what the service refused was no correction: run after run it is tried, and nobody is said to fight over it', async () => {
  const advanced: FleetMember = { id: ONE, ...MYSQL, settings: { retentionDays: 7, logRetentionDays: 7, advancedPolicy: true } };
  keeper = await startKeeper({ fleet: [advanced], policy: policyOf('settings: { mode: enforce, dataRetention: 14, fightAfter: 2 }') });

  for (let round = 0; round < 4; round += 1) {
    keeper.clock.advance(3_600_000);
    expect(onInstance(await keeper.hygiene(), ONE)).toEqual(['not-correctable']);
  }
});

function onInstance(run: TestRun, instanceId: string): string[] {
  return run.verdicts.filter((verdict) => verdict.instanceId === instanceId && verdict.rule === 'settings').map(({ verdict }) => verdict);
}

function verdictOn(run: TestRun, instanceId: string, setting: string): string | undefined {
  return run.verdicts.find((verdict) => verdict.instanceId === instanceId && verdict.reason.startsWith(`${setting} `))?.verdict;
}
