// Decides on a restore as far as it was typed: every value of its own, before anything is asked of the service.
import { formatInstant, type Instant } from '../base/instant';
import { ENGINE_NAMES, isFromCopies, type RestorableEngine, type RestoreOrigin, type RestoreRefusal, type RestoreWish, refusal } from './restore-types';

const MIN_STORAGE_GB = 5;
const MAX_STORAGE_GB = 2_000;
const STORAGE_STEP_GB = 5;

const CREATE_DDR = 'RDS API, CreateDdrInstance';
const CLONE = 'RDS API, CloneDBInstance';
const STORAGE_RULE = `${CREATE_DDR}: DBInstanceStorage is ${MIN_STORAGE_GB} to ${MAX_STORAGE_GB} GB in steps of ${STORAGE_STEP_GB}`;
const MAX_ADDRESSES = 1_000;

/** The versions that the service's documents name (RDS API, CreateDBInstance and CreateDdrInstance). */
export const ENGINE_VERSIONS: Readonly<Record<RestorableEngine, readonly string[]>> = {
  mysql: ['5.5', '5.6', '5.7', '8.0'],
  postgresql: ['9.4', '10.0', '11.0', '12.0', '13.0', '14.0', '15.0', '16.0', '17.0'],
  sqlserver: [
    ...['2008r2', '08r2_ent_ha', '2012', '2012_ent_ha', '2012_std_ha', '2012_web', '2014_ent_ha', '2014_std_ha', '2016_ent_ha', '2016_std_ha', '2016_web'],
    ...['2017_ent', '2017_std_ha', '2017_web', '2019_ent', '2019_std_ha', '2019_web', '2022_ent', '2022_std_ha', '2022_web'],
  ],
};

/** What is wrong with the source as it was typed. */
export function originRefusals({ instanceId, from }: RestoreOrigin, asOf: Instant): readonly RestoreRefusal[] {
  const refusals: RestoreRefusal[] = [];
  if (!isId(instanceId)) refusals.push(refusal('instance', `${quoted(instanceId)} is no instance id`, 'RDS API, DescribeDBInstances: DBInstanceId'));
  if (from.kind === 'set' && !isId(from.backupId)) {
    refusals.push(refusal('set', `${quoted(from.backupId)} is no id of a backup set`, 'RDS API, DescribeBackups: BackupId'));
  }
  if (from.kind === 'copy' && !/^[0-9]{1,19}$/.test(from.copyId)) {
    refusals.push(refusal('copy', `${quoted(from.copyId)} is no id of a copy`, 'RDS API, DescribeCrossRegionBackups: CrossBackupId is a number'));
  }
  if ((from.kind === 'time' || from.kind === 'copied-time') && from.at >= asOf) {
    const message = `${formatInstant(from.at)} is not earlier than now, ${formatInstant(asOf)}`;
    refusals.push(refusal('at', message, `${from.kind === 'time' ? CLONE : CREATE_DDR}: RestoreTime must be earlier than the current time, in UTC`));
  }
  return refusals;
}

/** What is wrong with the wish as it was typed; nothing is asked of the service for it. */
export function wishRefusals(wish: RestoreWish, asOf: Instant): readonly RestoreRefusal[] {
  const { storageGb, engine, engineVersion, instanceClass } = wish;
  return [
    ...originRefusals(wish, asOf),
    ...(storageGb === undefined ? [] : storageRefusals(storageGb)),
    ...(engine === undefined || engineVersion === undefined ? [] : versionRefusals(engine, engineVersion)),
    ...(instanceClass === undefined ? [] : classRefusals(instanceClass)),
    ...descriptionRefusals(wish),
    ...networkRefusals(wish),
    ...addressRefusals(wish),
  ];
}

/** Also for what is taken from the source. */
export function storageRefusals(storageGb: number): readonly RestoreRefusal[] {
  const isAllowed = storageGb >= MIN_STORAGE_GB && storageGb <= MAX_STORAGE_GB && storageGb % STORAGE_STEP_GB === 0;
  return isAllowed ? [] : [refusal('storage', `${storageGb} GB is no storage size that can be restored to`, STORAGE_RULE)];
}

