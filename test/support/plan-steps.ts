// One step of every kind, for tests of plans and their printers.
import type { ChangeSettingsStep, CreateStep, ExtendStep, MarkStep, PlanStep, PurgeStep } from '../../lib/run/types';

const BASE = { account: 'default', region: 'cn-hangzhou', instanceId: 'rm-1', reason: 'because' };

export const CREATE: CreateStep = {
  ...BASE,
  action: 'create-backup',
  rule: 'nightly',
  slotId: '20261121T020000Z~nightly~instance',
  spec: { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined },
};

export const EXTEND: ExtendStep = {
  ...BASE,
  action: 'extend-expiry',
  rule: 'books',
  backupId: '321',
  before: '2026-11-26T01:00:00Z',
  after: '2027-02-17T01:00:00Z',
};

export const CHANGE: ChangeSettingsStep = {
  ...BASE,
  action: 'change-settings',
  rule: 'settings',
  mode: 'data',
  before: { dataRetentionDays: '30 days', backupDays: 'mon' },
  after: { dataRetentionDays: '7 days', backupDays: 'mon, thu' },
  isDestructive: true,
};

export const MARK: MarkStep = { ...BASE, action: 'mark-surplus', rule: 'retention', backupId: '322', before: 'unmarked', after: 'marked' };
export const PURGE: PurgeStep = { ...BASE, action: 'purge', rule: 'retention', backupId: '323', before: '2026-11-19T01:00:00Z', after: 'deleted' };

export const EVERY_STEP: readonly PlanStep[] = [CHANGE, MARK, PURGE, EXTEND, CREATE];
