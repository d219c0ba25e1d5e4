import fc from 'fast-check';
import { matchesGlob } from '../../lib/base/glob';

test.each([
  { pattern: 'orders', text: 'orders', matches: true },
  { pattern: 'orders', text: 'orders2', matches: false },
  { pattern: 'app_*', text: 'app_', matches: true },
  { pattern: 'app_*', text: 'app_users', matches: true },
  { pattern: 'app_*', text: 'my_app_users', matches: false },
  { pattern: '*_archive', text: 'a_archive_archive', matches: true },
  { pattern: 'a?c', text: 'abc', matches: true },
  { pattern: 'a?c', text: 'ac', matches: false },
  { pattern: '*', text: '', matches: true },
  { pattern: '', text: '', matches: true },
  { pattern: '', text: 'a', matches: false },
  { pattern: 'Orders', text: 'orders', matches: false },
  { pattern: 'a.c', text: 'abc', matches: false },
  { pattern: '[ab]*', text: '[ab]c', matches: true },
])('"$pattern" matches "$text": $matches', ({ pattern, text, matches }) => {
  expect(matchesGlob(pattern, text)).toBe(matches);
});

it('takes no exponential time over stars', () => {
  expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(5_000))).toBe(false);
});

it('agrees with a regular expression', () => {
  const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });

  fc.assert(
    fc.property(alphabet, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
      expect(matchesGlob(pattern, text)).toBe(expected);
    }),
  );
});
