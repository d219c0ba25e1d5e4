// Plans and their application on the local cloud: exactly the steps of the plan, or nothing.
import fc from 'fast-check';
import { makeDeadline } from '../../lib/base/deadline';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, parseInstant, plusMs } from '../../lib/base/instant';
import type { CompiledPolicy } from '../../lib/domain/protection-policy';
import type { SlotVerdict } from '../../lib/domain/verdict';
import { type Applied, applyPlan, PlanDiffersError } from '../../lib/run/apply';
import { runExtraBackup } from '../../lib/run/extra-backup';
import { planRun } from '../../lib/run/plan';
import { type PlanFile, planFileOf } from '../../lib/run/plan-file';
import { makeApprovedSteps } from '../../lib/run/plan-steps';
import type { PlannedFunction, PlanStep, RunPorts, RunRequest } from '../../lib/run/types';
import { startKeeper, type TestKeeper } from '../support/keeper';
import { plantSets } from '../support/sets';

const FLEET = [
  { id: 'rm-a', engine: 'MySQL' as const, usedGb: 1 },
  { id: 'rm-b', engine: 'MySQL' as const, usedGb: 1 },
  { id: 'rm-sql', engine: 'SQLServer' as const, usedGb: 1, databases: ['ledger', 'hr'], history: { days: 0 } },
];

/** The world begins on 2026-11-21T01:00:00Z, the backups are due at two; planted sets are two days old and have five days left. */
const POLICY = `timezone: UTC
regions: [cn-hangzhou]
limits: { planMaxAge: 1h, maxChangesPerRun: 3 }
extraBackups:
  - { name: daily, schedule: "0 2 * * *", select: { engines: [mysql] }, notDuring: [{ days: [mon-sun], from: "02:30", to: "03:00" }] }
expiry:
  - { name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 30d, from: now }
`;

let keeper: TestKeeper;
beforeEach(async () => {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:30Z');
});
afterEach(() => keeper.close());

function requestOf(instances: readonly string[] | undefined, asOf: Instant): RunRequest {
  return {
    trigger: { type: 'cli', id: 'plan', time: asOf },
    asOf,
    dryRun: true,
    policy: keeper.policy,
    deadline: makeDeadline(keeper.clock, HOUR_MS, 1_000),
    ...(instances === undefined ? {} : { instances }),
  };
}

async function plan(name: PlannedFunction = 'extra-backup', instances?: readonly string[], asOf = keeper.clock.now()): Promise<PlanFile> {
  const planned = await planRun(name, requestOf(instances, asOf), keeper.openHouse().ports);
  const installationId = (await keeper.house.ledger.meta())?.installationId ?? 'none';
  const file: PlanFile = JSON.parse(JSON.stringify(planFileOf(planned, { installationId, instances })));
  return file;
}

interface Outcome {
  readonly applied: Applied;
  readonly verdicts: readonly SlotVerdict[];
}

async function apply(file: PlanFile, given: { policy?: CompiledPolicy; ports?: RunPorts } = {}): Promise<Outcome> {
  const { policy = keeper.policy, ports = keeper.openHouse().ports } = given;
  const verdicts: SlotVerdict[] = [];
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  const applied = await applyPlan({ file, policy, deadline }, ports, { onVerdict: (verdict) => verdicts.push(verdict) });
  return { applied, verdicts };
}

/** What came of it: the counts of the run's summary. */
function countsOf({ applied }: Outcome): unknown {
  return applied.kind === 'nothing' ? 'nothing' : applied.summary.counts;
}

/** Started backups and expiries: everything that these functions can change. */
function world(): unknown {
  const sets = keeper.cloud.world.find('rm-sql')?.sets ?? [];
  return { starts: FLEET.map(({ id }) => keeper.manualStarts(id)), expiries: sets.map(({ id, expiresAt }) => [id, expiresAt]) };
}

const targetsOf = (steps: readonly PlanStep[]): string[] => steps.map((step) => `${step.instanceId} ${'backupId' in step ? step.backupId : step.action}`);

