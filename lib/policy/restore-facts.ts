// Says what a restore will cost and where its record is: the facts that bills are made of, never a price, and the findings that its run keeps.
import { formatInstant } from '../base/instant';
import type { RestoreSource, RestoreTarget } from '../domain/restore';
import type { Finding } from '../domain/verdict';
import { ENGINE_NAMES, type FoundSource } from './restore-types';

/** One thing that a bill depends on. */
export interface CostFact {
  readonly name: string;
  readonly value: string;
}

const PRICES = 'see the price page of ApsaraDB RDS for this class and region: the keeper knows no prices';

/** Of a new instance. */
export function costsOfInstance(target: RestoreTarget, source: RestoreSource, found: FoundSource): readonly CostFact[] {
  const { engine, engineVersion, instanceClass, storageGb, region, zoneId } = target;
  return [
    { name: 'new instance', value: `${ENGINE_NAMES[engine]} ${engineVersion}, class ${instanceClass}` },
    { name: 'storage', value: `${storageGb} GB` },
    { name: 'region', value: zoneId === undefined ? region : `${region}, zone ${zoneId}` },
    { name: 'billing', value: 'pay-as-you-go, from its creation until somebody releases it' },
    trafficTo(region, source, found),
    { name: 'prices', value: PRICES },
  ];
}

/** Of tables: no instance is made, but the data moves. */
export function costsOfTables(region: string, source: RestoreSource, found: FoundSource): readonly CostFact[] {
  return [
    { name: 'new instance', value: 'none' },
    { name: 'storage', value: 'what the restored tables take on the instance' },
    trafficTo(region, source, found),
  ];
}

function trafficTo(region: string, source: RestoreSource, { copyRegion, copy, set }: FoundSource): CostFact {
  const isLocal = source.kind === 'set' || source.kind === 'time';
  const from = isLocal || copyRegion === undefined ? region : copyRegion;
  const bytes = copy?.sizeBytes ?? set?.sizeBytes;
  const size = bytes === undefined ? '' : ` (the backup has ${(bytes / 1024 ** 3).toFixed(1)} GB)`;
  return { name: 'cross-region traffic', value: from === region ? `none: the backup lies in ${region}` : `from ${from} to ${region}${size}` };
}

/** `copy 7001 of rm-one in cn-shanghai`, `rm-one as of 2026-11-21T02:00:00Z` */
export function sourceText(instanceId: string, source: RestoreSource): string {
  switch (source.kind) {
    case 'copy':
      return `copy ${source.copyId} of ${instanceId} in ${source.copyRegion}`;
    case 'copied-time':
      return `${instanceId} as of ${formatInstant(source.at)}, from its copies`;
    case 'set':
      return `backup set ${source.backupId} of ${instanceId}`;
    case 'time':
      return `${instanceId} as of ${formatInstant(source.at)}`;
  }
}

/** What the run of a restore keeps of it. */
export interface RestoreRecord {
  readonly key: string;
  readonly instanceId: string;
  readonly source: RestoreSource;
  readonly account: string;
  /** Of the new instance, or of the one that gets tables. */
  readonly region: string;
  /** Undefined for tables. */
  readonly target: Pick<RestoreTarget, 'instanceClass' | 'storageGb'> | undefined;
}

export const RESTORE_STARTED = 'restore-started';
const RESTORE_FAILED = 'restore-failed';

/** `restoredId`: the new instance, or the one that gets tables. */
export function restoreStarted(record: RestoreRecord, restoredId: string, orderId: string | undefined): Finding {
  const isNew = record.target !== undefined;
  return {
    id: `${RESTORE_STARTED}:${record.key}`,
    severity: 'info',
    rule: RESTORE_STARTED,
    instanceId: record.instanceId,
    message: `${sourceText(record.instanceId, record.source)} is being restored to ${isNew ? 'the new instance ' : ''}${restoredId} in ${record.region}`,
    evidence: { ...evidenceOf(record), restoredId, ...(orderId === undefined ? {} : { orderId }) },
    remedy: `keeper restore status says when it is Running${isNew ? '; release it when it is no longer needed: it is billed until then' : ''}`,
  };
}

/** `reason`: the service's own words. */
export function restoreFailed(record: RestoreRecord, code: string, reason: string): Finding {
  return {
    id: `${RESTORE_FAILED}:${record.key}`,
    severity: 'error',
    rule: RESTORE_FAILED,
    instanceId: record.instanceId,
    message: `${sourceText(record.instanceId, record.source)} was not restored: ${reason}`,
    evidence: { ...evidenceOf(record), code },
    remedy: 'repeat the command with the same key within a day, when the reason is gone: it makes one instance at most',
  };
}

function evidenceOf({ key, source, account, region, target }: RestoreRecord): Finding['evidence'] {
  return {
    key,
    from: source.kind,
    account,
    region,
    ...(target === undefined ? {} : { instanceClass: target.instanceClass, storageGb: target.storageGb }),
  };
}
