import { CreateBackupRequest } from '@alicloud/rds20140815';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { DayRule, RdsKnobs } from '../../../lib/local/world/knobs';
import { makeVirtualClock } from '../../support/virtual-clock';
import { failureOf, ONE_MYSQL, type RdsRig, startRig } from './support';

let rig: RdsRig;

afterEach(() => rig.close());

const start = async (from: string, cap: Partial<RdsKnobs['cap']>): Promise<void> => {
  // Instant snapshots, so that jobs are never in the way; automatics only on two days that the tests avoid.
  const settings = { category: 'Flash', days: ['Tuesday', 'Wednesday'] } as const;
  rig = await startRig({ clock: makeVirtualClock(from), fleet: [{ ...ONE_MYSQL, storageType: 'cloud_essd', settings }], knobs: { cap } });
};

/** The code of the answer: `ok`, or why not. */
const create = async (): Promise<string> => {
  try {
    await rig.client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one', backupMethod: 'Snapshot' }));
    return 'ok';
  } catch (error) {
    // The SDK's errors carry a code without saying so in their types.
    return (error as { readonly code: string }).code;
  } finally {
    rig.clock.advance(MINUTE_MS);
  }
};

const FULL = 'Exceeded.BackupTimes';

describe('the daily cap', () => {
  test('is twenty unless told, with the documented answer', async () => {
    await start('2026-11-21T01:00:00Z', {});
    for (let n = 0; n < 20; n += 1) expect(await create()).toBe('ok');

    const failure = await failureOf(rig.client.createBackup(new CreateBackupRequest({ DBInstanceId: 'rm-one', backupMethod: 'Snapshot' })));

    expect(failure).toMatchObject({ statusCode: 403, code: FULL });
    expect(failure.message).toContain('The backup times exceeds.');
  });

  // The world begins on a Friday evening; two backups fill the cap at 15:30Z.
  test.each<{ dayRule: DayRule; name: string; advanceMs: number; answer: string }>([
    { dayRule: 'utc+8', name: 'before midnight in China', advanceMs: 20 * MINUTE_MS, answer: FULL },
    { dayRule: 'utc+8', name: 'after midnight in China', advanceMs: 31 * MINUTE_MS, answer: 'ok' },
    { dayRule: 'utc', name: 'after midnight in China', advanceMs: 31 * MINUTE_MS, answer: FULL },
    { dayRule: 'utc', name: 'before midnight UTC', advanceMs: 8 * HOUR_MS, answer: FULL },
    { dayRule: 'utc', name: 'after midnight UTC', advanceMs: 9 * HOUR_MS, answer: 'ok' },
    { dayRule: 'rolling', name: 'after midnight UTC', advanceMs: 9 * HOUR_MS, answer: FULL },
    { dayRule: 'rolling', name: 'a day later, but for some minutes', advanceMs: DAY_MS - 3 * MINUTE_MS, answer: FULL },
    { dayRule: 'rolling', name: 'a whole day later', advanceMs: DAY_MS - 2 * MINUTE_MS, answer: 'ok' },
  ])('by the rule $dayRule, $name: $answer', async ({ dayRule, advanceMs, answer }) => {
    await start('2026-11-20T15:30:00Z', { perDay: 2, dayRule });
    expect([await create(), await create()]).toEqual(['ok', 'ok']);

    rig.clock.advance(advanceMs);

    expect(await create()).toBe(answer);
  });

  test.each<{ counts: 'all' | 'manual'; answer: string }>([
    { counts: 'all', answer: FULL },
    { counts: 'manual', answer: 'ok' },
  ])('counts $counts: after one automatic and one manual backup the answer is $answer', async ({ counts, answer }) => {
    await start('2026-11-24T16:00:00Z', { perDay: 2, counts });
    rig.clock.advance(4 * HOUR_MS);
    expect(await create()).toBe('ok');
    expect(rig.world.find('rm-one')?.starts.map((backup) => backup.mode)).toEqual(['Automated', 'Manual']);

    expect(await create()).toBe(answer);
  });

  test('counts failed and deleted backups, and what humans made', async () => {
    await start('2026-11-21T01:00:00Z', { perDay: 2 });
    rig.world.planNextJob('rm-one', { outcome: 'Failed', durationMs: 1 });
    rig.world.humanBackup('rm-one', { method: 'Snapshot' });
    rig.clock.advance(MINUTE_MS);
    expect(await create()).toBe('ok');
    rig.clock.advance(MINUTE_MS);
    rig.world.settle(rig.clock.now());
    for (const set of rig.world.find('rm-one')?.sets ?? []) rig.world.deleteSet('rm-one', set.id);

    expect(await create()).toBe(FULL);
  });

  test('never stops the service from its own backups', async () => {
    await start('2026-11-24T16:30:00Z', { perDay: 1 });
    expect(await create()).toBe('ok');

    rig.clock.advance(4 * HOUR_MS);

    expect(await create()).toBe(FULL);
    expect(rig.world.find('rm-one')?.starts.map((backup) => backup.mode)).toEqual(['Manual', 'Automated']);
  });
});
