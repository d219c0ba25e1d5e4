// After a write was refused: one value that cannot be had must not keep the others from being corrected, so each is tried by itself.
import type { Drift } from '../../policy/settings/types';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { decideOn, type SettingsWork } from './settings-work';
import { noteEach, writeSettings } from './write-settings';

export const NOT_REACHED = 'the write before it did not come to its end';

export interface Refused {
  /** What the refused write was to correct; nobody says which of it is at fault. */
  readonly refused: readonly Drift[];
  /** Gives them their verdicts. */
  readonly say: (drifts: readonly Drift[]) => void;
  /** What was to be written after it. */
  readonly later: readonly Drift[];
}

/** One verdict for each. A plan that is being applied knows no other writes than its own: there it ends here. Throws only what must stop the run. */
export async function goOnWithout(run: Run, work: SettingsWork, { refused, say, later }: Refused, notes: Notes): Promise<void> {
  if (run.request.approved !== undefined) {
    say(refused);
    return noteEach(later, 'waiting', notes, NOT_REACHED);
  }
  const isAlone = refused.length === 1;
  if (isAlone) say(refused);
  const together: Drift[] = [];
  let current: SettingsWork | undefined = work;
  for (const drift of [...(isAlone ? [] : refused), ...later]) {
    if (current === undefined) noteEach([drift], 'waiting', notes, NOT_REACHED);
    else {
      const outcome = await writeAlone(run, current, drift, notes);
      if (outcome === 'impossible') together.push(drift);
      else current = outcome;
    }
  }
  const stuck = together.filter((drift) => refused.includes(drift));
  if (stuck.length > 0) say(stuck);
  noteEach(
    together.filter((drift) => !refused.includes(drift)),
    'waiting',
    notes,
    NOT_REACHED,
  );
}

/** What is shown afterwards; undefined when nothing more must be tried; `impossible` for what goes only together with others that are not corrected now. */
async function writeAlone(run: Run, work: SettingsWork, drift: Drift, notes: Notes): Promise<SettingsWork | undefined | 'impossible'> {
  const [write] = decideOn(work, notes, run.ports.clock.now(), drift.setting).writes;
  if (write === undefined) return 'impossible';
  const outcome = await writeSettings(run, work, { write, drifts: [drift] }, notes);
  if (outcome.kind === 'stopped') return undefined;
  if (outcome.kind === 'refused') outcome.say([drift]);
  return { ...work, settings: outcome.settings };
}
