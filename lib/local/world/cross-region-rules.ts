// Decides what a change of cross-region settings comes to, and which ones are refused (RDS API, ModifyInstanceCrossBackupPolicy; engine matrix).
import type { Instant } from '../../base/instant';
import { refusal } from '../rds/errors';
import { copiesSnapshots } from './copies';
import { COPY_REGIONS } from './copy-regions';
import type { CrossRegionSettings } from './copy-state';
import type { RdsKnobs } from './knobs';
import { closePeriods, openPeriod } from './log-files';
import { type InstanceSpec, type InstanceState, isCloudDisk } from './state';

const OPERATION = 'ModifyInstanceCrossBackupPolicy';

/** What a write asks for; undefined where the parameter was left out. */
export interface CrossRegionOrder {
  readonly isEnabled: boolean | undefined;
  readonly copiesLogs: boolean | undefined;
  readonly destination: string | undefined;
  readonly retentionDays: number | undefined;
}

/** The shortest that there is. ASSUMED: also what holds when none was ever told. */
const DEFAULT_RETENTION_DAYS = 7;

/** The settings after the write; undefined for an instance that was never switched on, and is not now. Throws the first documented refusal. */
export function planCrossRegion(instance: InstanceState, order: CrossRegionOrder, now: Instant, knobs: RdsKnobs): CrossRegionSettings | undefined {
  const { spec } = instance;
  const before = spec.crossRegion;
  if (Object.values(order).every((value) => value === undefined)) throw refusal(OPERATION, 'ParameterLeastAssociate');
  if (spec.engine === 'MariaDB') throw refusal(OPERATION, 'IncorrectDBInstanceEngine');
  if (spec.role !== 'Primary') throw refusal(OPERATION, 'IncorrectDBInstanceType');
  if (instance.releasedAt !== undefined) return planReleased(before, order);
  if (spec.status !== 'Running') throw refusal(OPERATION, 'IncorrectDBInstanceState');
  if (spec.lockMode !== 'Unlock') throw refusal(OPERATION, 'IncorrectDBInstanceLockMode');
  const isEnabled = order.isEnabled ?? before?.isEnabled ?? false;
  if (!isEnabled) return planOff(before, order, now);
  const destination = destinationOf(before, order);
  checkSupport(spec, knobs);
  checkDestination(spec, destination, knobs);
  return planOn(before, order, destination, now);
}

/** Of a released instance, the retention is all that can be changed: anything else must be as it is. ASSUMED: the code. */
function planReleased(before: CrossRegionSettings | undefined, order: CrossRegionOrder): CrossRegionSettings {
  if (before === undefined) throw refusal(OPERATION, 'InvalideStatus.Format');
  const { isEnabled = before.isEnabled, copiesLogs = before.copiesLogs, destination = before.destination, retentionDays = before.retentionDays } = order;
  const isSame = isEnabled === before.isEnabled && copiesLogs === before.copiesLogs && destination === before.destination;
  if (!isSame) throw refusal(OPERATION, 'InvalideStatus.Format');
  return { ...before, retentionDays };
}

/** A destination that comes along is not looked at: callers send the old one. */
function planOff(before: CrossRegionSettings | undefined, order: CrossRegionOrder, now: Instant): CrossRegionSettings | undefined {
  if (order.copiesLogs === true) throw refusal(OPERATION, 'InvalidParameters.Format');
  if (before !== undefined) {
    const { retentionDays = before.retentionDays } = order;
    return { ...before, isEnabled: false, copiesLogs: false, retentionDays, logPeriods: closePeriods(before.logPeriods, now) };
  }
  if (order.isEnabled === undefined) throw refusal(OPERATION, 'ParameterAbsence');
  return undefined;
}