function plant(...ids: readonly string[]): void {
  plantSets(
    keeper.cloud.world,
    'rm-sql',
    keeper.clock.now(),
    ids.map((id) => ({ id })),
  );
}

describe('a plan that still holds', () => {
  test('is carried out: its steps, as of its time', async () => {
    const file = await plan();
    keeper.clock.advance(5 * MINUTE_MS);

    const outcome = await apply(file);

    expect(targetsOf(file.steps)).toEqual(['rm-a create-backup', 'rm-b create-backup']);
    expect(outcome.applied).toMatchObject({
      kind: 'applied',
      summary: { status: 'succeeded', asOf: '2026-11-21T02:00:30Z', trigger: { type: 'cli', id: `keeper-apply-${file.digest}` }, counts: { submitted: 2 } },
    });
    expect([keeper.manualStarts('rm-a'), keeper.manualStarts('rm-b')].map(({ length }) => length)).toEqual([1, 1]);
  });

  test('for some instances leaves the others alone', async () => {
    const file = await plan('extra-backup', ['rm-b']);

    await apply(file);

    expect(file.instances).toEqual(['rm-b']);
    expect([keeper.manualStarts('rm-a'), keeper.manualStarts('rm-b')].map(({ length }) => length)).toEqual([0, 1]);
  });

  test('decides as of a whole second, so that what it says of its time is all of it', async () => {
    plant('1');
    keeper.clock.advance(29_999);
    const file = await plan('extend-expiry');

    const outcome = await apply(file);

    expect(file).toMatchObject({ asOf: '2026-11-21T02:00:59Z', steps: [{ after: '2026-12-21T02:00:00Z' }] });
    expect(countsOf(outcome)).toMatchObject({ extended: 1 });
  });

  test('is one run, however often it is applied: the second time nothing is done, and the first summary is shown', async () => {
    const file = await plan();
    const first = await apply(file);
    const after = world();
    keeper.clock.advance(10 * MINUTE_MS);

    const second = await apply(file);

    expect(first.applied).toMatchObject({ kind: 'applied' });
    expect(second.applied).toEqual({ ...first.applied, kind: 'repeated' });
    expect(second.verdicts).toEqual([]);
    expect(world()).toEqual(after);
  });

  test('is found again behind hundreds of later runs', async () => {
    const file = await plan();
    await apply(file);
    const at = keeper.clock.now();
    for (let index = 0; index < 60; index += 1) {
      const trigger = { type: 'timer', id: 'busy', time: plusMs(at, index * 1_000) } as const;
      await keeper.house.ledger.claimRun({ scope: 'extra-backup', function: 'extra-backup', trigger, asOf: at, leaseMs: 1 });
    }

    expect((await apply(file)).applied.kind).toBe('repeated');
  });

  test('that was made under the limit of changes carries out those changes and no other', async () => {
    plant('1', '2', '3', '4', '5');
    const file = await plan('extend-expiry');

    const outcome = await apply(file);

    expect(file).toMatchObject({ overLimit: 2, steps: [{}, {}, {}] });
    expect(countsOf(outcome)).toMatchObject({ extended: 3 });
    const extended = outcome.verdicts.filter(({ verdict }) => verdict === 'extended').map(({ instanceId, backupId }) => `${instanceId} ${backupId}`);
    expect(extended.sort()).toEqual(targetsOf(file.steps).sort());
  });
});

test('a plan without steps applies to nothing', async () => {
  const file = await plan('extend-expiry');

  expect(file.steps).toEqual([]);
  expect((await apply(file)).applied).toEqual({ kind: 'nothing' });
  expect(await keeper.house.ledger.listRuns('extend-expiry', 5)).toEqual([]);
});

