import { loadPolicyText } from '../../lib/config/load';
import { hasCrossRegion, hasHygiene } from '../../lib/policy/section-variants';

test.each([
  { name: 'a policy of backups only has none', text: 'extraBackups: [{ name: nightly, schedule: "0 2 * * *" }]', expected: false },
  { name: 'settings', text: 'settings: { dataRetention: 14 }', expected: true },
  { name: 'retention', text: 'retention: { keep: { last: 3 } }', expected: true },
  {
    name: 'a group of instances that has settings',
    text: 'rules: [{ name: gold, select: { tags: { tier: gold } }, settings: { dataRetention: 14 } }]',
    expected: true,
  },
  { name: 'an instance that has retention', text: 'overrides: { rm-1: { retention: { keep: { last: 3 } } } }', expected: true },
])('hygiene: $name', ({ text, expected }) => {
  const { policy } = loadPolicyText(`regions: [cn-hangzhou]\n${text}\n`, 'keeper.yaml');

  expect(hasHygiene(policy)).toBe(expected);
});

test.each([
  { name: 'a policy of backups only has none', text: 'extraBackups: [{ name: nightly, schedule: "0 2 * * *" }]', expected: false },
  { name: 'the section', text: 'crossRegion: { destination: cn-shanghai }', expected: true },
  {
    name: 'a group of instances that has it',
    text: 'rules: [{ name: gold, select: { tags: { tier: gold } }, crossRegion: { required: true } }]',
    expected: true,
  },
  { name: 'an instance that has it', text: 'overrides: { rm-1: { crossRegion: { required: true } } }', expected: true },
])('copies: $name', ({ text, expected }) => {
  const { policy } = loadPolicyText(`regions: [cn-hangzhou]\n${text}\n`, 'keeper.yaml');

  expect(hasCrossRegion(policy)).toBe(expected);
});
