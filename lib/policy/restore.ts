// Decides whether a restore to a new instance can be asked for, and what exactly: the wish completed from its source, or every rule that forbids it.
import type { Instant } from '../base/instant';
import type { RestoreSource, RestoreTarget } from '../domain/restore';
import { regionRefusals, sourceRefusals } from './restore-source';
import {
  ENGINE_NAMES,
  type FoundSource,
  isFromCopies,
  type RestorableEngine,
  type RestoreDecision,
  type RestoreOrigin,
  type RestoreRefusal,
  type RestoreWish,
  refusal,
} from './restore-types';
import { storageRefusals, wishRefusals } from './restore-values';

const CLONE = 'RDS API, CloneDBInstance';
const CREATE_DDR = 'RDS API, CreateDdrInstance';

/** All refusals at once, each with its rule, so that a command is corrected once. `asOf`: the now that a point in time must be earlier than. */
export function decideRestore(wish: RestoreWish, found: FoundSource, asOf: Instant): RestoreDecision {
  const region = wish.region ?? (isFromCopies(wish.from) ? found.copyRegion : undefined) ?? found.region;
  const engine = wish.engine ?? engineOf(found);
  const target = targetOf(wish, found, region, engine);
  const refusals = [
    ...wishRefusals(wish, asOf),
    ...sourceRefusals(wish, found),
    ...regionRefusals(wish.from, found, region, engine),
    ...sameAsSource(wish, found),
    ...cloneRefusals(wish, found),
    ...('missing' in target ? target.missing : wish.storageGb === undefined ? storageRefusals(target.storageGb) : []),
  ];
  const source = sourceOf(wish, found);
  if (refusals.length > 0 || 'missing' in target || source === undefined) return { kind: 'refused', refusals };
  return { kind: 'possible', source, target, notes: notesOf(wish, found) };
}

/** Undefined for a copy whose region nobody knows. */
export function sourceOf({ instanceId, from }: RestoreOrigin, { region, copyRegion }: FoundSource): RestoreSource | undefined {
  switch (from.kind) {
    case 'set':
      return { kind: 'set', instanceId, backupId: from.backupId };
    case 'time':
      return { kind: 'time', instanceId, at: from.at };
    case 'copy':
      return copyRegion === undefined ? undefined : { kind: 'copy', copyId: from.copyId, copyRegion };
    case 'copied-time':
      return { kind: 'copied-time', at: from.at, sourceRegion: region, sourceInstanceId: instanceId };
  }
}

function engineOf({ instance }: FoundSource): RestorableEngine | undefined {
  const engine = instance?.engine;
  return engine === 'mariadb' || engine === 'other' ? undefined : engine;
}

/** The wish, completed from the source; or what nobody has said. */
function targetOf(
  wish: RestoreWish,
  { instance, details }: FoundSource,
  region: string,
  engine: RestorableEngine | undefined,
): RestoreTarget | { readonly missing: readonly RestoreRefusal[] } {
  const engineVersion = wish.engineVersion ?? instance?.engineVersion;
  const instanceClass = wish.instanceClass ?? (details?.isServerless === true ? undefined : details?.instanceClass);
  const storageGb = wish.storageGb ?? details?.storageGb;
  const { description, vpcId, vSwitchId, zoneId, allowedAddresses } = wish;
  if (engine !== undefined && engineVersion !== undefined && instanceClass !== undefined && storageGb !== undefined) {
    return { region, engine, engineVersion, instanceClass, storageGb, description, payType: 'postpaid', vpcId, vSwitchId, zoneId, allowedAddresses };
  }
  const given = { engine: engine ?? instance?.engine, 'engine-version': engineVersion, class: instanceClass, storage: storageGb };
  const why = instance === undefined ? 'the instance is released, and the service no longer says' : 'the source does not give one that can be used';
  return {
    missing: Object.entries(given)
      .filter(([, value]) => value === undefined)
      .map(([name]) =>
        refusal(name, `name the ${name.replace('-', ' ')}: ${why}`, `${CREATE_DDR}: Engine, EngineVersion, DBInstanceClass and DBInstanceStorage`),
      ),
  };
}

/** A backup is of one engine and version, and what is made of it has the same. */
function sameAsSource(wish: RestoreWish, { instance }: FoundSource): readonly RestoreRefusal[] {
  if (instance === undefined || instance.engine === 'mariadb' || instance.engine === 'other') return [];
  const refusals: RestoreRefusal[] = [];
  if (wish.engine !== undefined && wish.engine !== instance.engine) {
    const message = `the backup is of ${ENGINE_NAMES[instance.engine]}, not of ${ENGINE_NAMES[wish.engine]}`;
    refusals.push(refusal('engine', message, `${CREATE_DDR}: Engine must be that of the backup (IncorrectDBInstanceType)`));
  }
  if (wish.engineVersion !== undefined && wish.engineVersion !== instance.engineVersion) {
    const message = `the backup is of version ${instance.engineVersion}, not of ${wish.engineVersion}`;
    refusals.push(refusal('engine-version', message, `${CREATE_DDR}: EngineVersion must be that of the backup (IncorrectEngineVersion)`));
  }
  if (wish.disk !== undefined && wish.disk !== instance.storage) refusals.push(otherDisk(wish));
  return refusals;
}

function otherDisk({ disk, from }: RestoreWish): RestoreRefusal {
  if (disk === 'local-disk')
    return refusal('disk', 'the source is on cloud disks, and so is what is made of it', 'the keeper asks for the kind of disk of the source');
  const rule = isFromCopies(from)
    ? `${CREATE_DDR}: only local_ssd is supported`
    : `${CLONE}: InvalidRecoveryDbInstance.StorageType, not from local_ssd to cloud disks`;
  return refusal('disk', 'the source is on local disks, and cannot become an instance on cloud disks', rule);
}

function cloneRefusals({ from, storageGb }: RestoreWish, { details }: FoundSource): readonly RestoreRefusal[] {
  if (isFromCopies(from) || storageGb === undefined || details === undefined || storageGb >= details.storageGb) return [];
  const message = `${storageGb} GB is less than the ${details.storageGb} GB of the source`;
  return [refusal('storage', message, `${CLONE}: InvalidRecoveryDbInstance.StorageSize, not smaller than the source`)];
}

/** What is true of the restore and no reason against it. */
function notesOf({ from, allowedAddresses }: RestoreWish, { window, instance, areCopiesListed }: FoundSource): readonly string[] {
  const isTime = from.kind === 'time' || from.kind === 'copied-time';
  return [
    ...(isTime && window === 'unknown' ? ['the service does not say which points in time can be restored: it may refuse this one'] : []),
    ...(areCopiesListed ? [] : ['the service lists no copies of this kind of instance: only its check knows this one']),
    ...(instance === undefined ? ['the source is released: only the check of the service knows whether engine and version are those of the copy'] : []),
    ...(isFromCopies(from)
      ? [allowedAddresses.length === 0 ? 'no address may connect until its whitelist is changed' : `may connect: ${allowedAddresses.join(', ')}`]
      : ['the new instance has the whitelist, the accounts and the parameters of its source']),
  ];
}
