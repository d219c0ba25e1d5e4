import { didYouMean, nearestName } from '../../lib/config/nearest';

const NAMES = ['extraBackups', 'regions', 'rules', 'cap', 'select'];

test.each([
  { name: 'a letter too few', text: 'extraBackup', nearest: 'extraBackups' },
  { name: 'a letter too many', text: 'regionss', nearest: 'regions' },
  { name: 'two letters swapped', text: 'regoins', nearest: 'regions' },
  { name: 'another case', text: 'extrabackups', nearest: 'extraBackups' },
  { name: 'one of three letters wrong', text: 'cup', nearest: 'cap' },
  { name: 'something else', text: 'settings', nearest: undefined },
  { name: 'nothing', text: '', nearest: undefined },
])('$name: $text', ({ text, nearest }) => {
  expect(nearestName(text, NAMES)).toBe(nearest);
});

it('prefers the nearer of two', () => {
  expect(nearestName('rule', ['ruler', 'rules', 'role'])).toBe('ruler');
  expect(nearestName('roles', ['ruler', 'rules'])).toBe('rules');
});

it('words a guess as a question, and no guess as nothing', () => {
  expect(didYouMean('selec', NAMES)).toBe('; did you mean "select"?');
  expect(didYouMean('settings', NAMES)).toBe('');
});
