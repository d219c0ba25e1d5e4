// What becomes of work that was handed over and is not done, and how it is told.
import { HOUR_MS, instant, MINUTE_MS } from '../../../lib/base/instant';
import { notHandedOver, submittedAgain, workLost } from '../../../lib/policy/fan-out/findings';
import { fateOf } from '../../../lib/policy/fan-out/lost';

test.each([
  { name: 'who was handed work just now may be at it', created: 1, updated: 1, fate: 'wait' },
  { name: 'a worker has the time of its function and of the queue', created: 19, updated: 19, fate: 'wait' },
  { name: 'silence for longer is a lost worker', created: 20, updated: 20, fate: 'submit-again' },
  { name: 'every new attempt has its own time', created: 90, updated: 5, fate: 'wait' },
  { name: 'after two hours later ticks have seen the same instances', created: 120, updated: 20, fate: 'give-up' },
  { name: 'who was handed the last attempt just now has its time too', created: 130, updated: 1, fate: 'wait' },
])('$name', ({ created, updated, fate }) => {
  const now = instant(10 * HOUR_MS);

  expect(fateOf({ createdAt: instant(now - created * MINUTE_MS), updatedAt: instant(now - updated * MINUTE_MS) }, now)).toBe(fate);
});

const TASK = { id: 'abc', function: 'extra-backup', target: 'keeper-extra-backup', attempt: 3 } as const;

test.each([
  { name: 'work that could not be handed over', finding: notHandedOver(TASK, 'prod/cn-hangzhou', 'no place'), severity: 'warning' },
  { name: 'work that was submitted again', finding: submittedAgain(TASK, 'prod/cn-hangzhou'), severity: 'warning' },
  { name: 'work that is given up', finding: workLost(TASK, 'prod/cn-hangzhou'), severity: 'error' },
])('$name says of which function and part, and what to do', ({ finding, severity }) => {
  expect(finding.severity).toBe(severity);
  expect(finding.message).toContain('extra-backup');
  expect(finding.message).toContain('prod/cn-hangzhou');
  expect(finding.remedy).not.toBe('');
  expect(finding.id).toContain('abc');
});
