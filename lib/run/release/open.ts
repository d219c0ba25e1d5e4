// Opens a release, or a new attempt of it: the task that reconcile finds it by, then its row, by compare-and-swap.
import { KeeperError } from '../../base/errors';
import type { OpenTask } from '../../domain/open-task';
import type { Release, ReleaseWish } from '../../domain/release';
import { openAttempt } from '../../policy/release/attempt';
import { releaseTaskId } from '../../policy/release/identity';
import { otherWish, wishRefusal } from '../../policy/release/wish';
import type { Run } from '../envelope';
import { findMembers, throwRefusal } from './members';

/** The attempt that stands: ours, or the one of another door that was faster. Throws a KeeperError, before anything is written, for what cannot be asked for. */
export async function openRelease(run: Run, wish: ReleaseWish, key: string, previous: Release | undefined): Promise<Release> {
  const { ledger } = run.ports;
  const asOf = run.actAt();
  throwRefusal(wishRefusal(wish, asOf));
  const members = await findMembers(run, wish);
  const next = openAttempt({ key, wish, members, policy: run.request.policy.preRelease, asOf, previous });
  await putIndex(run, next);
  const stored = await ledger.putRelease(previous, next);
  if (stored !== undefined) return stored;
  const theirs = await ledger.getRelease(key);
  if (theirs === undefined) throw new Error(`the row of release ${key} is gone from the ledger`); // releases are never deleted
  requireSameWish(theirs, wish);
  return theirs;
}

/** Throws a KeeperError `release-differs` when the source and release stand for something else. */
export function requireSameWish(release: Release, wish: ReleaseWish): void {
  const other = otherWish(release, wish);
  if (other === undefined) return;
  throw new KeeperError(`${other}: nothing was begun`, {
    code: 'release-differs',
    hint: 'ask for the same as before, or give the other wish a release id of its own',
    exitCode: 2,
  });
}

/** Written before the row, so that no pending release is without it. One that a crash has left is made young again: reconcile takes old ones without a row away. */
export async function putIndex(run: Run, release: Release): Promise<void> {
  const { ledger } = run.ports;
  const id = releaseTaskId(release);
  const now = run.ports.clock.now();
  const fresh: OpenTask = {
    kind: 'release',
    id,
    version: 0,
    attempt: release.attempt,
    createdAt: now,
    updatedAt: now,
    function: 'pre-release-backup',
    target: '',
    event: '',
  };
  if ((await ledger.putTask(undefined, fresh)) !== undefined) return;
  const standing = await ledger.getTask('release', id);
  await ledger.putTask(standing, standing === undefined ? fresh : { ...standing, updatedAt: now });
}
