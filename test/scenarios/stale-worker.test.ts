// A worker that is frozen for long between two steps: what it saw is not acted on.
import type { RunPorts } from '../../lib/run/types';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };

async function start(rule: string): Promise<void> {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(rule), start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

/** A worker that is frozen once, right after this ledger call, while the world goes on. */
function frozenAfter(name: 'createIntent' | 'putGuard' | 'renewRun', meanwhile: () => Promise<void>): RunPorts {
  const { ports } = keeper.openHouse();
  let isFirst = true;
  const ledger = new Proxy(ports.ledger, {
    get: (object, key) => {
      const member: unknown = Reflect.get(object, key);
      if (key !== name || typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const result: unknown = await member.apply(object, args);
        if (isFirst) {
          isFirst = false;
          await meanwhile();
        }
        return result;
      };
    },
  });
  return { ...ports, ledger };
}

test.each(['createIntent', 'putGuard'] as const)('frozen after %s until the slot is over, it starts nothing', async (step) => {
  await start('  - { name: daily, schedule: "0 2 * * *", startWithin: 30m }\n');
  const ports = frozenAfter(step, async () => keeper.goTo('2026-11-21T02:45:00Z'));

  const run = await keeper.tick({ ports });
  const reconcile = await keeper.reconcile();

  expect(keeper.manualStarts('rm-one')).toEqual([]);
  expect(verdictsOn(run, 'rm-one')).toEqual(['deferred-throttled']);
  expect(verdictsOn(reconcile, 'rm-one')).toEqual(['missed']);
});

test.each(['createIntent', 'putGuard'] as const)('frozen after %s into a blackout, it starts nothing', async (step) => {
  await start('  - { name: daily, schedule: "0 2 * * *", notDuring: [{ from: "02:10", to: "04:00" }] }\n');
  const ports = frozenAfter(step, async () => keeper.goTo('2026-11-21T02:15:00Z'));

  await keeper.tick({ ports });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('frozen during the look until the slot is over, it leaves no trace, and the miss is reported once', async () => {
  await start('  - { name: daily, schedule: "0 2 * * *", startWithin: 30m }\n');
  const { ports } = keeper.openHouse();
  const gatewayOf: RunPorts['gatewayOf'] = (target) => {
    const gateway = ports.gatewayOf(target);
    const listRunningJobs: typeof gateway.listRunningJobs = async (instanceId) => {
      const jobs = await gateway.listRunningJobs(instanceId);
      keeper.goTo('2026-11-21T02:45:00Z');
      await keeper.tick({ timer: 'other' });
      return jobs;
    };
    return { ...gateway, listRunningJobs };
  };

  const run = await keeper.tick({ ports: { ...ports, gatewayOf } });
  const reconcile = await keeper.reconcile();

  expect(keeper.manualStarts('rm-one')).toEqual([]);
  expect(verdictsOn(run, 'rm-one')).toEqual(['deferred-throttled']);
  expect(verdictsOn(reconcile, 'rm-one')).toEqual([]);
});
