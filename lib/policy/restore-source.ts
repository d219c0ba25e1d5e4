// Decides whether a source can be restored from, and where: by its state, its engine, its region, and the recovery window.
import { formatInstant } from '../base/instant';
import type { Instance } from '../domain/instance';
import { ENGINE_NAMES, type FoundSource, isFromCopies, type RestoreFrom, type RestoreOrigin, type RestoreRefusal, refusal } from './restore-types';

const CLONE = 'RDS API, CloneDBInstance';
const CHECK = 'RDS API, CheckCreateDdrDBInstance';
const LIST_COPIES = 'RDS API, DescribeCrossRegionBackups';
const HELP = 'RDS help, Use the cross-region backup feature';
const ENGINES = 'RDS API, CreateDdrInstance: Engine is MySQL, SQLServer or PostgreSQL';

/** What stands in the way of using the source at all, whatever is made of it. */
export function sourceRefusals(origin: RestoreOrigin, found: FoundSource): readonly RestoreRefusal[] {
  const { from } = origin;
  const { instance } = found;
  return [
    ...(instance === undefined ? [] : engineRefusals(instance)),
    ...(isFromCopies(from) ? copyRefusals(origin, found) : instanceRefusals(origin.instanceId, instance)),
    ...setRefusals(origin, found),
    ...windowRefusals(from, found),
  ];
}

function engineRefusals({ id, engine }: Instance): readonly RestoreRefusal[] {
  if (engine !== 'mariadb' && engine !== 'other') return [];
  return [refusal('engine', `${id} is ${engine === 'mariadb' ? 'MariaDB' : 'of another engine'}, which cannot be restored here`, ENGINES)];
}

/** The state that a clone needs its source in. Copies need none: they outlive their instance. */
function instanceRefusals(instanceId: string, instance: Instance | undefined): readonly RestoreRefusal[] {
  if (instance === undefined) {
    return [refusal('instance', `${instanceId} is released: its local backups cannot be cloned, its copies may be left`, `${CLONE}: DBInstanceId must exist`)];
  }
  const refusals: RestoreRefusal[] = [];
  if (instance.status !== 'Running') {
    refusals.push(refusal('instance', `${instanceId} is ${instance.status}`, `${CLONE}: the original instance must be in the Running state`));
  }
  if (instance.role !== 'primary') {
    refusals.push(refusal('instance', `${instanceId} is a ${instance.role} instance`, `${CLONE}: primary instances only (IncorrectCharacterType)`));
  }
  return refusals;
}

function copyRefusals({ instanceId, from }: RestoreOrigin, { copyRegion, copy, areCopiesListed }: FoundSource): readonly RestoreRefusal[] {
  if (copyRegion === undefined) return [refusal('instance', `${instanceId} has never been copied to another region`, `${HELP}: disabled by default`)];
  if (from.kind !== 'copy' || !areCopiesListed) return [];
  if (copy === undefined) return [refusal('copy', `${copyRegion} has no copy ${from.copyId} of ${instanceId}`, `${LIST_COPIES}: the id is CrossBackupId`)];
  if (copy.status === 'success') return [];
  return [refusal('copy', `copy ${from.copyId} has failed`, `${LIST_COPIES}: BackupSetStatus 0 is success; this one is 1`)];
}

function setRefusals({ instanceId, from }: RestoreOrigin, { set }: FoundSource): readonly RestoreRefusal[] {
  if (from.kind !== 'set') return [];
  if (set === undefined) return [refusal('set', `${instanceId} lists no backup set ${from.backupId}`, 'RDS API, DescribeBackups: the id is BackupId')];
  if (set.status === 'success' && set.isAvailable) return [];
  return [
    refusal(
      'set',
      `backup set ${from.backupId} has failed or is not available`,
      'RDS API, DescribeBackups: BackupStatus Success and IsAvail 1 can be restored',
    ),
  ];
}

function windowRefusals(from: RestoreFrom, { window }: FoundSource): readonly RestoreRefusal[] {
  if ((from.kind !== 'time' && from.kind !== 'copied-time') || window === 'unknown') return [];
  const operation = from.kind === 'time' ? 'RDS API, DescribeLocalAvailableRecoveryTime' : 'RDS API, DescribeAvailableRecoveryTime';
  if (window === 'none') return [refusal('at', 'no point in time can be restored', `${operation}: there is no backup, or log backup is off`)];
  if (window.from <= from.at && from.at <= window.to) return [];
  const message = `${formatInstant(from.at)} is outside what can be restored, ${formatInstant(window.from)} to ${formatInstant(window.to)}`;
  return [refusal('at', message, `${operation}: the recovery window`)];
}

/** Whether the new instance may be in this region. `engine` is what is known of it, from the source or from what was typed. */
export function regionRefusals(from: RestoreFrom, found: FoundSource, region: string, engine: Instance['engine'] | undefined): readonly RestoreRefusal[] {
  if (!isFromCopies(from)) {
    if (region === found.region) return [];
    const message = `a clone is made in the region of its source, ${found.region}; in ${region} only a copy can be restored`;
    return [refusal('region', message, `${CLONE}: restores within the region of the instance`)];
  }
  const { copyRegion, copy } = found;
  if (region !== copyRegion && region !== found.region) {
    const message = `${region} is neither where the copies lie (${copyRegion ?? 'nowhere'}) nor where the instance is (${found.region})`;
    return [refusal('region', message, `${CHECK}: DisasterRestoreRegionNotMatched, in the destination or the source region only`)];
  }
  if (copy !== undefined && copy.restoreRegions.length > 0 && !copy.restoreRegions.includes(region)) {
    const message = `copy ${copy.id} may be restored in ${copy.restoreRegions.join(', ')}, not in ${region}`;
    return [refusal('region', message, `${LIST_COPIES}: RestoreRegions`)];
  }
  return region === copyRegion || copyRegion === undefined ? [] : sourceRegionRefusals(found, engine);
}

/** In the region that the copies come from: MySQL on local disks only. */
function sourceRegionRefusals({ instance, copyRegion }: FoundSource, engine: Instance['engine'] | undefined): readonly RestoreRefusal[] {
  if (engine === 'postgresql' || engine === 'sqlserver') {
    return [refusal('region', `copies of ${ENGINE_NAMES[engine]} are restored in ${copyRegion} only`, `${HELP}: to a new instance in the destination region`)];
  }
  if (instance?.storage !== 'cloud-disk') return [];
  const message = `copies of MySQL on cloud disks are restored in ${copyRegion} only`;
  return [refusal('region', message, `${HELP} of an ApsaraDB RDS for MySQL instance: the source region is for local disks`)];
}

/** The rule behind a refusal of CheckCreateDdrDBInstance. */
export function ruleOfCheck(code: string): string {
  if (code === 'CrossRegionUnsupportTDE') return `${HELP}: sets with transparent data encryption are restored in the source region only`;
  return `${CHECK}: ${code}`;
}
