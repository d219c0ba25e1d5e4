// The sample fleet: two regions, four engines, and one of everything that makes backups hard, their settings, their copies and their clearing up.
import { DAY_MS, HOUR_MS } from '../../base/instant';
import type { CustomDiskSketch } from '../world/custom-disks';
import type { ManualSetSketch } from '../world/planted-sets';
import type { DatabaseSpec } from '../world/state';
import type { FleetMember, FleetSpec } from './spec';

const SHANGHAI = { regionId: 'cn-shanghai' } as const;
const CLOUD_DISK = { storageType: 'cloud_essd' } as const;

const GOLD = { tier: 'gold', team: 'payments' } as const;
const SILVER = { tier: 'silver', team: 'shop' } as const;
const BRONZE = { tier: 'bronze' } as const;

const ERP_DATABASES: readonly DatabaseSpec[] = [
  { name: 'erp', status: 'Running' },
  { name: 'crm', status: 'Running' },
  { name: 'archive_2019', status: 'Cold' },
];

/** Manual sets that somebody made and nobody cleared up: one every so many days, the newest that old, all kept for two years. */
function oldSets(count: number, everyDays: number): readonly ManualSetSketch[] {
  return Array.from({ length: count }, (_, n) => ({ agoMs: (n + 1) * everyDays * DAY_MS + 5 * HOUR_MS, keepDays: 730 }));
}

/** A database that is backed up on its own every week, each set kept for a month: the oldest is about to expire. */
function weeklySets(database: string, method: 'Physical' | 'Logical'): readonly ManualSetSketch[] {
  return [1, 2, 3, 4].map((week) => ({ agoMs: week * 7 * DAY_MS + 3 * HOUR_MS, method, databases: [database], keepDays: 30 }));
}

const MYSQL: readonly FleetMember[] = [
  {
    id: 'rm-bp1orders00001',
    engine: 'MySQL',
    description: 'orders',
    tags: GOLD,
    databases: ['orders', 'invoices', 'ledger'],
    usedGb: 120,
    storageGb: 500,
    crossRegion: { destination: 'cn-shanghai', retentionDays: 60, logs: true },
  },
  {
    id: 'rm-bp1payments001',
    engine: 'MySQL',
    description: 'payments',
    tags: GOLD,
    databases: ['payments', 'refunds'],
    usedGb: 60,
    history: { days: 14, manualSets: [...oldSets(24, 9), ...weeklySets('payments', 'Logical')] },
    // Nobody knows that its copies stopped, nor that those of before are still paid for.
    crossRegion: { destination: 'cn-shanghai', retentionDays: 365, isOff: true },
  },
  {
    id: 'rm-bp1catalog0001',
    engine: 'MySQL',
    description: '商品目录 生产',
    tags: SILVER,
    databases: ['catalog'],
    engineVersion: '5.7',
    usedGb: 25,
    // Nobody restores this one to a point in time.
    settings: { logBackup: false },
    history: { days: 14, manualSets: oldSets(12, 20) },
  },
  {
    id: 'rm-bp1sessions001',
    engine: 'MySQL',
    description: 'sessions',
    tags: SILVER,
    ...CLOUD_DISK,
    usedGb: 15,
    settings: { retentionDays: 7 },
  },
  { id: 'rm-bp1reviews0001', engine: 'MySQL', description: '<script>alert("reviews")</script>', tags: SILVER, ...CLOUD_DISK, usedGb: 8 },
  { id: 'rm-bp1busycap0001', engine: 'MySQL', description: 'at its cap: 20 sets today', tags: GOLD, usedGb: 1, history: { days: 14, foreignToday: 20 } },
  { id: 'rm-bp1running0001', engine: 'MySQL', description: 'a backup is running', tags: GOLD, usedGb: 90, history: { days: 14, runningJob: true } },
  { id: 'rm-bp1stopped0001', engine: 'MySQL', description: 'stopped', tags: BRONZE, status: 'Stopped' },
  {
    id: 'rm-bp1locked00001',
    engine: 'MySQL',
    description: 'locked: disk full',
    tags: BRONZE,
    lockMode: 'LockByDiskQuota',
    lockReason: 'instance_disk_quota_exceeded',
    usedGb: 199,
  },
  {
    id: 'rm-bp1ordersro001',
    engine: 'MySQL',
    description: 'orders, read-only',
    tags: GOLD,
    role: 'Readonly',
    primaryId: 'rm-bp1orders00001',
    databases: ['orders'],
  },
  { id: 'rm-bp1basic000001', engine: 'MySQL', description: 'basic edition', tags: BRONZE, category: 'Basic', ...CLOUD_DISK, engineVersion: '8.0', usedGb: 5 },
  {
    id: 'rm-uf6inventory01',
    engine: 'MySQL',
    description: 'inventory & "stock"',
    tags: SILVER,
    ...SHANGHAI,
    databases: ['stock', 'suppliers', 'temp_import'],
    usedGb: 35,
    // Too short, and the logs as long as the data: none of its sets may be deleted.
    settings: { retentionDays: 7 },
    history: { days: 14, manualSets: oldSets(8, 15) },
    // Last night's copy failed.
    crossRegion: { destination: 'cn-hangzhou', logs: true, newestCopy: { kind: 'failed' } },
  },
  { id: 'rm-uf6rebooting01', engine: 'MySQL', description: 'rebooting', tags: BRONZE, ...SHANGHAI, status: 'Rebooting' },
  {
    id: 'rm-uf6events00001',
    engine: 'MySQL',
    description: 'events, snapshots every four hours',
    tags: SILVER,
    ...SHANGHAI,
    ...CLOUD_DISK,
    usedGb: 300,
    storageGb: 1000,
    settings: { intervalMinutes: 240 },
  },
];

