// The world of the extend-expiry scenarios: one SQL Server instance with planted sets, an expiry rule on its database `ledger`, and what became of the sets.
import { plusMs } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import type { FleetMember } from '../../../lib/local/fleet';
import type { FaultEffect, FaultReply } from '../../../lib/local/kinds';
import { updateGuard } from '../../../lib/run/reserve';
import { startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';
import { type PlantedSet, plantSets } from '../../support/sets';

export const ACTION = 'ModifyBackupSetExpireTime';
export const MSSQL = { id: 'rm-sql', engine: 'SQLServer' as const, databases: ['ledger', 'hr'], history: { days: 0 } };
export const READER = { accessKeyId: 'LTAI-reader', secret: 'reader-secret', name: 'reader' };
export const READ_ONLY = { Version: '1', Statement: [{ Effect: 'Allow', Action: ['rds:Describe*', 'rds:List*', 'ots:*'], Resource: '*' }] } as const;

/** The world begins on 2026-11-21T01:00:00Z; planted sets ended two days before and have five days left. */
export const RULES = '  - { name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }\n';
export const EXPIRY = '2026-11-26T01:00:00.000Z';
export const EXTENDED = '2027-02-17T01:00:00.000Z';

export const policyOf = (rules = RULES, more = ''): string =>
  `timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\n${more}\nexpiry:${rules === '' ? ' []' : ''}\n${rules}`;

export interface ExpiryWorld {
  readonly keeper: TestKeeper;
  /** Starts a keeper on `rm-sql` with these sets, beside a MySQL instance. */
  start(sets: readonly PlantedSet[], policy?: string): Promise<void>;
  startFleet(fleet: readonly FleetMember[], policy?: string): Promise<void>;
  plant(instanceId: string, sets: readonly PlantedSet[]): void;
  /** What the world holds: backup set → when it expires. */
  expiries(instanceId?: string): Record<string, string>;
  fail(reply: FaultReply, effect?: FaultEffect, times?: number, operation?: string): void;
  /** Writes a hold into the guard row as it is. */
  hold(hold?: Partial<Hold>, instanceId?: string): Promise<void>;
  close(): Promise<void>;
}

export function makeExpiryWorld(): ExpiryWorld {
  let keeper: TestKeeper | undefined;
  const current = (): TestKeeper => {
    if (keeper === undefined) throw new Error('the world has not been started');
    return keeper;
  };
  const world: ExpiryWorld = {
    get keeper() {
      return current();
    },
    start: async (sets, policy) => {
      await world.startFleet([MSSQL, { id: 'rm-my', engine: 'MySQL', history: { days: 1 } }], policy);
      world.plant('rm-sql', sets);
    },
    startFleet: async (fleet, policy = policyOf()) => {
      keeper = await startKeeper({ fleet, policy, cloud: { identities: { users: [{ ...READER, policy: READ_ONLY }] } } });
    },
    plant: (instanceId, sets) => plantSets(current().cloud.world, instanceId, current().clock.now(), sets),
    expiries: (instanceId = 'rm-sql') => {
      const sets = current().cloud.world.find(instanceId)?.sets ?? [];
      return Object.fromEntries(sets.map(({ id, expiresAt }) => [id, expiresAt === null ? 'never' : new Date(expiresAt).toISOString()]));
    },
    fail: (reply, effect = 'none', times = 1, operation = ACTION) => current().cloud.faults.add({ service: 'rds', operation, effect, reply, times }),
    hold: async (change = {}, instanceId = 'rm-sql') => {
      const now = current().clock.now();
      const hold: Hold = { id: 'h-01', target: { kind: 'instance' }, owner: 'dba', reason: 'audit', placedAt: plusMs(now, -1), until: undefined, ...change };
      await updateGuard(current().house.ledger, instanceId, (guard) => ({ ...guard, holds: [...guard.holds, hold] }));
    },
    close: async () => {
      await keeper?.close();
      keeper = undefined;
    },
  };
  return world;
}

/** Backup set → the run's verdict on it. */
export function verdictsOf(run: TestRun): Record<string, string> {
  return Object.fromEntries(run.verdicts.filter(({ backupId }) => backupId !== undefined).map(({ backupId, verdict }) => [backupId, verdict]));
}

/** How often the run asked the service to keep a set longer. */
export function writes({ summary }: TestRun): number {
  return summary.apiCalls[ACTION] ?? 0;
}