function versionRefusals(engine: RestorableEngine, version: string): readonly RestoreRefusal[] {
  const versions = ENGINE_VERSIONS[engine];
  if (versions.includes(version)) return [];
  const rule = `${CREATE_DDR}: EngineVersion is one of ${versions.join(', ')} for ${ENGINE_NAMES[engine]}`;
  return [refusal('engine-version', `${ENGINE_NAMES[engine]} has no version ${quoted(version)}`, rule)];
}

function classRefusals(instanceClass: string): readonly RestoreRefusal[] {
  if (/^[a-z][a-z0-9._-]{2,63}$/i.test(instanceClass)) return [];
  return [refusal('class', `${quoted(instanceClass)} is no instance class`, `${CREATE_DDR}: DBInstanceClass, see "Primary instance types"`)];
}

/** Both calls describe the name alike; the shorter length of the two counts. */
function descriptionRefusals({ description, from }: RestoreWish): readonly RestoreRefusal[] {
  if (description === undefined) return [];
  const longest = isFromCopies(from) ? 256 : 255;
  const length = [...description].length;
  if (length >= 2 && length <= longest && /^\p{L}[\p{L}\p{N}_-]+$/u.test(description)) return [];
  const rule = `${isFromCopies(from) ? CREATE_DDR : CLONE}: DBInstanceDescription has 2 to ${longest} characters, letters, digits, _ and -, a letter first`;
  return [refusal('description', `${quoted(description)} cannot be the description of an instance`, rule)];
}

function networkRefusals({ vpcId, vSwitchId, zoneId, from }: RestoreWish): readonly RestoreRefusal[] {
  if ((vpcId === undefined) !== (vSwitchId === undefined)) {
    return [refusal('vpc', 'a VPC and a vSwitch are given together or not at all', `${CREATE_DDR}: VPC needs VPCId and VSwitchId`)];
  }
  if (vpcId === undefined || zoneId !== undefined || !isFromCopies(from)) return [];
  return [refusal('zone', "the vSwitch's zone is missing", `${CREATE_DDR}: with VPCId and VSwitchId, ZoneId is required`)];
}

function addressRefusals({ allowedAddresses, from }: RestoreWish): readonly RestoreRefusal[] {
  if (allowedAddresses.length === 0) return [];
  if (!isFromCopies(from)) {
    return [
      refusal('allow', 'a clone has the addresses of its source: they cannot be given here', `${CLONE}: the new instance has the same IP address whitelist`),
    ];
  }
  const refusals = allowedAddresses
    .filter((address) => !isAddress(address))
    .map((address) => refusal('allow', `${quoted(address)} is no address`, `${CREATE_DDR}: SecurityIPList holds IP addresses and CIDR blocks (/1 to /32)`));
  if (new Set(allowedAddresses).size < allowedAddresses.length) {
    refusals.push(refusal('allow', 'an address is given twice', `${CREATE_DDR}: each entry of SecurityIPList must be unique`));
  }
  if (allowedAddresses.length > MAX_ADDRESSES) {
    refusals.push(refusal('allow', `${allowedAddresses.length} addresses are too many`, `${CREATE_DDR}: SecurityIPList has at most ${MAX_ADDRESSES} entries`));
  }
  return refusals;
}

/** `10.23.12.24` or `10.23.12.0/24` */
function isAddress(text: string): boolean {
  const [, address, prefix] = /^([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?:\/([0-9]{1,2}))?$/.exec(text) ?? [];
  if (address === undefined) return false;
  if (prefix !== undefined && (Number(prefix) < 1 || Number(prefix) > 32)) return false;
  return address.split('.').every((part) => Number(part) <= 255);
}

function isId(text: string): boolean {
  return /^[A-Za-z0-9-]{1,64}$/.test(text);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