function planOn(before: CrossRegionSettings | undefined, order: CrossRegionOrder, destination: string, now: Instant): CrossRegionSettings {
  const wasOn = before?.isEnabled === true;
  const copiesLogs = order.copiesLogs ?? (wasOn && before.copiesLogs);
  const copiedLogs = wasOn && before.copiesLogs && before.destination === destination;
  const periods = before?.logPeriods ?? [];
  return {
    isEnabled: true,
    destination,
    retentionDays: order.retentionDays ?? before?.retentionDays ?? DEFAULT_RETENTION_DAYS,
    copiesLogs,
    enabledAt: wasOn ? before.enabledAt : now,
    logsEnabledAt: copiesLogs && !copiedLogs ? now : (before?.logsEnabledAt ?? null),
    logPeriods: copiesLogs ? openPeriod(periods, destination, now) : closePeriods(periods, now),
  };
}

/** To switch on, the region must be told. */
function destinationOf(before: CrossRegionSettings | undefined, order: CrossRegionOrder): string {
  const destination = order.destination ?? (order.isEnabled === true ? undefined : before?.destination);
  if (destination === undefined) throw refusal(OPERATION, 'ParameterAbsence');
  return destination;
}

type Editions = Readonly<Record<string, readonly string[]>>;

/** Versions, and the editions that each may be of. */
const MYSQL_LOCAL: Editions = { '5.6': ['HighAvailability'], '5.7': ['HighAvailability', 'Finance'], '8.0': ['HighAvailability'] };
const MYSQL_CLOUD: Editions = { '5.7': ['Basic', 'HighAvailability', 'cluster'], '8.0': ['Basic', 'HighAvailability', 'cluster'] };
const POSTGRESQL_LOCAL: Editions = { '9.4': ['HighAvailability'], '10.0': ['HighAvailability'] };
/** Serverless apart. */
const POSTGRESQL_CLOUD_FROM = 10;

function checkSupport(spec: InstanceSpec, knobs: RdsKnobs): void {
  if (/serverless/i.test(spec.category) || /serverless/i.test(spec.payType)) throw refusal(OPERATION, 'IncorrectDBInstanceType');
  if (knobs.crossRegion.unsupportedClasses.includes(spec.instanceClass)) throw refusal(OPERATION, 'IncorrectHostType');
  const editions = editionsOf(spec);
  if (editions === undefined) throw refusal(OPERATION, 'IncorrectEngineVersion');
  if (editions !== 'any' && !editions.includes(spec.category)) throw refusal(OPERATION, 'IncorrectDBInstanceType');
  if (spec.settings.category === 'Flash') throw refusal(OPERATION, 'BackupPolicyNotSupport');
  if (spec.settings.method === 'Snapshot' && !copiesSnapshots(spec)) throw refusal(OPERATION, 'OperationDenied.SwitchToCrossRegionBackup');
}

/** Undefined: the version is not supported on such disks. */
function editionsOf(spec: InstanceSpec): readonly string[] | 'any' | undefined {
  const isCloud = isCloudDisk(spec);
  if (spec.engine === 'MySQL') return (isCloud ? MYSQL_CLOUD : MYSQL_LOCAL)[spec.engineVersion];
  if (spec.engine === 'PostgreSQL' && !isCloud) return POSTGRESQL_LOCAL[spec.engineVersion];
  if (spec.engine === 'PostgreSQL') return Number.parseFloat(spec.engineVersion) >= POSTGRESQL_CLOUD_FROM ? 'any' : undefined;
  return 'any';
}

/** ASSUMED: which of the two codes an encrypted disk meets. The page of PostgreSQL names the activation. */
function checkDestination(spec: InstanceSpec, destination: string, knobs: RdsKnobs): void {
  if (!COPY_REGIONS.includes(spec.regionId)) throw refusal(OPERATION, 'CrossBackupNotSupport');
  if (destination === spec.regionId || !COPY_REGIONS.includes(destination)) throw refusal(OPERATION, 'InvalidRegion.Format');
  if (spec.isEncrypted !== true) return;
  if (knobs.crossRegion.inactiveRegions.includes(destination)) throw refusal(OPERATION, 'DstRegionNoUser');
  if (spec.settings.method === 'Snapshot' && spec.engine !== 'PostgreSQL') throw refusal(OPERATION, 'UnsupportEncryptedSnapshot');
}
