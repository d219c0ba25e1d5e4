import { instant } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import type { BackupSettings } from '../../../lib/domain/settings';
import type { TracedSet } from '../../../lib/policy/retention/types';
import { wouldLose } from '../../../lib/policy/retention/would-lose';
import { DAY, HOUR, makeSettings } from '../fixtures';
import { AS_OF, daysAgo, makeInput } from './support';

const HOLD: Hold = { id: 'h-01', target: { kind: 'instance' }, owner: 'dba', reason: 'audit', placedAt: AS_OF, until: undefined };
const MONTH = makeSettings({ dataRetentionDays: 30, logRetentionDays: 7 });

/** The service's own sets, to be kept for a month. */
function automatic(days: readonly number[], change: Partial<TracedSet> = {}): TracedSet[] {
  return days.flatMap((ago) => daysAgo([ago], { mode: 'automated', origin: 'foreign', expiresAt: instant(AS_OF + (30 - ago) * DAY), ...change }));
}

interface Case {
  readonly sets?: readonly TracedSet[];
  readonly policy?: NonNullable<Parameters<typeof makeInput>[0]>['policy'];
  readonly holds?: readonly Hold[];
  readonly before?: BackupSettings;
  readonly after: Partial<BackupSettings>;
}

function lossOf({ sets = automatic([1, 3, 5, 8, 15, 20]), policy = {}, holds = [], before = MONTH, after }: Case): string | undefined {
  return wouldLose(makeInput({ sets, holds, policy, settings: before }), before, { ...before, ...after });
}

describe('nothing is lost', () => {
  test.each<Case & { name: string }>([
    { name: 'when nothing changes', after: {} },
    { name: 'when data is kept longer', after: { dataRetentionDays: 60 } },
    { name: 'when only unprotected sets are older than the new retention', policy: { floor: 2 }, after: { dataRetentionDays: 14 } },
    {
      name: 'when only surplus sets of ours are older',
      sets: daysAgo([1, 20, 25], { expiresAt: instant(AS_OF + 5 * DAY) }),
      before: makeSettings({ dataRetentionDays: 30, logBackup: false }),
      after: { dataRetentionDays: 14 },
    },
    { name: 'when the service does not say how long data is kept', after: { dataRetentionDays: undefined } },
    { name: 'when held sets never expire', sets: daysAgo([20]), holds: [HOLD], after: { dataRetentionDays: 14 } },
    {
      name: 'when held sets are of single databases, which have a retention of their own',
      sets: daysAgo([20], { scope: { kind: 'databases', databases: ['orders'] }, expiresAt: instant(AS_OF + DAY) }),
      holds: [HOLD],
      after: { dataRetentionDays: 14 },
    },
    { name: 'when logs are kept shorter and the policy names no window', after: { logRetentionDays: 7 }, before: makeSettings({ logRetentionDays: 20 }) },
    {
      name: 'when logs still reach back as far as the policy wants',
      policy: { recoveryWindowMs: 7 * DAY },
      before: makeSettings({ logRetentionDays: 20 }),
      after: { logRetentionDays: 7 },
    },
    { name: 'when logs are kept longer, though not long enough', policy: { recoveryWindowMs: 20 * DAY }, after: { logRetentionDays: 14 }, sets: [] },
    { name: 'when log backup was off already', policy: { recoveryWindowMs: 7 * DAY }, before: makeSettings({ logBackup: false }), after: {} },
    { name: 'when log backup goes off and no set is old enough for an anchor', sets: automatic([1, 2]), after: { logBackup: false } },
    {
      name: 'when the anchor moves with logs that are kept shorter',
      before: makeSettings({ dataRetentionDays: 30, logRetentionDays: 20 }),
      after: { dataRetentionDays: 14, logRetentionDays: 7 },
    },
  ])('$name', (asked) => {
    expect(lossOf(asked)).toBeUndefined();
  });
});

describe('something is lost', () => {
  test.each<Case & { name: string; loss: string }>([
    {
      name: 'a held set',
      sets: automatic([1, 20]),
      holds: [{ ...HOLD, target: { kind: 'set', backupId: '20' } }],
      after: { dataRetentionDays: 14 },
      loss: 'a data retention of 14 days would drop backup set 20 (hold h-01 of dba: audit, until it is released',
    },
    { name: 'a set of the floor', sets: automatic([1, 20]), policy: { floor: 2 }, after: { dataRetentionDays: 14 }, loss: '20 (floor 2 of 2' },
    {
      name: 'a set of the floor that would go before the next two runs',
      sets: automatic([1, 13]),
      policy: { floor: 2, runEveryMs: 12 * HOUR },
      after: { dataRetentionDays: 14 },
      loss: '13 (floor 2 of 2',
    },
    {
      name: 'the anchor',
      sets: automatic([1, 20]),
      after: { dataRetentionDays: 14 },
      loss: 'drop backup set 20 (the newest full set from before the recovery window of 7 days)',
    },
    {
      name: 'a set of the floor when nobody knows how long data was kept',
      sets: automatic([1, 20]),
      policy: { floor: 2 },
      before: makeSettings({ dataRetentionDays: undefined, logBackup: false }),
      after: { dataRetentionDays: 14 },
      loss: '20 (floor 2 of 2)',
    },
    {
      name: 'a manual set that the shorter retention may reach',
      sets: [...automatic([1]), ...daysAgo([20], { expiresAt: instant(AS_OF + 10 * DAY) })],
      policy: { floor: 2 },
      after: { dataRetentionDays: 14 },
      loss: '20 (floor 2 of 2',
    },
    {
      name: 'many sets: three are named',
      sets: automatic([1, 15, 16, 17, 18, 19]),
      holds: [HOLD],
      after: { dataRetentionDays: 14 },
      loss: ' and 2 more',
    },
    {
      name: 'the anchor, with log backup off',
      sets: automatic([1, 8]),
      after: { logBackup: false },
      loss: 'without log backup the service deletes all logs, and backup set 8 would be no recovery anchor any more',
    },
    {
      name: 'recovery to any point in time, with log backup off',
      sets: [],
      policy: { recoveryWindowMs: 3 * DAY },
      after: { logBackup: false },
      loss: 'without log backup the service deletes all logs, and the policy wants the last 3 days restorable to any point in time',
    },
    {
      name: 'recovery to any point in time, with log backup off that nobody knew to be on',
      sets: [],
      policy: { recoveryWindowMs: 3 * DAY },
      before: makeSettings({ logBackup: undefined }),
      after: { logBackup: false },
      loss: 'and the policy wants the last 3 days',
    },
    {
      name: 'a part of the recovery window, with logs kept shorter',
      policy: { recoveryWindowMs: 14 * DAY },
      before: makeSettings({ logRetentionDays: 20 }),
      after: { logRetentionDays: 7 },
      loss: 'logs would reach back 7 days only, and the policy wants the last 14 days restorable to any point in time',
    },
  ])('$name', ({ loss, ...asked }) => {
    expect(lossOf(asked)).toContain(loss);
  });
});
