// Each setting that the service has (RDS API, DescribeBackupPolicy and ModifyBackupPolicy), enforced over the real wire on an instance that can have it.
import { SETTING_MODES, SETTING_NAMES, type SettingName } from '../../../lib/domain/settings';
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper } from '../../support/keeper';
import { ONE, policyOf } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

type Settings = NonNullable<FleetMember['settings']>;

interface Case {
  readonly on: Omit<FleetMember, 'id'>;
  /** Drifted. */
  readonly before: Settings;
  readonly wish: string;
  /** In the service's own words. */
  readonly after: Settings;
}

const MYSQL = { engine: 'MySQL', storageType: 'local_ssd' } as const;
const MYSQL_CLOUD = { engine: 'MySQL', storageType: 'cloud_essd' } as const;
const SQLSERVER = { engine: 'SQLServer', storageType: 'cloud_essd' } as const;
const SQLSERVER_CLUSTER = { ...SQLSERVER, category: 'cluster', engineVersion: '2019_ent' } as const;

const CASES: Readonly<Record<SettingName, Case>> = {
  dataRetentionDays: { on: MYSQL, before: { retentionDays: 7 }, wish: 'dataRetention: 14', after: { retentionDays: 14 } },
  backupDays: { on: MYSQL, before: { days: ['Monday', 'Tuesday'] }, wish: 'backupDays: [wed, sat]', after: { days: ['Wednesday', 'Saturday'] } },
  backupWindowMinute: { on: MYSQL, before: { windowStartMinute: 0 }, wish: 'backupWindow: "05:30"', after: { windowStartMinute: 330 } },
  method: {
    on: SQLSERVER,
    before: { method: 'Physical', incremental: false, logFrequency: 'LogInterval' },
    wish: 'method: snapshot',
    after: { method: 'Snapshot' },
  },
  category: { on: MYSQL_CLOUD, before: { category: 'Standard' }, wish: 'category: flash', after: { category: 'Flash' } },
  snapshotInterval: { on: MYSQL_CLOUD, before: {}, wish: 'snapshotInterval: 60', after: { intervalMinutes: 60 } },
  incremental: { on: SQLSERVER, before: { incremental: true }, wish: 'incremental: off', after: { incremental: false } },
  priority: { on: SQLSERVER_CLUSTER, before: { priority: 1, incremental: false }, wish: 'priority: primary', after: { priority: 2 } },
  logFrequency: { on: SQLSERVER, before: { logFrequency: '' }, wish: 'logFrequency: every-30-minutes', after: { logFrequency: 'LogInterval' } },
  releasedKeep: { on: MYSQL, before: { releasedKeep: 'Lastest' }, wish: 'releasedKeep: all', after: { releasedKeep: 'All' } },
  compression: { on: MYSQL, before: { compressType: '1' }, wish: 'compression: 8', after: { compressType: '8' } },
  archiveRetentionDays: {
    on: MYSQL,
    before: { archiveRetentionDays: 0 },
    wish: 'archive: { retentionDays: 365 }',
    after: { archiveRetentionDays: 365 },
  },
  archiveKeep: {
    on: MYSQL,
    before: { archiveRetentionDays: 365, archiveKeepPolicy: 'ByMonth', archiveKeepCount: 2 },
    wish: 'archive: { keep: all }',
    after: { archiveKeepPolicy: 'KeepAll' },
  },
  archiveKeepCount: {
    on: MYSQL,
    before: { archiveRetentionDays: 365, archiveKeepPolicy: 'ByMonth', archiveKeepCount: 2 },
    wish: 'archive: { count: 4 }',
    after: { archiveKeepCount: 4 },
  },
  logBackup: { on: MYSQL, before: { logBackup: false }, wish: 'logBackup: on', after: { logBackup: true } },
  logRetentionDays: { on: MYSQL, before: { retentionDays: 30, logRetentionDays: 7 }, wish: 'logRetention: 14', after: { logRetentionDays: 14 } },
  localLogHours: { on: MYSQL, before: { localLogHours: 18 }, wish: 'localLog: { hours: 24 }', after: { localLogHours: 24 } },
  localLogSpacePercent: { on: MYSQL, before: { localLogSpacePercent: 30 }, wish: 'localLog: { spacePercent: 10 }', after: { localLogSpacePercent: 10 } },
  highSpaceProtection: {
    on: MYSQL,
    before: { highSpaceProtection: true },
    wish: 'localLog: { highSpaceProtection: off }',
    after: { highSpaceProtection: false },
  },
  localLogCount: { on: MYSQL, before: { localLogCount: 60 }, wish: 'localLog: { count: unlimited }', after: { localLogCount: -1 } },
};

test.each(SETTING_NAMES)('%s: drifted → told with before and after → written by one call of its mode → read back → in line', async (setting) => {
  const { on, before, wish, after } = CASES[setting];
  keeper = await startKeeper({ fleet: [{ id: ONE, ...on, settings: before, history: { days: 0 } }], policy: policyOf(`settings: { mode: enforce, ${wish} }`) });
  const start = keeper.cloud.world.find(ONE)?.spec.settings;
  const plan = await keeper.plan('retention-hygiene');

  const run = await keeper.hygiene();
  const reached = keeper.cloud.world.find(ONE)?.spec.settings;
  keeper.clock.advance(1_000);
  const again = await keeper.hygiene();

  expect(plan.steps).toEqual([
    expect.objectContaining({
      action: 'change-settings',
      mode: SETTING_MODES[setting],
      before: { [setting]: expect.any(String) },
      after: { [setting]: expect.any(String) },
    }),
  ]);
  expect(run.summary).toMatchObject({ status: 'succeeded', counts: { corrected: 1 }, apiCalls: { ModifyBackupPolicy: 1 }, findings: [] });
  expect(reached).toEqual({ ...start, ...after });
  expect(again.summary.counts).toMatchObject({ 'in-line': 1 });
  expect(again.summary.apiCalls['ModifyBackupPolicy']).toBeUndefined();
});
