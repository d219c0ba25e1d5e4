// One write of settings: brakes → write down → call → read back. What the service shows afterwards is the truth.
import { plusMs } from '../../base/instant';
import { AmbiguousError, CloudError, DeniedError, type RefusalReason, RefusedError } from '../../domain/cloud-errors';
import type { Correction, Guard } from '../../domain/guard';
import type { BackupSettings, SettingsWrite } from '../../domain/settings';
import type { Verdict } from '../../domain/verdict';
import type { BrakeDecision } from '../../policy/retention/brakes';
import { settingsDestructiveBraked, settingsReadBackDiffers } from '../../policy/settings/findings';
import { compareReadBack } from '../../policy/settings/read-back';
import type { Drift } from '../../policy/settings/types';
import type { Run } from '../envelope';
import { failureOf } from '../failure';
import type { Notes } from '../notes';
import { mayDo } from '../plan-steps';
import { isFatal } from '../shards';
import { LOOK_VALID_MS } from '../timing';
import { NOT_IN_PLAN } from '../verdicts';
import { takeBrakes } from './brakes';
import { takeBack, writeDown } from './corrections';
import { noteFailure, onDrift, overLimit } from './settings-verdicts';
import { lossOf, type SettingsWork } from './settings-work';
import { settingsStep } from './steps';

export interface Correcting {
  readonly write: SettingsWrite;
  /** What it corrects. */
  readonly drifts: readonly Drift[];
}

export type WriteOutcome =
  /** The settings as the service shows them afterwards. */
  | { readonly kind: 'shown'; readonly settings: BackupSettings }
  /** The service has refused the values, or the brakes what destroys: what else was to be written may be possible. `say` gives the drifts their verdicts; nobody has yet. */
  | { readonly kind: 'refused'; readonly say: (drifts: readonly Drift[]) => void; readonly settings: BackupSettings }
  /** Not written, or nobody knows: nothing more must be tried on the instance. */
  | { readonly kind: 'stopped' };

const STOPPED: WriteOutcome = { kind: 'stopped' };

/** Why a service refuses values, and not the instance or the time: with other values it may be possible. */
const OF_VALUES: readonly RefusalReason[] = ['setting-unsupported', 'method-unsupported', 'invalid-request', 'other'];

/** One verdict for each drift, but where it is refused. Throws only what must stop the run. */
export async function writeSettings(run: Run, work: SettingsWork, change: Correcting, notes: Notes): Promise<WriteOutcome> {
  const { gateway, settings, seenAt } = work;
  const { write, drifts } = change;
  const { id } = notes.instance;
  if (!mayTry(run, work, change, notes)) return STOPPED;
  const brakes = await brakesOf(run, id, drifts);
  if (brakes !== undefined) return { kind: 'refused', settings, say: (braked) => noteBraked(braked, brakes, notes) };
  const after = { ...settings, ...write.values };
  const isDestructive = drifts.some((drift) => drift.isDestructive);
  const lossUnder = (guard: Guard): string | undefined => (isDestructive ? lossOf(work, guard, after, run.ports.clock.now()) : undefined);
  const written = await writeDown(run, { instanceId: id, drifts, seenAt, lossUnder });
  if (written.kind === 'held-back') {
    noteEach(drifts, 'waiting', notes, written.reason);
    return STOPPED;
  }
  await run.keepLease();
  const failure = await failureOf(() => gateway.writeSettings(id, write, plusMs(seenAt, LOOK_VALID_MS)));
  if (isFatal(failure)) throw failure;
  if (failure instanceof DeniedError) {
    noteFailure(drifts, failure, notes);
    await takeBack(run, id, written.corrections);
    return STOPPED;
  }
  const readBack = await look(run, work, { ...change, failure }, notes);
  if (failure === undefined || readBack.kind === 'written') return readBack.kind === 'unknown' ? STOPPED : { kind: 'shown', settings: readBack.settings };
  await takeBack(run, id, undoneOf(written.corrections, failure, readBack.kind));
  if (readBack.kind === 'not-written' && isOfValues(failure))
    return { kind: 'refused', settings: readBack.settings, say: (refused) => noteFailure(refused, failure, notes) };
  noteFailure(drifts, failure, notes);
  return STOPPED;
}

