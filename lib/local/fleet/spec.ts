// Builds one instance of a fleet from the few things that matter about it.
import { DAY_MS, type Instant, instant } from '../../base/instant';
import { DEFAULT_ACCOUNT_ID } from '../identities';
import type { CopyFault } from '../world/copy-state';
import type { CustomDiskSketch } from '../world/custom-disks';
import type { ManualSetSketch } from '../world/planted-sets';
import { completeSettings } from '../world/settings';
import type { BackupSettings, DatabaseSpec, EngineName, InstanceSpec, NextJob } from '../world/state';

/** What is remarkable about an instance; the rest is filled in. */
export interface InstanceSketch extends Partial<Omit<InstanceSpec, 'settings' | 'databases' | 'crossRegion'>> {
  readonly id: string;
  readonly engine: EngineName;
  readonly databases?: readonly (string | DatabaseSpec)[];
  readonly settings?: Partial<BackupSettings>;
}

/** What has happened to an instance before the world begins. */
export interface InstanceHistory {
  /** Days of automatic backups before now. */
  readonly days: number;
  /** Manual backups by somebody else, spread over the last hours of today. */
  readonly foreignToday?: number;
  /** A manual backup by somebody else that is still running. */
  readonly runningJob?: boolean;
  /** Manual backups by somebody else, each at its own time. */
  readonly manualSets?: readonly ManualSetSketch[];
  readonly nextJob?: NextJob;
}

/** Cross-region backup that is on when the world begins: the past has its copies, and its logs if they are copied. */
export interface CrossRegionSketch {
  readonly destination: string;
  /** 30 unless told. */
  readonly retentionDays?: number;
  /** Logs are copied too; they are not unless told. */
  readonly logs?: boolean;
  /** It was switched on this long before now; 300 days unless told. */
  readonly enabledAgoMs?: number;
  /** It was switched off just before the world begins. */
  readonly isOff?: boolean;
  /** What became of the copy of the newest set. */
  readonly newestCopy?: CopyFault;
}

/** An instance of a new world. */
export interface FleetMember extends InstanceSketch {
  readonly history?: InstanceHistory;
  /** Off unless told. */
  readonly crossRegion?: CrossRegionSketch;
}

/** Instances of a new world, made one by one, so that a big fleet is never held twice. */
export interface FleetSpec {
  members(): Iterable<FleetMember>;
  /** Disks of RDS Custom hosts, which are no instances. */
  readonly customDisks?: readonly CustomDiskSketch[];
}

const VERSIONS: Readonly<Record<EngineName, string>> = { MySQL: '8.0', PostgreSQL: '16.0', SQLServer: '2019_std_ha', MariaDB: '10.3' };

/** All instances are this old, unless told otherwise. */
const AGE_DAYS = 400;

export function completeInstance(sketch: InstanceSketch, now: Instant): InstanceSpec {
  const { engine, regionId = 'cn-hangzhou', databases = ['app'], settings, ...rest } = sketch;
  const { engineVersion = VERSIONS[engine], category = 'HighAvailability' } = sketch;
  const storageType = sketch.storageType ?? (engine === 'MySQL' ? 'local_ssd' : 'cloud_essd');
  return {
    accountId: DEFAULT_ACCOUNT_ID,
    zoneId: `${regionId}-${regionId === 'cn-shanghai' ? 'g' : 'h'}`,
    description: sketch.id,
    instanceClass: `${engine.toLowerCase()}.x4.large.2c`,
    role: 'Primary',
    status: 'Running',
    lockMode: 'Unlock',
    lockReason: '',
    payType: 'Postpaid',
    createdAt: instant(now - AGE_DAYS * DAY_MS),
    resourceGroupId: 'rg-acfmyexample',
    storageGb: 200,
    usedGb: 40,
    tags: {},
    ...rest,
    engine,
    engineVersion,
    category,
    regionId,
    storageType,
    databases: databases.map((database) => (typeof database === 'string' ? { name: database, status: 'Running' } : database)),
    settings: completeSettings({ engine, engineVersion, category, storageType }, settings),
  };
}
