// Advances every open release: reconcile's part of the gate.
import { messageOf } from '../../base/errors';
import { HOUR_MS } from '../../base/instant';
import { LedgerError } from '../../domain/ledger-error';
import type { OpenTask } from '../../domain/open-task';
import type { Release } from '../../domain/release';
import { releaseFailed, releaseLate, releaseNotAdvanced } from '../../policy/release/findings';
import { keyOfTask } from '../../policy/release/identity';
import { receiptOf } from '../../policy/release/receipt';
import type { Run } from '../envelope';
import { advanceRelease } from './advance-release';
import { putIndex } from './open';
import { tidyUp } from './tidy';

/** A task is written before its row: after so long without one, whoever wrote it has died in between. */
const STRAY_MS = HOUR_MS;

/**
 * To be called after the intents in flight have been followed. One release's failure is a finding and does not stop the others; ledger errors are thrown. A dry run leaves
 * releases alone: what they come to depends on what would be done.
 */
export async function advanceReleases(run: Run): Promise<void> {
  if (run.request.dryRun) return;
  for await (const page of run.ports.ledger.listTasks('release')) {
    for (const task of page) {
      if (run.request.deadline.isNear()) return run.tally.handOff();
      await run.keepLease();
      await advanceTask(run, task);
    }
  }
}

async function advanceTask(run: Run, task: OpenTask): Promise<void> {
  const { ledger } = run.ports;
  const key = keyOfTask(task.id);
  const release = await ledger.getRelease(key);
  if (release === undefined || release.attempt < task.attempt) return forgetStray(run, task);
  if (release.attempt > task.attempt) return ledger.removeTask(task);
  try {
    if (release.status === 'pending') report(run, await advanceRelease(run, release));
    else await tidyUp(run, release); // whoever ended it died before it was put away
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    run.logger.error({ release: key, error: messageOf(error) }, 'release not advanced');
    run.tally.finding(releaseNotAdvanced(release, messageOf(error)));
  }
}

function report(run: Run, release: Release): void {
  const now = run.actAt();
  const receipt = receiptOf(release, now);
  const finding = release.status === 'failed' ? releaseFailed(receipt) : releaseLate(release, receipt, now);
  if (finding !== undefined) run.tally.finding(finding);
}

async function forgetStray(run: Run, task: OpenTask): Promise<void> {
  const { ledger } = run.ports;
  if (run.ports.clock.now() - task.updatedAt < STRAY_MS) return;
  await ledger.removeTask(task);
  const late = await ledger.getRelease(keyOfTask(task.id));
  if (late?.attempt === task.attempt && late.status === 'pending') await putIndex(run, late); // its row came this very moment
}