function isOfValues(failure: CloudError): failure is RefusedError {
  return failure instanceof RefusedError && OF_VALUES.includes(failure.reason);
}

/** The plan that is being applied, and the changes that a run may make. A verdict for each drift where one says no. */
function mayTry(run: Run, { budget, settings }: SettingsWork, { write, drifts }: Correcting, notes: Notes): boolean {
  if (!mayDo(run.request, settingsStep(notes.instance, write, settings, drifts))) {
    noteEach(drifts, 'not-in-plan', notes, NOT_IN_PLAN);
    return false;
  }
  if (budget.take()) return true;
  for (const drift of drifts) notes.verdict(overLimit(notes, drift, budget));
  return false;
}

type Braked = Extract<BrakeDecision, { granted: false }>;

/** Undefined where the brakes let it pass. */
async function brakesOf(run: Run, instanceId: string, drifts: readonly Drift[]): Promise<Braked | undefined> {
  const objects = drifts.filter(({ isDestructive }) => isDestructive).map(({ setting }) => ({ instanceId, object: setting }));
  if (objects.length === 0) return undefined;
  const brakes = await takeBrakes(run, { kind: 'destructive-setting', objects, fleet: undefined, seenManualSets: 0 });
  return brakes.granted ? undefined : brakes;
}

function noteBraked(drifts: readonly Drift[], brakes: Braked, notes: Notes): void {
  notes.finding(settingsDestructiveBraked(notes.instance.id, drifts, brakes));
  noteEach(drifts, 'braked', notes, brakes.reason);
}

/** The corrections that were none. One whose call was lost may yet take effect: where that drops backups, it stays, so that no hold is placed meanwhile. */
function undoneOf(corrections: readonly Correction[], failure: CloudError, outcome: ReadBack['kind']): readonly Correction[] {
  if (!(failure instanceof AmbiguousError)) return corrections;
  return outcome === 'not-written' ? corrections.filter(({ isDestructive }) => isDestructive !== true) : [];
}

/** What became of a write. `not-written`: it failed, and it shows; nothing has been said of it. */
type ReadBack = { readonly kind: 'written' | 'not-written'; readonly settings: BackupSettings } | { readonly kind: 'unknown' };

interface Sent extends Correcting {
  /** A refused or lost call may still have taken effect in an earlier try: only the settings themselves can tell. */
  readonly failure: CloudError | undefined;
}

async function look(run: Run, { gateway, settings: before }: SettingsWork, { write, drifts, failure }: Sent, notes: Notes): Promise<ReadBack> {
  const { id } = notes.instance;
  let settings: BackupSettings;
  try {
    settings = await gateway.readSettings(id);
  } catch (error) {
    if (!(error instanceof CloudError) || isFatal(error)) throw error;
    if (failure === undefined) noteEach(drifts, 'ambiguous', notes, `it was written, and could not be read back: ${error.message}`);
    return { kind: 'unknown' };
  }
  const { notWritten, alsoChanged } = compareReadBack(write, before, settings);
  if (failure !== undefined && notWritten.length > 0) return { kind: 'not-written', settings };
  if (notWritten.length + alsoChanged.length > 0) notes.finding(settingsReadBackDiffers(id, notWritten, alsoChanged));
  for (const drift of drifts) {
    const differing = notWritten.find(({ setting }) => setting === drift.setting);
    if (differing === undefined) notes.verdict(onDrift(notes, drift, 'corrected'));
    else notes.verdict(onDrift(notes, drift, 'failed', `${differing.expected} was written, and the service shows ${differing.shown}`));
  }
  run.logger.info({ instanceId: id, mode: write.mode, changed: write.changed }, 'backup settings corrected');
  return { kind: 'written', settings };
}

export function noteEach(drifts: readonly Drift[], verdict: Verdict, notes: Notes, why: string): void {
  for (const drift of drifts) notes.verdict(onDrift(notes, drift, verdict, why));
}
