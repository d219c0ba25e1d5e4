// What can be asked for, and when a repeat asks for the same.
import type { ReleaseWish } from '../../../lib/domain/release';
import { membersRefusal, otherWish, wishRefusal } from '../../../lib/policy/release/wish';
import { ALL, HOUR } from '../fixtures';
import { ASKED, makeRelease, makeWish, POLICY } from './fixtures';

test.each<{ name: string; over: Partial<ReleaseWish>; code: string | undefined }>([
  { name: 'named instances', over: {}, code: undefined },
  { name: 'a selector', over: { instances: undefined, select: ALL }, code: undefined },
  { name: 'a deadline ahead', over: { deadlineAt: (ASKED + 1) as never }, code: undefined },
  { name: 'both', over: { select: ALL }, code: 'bad-request' },
  { name: 'neither', over: { instances: undefined }, code: 'bad-request' },
  { name: 'no instance in the list', over: { instances: [] }, code: 'bad-request' },
  { name: 'no database in the list', over: { databases: [] }, code: 'bad-request' },
  { name: 'a deadline that is now', over: { deadlineAt: ASKED }, code: 'deadline-passed' },
])('a wish with $name: $code', ({ over, code }) => {
  expect(wishRefusal(makeWish(over), ASKED)?.code).toBe(code);
});

test.each([
  { name: 'one', members: [{ id: 'a', engine: 'mysql' }], code: undefined },
  { name: 'none', members: [], code: 'no-instances' },
  { name: 'three where two may be', members: ['a', 'b', 'c'].map((id) => ({ id, engine: 'mysql' })), code: 'too-many-instances' },
  { name: 'one of an engine that nobody knows', members: [{ id: 'a', engine: 'other' }], code: 'engine-unknown' },
])('$name: $code', ({ members, code }) => {
  expect(membersRefusal(makeWish(), members, POLICY)?.code).toBe(code);
});

test.each<{ name: string; first?: Partial<ReleaseWish>; over: Partial<ReleaseWish>; differs: string | undefined }>([
  { name: 'the same', over: {}, differs: undefined },
  { name: 'in another order, and twice', first: { instances: ['a', 'b'] }, over: { instances: ['b', 'a', 'b'] }, differs: undefined },
  { name: 'another deadline', over: { deadlineAt: ASKED }, differs: undefined },
  { name: 'the times written out', over: { freshForMs: HOUR, holdForMs: POLICY.holdForMs }, differs: undefined },
  { name: 'the times left out', first: { freshForMs: 5 * HOUR }, over: { freshForMs: undefined }, differs: undefined },
  { name: 'other instances', over: { instances: ['rm-2'] }, differs: 'instances' },
  {
    name: 'another selector',
    first: { instances: undefined, select: ALL },
    over: { instances: undefined, select: { ...ALL, names: ['x'] } },
    differs: 'select',
  },
  { name: 'databases', over: { databases: ['a'] }, differs: 'databases' },
  { name: 'other times', over: { freshForMs: 1, holdForMs: 1 }, differs: 'freshFor, holdFor' },
])('a repeat with $name', ({ first = {}, over, differs }) => {
  const release = makeRelease({ freshForMs: first.freshForMs ?? HOUR }, makeWish(first));

  const other = otherWish(release, makeWish({ ...first, ...over }));

  expect(other).toBe(differs === undefined ? undefined : `release v1 of ci/shop was asked for before with other ${differs}`);
});
