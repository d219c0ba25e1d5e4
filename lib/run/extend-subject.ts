// What extend-expiry knows of an instance while it works on it, and the posture that comes of it.
import type { Instant } from '../base/instant';
import type { Hold } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { InstancePosture, RulePosture } from '../domain/posture';
import type { ExpiryRule } from '../domain/protection-policy';
import type { SlotVerdict, Verdict } from '../domain/verdict';
import type { Run } from './envelope';
import { functionScope } from './function-posture';
import { makeNotes, type Notes } from './notes';
import type { Shard } from './shards';
import { type PostureChange, writePostures } from './write-postures';

/** An instance in scope. */
export interface Subject {
  readonly shard: Shard;
  readonly instance: Instance;
  readonly rules: readonly ExpiryRule[];
  /** All of the instance that have not ended. */
  readonly holds: readonly Hold[];
  /** As the ledger has it from the last run. */
  readonly posture: InstancePosture | undefined;
}

/** With what the run has said of it so far. */
export interface TracedSubject extends Subject {
  readonly notes: Notes;
  /** How many of its sets still wait for their word, and one more while it is being looked at. */
  waiting: number;
}

/** Under this name the posture keeps what holds ask for; no rule can have it. */
const HOLDS = '(holds)';

/** The best come last; what is not named here needs a look and comes first. */
const GOOD_LAST: readonly Verdict[] = ['over-limit', 'not-in-plan', 'deferred-throttled', 'extended', 'left', 'not-due', 'no-rule'];

/** Holds open subjects, and those with their last word until they are written down. */
export interface Desk {
  open(subject: Subject): TracedSubject;
  /** One thing less that the subject waits for. */
  settle(subject: TracedSubject): void;
  /** Writes the postures of the settled subjects that have news. */
  flush(): Promise<void>;
}

export function makeDesk(run: Run): Desk {
  const settled: TracedSubject[] = [];
  return {
    open: (subject) => ({ ...subject, notes: makeNotes(run, subject.instance), waiting: 1 }),
    settle: (subject) => {
      subject.waiting -= 1;
      if (subject.waiting === 0) settled.push(subject);
    },
    flush: async () => {
      const at = run.ports.clock.now();
      await writePostures(
        run,
        settled.splice(0).flatMap((subject) => postureOf(subject, at) ?? []),
      );
    },
  };
}

/** The new posture, or undefined when nothing worth a write has changed. */
function postureOf(subject: TracedSubject, at: Instant): PostureChange | undefined {
  const { posture: before, notes, instance } = subject;
  const names = namesOf(subject);
  const rules = Object.fromEntries(names.map((name) => [name, nextRule(before?.rules[name], wordOn(name, notes.verdicts), at)]));
  const { findings } = notes;
  const known = before?.rules ?? {};
  const isSame = Object.keys(known).length === names.length && names.every((name) => known[name] === rules[name]);
  if (isSame && findings.length === 0 && (before === undefined || before.findings.length === 0)) return undefined;
  const scope = functionScope(subject.shard, 'extend-expiry');
  return { before, draft: { scope, instanceId: instance.id, engine: instance.engine, asOf: at, rules, findings, copies: undefined } };
}

/** Rules that select instances of other engines too say nothing of them. */
function namesOf({ instance, rules, holds }: Subject): readonly string[] {
  if (instance.engine !== 'sqlserver') return [];
  return [...rules.map(({ name }) => name), ...(holds.length > 0 ? [HOLDS] : [])];
}

function nextRule(known: RulePosture | undefined, verdict: SlotVerdict | undefined, at: Instant): RulePosture {
  const last = known?.verdict;
  const stands = last?.verdict === verdict?.verdict && last?.reason === verdict?.reason && last?.backupId === verdict?.backupId;
  if (known !== undefined && stands) return known;
  return { schedule: '', since: known?.since ?? at, occurrence: undefined, verdict, isSettled: false };
}

/** Of what was said of its sets, or of the instance as a whole, the word that most needs a look. Undefined: the rule applies to none of them. */
function wordOn(name: string, verdicts: readonly SlotVerdict[]): SlotVerdict | undefined {
  const own = verdicts.filter(({ rule, backupId }) => (rule === undefined ? backupId === undefined : nameOf(rule) === name));
  return own.reduce<SlotVerdict | undefined>((worst, verdict) => (worst === undefined || comesBefore(verdict, worst) ? verdict : worst), undefined);
}

/** Rules have no blanks in their names; a hold is called `hold h-...`. */
function nameOf(rule: string): string {
  return rule.includes(' ') ? HOLDS : rule;
}

/** Equally grave words are ordered by set, so that the posture does not change with the order of the work. */
function comesBefore(a: SlotVerdict, b: SlotVerdict): boolean {
  const [rankA, rankB] = [GOOD_LAST.indexOf(a.verdict), GOOD_LAST.indexOf(b.verdict)];
  return rankA === rankB ? (a.backupId ?? '') < (b.backupId ?? '') : rankA < rankB;
}