describe('a plan that must not be applied is refused, and nothing is changed', () => {
  interface Refusal {
    readonly name: string;
    readonly code: string;
    readonly says: RegExp;
    readonly spoil?: (file: PlanFile) => PlanFile;
    readonly policy?: (policy: CompiledPolicy) => CompiledPolicy;
    readonly waitMs?: number;
  }

  test.each<Refusal>([
    {
      name: 'of another installation',
      code: 'plan-of-another-installation',
      says: /installation other/,
      spoil: (file) => ({ ...file, installationId: 'other' }),
    },
    {
      name: 'of another policy',
      code: 'plan-of-another-policy',
      says: /the policy has changed/,
      policy: (policy) => ({ ...policy, digest: 'sha256:new' }),
    },
    { name: 'older than it may be', code: 'plan-too-old', says: /within 60 minutes \(limits\.planMaxAge\)/, waitMs: HOUR_MS + 1_000 },
    { name: 'ahead of the clock', code: 'plan-from-future', says: /ahead of the clock/, spoil: (file) => ({ ...file, asOf: '2026-11-21T02:03:00Z' }) },
    { name: 'of no time', code: 'plan-invalid', says: /time "soon" is none/, spoil: (file) => ({ ...file, asOf: 'soon' }) },
  ])('$name', async ({ code, says, spoil = (file) => file, policy = (same) => same, waitMs = 0 }) => {
    const file = spoil(await plan());
    keeper.clock.advance(waitMs);
    const before = world();

    await expect(apply(file, { policy: policy(keeper.policy) })).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringMatching(says) });

    expect(world()).toEqual(before);
    expect(await keeper.house.ledger.listRuns('extra-backup', 5)).toHaveLength(1);
  });

  test('just as old as it may be is applied', async () => {
    const file = await plan('extra-backup', undefined, parseInstant('2026-11-21T02:00:00Z'));
    keeper.goTo('2026-11-21T02:29:59Z');

    expect((await apply(file)).applied.kind).toBe('applied');
  });

  test('without a ledger of ours', async () => {
    const file = await plan();
    const house = keeper.openHouse({ KEEPER_TABLE_PREFIX: 'other_' });

    await expect(apply(file, { ports: house.ports })).rejects.toMatchObject({ exitCode: 1 });
  });
});

describe('the world has moved on: apply stops, says how, and changes nothing', () => {
  async function stopsWith(file: PlanFile, differences: { noLonger?: string[]; notPlanned?: string[] }): Promise<PlanDiffersError> {
    const before = world();

    const error: unknown = await apply(file).catch((thrown: unknown) => thrown);

    if (!(error instanceof PlanDiffersError)) throw error;
    expect(error).toMatchObject({ code: 'plan-differs', exitCode: 1 });
    expect({ noLonger: targetsOf(error.differences.noLonger), notPlanned: targetsOf(error.differences.notPlanned) }).toEqual({
      noLonger: [],
      notPlanned: [],
      ...differences,
    });
    expect(world()).toEqual(before);
    return error;
  }

  test('somebody else has done a step', async () => {
    const file = await plan();
    await keeper.tick({ instances: ['rm-a'] });

    const { message } = await stopsWith(file, { noLonger: ['rm-a create-backup'] });

    expect(message).toContain('in the plan, but not due any more: rm-a: back up the instance (physical) for slot 20261121T020000Z~daily~instance');
  });

  test('more is due by now', async () => {
    plant('1');
    const file = await plan('extend-expiry');
    plant('1', '2');

    const { message } = await stopsWith(file, { notPlanned: ['rm-sql 2'] });

    expect(message).toContain('due, but not in the plan: rm-sql: keep backup set 2 longer');
  });

  test('a set is kept longer by now', async () => {
    plant('1', '2');
    const file = await plan('extend-expiry');
    await keeper.extend({ instances: ['rm-sql'] });

    await stopsWith(file, { noLonger: ['rm-sql 1', 'rm-sql 2'] });
  });

  test('a set expires at another time by now', async () => {
    plant('1');
    const file = await plan('extend-expiry');
    plantSets(keeper.cloud.world, 'rm-sql', keeper.clock.now(), [{ id: '1', expiresAt: plusMs(keeper.clock.now(), DAY_MS) }]);

    await stopsWith(file, { noLonger: ['rm-sql 1'], notPlanned: ['rm-sql 1'] });
  });

  test('a blackout has begun', async () => {
    const file = await plan();
    keeper.goTo('2026-11-21T02:31:00Z');

    await stopsWith(file, { noLonger: ['rm-a create-backup', 'rm-b create-backup'] });
  });

  test('a set of a plan under the limit of changes is gone', async () => {
    plant('1', '2', '3', '4', '5');
    const file = await plan('extend-expiry');
    const [first] = file.steps;
    const gone = first !== undefined && 'backupId' in first ? first.backupId : '';
    plant(...['1', '2', '3', '4', '5'].filter((id) => id !== gone));

    await stopsWith(file, { noLonger: [`rm-sql ${gone}`] });
  });

  test('the same steps in another order', async () => {
    plant('1', '2');
    const file = await plan('extend-expiry');

    const { message } = await stopsWith({ ...file, steps: file.steps.toReversed() }, {});

    expect(message).toContain('in another order');
  });

  test('of many steps, the first are listed', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `${100 + index}`);
    plant('1');
    const file = await plan('extend-expiry');
    const [step] = file.steps;
    const steps = ids.map((backupId) => ({ ...step, backupId }) as PlanStep);

    const { message } = await stopsWith({ ...file, steps }, { noLonger: ids.map((id) => `rm-sql ${id}`), notPlanned: ['rm-sql 1'] });

    expect(message.split('\n')).toHaveLength(1 + 20 + 1 + 1);
    expect(message).toContain('in the plan, but not due any more: and 5 more');
  });
});

