// Changes the backup settings of one instance by hand: through the same rules, protections, brakes and read-back as the policy's own corrections.
import { KeeperError, UsageError } from '../base/errors';
import type { SettingsPolicy } from '../domain/protection-policy';
import type { RunSummary } from '../domain/run';
import type { Drift } from '../policy/settings/types';
import { makeChangeBudget } from './change-budget';
import { inRun, type Run } from './envelope';
import { lookerOf, observeSets } from './hygiene/observe';
import { PROTECTIONS_ONLY } from './hygiene/protections';
import { keepSettings } from './hygiene/settings';
import { decideOn, type SettingsWork } from './hygiene/settings-work';
import { coveredPlaceOf } from './inventory';
import { makeNotes, type Notes } from './notes';
import { readGuard } from './reserve';
import type { RunObserver, RunPorts, RunRequest } from './types';

export interface SettingsByHand {
  readonly instanceId: string;
  /** What is wanted of this one instance, once; in mode `enforce`. */
  readonly settings: SettingsPolicy;
}

/**
 * One verdict per setting that is not so yet, or one that all are. All or nothing: where a setting cannot be written now, or would drop what must stay, nothing is,
 * and the run fails with a UsageError for what the instance cannot have and a KeeperError `settings-refused` for the rest. Returns the summary, or throws RunFailedError.
 */
export async function runSetSettings(request: RunRequest, ports: RunPorts, wanted: SettingsByHand, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('retention-hygiene', request, ports, observer, async (run) => {
    const { gateway, instance, effective } = await coveredPlaceOf(run, wanted.instanceId);
    const seenAt = ports.clock.now();
    const settings = await gateway.readSettings(instance.id);
    const sets = await observeSets(lookerOf(run, gateway), instance);
    const guard = await readGuard(ports.ledger, instance.id);
    const sight = { instance, policy: effective.retention ?? PROTECTIONS_ONLY, sets, settings };
    const budget = makeChangeBudget(request.policy.limits.maxChangesPerRun);
    const work: SettingsWork = { gateway, policy: wanted.settings, settings, guard, sight, seenAt, budget };
    const notes = makeNotes(run, instance);
    requireWritable(run, work, notes);
    await keepSettings(run, work, notes);
    run.tally.instances(1);
  });
}

/** A command that did half of what it says would be a surprise. */
function requireWritable({ asOf }: Run, work: SettingsWork, notes: Notes): void {
  const { drifts } = decideOn(work, notes, asOf);
  const refused = drifts.filter(({ action }) => action !== 'correct');
  if (refused.length === 0) return;
  const message = [`nothing was written to ${notes.instance.id}:`, ...refused.map((drift) => `  ${refusalText(drift)}`)].join('\n');
  if (refused.some(({ action }) => action === 'not-correctable')) throw new UsageError(message, 'leave out what the instance cannot have');
  throw new KeeperError(message, { code: 'settings-refused', hint: 'remove what stands in the way, and repeat the command' });
}

function refusalText({ setting, before, wanted, reason }: Drift): string {
  return `${setting} ${before} → ${wanted}: ${reason}`;
}
