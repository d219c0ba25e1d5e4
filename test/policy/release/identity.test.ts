// The names of releases: the same for the same source and release, and safe wherever they are used.
import fc from 'fast-check';
import { releaseSlotId } from '../../../lib/domain/slot';
import { isOnDemandKey } from '../../../lib/policy/on-demand';
import { keyOfTask, releaseKey, releaseTaskId } from '../../../lib/policy/release/identity';

test.each([
  { release: 'v1.4.2', starts: 'v1-4-2-' },
  { release: 'refs/tags/v2', starts: 'refs-tags-v2-' },
  { release: '--rm -rf', starts: 'rm-rf-' },
  { release: `${'x'.repeat(90)}`, starts: `${'x'.repeat(40)}-` },
])('$release can be read in its key', ({ release, starts }) => {
  expect(releaseKey('ci', release)).toMatch(new RegExp(`^${starts}[0-9a-f]{20}$`));
});

test('a release without a readable character has a digest alone', () => {
  expect(releaseKey('ci', '版本')).toMatch(/^[0-9a-f]{20}$/);
});

test('every key is a part of slots, tasks and commands, and other names have other keys', () => {
  const names = fc.record({ source: fc.string({ minLength: 1 }), release: fc.string({ minLength: 1 }), other: fc.string({ minLength: 1 }) });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 999 }), ({ source, release, other }, attempt) => {
      const key = releaseKey(source, release);

      expect(isOnDemandKey(key)).toBe(true);
      expect(releaseTaskId({ key, attempt })).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
      expect(keyOfTask(releaseTaskId({ key, attempt }))).toBe(key);
      expect(releaseSlotId(key, attempt, 'instance').split('~')).toHaveLength(4);
      expect(releaseKey(source, other) === key).toBe(other === release);
      expect(releaseKey(other, release) === key).toBe(other === source);
    }),
  );
});