describe('two who apply one plan', () => {
  test('while the first is at it the second stops', async () => {
    const file = await plan();
    const time = parseInstant(file.asOf) as Instant; // written by the plan
    const trigger = { type: 'cli', id: `keeper-apply-${file.digest}`, time } as const;
    await keeper.house.ledger.claimRun({ scope: 'extra-backup', function: 'extra-backup', trigger, asOf: time, leaseMs: MINUTE_MS });

    await expect(apply(file)).rejects.toMatchObject({ code: 'plan-being-applied', exitCode: 1 });

    keeper.clock.advance(2 * MINUTE_MS);
    expect((await apply(file)).applied).toMatchObject({ kind: 'applied', summary: { counts: { submitted: 2 } } });
  });

  test('after the first has failed half-way, what is left must be planned anew', async () => {
    plant('1', '2', '3');
    const file = await plan('extend-expiry');
    const { ports } = keeper.openHouse();
    let calls = 0;
    const gatewayOf: RunPorts['gatewayOf'] = (target) => {
      const gateway = ports.gatewayOf(target);
      const extendExpiry: typeof gateway.extendExpiry = async (...args) => {
        calls += 1;
        if (calls > 1) throw new Error('the process was out of memory');
        return gateway.extendExpiry(...args);
      };
      return { ...gateway, extendExpiry };
    };

    await expect(apply(file, { ports: { ...ports, gatewayOf } })).rejects.toThrow('out of memory');
    await expect(apply(file)).rejects.toMatchObject({ code: 'plan-differs', hint: expect.stringContaining('an earlier apply of this plan') });
    expect(countsOf(await apply(await plan('extend-expiry')))).toMatchObject({ extended: 2 });
  });
});

