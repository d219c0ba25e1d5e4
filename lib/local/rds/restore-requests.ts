// What the operations that restore have in common: the data that a request names, its client token, and the shape of what it asks for.
import { digestOf } from '../../base/hash';
import type { Instant } from '../../base/instant';
import { invalidParameter, missingParameter, type RpcError } from '../rpc/errors';
import { integer, requiredText, text } from '../rpc/parameters';
import type { Call, ParameterRule, Parameters } from '../rpc/types';
import type { OrderState } from '../world/copy-state';
import { type CopyRefusal, copyForTime, judgeCopy, type OwnedCopy, type Wish } from '../world/restore-rules';
import type { OrderIdentity } from '../world/restores';
import type { World } from '../world/world';
import { parseSeconds } from './formats';
import { findCopy, isKnownToCopying } from './lookups';

/** How an operation says no. */
export interface Refusals {
  refuse(code: CopyRefusal): RpcError;
  noSetId(): RpcError;
  noSourceName(): RpcError;
  noSourceRegion(): RpcError;
}

/** Names a copy, or an instance and a time; by the documents both spellings are in use. */
export const RESTORE_TYPES: Readonly<Record<string, 'set' | 'time'>> = { '0': 'set', '1': 'time', BackupSet: 'set', BackupTime: 'time' };

/** The copy that a new instance is to be made of. Throws the operation's refusal. */
export function requireSource(call: Call, world: World, wish: Wish, refusals: Refusals): OwnedCopy {
  const isByTime = RESTORE_TYPES[requiredText(call.parameters, 'RestoreType')] === 'time';
  const owned = isByTime ? sourceOfTime(call, world, refusals) : sourceOfSet(call, world, refusals);
  const refused = judgeCopy(owned, wish, call.asOf);
  if (refused !== undefined) throw refusals.refuse(refused);
  return owned;
}

function sourceOfSet(call: Call, world: World, refusals: Refusals): OwnedCopy {
  const id = text(call.parameters, 'BackupSetId');
  if (id === undefined) throw refusals.noSetId();
  const found = findCopy(call, world, id);
  if (found !== undefined) return found;
  throw refusals.refuse(isLocalSet(call, world, id) ? 'IncorrectBackupSetType' : 'InvalidBackupSetID.NotFound');
}

function isLocalSet(call: Call, world: World, id: string): boolean {
  for (const { spec, sets } of world.all()) {
    if (spec.accountId === call.caller.accountId && sets.some((set) => set.id === id)) return true;
  }
  return false;
}

function sourceOfTime(call: Call, world: World, refusals: Refusals): OwnedCopy {
  const { parameters } = call;
  const name = text(parameters, 'SourceDBInstanceName');
  if (name === undefined) throw refusals.noSourceName();
  const region = text(parameters, 'SourceRegion');
  if (region === undefined) throw refusals.noSourceRegion();
  const time = pastTimeOf(call, () => invalidParameter('RestoreTime'));
  const instance = world.find(name);
  const isKnown = instance !== undefined && instance.spec.accountId === call.caller.accountId && isKnownToCopying(call, instance);
  if (!isKnown || instance.spec.regionId !== region) throw refusals.refuse('InvalidDBInstance.NotFound');
  const copy = copyForTime(instance, time, call.asOf, world.knobs);
  if (copy === undefined) throw refusals.refuse('NoAvailableDisasterRestoreBakset');
  return { instance, copy };
}

/** RestoreTime, in seconds, and never of the future. */
export function pastTimeOf(call: Call, invalid: () => RpcError): Instant {
  const given = text(call.parameters, 'RestoreTime');
  if (given === undefined) throw missingParameter('RestoreTime');
  const time = parseSeconds(given);
  if (time === undefined || time >= call.asOf) throw invalid();
  return time;
}

/** 64 characters at most, and ASCII only. */
export const CLIENT_TOKEN: ParameterRule = { type: 'string', pattern: /^[\x21-\x7e]{1,64}$/ };

/** These belong to the request, not to what it asks for. */
const ENVELOPE = /^(ClientToken|Action|Version|Format|Timestamp|AccessKeyId|SecurityToken|Signature\w*)$/;

/** What makes a request the same as another. */
export function identityOf(call: Call, operation: string): OrderIdentity {
  const token = text(call.parameters, 'ClientToken');
  const asked = Object.fromEntries(Object.entries(call.parameters).filter(([name]) => !ENVELOPE.test(name)));
  return { key: token === undefined ? undefined : `${call.caller.accountId}:${operation}:${token}`, digest: digestOf(asked) };
}

/** What was ordered with this token before; a refusal when it was something else. */
export function earlierOrder(world: World, identity: OrderIdentity, mismatch: () => RpcError): OrderState | undefined {
  const known = identity.key === undefined ? undefined : world.findOrder(identity.key);
  if (known !== undefined && known.digest !== identity.digest) throw mismatch();
  return known;
}

const STORAGE_GB = { least: 5, most: 2000, step: 5 };

/** DBInstanceStorage, 5 to 2000 GB in steps of 5; undefined when it was left out. */
export function storageOf(parameters: Parameters, invalid: () => RpcError): number | undefined {
  const gb = integer(parameters, 'DBInstanceStorage');
  if (gb === undefined) return undefined;
  if (gb < STORAGE_GB.least || gb > STORAGE_GB.most || gb % STORAGE_GB.step !== 0) throw invalid();
  return gb;
}

/** An instance class has parts: `mysql.x4.large.2c`. The local world does not know which ones are sold. */
export const CLASS_PATTERN = /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i;

/** 2 to 256 characters, and no address. */
export function isDescription(given: string): boolean {
  const { length } = [...given];
  return length >= 2 && length <= 256 && !/^https?:\/\//.test(given);
}

/** A subscription needs its length; networks need their parts. */
export function checkPurchase(parameters: Parameters): void {
  if (text(parameters, 'PayType') === 'Prepaid') {
    requiredText(parameters, 'Period');
    requiredText(parameters, 'UsedTime');
  }
  if (text(parameters, 'InstanceNetworkType') !== 'VPC') return;
  requiredText(parameters, 'VPCId');
  requiredText(parameters, 'VSwitchId');
}
