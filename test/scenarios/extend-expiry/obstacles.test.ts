// What stands in the way of an extension is a verdict, and nothing that fails is silent.
import { DAY_MS } from '../../../lib/base/instant';
import { ACTION, EXPIRY, MSSQL, makeExpiryWorld, READ_ONLY, READER, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

describe('what stands in the way', () => {
  test('a denied permission: named once, tried once', async () => {
    await world.start([{ id: '1' }, { id: '2' }]);
    world.keeper.cloud.identities.addUser({
      ...READER,
      accessKeyId: world.keeper.cloud.credentials.accessKeyId,
      secret: world.keeper.cloud.credentials.accessKeySecret,
      policy: READ_ONLY,
    });

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'denied', 2: 'denied' });
    expect(run.summary).toMatchObject({
      status: 'partial',
      findingsTotal: 1,
      findings: [{ rule: 'permission-denied', evidence: { action: `rds:${ACTION}` } }],
    });
    expect(writes(run)).toBe(1);
  });

  test('a set that expires between the list and the call is missed, with a finding', async () => {
    await world.start([{ id: '1' }]);
    const ports = world.keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        findBackupSet: (...args) => {
          world.keeper.clock.advance(5 * DAY_MS);
          return gateway.findBackupSet(...args);
        },
      };
    };

    const run = await world.keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'missed' });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'set-gone' }] });
    expect(writes(run)).toBe(0);
  });

  test.each([
    { name: 'throttling', reply: { kind: 'throttle', retryAfterMs: 60_000 } as const, verdict: 'deferred-throttled', findings: 0 },
    { name: 'an outage', reply: { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'x' } as const, verdict: 'unreachable', findings: 1 },
  ])('$name of the call', async ({ reply, verdict, findings }) => {
    await world.start([{ id: '1' }]);
    world.fail(reply, 'none', 9);

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: verdict });
    expect(run.summary.findingsTotal).toBe(findings);
    expect(world.expiries()).toEqual({ 1: EXPIRY });
  });

  test('sets that cannot be listed: the instance has a verdict that says so', async () => {
    await world.start([{ id: '1' }]);
    world.fail({ kind: 'error', status: 403, code: 'Forbidden.RAM', message: 'x' }, 'none', 9, 'DescribeBackups');

    const run = await world.keeper.extend();

    expect(run.verdicts.find(({ instanceId }) => instanceId === 'rm-sql')).toMatchObject({ verdict: 'denied', backupId: undefined });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'permission-denied', evidence: { action: 'rds:DescribeBackups' } }] });
  });

  test('no time left: the rest is handed off, which is no error', async () => {
    await world.start([{ id: '1' }]);

    const run = await world.keeper.extend({ remainingMs: 500 });

    expect(run.summary.status).toBe('continued');
    expect(writes(run)).toBe(0);
  });

  test('time runs out on the way: every instance and every due set says so, and the next run goes on', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `rm-${index}`);
    await world.startFleet(ids.map((id) => ({ ...MSSQL, id })));
    for (const id of ids) world.plant(id, [{ id: '1' }]);
    const ports = world.keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      const listBackupSets: typeof gateway.listBackupSets = async (...args) => {
        const sets = await gateway.listBackupSets(...args);
        world.keeper.clock.advance(2_000);
        return sets;
      };
      return { ...gateway, listBackupSets };
    };

    const run = await world.keeper.extend({ ports: { ...ports, gatewayOf }, remainingMs: 3_000 });
    const next = await world.keeper.extend({ timer: 'next' });

    expect(run.summary).toMatchObject({ status: 'continued', counts: { 'deferred-throttled': 10 }, scope: { instances: 10 } });
    expect(run.verdicts.map(({ backupId }) => backupId).filter((id) => id === undefined)).not.toHaveLength(0);
    expect(next.summary.counts).toEqual({ extended: 10 });
  });

  test('credentials that are not accepted fail the run', async () => {
    await world.start([{ id: '1' }]);
    world.fail({ kind: 'error', status: 404, code: 'InvalidAccessKeyId.NotFound', message: 'x' }, 'none', 99, '*');

    await expect(world.keeper.extend()).rejects.toMatchObject({ code: 'credentials', summary: { status: 'failed' } });
  });

  test('credentials that expire at the call stop the account, and nothing is claimed', async () => {
    await world.start([{ id: '1' }, { id: '2' }]);
    world.fail({ kind: 'error', status: 400, code: 'InvalidSecurityToken.Expired', message: 'x' });

    const run = await world.keeper.extend();

    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'shard-failed' }] });
    expect(verdictsOf(run)).toEqual({ 1: 'unreachable', 2: 'unreachable' });
    expect(new Set(Object.values(world.expiries()))).toEqual(new Set([EXPIRY]));
  });

  test('an unknown instance stops the run before anything is changed', async () => {
    await world.start([{ id: '1' }]);

    await expect(world.keeper.extend({ instances: ['rm-sql', 'rm-none'] })).rejects.toThrow('no instance rm-none');
    expect(world.expiries()).toEqual({ 1: EXPIRY });
  });
});