test('a run that applies a plan does nothing that is not in it', async () => {
  const { steps } = await plan();
  const before = world();
  const request = { ...requestOf(undefined, keeper.clock.now()), dryRun: false };
  const verdicts: SlotVerdict[] = [];

  const none = await runExtraBackup({ ...request, approved: makeApprovedSteps([]) }, keeper.openHouse().ports);
  const after = world();
  const trigger = { ...request.trigger, id: 'second' };
  await runExtraBackup({ ...request, trigger, approved: makeApprovedSteps(steps.slice(1)) }, keeper.openHouse().ports, {
    onVerdict: (verdict) => verdicts.push(verdict),
  });

  expect(none).toMatchObject({ status: 'partial', counts: { 'not-in-plan': 2 } });
  expect(after).toEqual(before);
  expect(new Map(verdicts.map(({ instanceId, verdict }) => [instanceId, verdict]))).toEqual(
    new Map([
      ['rm-a', 'not-in-plan'],
      ['rm-b', 'submitted'],
      ['rm-sql', 'no-rule'],
    ]),
  );
  expect(keeper.manualStarts('rm-a')).toEqual([]);
});

describe('plan and apply agree', () => {
  test('whatever sets there are: exactly the steps of the plan are carried out', async () => {
    const planted = fc.record({
      databases: fc.constantFrom(['ledger'], ['ledger'], ['hr'], ['hr', 'ledger']),
      leftMs: fc.integer({ min: HOUR_MS, max: 60 * DAY_MS }),
      ageMs: fc.integer({ min: DAY_MS, max: 20 * DAY_MS }),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(planted, { maxLength: 6 }), fc.integer({ min: 0, max: 50 }), async (kinds, waitMinutes) => {
        keeper.clock.advance(DAY_MS);
        const now = keeper.clock.now();
        const sets = kinds.map(({ databases, leftMs, ageMs }, index) => ({
          id: `${index + 1}`,
          databases,
          startedAt: instant(now - ageMs - HOUR_MS),
          endedAt: instant(now - ageMs),
          expiresAt: plusMs(now, leftMs),
        }));
        plantSets(keeper.cloud.world, 'rm-sql', now, sets);
        const file = await plan('extend-expiry');
        keeper.clock.advance(waitMinutes * MINUTE_MS);
        const isGoneMeanwhile = sets.some(({ expiresAt }) => expiresAt <= keeper.clock.now());

        const outcome = await apply(file).catch((error: unknown) => error);

        const after = new Map((keeper.cloud.world.find('rm-sql')?.sets ?? []).map(({ id, expiresAt }) => [id, expiresAt]));
        const changed = sets.filter(({ id, expiresAt }) => after.has(id) && after.get(id) !== expiresAt).map(({ id }) => id);
        if (outcome instanceof PlanDiffersError) {
          expect({ changed, isGoneMeanwhile }).toEqual({ changed: [], isGoneMeanwhile: true });
          return;
        }
        const planned = file.steps.flatMap((step) => (step.action === 'extend-expiry' ? [step] : []));
        expect(changed).toEqual(planned.map(({ backupId }) => backupId).sort());
        expect(planned.map(({ backupId }) => after.get(backupId))).toEqual(planned.map(({ after: wanted }) => parseInstant(wanted)));
      }),
      { numRuns: 30 },
    );
  });

  test('whichever instances are named, and whatever runs in between: the backups of the plan are started, or none', async () => {
    const some = fc.subarray(['rm-a', 'rm-b'], { minLength: 1 });

    await fc.assert(
      fc.asyncProperty(some, fc.option(some), async (planned, others) => {
        keeper.clock.advance(DAY_MS);
        await keeper.reconcile();
        const file = await plan('extra-backup', planned);
        if (others !== null) await keeper.tick({ instances: others });
        const taken = new Set(others ?? []);

        const outcome = await apply(file).catch((error: unknown) => error);

        const today = file.asOf.slice(0, 10);
        const started = ['rm-a', 'rm-b'].filter((id) => !taken.has(id) && keeper.manualStarts(id).some((start) => start.startsWith(today)));
        expect(file.steps.map(({ instanceId }) => instanceId)).toEqual(planned);
        expect(started).toEqual(planned.some((id) => taken.has(id)) ? [] : planned);
        expect(outcome instanceof PlanDiffersError).toBe(planned.some((id) => taken.has(id)));
      }),
      { numRuns: 15 },
    );
  });
});
