import fc from 'fast-check';
import { sanitise, sanitiseLines } from '../../lib/cli/sanitise';

test.each([
  { name: 'plain text stays', text: 'orders (生产) & "stock"', safe: 'orders (生产) & "stock"' },
  { name: 'colours go', text: '\u001b[31mred\u001b[0m', safe: 'red' },
  { name: 'a window title goes', text: '\u001b]0;owned\u0007after', safe: 'after' },
  { name: 'a line break is a space', text: 'one\r\ntwo', safe: 'one two' },
  { name: 'a lone escape shows', text: 'a\u001b', safe: 'a\ufffd' },
  { name: 'a backspace shows', text: 'rm\u0008x', safe: 'rm\ufffdx' },
  { name: 'a mark that turns the text around shows', text: 'a\u202eb', safe: 'a\ufffdb' },
])('$name', ({ text, safe }) => {
  expect(sanitise(text)).toBe(safe);
});

test('lines stay apart where there are several', () => {
  expect(sanitiseLines('one\u001b[1m\ntwo')).toBe('one\ntwo');
});

test('whatever comes in, nothing that acts on a terminal comes out', () => {
  const hostile = fc.string({ unit: fc.constantFrom('a', '\u001b', '[', ']', '2', 'J', '\u009b', '\u0007', '\n', '\r', '\u202e', '\u0000', ';') });

  fc.assert(fc.property(hostile, (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(sanitise(text))));
});
