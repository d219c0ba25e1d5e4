// What every implementation of the ledger must do with releases and open tasks: part of its suite.
import { plusMs } from '../../../lib/base/instant';
import type { OpenTask } from '../../../lib/domain/open-task';
import type { Ledger, LedgerAdmin } from '../../../lib/domain/ports';
import { allOf, OCCURRENCE } from '../../support/ledger';
import { aRelease, aReleaseInstance, aTask } from './open-work';

type TestLedger = Ledger & LedgerAdmin;

/** `now` gives the place of the running test: its first ledger, and a way to open more on the same place. */
export function openWorkSuite(now: () => { readonly ledger: TestLedger; readonly open: () => TestLedger }): void {
  let ledger: TestLedger;

  beforeEach(() => {
    ledger = now().ledger;
  });

  describe('releases', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    test('are unknown until they are put, and then kept whole', async () => {
      const before = await ledger.getRelease('k');
      const put = await ledger.putRelease(undefined, aRelease());

      expect(before).toBeUndefined();
      expect(put).toEqual(aRelease({ version: 1 }));
      expect(await now().open().getRelease('k')).toEqual(put);
      expect(await ledger.getRelease('other')).toBeUndefined();
    });

    test('are opened by one of 25 deliveries; the others find it', async () => {
      const puts = await Promise.all(
        Array.from({ length: 25 }, (_, index) =>
          now()
            .open()
            .putRelease(undefined, aRelease({ updatedAt: plusMs(OCCURRENCE, index) })),
        ),
      );

      const winners = puts.filter((put) => put !== undefined);
      expect(winners).toHaveLength(1);
      expect(await ledger.getRelease('k')).toEqual(winners[0]);
    });

    test('that are not stored yet may be given as such: version 0 is none', async () => {
      const put = await ledger.putRelease(aRelease(), aRelease());

      expect(put?.version).toBe(1);
      expect(await ledger.putRelease(aRelease(), aRelease())).toBeUndefined();
    });

    test('advance by compare-and-swap: one of ten wins, and whoever read an older version loses', async () => {
      const first = aRelease({ version: 1 });
      await ledger.putRelease(undefined, aRelease());

      const puts = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          now()
            .open()
            .putRelease(first, { ...first, attempt: index + 2 }),
        ),
      );

      const winners = puts.filter((put) => put !== undefined);
      expect(winners).toHaveLength(1);
      expect(winners[0]?.version).toBe(2);
      expect(await ledger.putRelease(first, { ...first, status: 'failed' })).toBeUndefined();
      expect(await ledger.getRelease('k')).toEqual(winners[0]);
    });

    test('of 1,000 instances with long reasons fit into their row', async () => {
      const instances = Array.from({ length: 1_000 }, (_, index) =>
        aReleaseInstance({ instanceId: `rm-${index}`, reason: 'x'.repeat(500), backupId: `${321_000_000 + index}`, effectiveUntil: 'never' }),
      );

      const put = await ledger.putRelease(undefined, aRelease({ instances }));

      expect(await ledger.getRelease('k')).toEqual(put);
    });
  });

  describe('open tasks', () => {
    beforeEach(() => ledger.init(OCCURRENCE));

    const putAll = async (tasks: readonly OpenTask[]): Promise<void> => {
      await Promise.all(tasks.map((task) => ledger.putTask(undefined, task)));
    };
    const idsOf = (tasks: readonly OpenTask[]): readonly string[] => tasks.map(({ id }) => id);

    test('are put once, found, and gone when they are removed', async () => {
      const put = await ledger.putTask(undefined, aTask());

      expect(put).toEqual(aTask({ version: 1 }));
      expect(
        await now()
          .open()
          .putTask(undefined, aTask({ attempt: 2 })),
      ).toBeUndefined();
      expect(await ledger.getTask('shard', aTask().id)).toEqual(put);
      expect(await ledger.getTask('release', aTask().id)).toBeUndefined();
      await ledger.removeTask(aTask());
      expect(await ledger.getTask('shard', aTask().id)).toBeUndefined();
    });

    test('may be removed when they are gone, or were never there', async () => {
      await ledger.removeTask(aTask());
      await putAll([aTask()]);

      await Promise.all(Array.from({ length: 10 }, () => now().open().removeTask(aTask())));

      expect(await allOf(ledger.listTasks('shard'))).toEqual([]);
    });

    test('have their attempt raised by one of ten', async () => {
      const task = aTask({ version: 1 });
      await putAll([aTask()]);

      const puts = await Promise.all(
        Array.from({ length: 10 }, () =>
          now()
            .open()
            .putTask(task, { ...task, attempt: 2 }),
        ),
      );

      expect(puts.filter((put) => put !== undefined)).toEqual([aTask({ version: 2, attempt: 2 })]);
    });

    test('that are gone are not brought back by whoever still has them in hand', async () => {
      const task = aTask({ version: 1 });
      await putAll([aTask()]);
      await ledger.removeTask(task);

      expect(await ledger.putTask(task, { ...task, attempt: 2 })).toBeUndefined();
      expect(await ledger.getTask('shard', task.id)).toBeUndefined();
    });

    test('go also when somebody raises their attempt meanwhile', async () => {
      await putAll([aTask()]);
      const raise = async (): Promise<void> => {
        const task = await ledger.getTask('shard', aTask().id);
        if (task !== undefined) await ledger.putTask(task, { ...task, attempt: task.attempt + 1 });
      };

      await Promise.all([raise(), now().open().removeTask(aTask()), raise()]);

      expect(await allOf(ledger.listTasks('shard'))).toEqual([]);
    });

    test('are listed by their kind, in pages', async () => {
      const shards = Array.from({ length: 230 }, (_, index) => aTask({ id: `k_${String(index).padStart(3, '0')}` }));
      await putAll([...shards, aTask({ kind: 'release', id: 'k', function: 'pre-release-backup', event: '' })]);
      const pages: (readonly OpenTask[])[] = [];

      for await (const page of ledger.listTasks('shard')) pages.push(page);

      expect(idsOf(pages.flat())).toEqual(idsOf(shards));
      expect(pages.length).toBeGreaterThan(1);
      expect(pages.every((page) => page.length > 0)).toBe(true);
      expect(idsOf(await allOf(ledger.listTasks('release')))).toEqual(['k']);
    });

    test('may be removed while they are being listed', async () => {
      const tasks = Array.from({ length: 230 }, (_, index) => aTask({ id: `k_${String(index).padStart(3, '0')}` }));
      await putAll(tasks);
      const seen: string[] = [];

      for await (const page of ledger.listTasks('shard')) {
        seen.push(...idsOf(page));
        await Promise.all(page.map((task) => ledger.removeTask(task)));
      }

      expect(seen).toEqual(idsOf(tasks));
      expect(await allOf(ledger.listTasks('shard'))).toEqual([]);
    });

    test('carry the largest event that Function Compute takes, and what is larger than a row is refused', async () => {
      const event = JSON.stringify({ kind: 'shard', filler: 'ä'.repeat(60 * 1_024) });

      const put = await ledger.putTask(undefined, aTask({ event }));

      expect(await ledger.getTask('shard', aTask().id)).toEqual(put);
      await expect(ledger.putTask(undefined, aTask({ id: 'huge', event: 'x'.repeat(2_200_000) }))).rejects.toMatchObject({ code: 'ledger-invalid' });
    });
  });
}
