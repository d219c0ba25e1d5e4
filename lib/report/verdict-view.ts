// From postures and verdicts to rows that a table, a page or a JSON document can show. Pure: times stay times, words come with the data.
import type { InstancePosture } from '../domain/posture';
import type { Finding, SlotVerdict, Verdict } from '../domain/verdict';

/** What a verdict means to a reader: all is well, something is under way, it waits for its turn, it needs a look, nothing to do. */
export type Tone = 'good' | 'active' | 'waiting' | 'bad' | 'idle';

/** One instance and rule. */
export interface VerdictRow {
  readonly instanceId: string;
  readonly engine: string;
  /** Undefined for an instance that no rule covers. */
  readonly rule: string | undefined;
  readonly verdict: Verdict;
  readonly tone: Tone;
  readonly reason: string;
  readonly until: SlotVerdict['until'];
  readonly slotId: string | undefined;
  readonly backupId: string | undefined;
  readonly jobId: string | undefined;
}

const TONES: Readonly<Record<Verdict, Tone>> = {
  'already-done': 'good',
  'fresh-enough': 'good',
  adopted: 'good',
  failed: 'bad',
  abandoned: 'bad',
  missed: 'bad',
  'method-unsupported': 'bad',
  'read-only-instance': 'idle',
  submitted: 'active',
  'in-flight': 'active',
  ambiguous: 'bad',
  'job-running': 'waiting',
  'cap-exhausted': 'waiting',
  'cap-reserved': 'waiting',
  'instance-not-running': 'waiting',
  'instance-locked': 'waiting',
  'no-such-database': 'bad',
  blackout: 'waiting',
  'yield-to-release': 'waiting',
  denied: 'bad',
  'deferred-throttled': 'waiting',
  refused: 'bad',
  unreachable: 'bad',
  'not-due': 'idle',
  'no-rule': 'idle',
  extended: 'good',
  left: 'idle',
  'over-limit': 'waiting',
  'in-line': 'idle',
  drifted: 'bad',
  corrected: 'good',
  'not-correctable': 'bad',
  waiting: 'waiting',
  paused: 'bad',
  kept: 'idle',
  surplus: 'waiting',
  marked: 'active',
  purged: 'good',
  braked: 'bad',
  held: 'waiting',
  copied: 'good',
  'copies-at-risk': 'bad',
  'copies-unknown': 'waiting',
  'not-required': 'idle',
  'would-submit': 'active',
  'would-extend': 'active',
  'would-correct': 'active',
  'would-mark': 'active',
  'would-purge': 'active',
  'not-in-plan': 'waiting',
};

export function toneOf(verdict: Verdict): Tone {
  return TONES[verdict];
}

/** The rows of verdicts as a run gave them, ordered by instance, rule, slot and backup set. */
export function rowsOfVerdicts(verdicts: readonly SlotVerdict[]): readonly VerdictRow[] {
  return verdicts.map(rowOf).sort(compareRows);
}

/**
 * The newest word on every rule of every instance. A rule that covers an instance and has come to no slot yet is `not-due`; an instance that
 * no rule covers has one row that says so.
 */
export function rowsOfPostures(postures: readonly InstancePosture[]): readonly VerdictRow[] {
  return postures.flatMap(rowsOfPosture).sort(compareRows);
}

/** A finding that stands, and since when it does. */
export interface OpenFinding extends Finding {
  readonly openedAt: InstancePosture['asOf'] | undefined;
}

/** All findings of the postures, the gravest first. */
export function findingsOf(postures: readonly InstancePosture[]): readonly OpenFinding[] {
  return gravestFirst(postures.flatMap(({ findings, openedAt }) => findings.map((finding) => ({ ...finding, openedAt: openedAt[finding.id] }))));
}

/** By severity, then by instance: a run finds them in the order in which its looks happen to end. */
export function gravestFirst<T extends Finding>(findings: readonly T[]): readonly T[] {
  const order = { error: 0, warning: 1, info: 2 } as const;
  return [...findings].sort((a, b) => order[a.severity] - order[b.severity] || compareText(a.instanceId ?? '', b.instanceId ?? '') || compareText(a.id, b.id));
}

/** How many rows there are of each verdict, the most frequent first. */
export function countVerdicts(rows: readonly VerdictRow[]): readonly { readonly verdict: Verdict; readonly tone: Tone; readonly count: number }[] {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts]
    .map(([verdict, count]) => ({ verdict, tone: toneOf(verdict), count }))
    .sort((a, b) => b.count - a.count || compareText(a.verdict, b.verdict));
}

function rowsOfPosture(posture: InstancePosture): VerdictRow[] {
  const { instanceId, engine } = posture;
  const rules = Object.entries(posture.rules);
  const blank = { instanceId, engine, until: undefined, slotId: undefined, backupId: undefined, jobId: undefined };
  if (rules.length === 0) return [{ ...blank, rule: undefined, verdict: 'no-rule', tone: 'idle', reason: 'no rule of the protection policy covers it' }];
  return rules.map(([rule, { verdict }]) => {
    if (verdict !== undefined) return { ...rowOf(verdict), rule };
    return { ...blank, rule, verdict: 'not-due', tone: 'idle', reason: 'the rule covers it, and nothing has come due since' };
  });
}

function rowOf(verdict: SlotVerdict): VerdictRow {
  const { instanceId, engine, rule, reason, until, slotId, backupId, jobId } = verdict;
  return { instanceId, engine, rule, verdict: verdict.verdict, tone: toneOf(verdict.verdict), reason, until, slotId, backupId, jobId };
}

function compareRows(a: VerdictRow, b: VerdictRow): number {
  return (
    compareText(a.instanceId, b.instanceId) ||
    compareText(a.rule ?? '', b.rule ?? '') ||
    compareText(a.slotId ?? '', b.slotId ?? '') ||
    compareText(a.backupId ?? '', b.backupId ?? '')
  );
}

/** By code unit, so that the order does not depend on where it runs. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
