// What may be asked for of snapshots of RDS Custom disks, and how they are recorded.
import type { CustomSnapshotWish } from '../../lib/domain/custom-snapshot';
import { snapshotDeleted, snapshotProblems, snapshotStarted } from '../../lib/policy/custom-snapshot';
import { at } from './fixtures';

const HERE = { account: 'main', region: 'cn-hangzhou' };

function wish(change: Partial<CustomSnapshotWish> = {}): CustomSnapshotWish {
  return { diskId: 'd-1', description: undefined, retentionDays: undefined, ...change };
}

test.each([
  { name: 'nothing but a disk', change: {} },
  { name: 'the shortest description', change: { description: 'ab' } },
  { name: 'the longest description', change: { description: 'x'.repeat(256) } },
  { name: 'two characters that are four code units', change: { description: '😀😀' } },
  { name: 'a link that is not at the beginning', change: { description: 'see https://example.com' } },
  { name: 'the shortest retention', change: { retentionDays: 1 } },
  { name: 'the longest retention', change: { retentionDays: 65_536 } },
])('$name can be asked for', ({ change }) => {
  expect(snapshotProblems(wish(change))).toEqual([]);
});

test.each([
  { name: 'an empty description', change: { description: '' }, says: ['2 to 256 characters'] },
  { name: 'a description of one character', change: { description: '😀' }, says: ['this one has 1'] },
  { name: 'a description that is too long', change: { description: 'x'.repeat(257) }, says: ['this one has 257'] },
  { name: 'a description that begins with http://', change: { description: 'http://a' }, says: ['cannot begin with http://'] },
  { name: 'a description that begins with HTTPS://', change: { description: 'HTTPS://a' }, says: ['cannot begin with http://'] },
  { name: 'no days', change: { retentionDays: 0 }, says: ['1 to 65536 days'] },
  { name: 'too many days', change: { retentionDays: 65_537 }, says: ['1 to 65536 days'] },
  { name: 'half a day', change: { retentionDays: 1.5 }, says: ['1 to 65536 days'] },
  { name: 'two mistakes at once', change: { description: '', retentionDays: 0 }, says: ['characters', 'days'] },
])('$name is refused', ({ change, says }) => {
  const problems = snapshotProblems(wish(change));

  expect(problems).toEqual(says.map((words) => expect.stringContaining(words)));
});

test.each([
  { name: 'for ever', retentionDays: undefined, evidence: { snapshotId: 's-1', diskId: 'd-1', ...HERE } },
  { name: 'for a week', retentionDays: 7, evidence: { snapshotId: 's-1', diskId: 'd-1', ...HERE, retentionDays: 7 } },
])('a snapshot that is kept $name is recorded', ({ retentionDays, evidence }) => {
  expect(snapshotStarted('s-1', wish({ retentionDays }), HERE)).toMatchObject({ id: 'custom-snapshot-started:s-1', severity: 'info', evidence });
});

test.each([
  { name: 'with its age', createdAt: at('2026-11-20T00:00:00Z'), evidence: { snapshotId: 's-1', diskId: 'd-1', ...HERE, createdAt: '2026-11-20T00:00:00Z' } },
  { name: 'whose age the service does not say', createdAt: undefined, evidence: { snapshotId: 's-1', diskId: 'd-1', ...HERE } },
])('a deleted snapshot $name is recorded', ({ createdAt, evidence }) => {
  const snapshot = {
    id: 's-1',
    name: '',
    description: '',
    diskId: 'd-1',
    diskSizeGb: 60,
    status: 'accomplished',
    progressPercent: 100,
    isEncrypted: false,
    createdAt,
    usage: 'none',
  } as const;

  expect(snapshotDeleted(snapshot, HERE)).toMatchObject({ id: 'custom-snapshot-deleted:s-1', severity: 'info', evidence });
});
