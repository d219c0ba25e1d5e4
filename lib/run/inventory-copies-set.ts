// Changes the cross-region settings of one instance by hand: decide by the policy's own rules → write → read back.
import { KeeperError, UsageError } from '../base/errors';
import { defaultCrossRegion } from '../config/section-defaults';
import type { CrossRegionSettings, CrossRegionWrite } from '../domain/cross-region';
import type { CrossRegionPolicy } from '../domain/protection-policy';
import type { RunSummary } from '../domain/run';
import { decideCrossRegion } from '../policy/cross-region/settings';
import { inRun, type Run } from './envelope';
import { coveredPlaceOf, type Place } from './inventory';
import { makeNotes } from './notes';
import type { ChangeCrossRegionStep, RunObserver, RunPorts, RunRequest } from './types';
import { CROSS_REGION_SETTINGS_RULE, makeSay, type Say, writeCrossRegion } from './verify/settings';

/** Undefined members stay as they are. Copies that are off are switched on. */
export interface CopiesOn {
  readonly kind: 'on';
  readonly destination: string | undefined;
  readonly retentionDays: number | undefined;
  readonly copiesLogs: boolean | undefined;
}

export interface CopiesByHand {
  readonly instanceId: string;
  readonly wish: CopiesOn | { readonly kind: 'off' };
}

type Change = Pick<ChangeCrossRegionStep, 'before' | 'after' | 'reason' | 'isDestructive' | 'costs'> & { readonly write: CrossRegionWrite };

/**
 * One verdict. All or nothing: where a part of it cannot be written, nothing is, and the run fails with a UsageError for what the service cannot do and a KeeperError
 * `settings-refused` for the rest. A dry run tells the step. Returns the summary, or throws RunFailedError.
 */
export async function runSetCopies(request: RunRequest, ports: RunPorts, { instanceId, wish }: CopiesByHand, observer: RunObserver = {}): Promise<RunSummary> {
  return inRun('verify-cross-region', request, ports, observer, async (run) => {
    const place = await coveredPlaceOf(run, instanceId);
    const settings = await place.gateway.readCrossRegionSettings(instanceId);
    const change = wish.kind === 'off' ? switchOff(instanceId, settings) : await changeTo(place, settings, wish);
    const notes = makeNotes(run, place.instance);
    const say = makeSay(notes);
    if (change === undefined) say('in-line', 'the cross-region settings are so already');
    else if (request.dryRun) planChange(run, place, change, say);
    else await writeCrossRegion(run, { ...place, settings }, change, notes);
    run.tally.instances(1);
  });
}

async function changeTo({ gateway, instance }: Place, settings: CrossRegionSettings, wish: CopiesOn): Promise<Change | undefined> {
  const drift = decideCrossRegion(instance, policyOf(wish), settings, await gateway.listCopyDestinations());
  if (drift.action === 'none') return undefined;
  const refused = drift.parts.filter(({ action }) => action !== 'correct');
  if (drift.action === 'correct' && refused.length === 0) {
    const { write, before, after, costs, isDestructive } = drift;
    return { write, before, after, costs, isDestructive, reason: reasonOf(drift) };
  }
  const lines = refused.map(({ before, after, reason }) => `  ${before} → ${after}: ${reason}`);
  const message = [`nothing was written to ${instance.id}:`, ...lines].join('\n');
  if (refused.some(({ action }) => action === 'not-correctable')) throw new UsageError(message, 'see: keeper copies settings --instance <id>');
  throw new KeeperError(message, { code: 'settings-refused', hint: 'remove what stands in the way, and repeat the command' });
}

function reasonOf({ costs, isDestructive }: Pick<Change, 'costs' | 'isDestructive'>): string {
  const warnings = [...(costs ? ['it costs storage and traffic'] : []), ...(isDestructive ? ['copies or logs go earlier by it'] : [])];
  return ['asked for by hand', ...warnings].join('; ');
}

/** What a policy would say that enforces just this. */
function policyOf({ destination, retentionDays, copiesLogs }: CopiesOn): CrossRegionPolicy {
  return {
    ...defaultCrossRegion(),
    mode: 'enforce',
    destination,
    retentionDays: retentionDays === undefined ? undefined : { exactly: retentionDays },
    copiesLogs,
    allowCost: true,
    allowDestructive: true,
  };
}

/** The service wants the destination and the retention also then; copies that there are stay to the end of their retention. */
function switchOff(instanceId: string, { isEnabled, destination, retentionDays, copiesLogs }: CrossRegionSettings): Change | undefined {
  if (!isEnabled) return undefined;
  if (destination === undefined || retentionDays === undefined) {
    throw new KeeperError(`the service does not say how ${instanceId} is copied, and a write needs it all`, {
      code: 'settings-refused',
      hint: 'switch copies off in the console',
    });
  }
  return {
    write: { isEnabled: false, destination, retentionDays, copiesLogs: false },
    before: `on (${destination}, ${retentionDays} days, logs ${copiesLogs ? 'on' : 'off'})`,
    after: 'off',
    reason: `no more backups and logs are copied; the copies that there are stay for their ${retentionDays} days, and cost storage until then`,
    isDestructive: true,
    costs: false,
  };
}

function changeText({ before, after, reason }: Change): string {
  return `${before} → ${after}: ${reason}`;
}

function planChange(run: Run, { instance }: Place, change: Change, say: Say): void {
  const { account, region, id: instanceId } = instance;
  const { write: _, ...step } = change;
  run.observer.onStep?.({ action: 'change-cross-region', account, region, instanceId, rule: CROSS_REGION_SETTINGS_RULE, ...step });
  say('would-correct', changeText(change));
}
