import { plusMs } from '../../../lib/base/instant';
import { RefusedError } from '../../../lib/domain/cloud-errors';
import type { Correction } from '../../../lib/domain/guard';
import type { Finding } from '../../../lib/domain/verdict';
import * as findings from '../../../lib/policy/settings/findings';
import type { Drift } from '../../../lib/policy/settings/types';
import { DAY, NOW } from '../fixtures';

const DRIFT: Drift = {
  setting: 'dataRetentionDays',
  before: '30 days',
  wanted: '60 days',
  isDestructive: false,
  action: 'report',
  reason: 'audit mode: nothing is written',
  until: undefined,
};
const SHORTER: Drift = { ...DRIFT, wanted: '10 days', isDestructive: true };
const POLICY = { fightAfter: 3, fightWindowMs: 7 * DAY };
const CORRECTIONS: readonly Correction[] = [40, 2, 3, 1].map((days) => ({ setting: 'dataRetentionDays', wanted: '60 days', at: plusMs(NOW, -days * DAY) }));
const OTHERS: readonly Correction[] = [
  { setting: 'compression', wanted: '60 days', at: NOW },
  { setting: 'dataRetentionDays', wanted: '90 days', at: NOW },
];
const refused = (hint?: string) =>
  new RefusedError('advanced-policy', 'the advanced policy is on', {
    operation: 'ModifyBackupPolicy',
    target: 'rm-1',
    ...(hint === undefined ? {} : { serviceCode: 'IncorrectBackupPolicy', requestId: 'R-1', hint }),
  });

test.each<{ name: string; finding: Finding; id: string; severity: string; says: string; evidence: object; remedy: string }>([
  {
    name: 'a drift that is reported only',
    finding: findings.settingsDrifted('rm-1', DRIFT),
    id: 'settings-drifted:rm-1:dataRetentionDays',
    severity: 'warning',
    says: 'dataRetentionDays is 30 days, and the policy wants 60 days: audit mode: nothing is written',
    evidence: { setting: 'dataRetentionDays', shown: '30 days', wanted: '60 days', isDestructive: false },
    remedy: 'set mode: enforce to have it corrected',
  },
  {
    name: 'a destructive drift that is reported only',
    finding: findings.settingsDrifted('rm-1', SHORTER),
    id: 'settings-drifted:rm-1:dataRetentionDays',
    severity: 'warning',
    says: 'dataRetentionDays is 30 days, and the policy wants 10 days (destructive): audit mode: nothing is written',
    evidence: { setting: 'dataRetentionDays', shown: '30 days', wanted: '10 days', isDestructive: true },
    remedy: 'with allowDestructive: true if backups may be dropped for it',
  },
  {
    name: 'a wish that cannot be had',
    finding: findings.settingsNotCorrectable('rm-1', { ...DRIFT, reason: 'the documents forbid it' }),
    id: 'settings-not-correctable:rm-1:dataRetentionDays',
    severity: 'warning',
    says: 'the documents forbid it',
    evidence: { setting: 'dataRetentionDays', shown: '30 days', wanted: '60 days', isDestructive: false },
    remedy: 'wish for it only where it can be had (rules, overrides), or change the wish',
  },
  {
    name: 'a fight: the times of its window are the evidence, in order',
    finding: findings.settingsFight('rm-1', { ...DRIFT, until: plusMs(NOW, 4 * DAY) }, [...CORRECTIONS, ...OTHERS], POLICY),
    id: 'settings-fight:rm-1:dataRetentionDays',
    severity: 'error',
    says: 'somebody else keeps changing dataRetentionDays back to 30 days: it was corrected to 60 days 3 times, and enforcement pauses until 2026-11-25T02:05:00Z',
    evidence: {
      setting: 'dataRetentionDays',
      shown: '30 days',
      wanted: '60 days',
      corrections: 3,
      correctedAt: '2026-11-18T02:05:00Z, 2026-11-19T02:05:00Z, 2026-11-20T02:05:00Z',
      fightAfter: 3,
      isDestructive: false,
    },
    remedy: 'Terraform',
  },
  {
    name: 'a fight without an end in sight',
    finding: findings.settingsFight('rm-1', { ...DRIFT, isDestructive: true }, CORRECTIONS, POLICY),
    id: 'settings-fight:rm-1:dataRetentionDays',
    severity: 'error',
    says: 'enforcement pauses',
    evidence: { corrections: 3, isDestructive: true },
    remedy: 'agree on one value',
  },
  {
    name: 'one destructive correction over the brakes',
    finding: findings.settingsDestructiveBraked('rm-1', [SHORTER], { reason: '5 of 5 used', allowed: 5, used: 5 }),
    id: 'settings-braked:rm-1',
    severity: 'error',
    says: 'dataRetentionDays was not corrected: 5 of 5 used',
    evidence: { settings: 'dataRetentionDays', allowed: 5, used: 5 },
    remedy: 'limits.maxDestructiveChangesPerDay',
  },
  {
    name: 'several destructive corrections over the brakes',
    finding: findings.settingsDestructiveBraked('rm-1', [SHORTER, { ...SHORTER, setting: 'releasedKeep' }], { reason: '5 of 5 used', allowed: 5, used: 5 }),
    id: 'settings-braked:rm-1',
    severity: 'error',
    says: 'dataRetentionDays, releasedKeep were not corrected',
    evidence: { settings: 'dataRetentionDays, releasedKeep' },
    remedy: 'look at the plan',
  },
  {
    name: 'a write that the service refused, with its hint',
    finding: findings.settingsNotWritten('rm-1', [DRIFT, { ...DRIFT, setting: 'backupDays' }], refused('change it in the console')),
    id: 'settings-not-written:rm-1:dataRetentionDays+backupDays',
    severity: 'error',
    says: 'dataRetentionDays, backupDays could not be set: the advanced policy is on',
    evidence: {
      settings: 'dataRetentionDays, backupDays',
      isDestructive: false,
      operation: 'ModifyBackupPolicy',
      serviceCode: 'IncorrectBackupPolicy',
      requestId: 'R-1',
    },
    remedy: 'change it in the console',
  },
  {
    name: 'a write that failed without more words',
    finding: findings.settingsNotWritten('rm-1', [DRIFT, { ...SHORTER, setting: 'logRetentionDays' }], refused()),
    id: 'settings-not-written:rm-1:dataRetentionDays+logRetentionDays',
    severity: 'error',
    says: 'could not be set',
    evidence: { operation: 'ModifyBackupPolicy', isDestructive: true },
    remedy: 'the next run tries again',
  },
  {
    name: 'a read-back that differs',
    finding: findings.settingsReadBackDiffers(
      'rm-1',
      [{ setting: 'dataRetentionDays', expected: '45 days', shown: '60 days' }],
      [{ setting: 'compression', expected: '1', shown: '0' }],
    ),
    id: 'settings-read-back-differs:rm-1',
    severity: 'error',
    says: 'dataRetentionDays was set to 45 days, and the service shows 60 days; compression was to stay 1, and the service shows 0',
    evidence: { notWritten: 'dataRetentionDays', alsoChanged: 'compression' },
    remedy: 'the next run decides anew',
  },
])('$name', ({ finding, id, severity, says, evidence, remedy }) => {
  expect(finding).toMatchObject({ id, severity, rule: id.split(':')[0], instanceId: 'rm-1', evidence });
  expect(finding.message).toContain(says);
  expect(finding.remedy).toContain(remedy);
});
