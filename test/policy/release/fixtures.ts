// Releases to decide on, complete and dull: each test changes what it is about.
import type { Release, ReleaseInstance, ReleaseWish } from '../../../lib/domain/release';
import { openAttempt } from '../../../lib/policy/release/attempt';
import { releaseKey } from '../../../lib/policy/release/identity';
import { at, DAY, HOUR } from '../fixtures';

export const ASKED = at('2026-11-21T02:00:00Z');
export const POLICY = { freshForMs: HOUR, deadlineMs: 2 * HOUR, holdForMs: 7 * DAY, maxInstances: 2 };
export const MEMBER = { id: 'rm-1', account: 'main', region: 'cn-hangzhou', engine: 'mysql' } as const;

export function makeWish(change: Partial<ReleaseWish> = {}): ReleaseWish {
  return {
    source: 'ci/shop',
    release: 'v1',
    instances: ['rm-1'],
    select: undefined,
    databases: undefined,
    freshForMs: undefined,
    deadlineAt: undefined,
    holdForMs: undefined,
    ...change,
  };
}

/** Opened at ASKED for rm-1, or for these. */
export function makeRelease(change: Partial<Release> = {}, wish = makeWish()): Release {
  const opened = openAttempt({ key: releaseKey('ci/shop', 'v1'), wish, members: [MEMBER], policy: POLICY, asOf: ASKED, previous: undefined });
  return { ...opened, ...change };
}

export function makeMember(change: Partial<ReleaseInstance> = {}): ReleaseInstance {
  const [member] = makeRelease().instances;
  if (member === undefined) throw new Error('a release has instances');
  return { ...member, ...change };
}

/** It has passed at 02:10 with a set of 02:00. */
export const PASSED: Partial<ReleaseInstance> = {
  status: 'passed',
  reason: 'it is held',
  backupId: '7',
  startedAt: ASKED,
  endedAt: at('2026-11-21T02:05:00Z'),
  holdId: 'h-1',
  heldUntil: at('2026-11-28T02:10:00Z'),
  effectiveUntil: at('2026-11-28T02:05:00Z'),
};
