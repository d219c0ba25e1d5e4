// A worker that freezes between any two of its steps thaws into another world: what it has seen and marked is too old by then, and nothing is sent.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { RunPorts } from '../../../lib/run/types';
import type { TestKeeper } from '../../support/keeper';
import { holdNow, KEEP_TEN, memberWithSets, nextDay, ONE, policyOf, startOwner, WIDE } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const POLICY = policyOf(KEEP_TEN, WIDE);

async function startDue(policy = POLICY): Promise<void> {
  keeper = await startOwner([memberWithSets(14)], policy);
  await keeper.hygiene();
  nextDay(keeper);
}

/** A worker to which `happen` happens once: as soon as it has marked sets as being deleted. */
function frozenAfterMarking(happen: () => Promise<void>): RunPorts {
  const { ports } = keeper.openHouse();
  let isFrozen = false;
  return {
    ...ports,
    ledger: {
      ...ports.ledger,
      putGuard: async (current, next) => {
        const stored = await ports.ledger.putGuard(current, next);
        if (!isFrozen && next.marks.some(({ state }) => state === 'deleting')) {
          isFrozen = true;
          await happen();
        }
        return stored;
      },
    },
  };
}

/** A worker to which `happen` happens once: after its n-th list of sets. */
function frozenAfterLook(look: number, happen: () => Promise<void>): RunPorts {
  const { ports } = keeper.openHouse();
  let looks = 0;
  return {
    ...ports,
    gatewayOf: (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        listBackupSets: async (...args) => {
          const sets = await gateway.listBackupSets(...args);
          looks += 1;
          if (looks === look) await happen();
          return sets;
        },
      };
    },
  };
}

test('frozen between the mark and the call: a hold that could be placed meanwhile wins', async () => {
  await startDue();
  const ports = frozenAfterMarking(async () => {
    keeper.clock.advance(30 * MINUTE_MS);
    await holdNow(keeper, { kind: 'set', backupId: '112' });
  });

  const run = await keeper.hygiene({ ports });

  expect(keeper.manualSets(ONE)).toContain('112');
  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(run.summary.counts).toMatchObject({ 'deferred-throttled': 4 });
});

test('frozen between the look and the mark: what was seen is too old to act on', async () => {
  await startDue();

  const run = await keeper.hygiene({ ports: frozenAfterLook(2, async () => keeper.clock.advance(3 * HOUR_MS)) });

  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('the next run takes up what a frozen one has left', async () => {
  await startDue();
  await keeper.hygiene({ ports: frozenAfterMarking(async () => keeper.clock.advance(3 * HOUR_MS)) });
  keeper.clock.advance(HOUR_MS);

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ purged: 4 });
});

test('frozen between the brakes and the purge: what was granted then counts for another day, so nothing is purged on it', async () => {
  await startDue();

  const run = await keeper.hygiene({ ports: frozenAfterBrakes(40 * MINUTE_MS) });

  expect(run.summary.apiCalls['DeleteBackup']).toBeUndefined();
  expect(run.summary.counts).toMatchObject({ 'deferred-throttled': 4 });
});

function frozenAfterBrakes(ms: number): RunPorts {
  const { ports } = keeper.openHouse();
  return {
    ...ports,
    ledger: {
      ...ports.ledger,
      putBrakes: async (current, next) => {
        const stored = await ports.ledger.putBrakes(current, next);
        if (next.entries.length > current.entries.length) keeper.clock.advance(ms);
        return stored;
      },
    },
  };
}

test('a worker whose run was taken over while it was frozen deletes nothing more', async () => {
  await startDue();
  const asOf = keeper.clock.now();
  const ports = frozenAfterMarking(async () => {
    keeper.clock.advance(90_000);
    await keeper.hygiene({ asOf });
    await keeper.hygiene({ timer: 'other' });
  });

  await expect(keeper.hygiene({ ports, asOf })).rejects.toMatchObject({ code: 'lease-lost' });

  expect(keeper.manualSets(ONE)).toHaveLength(14);
  keeper.clock.advance(DAY_MS);
  expect((await keeper.hygiene()).summary.counts).toMatchObject({ purged: 4 });
});
