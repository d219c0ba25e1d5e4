// Restores to decide on: each test changes what it is about.
import type { FoundSource, FoundTarget, RestoreDecision, RestoreWish, TableDecision, TableWish } from '../../../lib/policy/restore-types';
import { at, makeCopy, makeInstance, makeSet } from '../fixtures';

export const COPY_WISH: RestoreWish = {
  kind: 'new-instance',
  instanceId: 'rm-1',
  from: { kind: 'copy', copyId: '14377' },
  copyRegion: undefined,
  region: undefined,
  engine: undefined,
  engineVersion: undefined,
  instanceClass: undefined,
  storageGb: undefined,
  disk: undefined,
  description: undefined,
  vpcId: undefined,
  vSwitchId: undefined,
  zoneId: undefined,
  allowedAddresses: [],
};

export function makeWish(change: Partial<RestoreWish> = {}): RestoreWish {
  return { ...COPY_WISH, ...change };
}

/** Of a local set. */
export function makeCloneWish(change: Partial<RestoreWish> = {}): RestoreWish {
  return makeWish({ from: { kind: 'set', backupId: '9001' }, ...change });
}

/** MySQL on local disks in cn-hangzhou, copied to cn-shanghai. */
export function makeFound(change: Partial<FoundSource> = {}): FoundSource {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    instance: makeInstance(),
    details: { instanceClass: 'rds.mysql.s1.small', storageGb: 100, isServerless: false },
    copyRegion: 'cn-shanghai',
    set: makeSet({ id: '9001' }),
    copy: makeCopy(),
    areCopiesListed: true,
    window: { from: at('2026-11-14T00:00:00Z'), to: at('2026-11-21T01:00:00Z') },
    ...change,
  };
}

export function makeTableWish(change: Partial<TableWish> = {}): TableWish {
  return {
    kind: 'tables',
    instanceId: 'rm-1',
    from: { kind: 'copy', copyId: '14377' },
    copyRegion: undefined,
    into: 'rm-1',
    tables: [{ database: 'orders', newDatabase: 'orders', tables: [{ name: 'items', newName: 'items_restored' }] }],
    ...change,
  };
}

export function makeFoundTarget(change: Partial<FoundTarget> = {}): FoundTarget {
  return { instance: makeInstance(), databases: ['orders'], contents: [{ database: 'orders', sizeKb: 10, tables: ['items', 'lines'] }], ...change };
}

/** `parameter: message (rule)` of every refusal. */
export function refusalsOf(decision: RestoreDecision | TableDecision): string[] {
  return decision.kind === 'refused' ? decision.refusals.map(({ parameter, message, rule }) => `${parameter}: ${message} (${rule})`) : [];
}
