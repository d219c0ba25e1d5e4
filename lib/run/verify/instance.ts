// Verifies the copies of one instance: look → pair and measure → ask whether the newest can be restored → one verdict.
import type { RecoveryWindow } from '../../domain/cross-region';
import type { CopyPosture } from '../../domain/posture';
import type { Finding } from '../../domain/verdict';
import { keptLag } from '../../policy/cross-region/percentiles';
import { type Reading, standingFindings } from '../../policy/cross-region/standing';
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
  /** What the last run found. */
  readonly findingsBefore: readonly Finding[];
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
    sayWithout(work, notes);
    return { posture: undefined, lags: [] };
  }
  const readSoFar = notes.findings.length;
  const sight = await observeCopies(run, work, notes);
  const probe = await probeNewest(run, work, sight.copies, notes);
  const known: CopiesInput = { instance, policy, settings, ...sight, named: new Map(), probe, asOf: run.asOf, ...memoryOf(before) };
  const report = verifyCopies({ ...known, named: await askByName(work, known, notes) });
  const isWhole = sight.copies !== undefined && notes.findings.length === readSoFar;
  const findings = [...report.findings, ...standingFindings(work.findingsBefore, report.findings, unreadOf(sight, settings))];
  for (const finding of findings) notes.finding(finding);
  say(notes, verdictOf(findings, isWhole, work), summaryOf(report, findings));
  return { posture: postureOf(run, report, sight, probe, before), lags: report.pairs.flatMap(({ lagMs }) => (lagMs === undefined ? [] : [lagMs])) };
}

/** Of an instance that has never had copies. Replicas and the like have no backups of their own: those of the primary are meant. */
function sayWithout({ instance, policy }: VerifyWork, notes: Notes): void {
  if (!policy.isRequired) say(notes, 'not-required', 'no copies are asked for, and there are none');
  else if (instance.role !== 'primary') say(notes, 'not-required', 'it has no backups of its own: the copies of its primary instance count');
  else say(notes, 'copies-at-risk', 'it has no copies in another region');
}

/** Where copies are off, those that are left are no protection of what is backed up from now on. */
function verdictOf(findings: readonly Finding[], isWhole: boolean, { policy, settings }: VerifyWork): CopiesVerdict {
  if (findings.some(({ severity }) => severity !== 'info')) return 'copies-at-risk';
  if (!settings.isEnabled) return policy.isRequired ? 'copies-at-risk' : 'not-required';
  return isWhole ? 'copied' : 'copies-unknown';
}

/** What should have been read and was not: for want of an answer, or of budget. */
function unreadOf(sight: CopiesSight, { isEnabled, copiesLogs }: VerifyWork['settings']): ReadonlySet<Reading> {
  const unread = new Set<Reading>();
  if (sight.copies === undefined) unread.add('copies');
  if (sight.localWindow === undefined) unread.add('local-window');
  if (isEnabled && sight.copyWindow === undefined) unread.add('copy-window');
  if (copiesLogs && sight.localLogs === undefined) unread.add('local-logs');
  if (copiesLogs && sight.copiedLogs === undefined) unread.add('copied-logs');
  return unread;
}

/** What earlier runs saw: the service does not say when a copy arrived, so lag is told from when it was first there. */
function memoryOf(before: CopyPosture | undefined): Pick<CopiesInput, 'firstSeen' | 'earlier' | 'windowsBefore'> {
  if (before === undefined) return {};
  const { firstSeen, earlier, localWindow, copyWindow } = before;
  return { firstSeen: new Map(Object.entries(firstSeen)), earlier: new Map(Object.entries(earlier)), windowsBefore: { localWindow, copyWindow } };
}

type CopiesVerdict = 'copied' | 'copies-at-risk' | 'copies-unknown' | 'not-required';

function say(notes: Notes, verdict: CopiesVerdict, reason: string): void {
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

function postureOf(run: Run, report: CopiesReport, sight: CopiesSight, probe: CopiesInput['probe'], before: CopyPosture | undefined): CopyPosture {
  const { lag, achievedRpoMs, firstSeen, earlier } = report;
  return {
    copies: sight.copies?.length ?? before?.copies ?? 0,
    firstSeen: Object.fromEntries(firstSeen),
    earlier: Object.fromEntries(earlier),
    lagP50Ms: lag?.p50Ms,
    lagP95Ms: lag?.p95Ms,
    lagMaxMs: lag?.maxMs,
    lagHistory: keptLag(before?.lagHistory ?? [], lag, run.asOf),
    achievedRpoMs,
    localWindow: windowOf(sight.localWindow, before?.localWindow),
    copyWindow: windowOf(sight.copyWindow, before?.copyWindow),
    probe:
      probe === undefined
        ? undefined
        : { copyId: probe.copyId, at: probe.at, isRestorable: probe.answer.isRestorable, reason: probe.answer.isRestorable ? undefined : probe.answer.reason },
  };
}

/** One that was not read stays known as it was: else nobody could tell that it shrank meanwhile. */
function windowOf(seen: CopiesSight['localWindow'], before: RecoveryWindow | undefined): RecoveryWindow | undefined {
  return seen === 'none' ? undefined : (seen ?? before);
}

function summaryOf({ pairs }: CopiesReport, findings: readonly Finding[]): string {
  const states = new Map<string, number>();
  for (const { state } of pairs) states.set(state, (states.get(state) ?? 0) + 1);
  const counted = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
  const first = findings[0];
  return `${counted === '' ? 'no backup sets in the time looked at' : counted}${first === undefined ? '' : `; ${first.message}`}`;
}
