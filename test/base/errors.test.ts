import { KeeperError, messageOf, UsageError } from '../../lib/base/errors';

class LedgerGoneError extends KeeperError {}

test('an error carries its code, its hint and its cause, and the name of its class', () => {
  const cause = new Error('socket closed');

  const error = new LedgerGoneError('cannot reach the ledger', { code: 'ledger-gone', hint: 'check the endpoint', cause });

  expect(error).toMatchObject({ name: 'LedgerGoneError', message: 'cannot reach the ledger', code: 'ledger-gone', hint: 'check the endpoint', exitCode: 1 });
  expect(error.cause).toBe(cause);
  expect(error).toBeInstanceOf(Error);
});

test('an error without a cause has no cause member', () => {
  expect('cause' in new KeeperError('nothing', { code: 'nothing' })).toBe(false);
});

test('a usage error ends with exit code 2', () => {
  expect(new UsageError('no such command', 'see --help')).toMatchObject({ name: 'UsageError', code: 'usage', hint: 'see --help', exitCode: 2 });
  expect(new UsageError('no such command').hint).toBeUndefined();
});

test.each([
  { name: 'an error', thrown: new Error('broken'), expected: 'broken' },
  { name: 'a text', thrown: 'broken', expected: 'broken' },
  { name: 'nothing', thrown: undefined, expected: 'undefined' },
])('the message of $name is read', ({ thrown, expected }) => {
  expect(messageOf(thrown)).toBe(expected);
});
