import { instant } from '../../../lib/base/instant';
import type { PurgeMark } from '../../../lib/domain/guard';
import { DELETING_MS, phasesOf } from '../../../lib/policy/retention/phase';
import type { DecidedSet, PurgeFeasibility, PurgePhase, SetDecision } from '../../../lib/policy/retention/types';
import { DAY, HOUR, MINUTE } from '../fixtures';
import { AS_OF, makeTraced } from './support';

const EXPIRE: SetDecision = { action: 'expire', reason: 'surplus' };
const KEEP: SetDecision = { action: 'keep', reasons: [{ cause: 'held', text: 'hold h-01' }] };
const POSSIBLE: PurgeFeasibility = { when: 'now', call: 'instance-sets' };
const LATER: PurgeFeasibility = { when: 'until', at: undefined, rule: 'a rule' };

function marked(agoMs: number): PurgeMark {
  return { backupId: 'a', markedAt: instant(AS_OF - agoMs), state: 'marked', deletingAt: undefined };
}

function deleting(agoMs: number): PurgeMark {
  return { backupId: 'a', markedAt: instant(AS_OF - 2 * DAY), state: 'deleting', deletingAt: instant(AS_OF - agoMs) };
}

test.each<{ name: string; decision?: SetDecision; feasibility?: PurgeFeasibility; mark?: PurgeMark; next: PurgePhase }>([
  { name: 'what stays needs nothing', decision: KEEP, next: { phase: 'none' } },
  { name: 'surplus that cannot go needs nothing', feasibility: LATER, next: { phase: 'none' } },
  { name: 'surplus that can go is marked', next: { phase: 'mark' } },
  { name: 'a mark waits for the end of the grace', mark: marked(DAY - 1), next: { phase: 'wait', until: instant(AS_OF + 1) } },
  { name: 'a mark that is old enough leads to the purge', mark: marked(DAY), next: { phase: 'purge' } },
  { name: 'the mark of a set that stays by now is taken away', decision: KEEP, mark: marked(2 * DAY), next: { phase: 'unmark' } },
  { name: 'the mark of a set that cannot go by now is taken away', feasibility: LATER, mark: marked(2 * DAY), next: { phase: 'unmark' } },
  {
    name: 'a call that may still take effect is waited for',
    mark: deleting(DELETING_MS - 1),
    next: { phase: 'wait', until: instant(AS_OF + 1) },
  },
  {
    name: 'also when the set should stay by now: its mark tells that it may go any moment',
    decision: KEEP,
    mark: deleting(MINUTE),
    next: { phase: 'wait', until: instant(AS_OF + 24 * MINUTE) },
  },
  { name: 'a call that had no effect is repeated', mark: deleting(DELETING_MS), next: { phase: 'purge' } },
  {
    name: 'but not before the end of the grace, where no plan had marked the set',
    mark: { ...deleting(HOUR), markedAt: instant(AS_OF - HOUR) },
    next: { phase: 'wait', until: instant(AS_OF + 23 * HOUR) },
  },
  { name: 'unless the set stays by now', decision: KEEP, mark: deleting(DELETING_MS), next: { phase: 'unmark' } },
  { name: 'or cannot go by now', feasibility: LATER, mark: deleting(DELETING_MS), next: { phase: 'unmark' } },
  {
    name: 'a deleting mark without a time counts from when it was marked',
    mark: { ...deleting(0), deletingAt: undefined },
    next: { phase: 'purge' },
  },
])('$name', ({ decision = EXPIRE, feasibility = POSSIBLE, mark, next }) => {
  const decided: DecidedSet = { set: makeTraced({ id: 'a' }), decision, feasibility };

  const phased = phasesOf([decided], mark === undefined ? [] : [mark], { graceMs: DAY }, AS_OF);

  expect(phased).toEqual([{ ...decided, mark, next }]);
});

test('each set gets its own mark, and marks of other sets are passed over', () => {
  const decided = ['a', 'b'].map((id): DecidedSet => ({ set: makeTraced({ id }), decision: EXPIRE, feasibility: POSSIBLE }));

  const phased = phasesOf(
    decided,
    [
      { ...marked(DAY), backupId: 'b' },
      { ...marked(DAY), backupId: 'gone' },
    ],
    { graceMs: DAY },
    AS_OF,
  );

  expect(phased.map(({ set, next }) => [set.id, next.phase])).toEqual([
    ['a', 'mark'],
    ['b', 'purge'],
  ]);
});
