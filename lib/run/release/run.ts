// The pre-release gate: answers at once whether the backups of a release are there and held, and begins what is needed for that.
import { KeeperError } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { Ledger } from '../../domain/ports';
import type { Release, ReleaseReceipt, ReleaseWish } from '../../domain/release';
import type { RunSummary } from '../../domain/run';
import { isOver } from '../../policy/release/attempt';
import { releaseFailed } from '../../policy/release/findings';
import { releaseKey } from '../../policy/release/identity';
import { receiptOf } from '../../policy/release/receipt';
import { inRun, type Run } from '../envelope';
import type { ReleaseRequest, RunObserver, RunPorts, RunRequest } from '../types';
import { advanceRelease } from './advance-release';
import { openRelease, requireSameWish } from './open';

/**
 * The summary carries the receipt and is `succeeded` for `passed`, `continued` for `pending`, `partial` for `failed`; throws RunFailedError for what could not be
 * asked for. Never waits for a backup: reconcile, or the next request, advances what is pending. Every delivery is to be a run of its own (trigger id).
 */
export async function runPreRelease(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('pre-release-backup', request, ports, observer, async (run) => {
    const { release: wanted } = request;
    if (wanted === undefined) throw new KeeperError('the request names no release', { code: 'bad-request', hint: 'give a source and a release id' });
    if (request.dryRun && wanted.action !== 'status') {
      throw new KeeperError('a release is an answer, not a plan: it has no dry run', { code: 'bad-request', hint: 'ask for its status instead' });
    }
    const release = await answer(run, wanted);
    const receipt = receiptOf(release, run.actAt());
    run.tally.release(receipt);
    run.tally.instances(release.instances.length);
    if (receipt.status === 'pending') run.tally.handOff();
    if (receipt.status === 'failed') run.tally.finding(releaseFailed(receipt));
  });
}

/** The receipt as it would be at `asOf`, from the ledger alone; undefined when nobody has asked for the release. */
export async function readRelease(ledger: Pick<Ledger, 'getRelease'>, source: string, release: string, asOf: Instant): Promise<ReleaseReceipt | undefined> {
  const stored = await ledger.getRelease(releaseKey(source, release));
  return stored && receiptOf(stored, asOf);
}

async function answer(run: Run, wanted: ReleaseRequest): Promise<Release> {
  if (wanted.action === 'start') return start(run, wanted.wish);
  const { source, release: name, action } = wanted;
  const stored = await run.ports.ledger.getRelease(releaseKey(source, name));
  if (stored === undefined) {
    throw new KeeperError(`nobody has asked for release ${name} of ${source}`, {
      code: 'unknown-release',
      hint: 'check both; a release begins with: keeper pre-release start',
    });
  }
  return action === 'check' ? advanceRelease(run, stored) : stored;
}

async function start(run: Run, wish: ReleaseWish): Promise<Release> {
  const key = releaseKey(wish.source, wish.release);
  const stored = await run.ports.ledger.getRelease(key);
  if (stored === undefined) return advanceRelease(run, await openRelease(run, wish, key, undefined));
  requireSameWish(stored, wish);
  const now = run.actAt();
  const standing = now < stored.deadlineAt ? stored : await advanceRelease(run, stored);
  if (!isOver(standing, now)) return advanceRelease(run, standing);
  // An event that comes once more after its own deadline asks for nothing new.
  if (wish.deadlineAt !== undefined && wish.deadlineAt <= now) return standing;
  return advanceRelease(run, await openRelease(run, wish, key, standing));
}
