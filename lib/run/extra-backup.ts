// The main job: submits the extra manual backups that are due, in every account and region of the policy.
import type { RunSummary } from '../domain/run';
import { inRun } from './envelope';
import { sweepFleet } from './fleet';
import { sweepPage } from './sweep';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** Returns the summary, or throws RunFailedError. The README's "How it works" tells the order of things. */
export async function runExtraBackup(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('extra-backup', request, ports, observer, (run) => sweepFleet(run, (shard, page) => sweepPage(run, shard, page)));
}