const POSTGRESQL: readonly FleetMember[] = [
  {
    id: 'pgm-bp1billing001',
    engine: 'PostgreSQL',
    description: 'billing',
    tags: GOLD,
    databases: ['billing', 'tax'],
    usedGb: 80,
    history: { days: 14, manualSets: oldSets(30, 7) },
    crossRegion: { destination: 'cn-shanghai', logs: true },
  },
  {
    id: 'pgm-bp1geo0000001',
    engine: 'PostgreSQL',
    description: 'geo, instant snapshots',
    tags: SILVER,
    engineVersion: '15.0',
    usedGb: 40,
    settings: { category: 'Flash' },
  },
  {
    id: 'pgm-bp1legacy0001',
    engine: 'PostgreSQL',
    description: 'legacy on local disks',
    tags: BRONZE,
    storageType: 'local_ssd',
    engineVersion: '10.0',
    usedGb: 20,
  },
  {
    id: 'pgm-uf6analytics1',
    engine: 'PostgreSQL',
    description: '分析库',
    tags: SILVER,
    ...SHANGHAI,
    usedGb: 400,
    storageGb: 1000,
    // Not to be changed through the API.
    settings: { retentionDays: 30, advancedPolicy: true },
  },
  { id: 'pgm-uf6staging001', engine: 'PostgreSQL', description: "staging'; DROP TABLE backups;--", tags: BRONZE, ...SHANGHAI, category: 'Basic', usedGb: 4 },
];

const SQL_SERVER: readonly FleetMember[] = [
  {
    id: 'rm-bp1erp00000001',
    engine: 'SQLServer',
    description: 'ERP',
    tags: GOLD,
    databases: ERP_DATABASES,
    usedGb: 150,
    storageGb: 500,
    history: { days: 14, manualSets: weeklySets('erp', 'Physical') },
    crossRegion: { destination: 'cn-beijing', retentionDays: 90 },
  },
  {
    id: 'rm-bp1warehouse01',
    engine: 'SQLServer',
    description: 'warehouse, by snapshots',
    tags: SILVER,
    databases: ['dw'],
    usedGb: 900,
    storageGb: 2000,
    settings: { method: 'Snapshot' },
  },
  { id: 'rm-uf6hr000000001', engine: 'SQLServer', description: '人事', tags: GOLD, ...SHANGHAI, databases: ['hr', 'payroll', 'badge'], usedGb: 30 },
  {
    id: 'rm-uf6huge0000001',
    engine: 'SQLServer',
    description: 'above 4000 GB',
    tags: BRONZE,
    ...SHANGHAI,
    databases: ['lake'],
    usedGb: 3800,
    storageGb: 6000,
    settings: { method: 'Snapshot' },
  },
];

const MARIADB: readonly FleetMember[] = [
  { id: 'rm-bp1wiki0000001', engine: 'MariaDB', description: 'wiki', tags: BRONZE, databases: ['wiki'], usedGb: 6 },
  { id: 'rm-uf6forum000001', engine: 'MariaDB', description: 'forum', tags: SILVER, ...SHANGHAI, databases: ['forum', 'chat'], usedGb: 18 },
];

/** Disks of an RDS Custom host, which the backups of instances know nothing of. */
const CUSTOM_DISKS: readonly CustomDiskSketch[] = [
  { id: 'rcd-bp1system00001', instanceId: 'rc-bp1app00000001', type: 'system', sizeGb: 40, description: 'app server, system' },
  { id: 'rcd-bp1data0000001', instanceId: 'rc-bp1app00000001', sizeGb: 200, description: 'app server, data', tags: GOLD },
];

/** The fleet of `keeper local` and of the rehearsal. */
export const SAMPLE_FLEET: FleetSpec = {
  customDisks: CUSTOM_DISKS,
  members: () => [...MYSQL, ...POSTGRESQL, ...SQL_SERVER, ...MARIADB].map((member) => ({ ...member, settings: { retentionDays: 15, ...member.settings } })),
};

export const EMPTY_FLEET: FleetSpec = { members: () => [] };
