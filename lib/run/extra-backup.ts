// The main job: submits the extra manual backups that are due, in every account and region of the policy, or those that somebody asks for.
import type { RunSummary } from '../domain/run';
import { dueOnPage } from './candidates';
import type { Run } from './envelope';
import { inFleetRun } from './fan-out/fleet-run';
import { sweepFleet } from './fleet';
import { backUpOnDemand } from './on-demand';
import { sweepPage } from './sweep';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** Returns the summary, or throws RunFailedError. The README's "How it works" tells the order of things. */
export async function runExtraBackup(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  const { onDemand } = request;
  const body = async (run: Run): Promise<void> => {
    if (onDemand !== undefined) return backUpOnDemand(run, onDemand);
    await sweepFleet(run, (shard, page) => sweepPage(run, shard, page));
  };
  return inFleetRun('extra-backup', request, ports, observer, body, dueOnPage);
}
