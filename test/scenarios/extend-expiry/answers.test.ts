// The set decides, not the call's answer: lost answers, refusals and others who were there too.
import { instant } from '../../../lib/base/instant';
import type { FaultReply } from '../../../lib/local/kinds';
import { EXTENDED, makeExpiryWorld, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

describe('the set decides, not the answer', () => {
  test.each<{ name: string; reply: FaultReply }>([
    { name: 'a reset', reply: { kind: 'reset' } },
    { name: 'half an answer', reply: { kind: 'partial' } },
    { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalError', message: 'x' } },
    { name: 'Success: false', reply: { kind: 'unsuccessful', code: '500', message: 'x' } },
  ])('$name after the call took effect: extended, and extended once', async ({ reply }) => {
    await world.start([{ id: '1' }]);
    world.fail(reply, 'applied');

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(run.summary).toMatchObject({ status: 'succeeded', findingsTotal: 0 });
    expect(world.expiries()).toEqual({ 1: EXTENDED });
    expect(writes(await world.keeper.extend({ timer: 'second' }))).toBe(0);
  });

  test('Success: false and nothing happened: a finding, the others go on, and the next run repairs it', async () => {
    await world.start([{ id: '1' }, { id: '2' }]);
    world.fail({ kind: 'unsuccessful', code: '500', message: 'not now' });

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'refused', 2: 'extended' });
    expect(run.summary).toMatchObject({ status: 'partial', findings: [{ rule: 'expiry-not-extended', instanceId: 'rm-sql', evidence: { backupId: '1' } }] });
    expect(verdictsOf(await world.keeper.extend({ timer: 'second' }))).toEqual({ 1: 'extended', 2: 'left' });
  });

  test('an expiry that reads back otherwise is a finding', async () => {
    await world.start([{ id: '1' }]);
    const ports = world.keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => ({ ...ports.gatewayOf(target), extendExpiry: () => Promise.resolve() });

    const run = await world.keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'failed' });
    expect(run.summary).toMatchObject({
      status: 'partial',
      findings: [{ rule: 'expiry-differs', evidence: { wanted: '2027-02-17T01:00:00Z', shown: '2026-11-26T01:00:00Z' } }],
    });
  });

  test('a set that somebody keeps longer still, right after the call, is extended, and a finding tells of the other', async () => {
    await world.start([{ id: '1' }]);
    const ports = world.keeper.openHouse().ports;
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        extendExpiry: async (...args) => {
          await gateway.extendExpiry(...args);
          world.keeper.cloud.world.commit([{ kind: 'set-expiry', instanceId: 'rm-sql', backupId: '1', expiresAt: null }]);
        },
      };
    };

    const run = await world.keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'extended' });
    expect(run.summary).toMatchObject({ status: 'succeeded', findings: [{ rule: 'expiry-differs', severity: 'warning', evidence: { shown: 'for ever' } }] });
  });

  test('a set that cannot be read back is not claimed to be extended', async () => {
    await world.start([{ id: '1' }]);
    world.keeper.cloud.faults.add({
      service: 'rds',
      operation: 'DescribeBackups',
      match: { BackupId: '1' },
      skip: 1,
      times: 9,
      effect: 'none',
      reply: { kind: 'reset' },
    });

    const run = await world.keeper.extend();

    expect(verdictsOf(run)).toEqual({ 1: 'ambiguous' });
    expect(run.summary.status).toBe('partial');
    expect(world.expiries()).toEqual({ 1: EXTENDED });
  });

  test('a set that somebody keeps longer between the look and the call is left to them', async () => {
    await world.start([{ id: '1' }]);
    const ports = world.keeper.openHouse().ports;
    const longer = instant(Date.parse('2028-01-01T00:00:00Z'));
    const gatewayOf: typeof ports.gatewayOf = (target) => {
      const gateway = ports.gatewayOf(target);
      return {
        ...gateway,
        extendExpiry: async (...args) => {
          world.keeper.cloud.world.commit([{ kind: 'set-expiry', instanceId: 'rm-sql', backupId: '1', expiresAt: longer }]);
          await gateway.extendExpiry(...args);
        },
      };
    };

    const run = await world.keeper.extend({ ports: { ...ports, gatewayOf } });

    expect(verdictsOf(run)).toEqual({ 1: 'left' });
    expect(world.expiries()).toEqual({ 1: '2028-01-01T00:00:00.000Z' });
  });
});
