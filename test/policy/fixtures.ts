// Things to decide on, complete and dull: each test changes what it is about.
import { type Instant, parseInstant } from '../../lib/base/instant';
import { COMPILED_VERSION } from '../../lib/config/compiled';
import type { BackupJob, BackupSet, BackupSpec } from '../../lib/domain/backup';
import type { CrossRegionCopy, CrossRegionInstance, CrossRegionSettings, LogFile } from '../../lib/domain/cross-region';
import { emptyGuard, type Guard } from '../../lib/domain/guard';
import type { Instance } from '../../lib/domain/instance';
import type {
  CapPolicy,
  CompiledPolicy,
  CrossRegionPolicy,
  ExpiryRule,
  ExtraBackupRule,
  LimitsPolicy,
  PolicyPatch,
  PreReleasePolicy,
  RetentionPolicy,
  Selector,
  SettingsPolicy,
} from '../../lib/domain/protection-policy';
import type { BackupSettings } from '../../lib/domain/settings';
import type { Intent, Slot } from '../../lib/domain/slot';

export function at(iso: string): Instant {
  const parsed = parseInstant(iso);
  if (parsed === undefined) throw new RangeError(`not a time: ${iso}`);
  return parsed;
}

export const NOW = at('2026-11-21T02:05:00Z');
export const DAY = 24 * 60 * 60_000;
export const HOUR = 60 * 60_000;
export const MINUTE = 60_000;

export const ALL: Selector = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };
export const CAP: CapPolicy = { perDay: 20, counts: 'all', reserve: { automatic: 1, preRelease: 3 } };
export const LIMITS: LimitsPolicy = {
  apiRatePerSecond: 20,
  crossRegionRatePerSecond: 5,
  instancesPerWorker: 2000,
  maxJobMs: DAY,
  maxChangesPerRun: 200,
  maxPurgesPerDay: 100,
  maxPurgePercentPerDay: 10,
  maxDestructiveChangesPerDay: 10,
  planMaxAgeMs: HOUR,
  apiCallsPerMonth: undefined,
};
export const PRE_RELEASE: PreReleasePolicy = { freshForMs: HOUR, deadlineMs: 2 * HOUR, holdForMs: 7 * DAY, maxInstances: 50 };
export const PHYSICAL: BackupSpec = { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined };

export function makeInstance(change: Partial<Instance> = {}): Instance {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    id: 'rm-1',
    description: 'orders',
    engine: 'mysql',
    engineVersion: '8.0',
    edition: 'high-availability',
    storage: 'local-disk',
    role: 'primary',
    status: 'Running',
    isLocked: false,
    lockReason: undefined,
    createdAt: at('2025-01-01T00:00:00Z'),
    resourceGroupId: undefined,
    tags: {},
    ...change,
  };
}

export function makeRule(change: Partial<ExtraBackupRule> = {}): ExtraBackupRule {
  return {
    name: 'nightly',
    enabled: true,
    select: ALL,
    schedule: '0 2 * * *',
    timezone: 'UTC',
    databases: undefined,
    method: undefined,
    type: undefined,
    retainDays: undefined,
    freshForMs: undefined,
    notDuring: [],
    startWithinMs: undefined,
    catchUp: 'none',
    ...change,
  };
}

/** Keeps sets of `ledger` for 90 days from the backup's end, when less than two weeks are left. */
export function makeExpiryRule(change: Partial<ExpiryRule> = {}): ExpiryRule {
  return {
    name: 'books',
    enabled: true,
    select: ALL,
    databases: { names: ['ledger'] },
    extendWhenLeftMs: 14 * DAY,
    keepForMs: 90 * DAY,
    from: 'backup-end',
    atMostMs: undefined,
    ...change,
  };
}

/** Audits, and wishes for nothing. */
export function makeSettingsPolicy(change: Partial<SettingsPolicy> = {}): SettingsPolicy {
  return {
    mode: 'audit',
    allowDestructive: false,
    timezone: 'UTC',
    changeTimeDuring: [],
    fightAfter: 3,
    fightWindowMs: 7 * DAY,
    wanted: {},
    ...change,
  };
}

