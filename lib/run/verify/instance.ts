// Verifies the copies of one instance: look → pair and measure → ask whether the newest can be restored → one verdict.
import type { CopyPosture } from '../../domain/posture';
import type { CopiesInput, CopiesReport } from '../../policy/cross-region/types';
import { newestUnmatched, verifyCopies } from '../../policy/cross-region/verify';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { onInstance } from '../verdicts';
import { type CopiesSight, type CopiesWork, makeReader, observeCopies } from './observe';
import { probeNewest } from './probe';

export interface VerifyWork extends CopiesWork {
  /** What the last run measured. */
  readonly before: CopyPosture | undefined;
}

export interface Verified {
  readonly posture: CopyPosture | undefined;
  /** Of each copy whose lag is known. */
  readonly lags: readonly number[];
}

/** Throws a CloudError when the sets or the copies cannot be listed. */
export async function verifyInstance(run: Run, work: VerifyWork, notes: Notes): Promise<Verified> {
  const { instance, policy, settings, before } = work;
  if (!settings.isEnabled && settings.destination === undefined) {
    say(
      notes,
      policy.isRequired ? 'copies-at-risk' : 'not-required',
      policy.isRequired ? 'it has no copies in another region' : 'no copies are asked for, and there are none',
    );
    return { posture: undefined, lags: [] };
  }
  const sight = await observeCopies(run, work, notes);
  const probe = await probeNewest(run, work, sight.copies, notes);
  const known: CopiesInput = { instance, policy, settings, ...sight, named: new Map(), probe, asOf: run.asOf, ...memoryOf(before) };
  const report = verifyCopies({ ...known, named: await askByName(work, known, notes) });
  for (const finding of report.findings) notes.finding(finding);
  const isAtRisk = report.findings.some(({ severity }) => severity !== 'info');
  const isUnknown = sight.copies === undefined;
  say(notes, isAtRisk ? 'copies-at-risk' : isUnknown ? 'copies-unknown' : 'copied', summaryOf(report));
  return { posture: postureOf(report, sight, probe), lags: report.pairs.flatMap(({ lagMs }) => (lagMs === undefined ? [] : [lagMs])) };
}

/** What earlier runs saw: the service does not say when a copy arrived, so lag is told from when it was first there. */
function memoryOf(before: CopyPosture | undefined): Pick<CopiesInput, 'firstSeen' | 'earlier' | 'windowsBefore'> {
  if (before === undefined) return {};
  const { firstSeen, earlier, localWindow, copyWindow } = before;
  return { firstSeen: new Map(Object.entries(firstSeen)), earlier: new Map(Object.entries(earlier)), windowsBefore: { localWindow, copyWindow } };
}

function say(notes: Notes, verdict: 'copied' | 'copies-at-risk' | 'copies-unknown' | 'not-required', reason: string): void {
  notes.verdict({ ...onInstance(notes.instance, verdict, reason), rule: 'copies' });
}

/** The service says of one set at a time which copies it has: asked for the newest set without one, as each asking is a call. */
async function askByName({ gateway, instance, settings, mayReadMore }: CopiesWork, input: CopiesInput, notes: Notes): Promise<CopiesInput['named']> {
  const set = newestUnmatched(input);
  const { destination } = settings;
  if (set === undefined || destination === undefined || !mayReadMore) return new Map();
  const copies = await makeReader(notes)('copies of the newest set', () => gateway.findCopiesOf(instance.id, destination, set.id));
  return copies === undefined ? new Map() : new Map([[set.id, copies]]);
}

function postureOf(report: CopiesReport, sight: CopiesSight, probe: CopiesInput['probe']): CopyPosture {
  const { lag, achievedRpoMs, firstSeen, earlier } = report;
  return {
    copies: sight.copies?.length ?? 0,
    firstSeen: Object.fromEntries(firstSeen),
    earlier: Object.fromEntries(earlier),
    lagP50Ms: lag?.p50Ms,
    lagP95Ms: lag?.p95Ms,
    lagMaxMs: lag?.maxMs,
    achievedRpoMs,
    localWindow: sight.localWindow === 'none' ? undefined : sight.localWindow,
    copyWindow: sight.copyWindow === 'none' ? undefined : sight.copyWindow,
    probe:
      probe === undefined
        ? undefined
        : { copyId: probe.copyId, at: probe.at, isRestorable: probe.answer.isRestorable, reason: probe.answer.isRestorable ? undefined : probe.answer.reason },
  };
}

function summaryOf({ pairs, findings }: CopiesReport): string {
  const states = new Map<string, number>();
  for (const { state } of pairs) states.set(state, (states.get(state) ?? 0) + 1);
  const counted = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
  const first = findings[0];
  return `${counted === '' ? 'no backup sets in the time looked at' : counted}${first === undefined ? '' : `; ${first.message}`}`;
}
