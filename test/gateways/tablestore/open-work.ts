// Releases and open tasks for tests of the ledger.
import { HOUR_MS, plusMs } from '../../../lib/base/instant';
import type { OpenTask } from '../../../lib/domain/open-task';
import type { Release, ReleaseInstance } from '../../../lib/domain/release';
import { OCCURRENCE } from '../../support/ledger';

export function aReleaseInstance(over: Partial<ReleaseInstance> = {}): ReleaseInstance {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    instanceId: 'rm-1',
    engine: 'mysql',
    status: 'pending',
    reason: 'waits for its turn',
    slotId: 'release~k~a1~instance',
    backupId: undefined,
    jobId: undefined,
    isReused: false,
    startedAt: undefined,
    endedAt: undefined,
    holdId: undefined,
    heldUntil: undefined,
    effectiveUntil: undefined,
    ...over,
  };
}

/** A new release of one instance, not stored yet. */
export function aRelease(over: Partial<Release> = {}): Release {
  return {
    key: 'k',
    version: 0,
    wish: {
      source: 'shop',
      release: 'v42',
      instances: ['rm-1'],
      select: undefined,
      databases: undefined,
      freshForMs: undefined,
      deadlineAt: undefined,
      holdForMs: undefined,
    },
    attempt: 1,
    status: 'pending',
    createdAt: OCCURRENCE,
    attemptAt: OCCURRENCE,
    updatedAt: OCCURRENCE,
    deadlineAt: plusMs(OCCURRENCE, HOUR_MS),
    freshForMs: HOUR_MS,
    holdForMs: 24 * HOUR_MS,
    instances: [aReleaseInstance()],
    ...over,
  };
}

/** A new task of a worker, not stored yet. */
export function aTask(over: Partial<OpenTask> = {}): OpenTask {
  return {
    kind: 'shard',
    id: '0123abcd',
    version: 0,
    attempt: 1,
    createdAt: OCCURRENCE,
    updatedAt: OCCURRENCE,
    function: 'extra-backup',
    target: 'keeper-extra-backup',
    event: '{"kind":"shard"}',
    ...over,
  };
}