/** Keeps the last three, and two at least. */
export function makeRetentionPolicy(change: Partial<RetentionPolicy> = {}): RetentionPolicy {
  return {
    mode: 'audit',
    timezone: 'UTC',
    keep: { last: 3, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    keepWithinMs: undefined,
    floor: 2,
    recoveryWindowMs: undefined,
    graceMs: DAY,
    runEveryMs: DAY,
    deleteBackupFiles: false,
    ...change,
  };
}

/** Copies are required, in any region, three hours after the backup at the latest. */
export function makeCrossRegionPolicy(change: Partial<CrossRegionPolicy> = {}): CrossRegionPolicy {
  return {
    mode: 'audit',
    isRequired: true,
    destination: undefined,
    retentionDays: undefined,
    copiesLogs: undefined,
    maxLagMs: 3 * HOUR,
    rpoMs: undefined,
    probeEveryMs: DAY,
    lookBackMs: 7 * DAY,
    allowCost: false,
    allowDestructive: false,
    ...change,
  };
}

/** On for long, to Shanghai, without logs. */
export function makeCrossRegionSettings(change: Partial<CrossRegionSettings> = {}): CrossRegionSettings {
  return {
    isEnabled: true,
    destination: 'cn-shanghai',
    retentionDays: 30,
    copiesLogs: false,
    enabledAt: at('2025-01-02T00:00:00Z'),
    logsEnabledAt: undefined,
    ...change,
  };
}

export function makeCrossRegionInstance(change: Partial<CrossRegionInstance> = {}): CrossRegionInstance {
  return { ...makeCrossRegionSettings(), instanceId: 'rm-1', status: 'Running', ...change };
}

/** The copy of what `makeSet` makes. */
export function makeCopy(change: Partial<CrossRegionCopy> = {}): CrossRegionCopy {
  return {
    id: '14377',
    instanceId: 'rm-1',
    region: 'cn-shanghai',
    startedAt: at('2026-11-20T18:00:00Z'),
    endedAt: at('2026-11-20T18:30:00Z'),
    consistentAt: at('2026-11-20T18:29:00Z'),
    status: 'success',
    method: 'physical',
    type: 'full',
    scope: 'instance',
    sizeBytes: 1_000_000,
    restoreRegions: ['cn-shanghai', 'cn-hangzhou'],
    ...change,
  };
}

/** An hour of the log. */
export function makeLogFile(change: Partial<LogFile> = {}): LogFile {
  return {
    name: 'mysql-bin.000001',
    from: at('2026-11-20T18:00:00Z'),
    to: at('2026-11-20T19:00:00Z'),
    sizeBytes: 500_000,
    isComplete: true,
    ...change,
  };
}

/** What a MySQL instance on local disks is set to, unless told. */
export function makeSettings(change: Partial<BackupSettings> = {}): BackupSettings {
  return {
    dataRetentionDays: 7,
    backupDays: ['tue', 'thu', 'sat'],
    backupWindowMinute: 18 * 60,
    method: 'physical',
    category: 'standard',
    snapshotInterval: undefined,
    incremental: undefined,
    priority: undefined,
    logFrequency: undefined,
    releasedKeep: 'none',
    compression: 1,
    archiveRetentionDays: 0,
    archiveKeep: undefined,
    archiveKeepCount: undefined,
    logBackup: true,
    logRetentionDays: 7,
    localLogHours: 18,
    localLogSpacePercent: 30,
    highSpaceProtection: true,
    localLogCount: 'unlimited',
    nextBackupAt: undefined,
    supports: { priority: undefined, snapshots: undefined, highFrequency: undefined, releasedKeep: undefined },
    ...change,
  };
}

export function makePatch(change: Partial<PolicyPatch> = {}): PolicyPatch {
  return { cap: {}, extraBackups: {}, expiry: {}, settings: undefined, retention: undefined, crossRegion: undefined, ...change };
}

export function makeSlot(change: Partial<Slot> = {}): Slot {
  return {
    id: '20261121T020000Z~nightly~instance',
    instanceId: 'rm-1',
    rule: 'nightly',
    occurrence: at('2026-11-21T02:00:00Z'),
    openUntil: at('2026-11-22T02:00:00Z'),
    ...change,
  };
}

export function makeSet(change: Partial<BackupSet> = {}): BackupSet {
  return {
    id: '900001',
    instanceId: 'rm-1',
    startedAt: at('2026-11-20T18:00:00Z'),
    endedAt: at('2026-11-20T18:30:00Z'),
    status: 'success',
    isAvailable: true,
    mode: 'manual',
    method: 'physical',
    type: 'full',
    sizeBytes: 1_000_000,
    scope: { kind: 'instance' },
    expiresAt: undefined,
    storeStatus: 'enabled',
    ...change,
  };
}

export function makeJob(change: Partial<BackupJob> = {}): BackupJob {
  return { id: '77', instanceId: 'rm-1', status: 'running', mode: 'manual', progressPercent: 25, backupId: undefined, ...change };
}

export function makeIntent(change: Partial<Intent> = {}): Intent {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    instanceId: 'rm-1',
    slotId: '20261121T020000Z~nightly~instance',
    rule: 'nightly',
    pool: 'ordinary',
    occurrence: at('2026-11-21T02:00:00Z'),
    openUntil: at('2026-11-22T02:00:00Z'),
    spec: PHYSICAL,
    units: 1,
    state: 'intended',
    version: 1,
    refusals: 0,
    runId: 'run-1',
    createdAt: at('2026-11-21T02:00:00Z'),
    updatedAt: at('2026-11-21T02:00:00Z'),
    sentAt: undefined,
    baseline: undefined,
    quietSince: undefined,
    jobId: undefined,
    backupId: undefined,
    startedAt: undefined,
    endedAt: undefined,
    isAdopted: false,
    reason: undefined,
    ...change,
  };
}

export function makeGuard(change: Partial<Guard> = {}): Guard {
  return { ...emptyGuard('rm-1'), ...change };
}

export function makePolicy(change: Partial<CompiledPolicy> = {}): CompiledPolicy {
  return {
    version: COMPILED_VERSION,
    digest: 'sha256:0',
    name: 'default',
    timezone: 'UTC',
    accounts: [{ name: 'main', credentials: { type: 'default' }, regions: undefined }],
    regions: ['cn-hangzhou'],
    select: ALL,
    cap: CAP,
    limits: LIMITS,
    extraBackups: [makeRule()],
    expiry: [],
    settings: undefined,
    retention: undefined,
    crossRegion: undefined,
    preRelease: PRE_RELEASE,
    rules: [],
    overrides: {},
    origins: {},
    ...change,
  };
}
