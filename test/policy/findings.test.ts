import { ThrottledError } from '../../lib/domain/cloud-errors';
import type { Finding } from '../../lib/domain/verdict';
import * as findings from '../../lib/policy/findings';
import { OVERDUE_COUNTED } from '../../lib/policy/schedule';
import { at, makeIntent, makeSet, makeSlot } from './fixtures';

const INTENT = makeIntent({ state: 'submitted', sentAt: at('2026-11-21T02:00:00Z'), jobId: '77' });
const SLOT_ID = INTENT.slotId;
const SHARD = { account: 'main', region: 'cn-hangzhou' };

test.each<{ name: string; finding: Finding; id: string; severity: string; says: string; evidence: Record<string, unknown> }>([
  {
    name: 'a set that could not be kept longer',
    finding: findings.expiryNotExtended(makeSet({ expiresAt: at('2026-11-28T18:30:00Z') }), 'refused'),
    id: 'expiry-not-extended:rm-1:900001',
    severity: 'error',
    says: 'backup set 900001 could not be kept longer: refused',
    evidence: { backupId: '900001', expiresAt: '2026-11-28T18:30:00Z' },
  },
  {
    name: 'an expiry that reads back otherwise',
    finding: findings.expiryDiffers(makeSet(), '2027-01-01T00:00:00Z', 'for ever', true),
    id: 'expiry-differs:rm-1:900001',
    severity: 'warning',
    says: 'until 2027-01-01T00:00:00Z, and the service shows for ever',
    evidence: { backupId: '900001', wanted: '2027-01-01T00:00:00Z', shown: 'for ever' },
  },
  {
    name: 'an expiry that reads back earlier',
    finding: findings.expiryDiffers(makeSet(), '2027-01-01T00:00:00Z', '2026-12-01T00:00:00Z', false),
    id: 'expiry-differs:rm-1:900001',
    severity: 'error',
    says: 'the service shows 2026-12-01T00:00:00Z',
    evidence: { backupId: '900001', wanted: '2027-01-01T00:00:00Z', shown: '2026-12-01T00:00:00Z' },
  },
  {
    name: 'a set that is gone before it was kept longer',
    finding: findings.setGone(makeSet({ expiresAt: 'never' })),
    id: 'set-gone:rm-1:900001',
    severity: 'warning',
    says: 'does not list it any more',
    evidence: { backupId: '900001', expiresAt: 'never' },
  },
  {
    name: 'more changes than a run may make',
    finding: findings.tooManyChanges(200, 7),
    id: 'too-many-changes:fleet',
    severity: 'error',
    says: '7 backup sets were due beyond the 200 changes',
    evidence: { limit: 200, left: 7 },
  },
  {
    name: 'a missed slot',
    finding: findings.missedSlot('rm-1', makeSlot(), 'a job was running'),
    id: `missed-slot:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'before 2026-11-22T02:00:00Z: a job was running',
    evidence: { slotId: SLOT_ID, rule: 'nightly', occurrence: '2026-11-21T02:00:00Z', openUntil: '2026-11-22T02:00:00Z' },
  },
  {
    name: 'more missed slots than are listed',
    finding: findings.missedBacklog('rm-1', 'nightly', 71, 24),
    id: 'missed-backlog:rm-1:nightly',
    severity: 'error',
    says: '71 slots of rule nightly',
    evidence: { rule: 'nightly', total: 71, listed: 24 },
  },
  {
    name: 'more missed slots than are counted',
    finding: findings.missedBacklog('rm-1', 'nightly', OVERDUE_COUNTED, 24),
    id: 'missed-backlog:rm-1:nightly',
    severity: 'error',
    says: '1000 or more slots',
    evidence: { rule: 'nightly', total: 1000, listed: 24 },
  },
  {
    name: 'a failed backup',
    finding: findings.backupFailed(INTENT, 'backup job 77 failed'),
    id: `backup-failed:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'backup job 77 failed',
    evidence: { slotId: SLOT_ID, jobId: '77', method: 'physical' },
  },
  {
    name: 'a stuck job',
    finding: findings.stuckJob(INTENT, 'job 77 still runs'),
    id: `stuck-job:rm-1:${SLOT_ID}`,
    severity: 'warning',
    says: 'job 77 still runs',
    evidence: { slotId: SLOT_ID, jobId: '77' },
  },
  {
    name: 'a set that does not show up',
    finding: findings.setNotVisible({ ...INTENT, backupId: '900' }, 'not listed yet'),
    id: `set-not-visible:rm-1:${SLOT_ID}`,
    severity: 'warning',
    says: 'not listed yet',
    evidence: { slotId: SLOT_ID, jobId: '77', backupId: '900' },
  },
  {
    name: 'a call of unknown outcome',
    finding: findings.ambiguousSubmission('rm-1', SLOT_ID, 'timeout'),
    id: `ambiguous-submission:rm-1:${SLOT_ID}`,
    severity: 'warning',
    says: 'timeout',
    evidence: { slotId: SLOT_ID },
  },
  {
    name: 'two candidates',
    finding: findings.ambiguousAdoption(INTENT, [makeSet({ id: '1' }), makeSet({ id: '2' })], 'either may be ours'),
    id: `ambiguous-adoption:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'either may be ours',
    evidence: { slotId: SLOT_ID, candidates: '1, 2', count: 2 },
  },
  {
    name: 'a call given up',
    finding: findings.abandonedSubmission(INTENT, 'nothing came of it'),
    id: `abandoned-submission:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'nothing came of it',
    evidence: { slotId: SLOT_ID, sentAt: '2026-11-21T02:00:00Z' },
  },
  {
    name: 'a call given up of which nobody knows when it was sent',
    finding: findings.abandonedSubmission(makeIntent(), 'nothing came of it'),
    id: `abandoned-submission:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'nothing came of it',
    evidence: { slotId: SLOT_ID },
  },
  {
    name: 'a cap that is smaller than we think',
    finding: findings.capContradicted('rm-1', at('2026-11-21T12:00:00Z'), 'The backup times exceeds.'),
    id: 'cap-contradicted:rm-1',
    severity: 'warning',
    says: 'deferred until 2026-11-21T12:00:00Z',
    evidence: { until: '2026-11-21T12:00:00Z' },
  },
  {
    name: 'a denied permission on an instance',
    finding: findings.permissionDenied('rm-1', 'rds:CreateBackup', 'CreateBackup'),
    id: 'permission-denied:rm-1:rds:CreateBackup',
    severity: 'error',
    says: 'no permission for rds:CreateBackup',
    evidence: { action: 'rds:CreateBackup', operation: 'CreateBackup' },
  },
  {
    name: 'a denied permission on everything',
    finding: findings.permissionDenied(undefined, 'rds:DescribeDBInstances', 'DescribeDBInstances'),
    id: 'permission-denied:fleet:rds:DescribeDBInstances',
    severity: 'error',
    says: 'DescribeDBInstances is denied',
    evidence: { action: 'rds:DescribeDBInstances', operation: 'DescribeDBInstances' },
  },
  {
    name: 'a rule that the instance cannot follow',
    finding: findings.ruleUnsupported('rm-1', 'nightly', 'it has no snapshots', 'RDS API, CreateBackup'),
    id: 'rule-unsupported:rm-1:nightly',
    severity: 'warning',
    says: 'it has no snapshots',
    evidence: { rule: 'nightly', source: 'RDS API, CreateBackup' },
  },
  {
    name: 'a shard that could not be worked through',
    finding: findings.shardFailed(
      SHARD,
      new ThrottledError('held back', { operation: 'DescribeDBInstances', target: 'cn-hangzhou', serviceCode: 'Throttling.User' }),
    ),
    id: 'shard-failed:main/cn-hangzhou',
    severity: 'error',
    says: 'held back',
    evidence: { account: 'main', region: 'cn-hangzhou', operation: 'DescribeDBInstances', serviceCode: 'Throttling.User' },
  },
  {
    name: 'an instance that is gone',
    finding: findings.instanceGone(INTENT),
    id: `instance-gone:rm-1:${SLOT_ID}`,
    severity: 'warning',
    says: 'knows no instance rm-1',
    evidence: { slotId: SLOT_ID, account: 'main', region: 'cn-hangzhou', jobId: '77' },
  },
  {
    name: 'an account that the policy no longer names',
    finding: findings.accountGone(INTENT),
    id: `account-gone:rm-1:${SLOT_ID}`,
    severity: 'error',
    says: 'no longer names account main',
    evidence: { slotId: SLOT_ID, account: 'main', region: 'cn-hangzhou', jobId: '77' },
  },
])('$name', ({ finding, id, severity, says, evidence }) => {
  expect(finding).toMatchObject({ id, severity, rule: id.split(':')[0], message: expect.stringContaining(says), remedy: expect.stringMatching(/.{10,}/) });
  expect(finding.evidence).toEqual(evidence);
  expect(JSON.parse(JSON.stringify(finding))).toEqual({ ...finding, evidence });
});

it("passes a failed shard's own hint on", () => {
  const error = new ThrottledError('held back', { operation: 'DescribeDBInstances', target: 'cn-hangzhou', hint: 'lower the rate' });

  expect(findings.shardFailed(SHARD, error).remedy).toBe('lower the rate');
});

test.each([
  { name: 'missed', finding: findings.missedSlot('rm-1', { ...makeSlot(), id: 'on-demand~release-7~instance' }, 'busy') },
  { name: 'failed', finding: findings.backupFailed({ ...INTENT, slotId: 'on-demand~release-7~instance' }, 'disk full') },
  { name: 'given up', finding: findings.abandonedSubmission({ ...INTENT, slotId: 'on-demand~release-7~instance' }, 'no trace') },
])('a backup on demand that was $name comes only when it is asked for again with another key', ({ finding }) => {
  expect(finding.remedy).toContain('ask again with another key');
  expect(finding.remedy).not.toContain('rule');
});

test('a backup for a release comes when the release is asked for again', () => {
  const slotId = 'release~v1-3f9c~a1~instance';

  expect(findings.missedSlot('rm-1', { ...makeSlot(), id: slotId }, 'busy').remedy).toContain('ask for the release again, which opens a new attempt');
  expect(findings.backupFailed({ ...INTENT, slotId }, 'disk full').remedy).toContain('ask for the release again');
});
