// Races that only happen once in a while, made to happen: another worker is faster, keeps winning, or takes the run over.
import type { Ledger } from '../../lib/domain/ports';
import type { RunPorts } from '../../lib/run/types';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };

async function startAtTwo(): Promise<void> {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith('  - { name: daily, schedule: "0 2 * * *" }\n'), start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
}

/** The real ledger, with some answers of another worker's making. */
function portsWith(change: (ledger: Ledger) => Partial<Ledger>): RunPorts {
  const { ports } = keeper.openHouse();
  return { ...ports, ledger: { ...ports.ledger, ...change(ports.ledger) } };
}

test('an intent that another worker has submitted meanwhile is left to them', async () => {
  await startAtTwo();
  await keeper.tick({ timer: 'other' });

  const run = await keeper.tick({ ports: portsWith(() => ({ getIntents: async () => [] })) });

  expect(['in-flight', 'job-running']).toContain(verdictsOn(run, 'rm-one')[0]);
  expect(keeper.manualStarts('rm-one')).toHaveLength(1);
});

test('a step that another worker takes first is theirs', async () => {
  await startAtTwo();
  const ports = portsWith((ledger) => ({
    advanceIntent: async (current, next, set) => {
      if (next.state !== 'submitting') return ledger.advanceIntent(current, next, set);
      await ledger.advanceIntent(current, { ...next, runId: 'other' });
      return undefined;
    },
  }));

  const run = await keeper.tick({ ports });

  expect(verdictsOn(run, 'rm-one')).toEqual(['ambiguous']);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('an intent that goes back to intended under our hands waits for the next tick', async () => {
  await startAtTwo();
  const ports = portsWith(() => ({ advanceIntent: async () => undefined }));

  const run = await keeper.tick({ ports });

  expect(verdictsOn(run, 'rm-one')).toEqual(['in-flight']);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a job id whose intent was given up meanwhile is not lost: a finding names it', async () => {
  await startAtTwo();
  const ports = portsWith((ledger) => ({
    advanceIntent: async (current, next, set) => (next.state === 'submitted' ? undefined : ledger.advanceIntent(current, next, set)),
  }));

  const run = await keeper.tick({ ports });

  expect(run.verdicts[0]).toMatchObject({ verdict: 'ambiguous', jobId: expect.stringMatching(/^\d+$/) });
  expect(run.summary.findings[0]?.message).toContain(run.verdicts[0]?.jobId ?? 'no job id');
});

test('a guard that others keep writing defers the slot', async () => {
  await startAtTwo();

  const run = await keeper.tick({ ports: portsWith(() => ({ putGuard: async () => undefined })) });

  expect(verdictsOn(run, 'rm-one')).toEqual(['deferred-throttled']);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a guard that another worker has filled in between is decided anew', async () => {
  await startAtTwo();
  let isFirst = true;
  const ports = portsWith((ledger) => ({
    putGuard: async (current, next) => {
      if (!isFirst) return ledger.putGuard(current, next);
      isFirst = false;
      const full = Array.from({ length: 20 }, (_, index) => ({
        slotId: `other-${index}`,
        pool: 'ordinary' as const,
        units: 1,
        reservedAt: keeper.clock.now(),
      }));
      await ledger.putGuard(current, { ...current, reservations: full });
      return undefined;
    },
  }));

  const run = await keeper.tick({ ports });

  expect(verdictsOn(run, 'rm-one')).toEqual(['cap-exhausted']);
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a missed slot that another worker has answered for is reported once', async () => {
  const policy = policyWith('  - { name: daily, schedule: "0 2 * * *", startWithin: 30m }\n');
  keeper = await startKeeper({ fleet: [MYSQL], policy, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  keeper.cloud.faults.add({
    service: 'rds',
    operation: 'CreateBackup',
    effect: 'none',
    reply: { kind: 'error', status: 400, code: 'BackupJobExists', message: 'busy' },
  });
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');

  const late = await keeper.tick({ ports: portsWith(() => ({ advanceIntent: async () => undefined })) });
  const reconcile = await keeper.reconcile({ ports: portsWith(() => ({ advanceIntent: async () => undefined })) });
  const real = await keeper.reconcile({ timer: 'real' });

  expect(late.summary.counts['missed']).toBeUndefined();
  expect(verdictsOn(reconcile, 'rm-one')).toEqual(['in-flight']);
  expect(verdictsOn(real, 'rm-one')).toEqual(['missed']);
  expect(real.summary.findings.map((finding) => finding.rule)).toEqual(['missed-slot']);
});

test.each(['finished', 'failed'] as const)('a %s job that another worker has recorded is theirs', async (outcome) => {
  await startAtTwo();
  if (outcome === 'failed') keeper.cloud.world.planNextJob('rm-one', { outcome: 'Failed' });
  await keeper.tick();
  keeper.goTo('2026-11-21T03:00:00Z');

  const run = await keeper.reconcile({ ports: portsWith(() => ({ advanceIntent: async () => undefined })) });

  expect(verdictsOn(run, 'rm-one')).toEqual(['in-flight']);
});

test('a run whose lease was taken over stops', async () => {
  await startAtTwo();
  const ports = portsWith((ledger) => ({
    getPostures: async (scope, ids) => {
      keeper.clock.advance(50_000);
      return ledger.getPostures(scope, ids);
    },
    renewRun: async () => false,
  }));

  await expect(keeper.tick({ ports })).rejects.toMatchObject({ code: 'lease-lost' });

  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a lease is renewed while the work goes on', async () => {
  await startAtTwo();
  let renewals = 0;
  const ports = portsWith((ledger) => ({
    getPostures: async (scope, ids) => {
      keeper.clock.advance(50_000);
      return ledger.getPostures(scope, ids);
    },
    renewRun: async (run, until) => {
      renewals += 1;
      return ledger.renewRun(run, until);
    },
  }));

  const run = await keeper.tick({ ports });

  expect(renewals).toBeGreaterThan(0);
  expect(run.summary.counts['submitted']).toBe(1);
});

test('a failure that cannot be recorded either tells both', async () => {
  await startAtTwo();
  const ports = portsWith(() => ({
    getPostures: async () => {
      throw new Error('first trouble');
    },
    finishRun: async () => {
      throw new Error('second trouble');
    },
  }));

  await expect(keeper.tick({ ports })).rejects.toThrow(/first trouble.*second trouble/);
});

test('a tick that is delivered while another worker is at it is skipped', async () => {
  await startAtTwo();
  const { ledger } = keeper.house;
  const asOf = keeper.clock.now();
  await ledger.claimRun({ scope: 'extra-backup', function: 'extra-backup', trigger: { type: 'timer', id: 'tick', time: asOf }, asOf, leaseMs: 60_000 });

  const run = await keeper.tick({ asOf });

  expect(run.summary.status).toBe('skipped');
  expect(keeper.manualStarts('rm-one')).toEqual([]);
});

test('a timer delivery that comes hours late decides by the clock, not by its trigger time', async () => {
  const policy = policyWith('  - { name: daily, schedule: "0 2 * * *", notDuring: [{ from: "08:00", to: "18:00" }] }\n');
  keeper = await startKeeper({ fleet: [MYSQL], policy, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const tickTime = keeper.clock.now();
  keeper.goTo('2026-11-21T09:00:00Z');

  const run = await keeper.tick({ asOf: tickTime });

  expect(verdictsOn(run, 'rm-one')).toEqual(['blackout']);
  expect(run.summary.asOf).toBe('2026-11-21T09:00:00Z');
});

test('a run that takes long starts nothing in a blackout that has begun meanwhile', async () => {
  const policy = policyWith('  - { name: daily, schedule: "0 2 * * *", notDuring: [{ from: "02:30", to: "18:00" }] }\n');
  keeper = await startKeeper({ fleet: [MYSQL], policy, start: '2026-11-21T01:59:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  const ports = portsWith((ledger) => ({
    getPostures: async (scope, ids) => {
      keeper.clock.advance(40 * 60_000);
      return ledger.getPostures(scope, ids);
    },
  }));

  const run = await keeper.tick({ ports });

  expect(verdictsOn(run, 'rm-one')).toEqual(['blackout']);
  expect(run.summary.asOf).toBe('2026-11-21T02:00:00Z');
});

test('a run of the future is refused', async () => {
  await startAtTwo();
  const later = keeper.clock.now() + 3_600_000;

  await expect(keeper.tick({ asOf: later as ReturnType<typeof keeper.clock.now> })).rejects.toMatchObject({ code: 'as-of-in-future' });
});
