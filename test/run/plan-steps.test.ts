import fc from 'fast-check';
import { compareSteps, digestOfSteps, makeApprovedSteps } from '../../lib/run/plan-steps';
import { stepText } from '../../lib/run/step-text';
import type { PlanStep } from '../../lib/run/types';
import { CHANGE, CREATE, EVERY_STEP, EXTEND, MARK, PURGE } from '../support/plan-steps';

describe('what makes two steps the same', () => {
  test.each<{ name: string; step: PlanStep; other: PlanStep; isSame: boolean }>([
    { name: 'the reason does not', step: PURGE, other: { ...PURGE, reason: 'another figure' }, isSame: true },
    { name: 'another account is another step', step: PURGE, other: { ...PURGE, account: 'other' }, isSame: false },
    { name: 'another region is another step', step: PURGE, other: { ...PURGE, region: 'cn-shanghai' }, isSame: false },
    { name: 'another instance is another step', step: PURGE, other: { ...PURGE, instanceId: 'rm-2' }, isSame: false },
    { name: 'another set is another step', step: PURGE, other: { ...PURGE, backupId: '324' }, isSame: false },
    { name: 'a later mark is another step', step: PURGE, other: { ...PURGE, before: '2026-11-20T01:00:00Z' }, isSame: false },
    { name: 'a mark is no purge', step: { ...MARK, backupId: '323' }, other: PURGE, isSame: false },
    { name: 'another value to write is another step', step: CHANGE, other: { ...CHANGE, after: { ...CHANGE.after, backupDays: 'tue, thu' } }, isSame: false },
    { name: 'another value before is another step', step: CHANGE, other: { ...CHANGE, before: { ...CHANGE.before, backupDays: 'tue' } }, isSame: false },
    { name: 'what was harmless and destroys backups by now is another step', step: { ...CHANGE, isDestructive: false }, other: CHANGE, isSame: false },
    { name: 'another expiry is another step', step: EXTEND, other: { ...EXTEND, after: 'for ever' }, isSame: false },
    { name: 'another slot is another step', step: CREATE, other: { ...CREATE, slotId: '20261122T020000Z~nightly~instance' }, isSame: false },
    { name: 'another method is another step', step: CREATE, other: { ...CREATE, spec: { ...CREATE.spec, method: 'snapshot' } }, isSame: false },
  ])('$name', ({ step, other, isSame }) => {
    expect(makeApprovedSteps([step]).has(other)).toBe(isSame);
    expect(digestOfSteps([step]) === digestOfSteps([other])).toBe(isSame);
  });

  test('a step that went through JSON is the same step', () => {
    const read: readonly PlanStep[] = JSON.parse(JSON.stringify(EVERY_STEP));

    expect(digestOfSteps(read)).toBe(digestOfSteps(EVERY_STEP));
    expect(EVERY_STEP.filter((step) => makeApprovedSteps(read).has(step))).toEqual(EVERY_STEP);
  });
});

describe('a plan and what is due now', () => {
  test('the same steps differ in nothing', () => {
    expect(compareSteps(EVERY_STEP, EVERY_STEP)).toEqual({ noLonger: [], notPlanned: [], isReordered: false });
  });

  test('steps that are gone and steps that are new are told apart', () => {
    expect(compareSteps([MARK, PURGE], [PURGE, CHANGE])).toEqual({ noLonger: [MARK], notPlanned: [CHANGE], isReordered: false });
  });

  test('another order is a difference', () => {
    expect(compareSteps([MARK, PURGE], [PURGE, MARK])).toEqual({ noLonger: [], notPlanned: [], isReordered: true });
  });

  test('whatever is in which: they differ in nothing exactly when their digests agree', () => {
    const some = fc.shuffledSubarray([...EVERY_STEP]);

    fc.assert(
      fc.property(some, some, (planned, due) => {
        const { noLonger, notPlanned, isReordered } = compareSteps(planned, due);

        expect(noLonger.length + notPlanned.length === 0 && !isReordered).toBe(digestOfSteps(planned) === digestOfSteps(due));
      }),
    );
  });
});

test.each([
  { step: CREATE, text: 'back up the instance (physical) for slot 20261121T020000Z~nightly~instance' },
  {
    step: {
      ...CREATE,
      spec: { scope: { kind: 'databases' as const, databases: ['a', 'b'] }, method: 'physical' as const, type: 'full' as const, retainDays: 30 },
    },
    text: 'back up databases a, b (physical full, kept 30 days) for slot 20261121T020000Z~nightly~instance',
  },
  {
    step: { ...CREATE, spec: { ...CREATE.spec, retainDays: 'forever' as const } },
    text: 'back up the instance (physical, kept for ever) for slot 20261121T020000Z~nightly~instance',
  },
  { step: EXTEND, text: 'keep backup set 321 longer: 2026-11-26T01:00:00Z → 2027-02-17T01:00:00Z' },
  { step: CHANGE, text: 'change data settings: dataRetentionDays 30 days → 7 days, backupDays mon → mon, thu' },
  { step: { ...CHANGE, before: {}, after: { logBackup: 'on' } }, text: 'change data settings: logBackup unknown → on' },
  { step: MARK, text: 'mark backup set 322 as surplus' },
  { step: PURGE, text: 'purge backup set 323, marked since 2026-11-19T01:00:00Z' },
])('in words: $text', ({ step, text }) => {
  expect(stepText(step)).toBe(text);
});
