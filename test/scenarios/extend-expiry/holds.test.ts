// Holds imply extension: what is held and can be kept longer is kept as long as its hold stands, with or without a rule.
import { DAY_MS, formatInstant, plusMs } from '../../../lib/base/instant';
import { onDemandSlotId } from '../../../lib/domain/slot';
import { addHold } from '../../../lib/run/holds/add';
import { releaseHold } from '../../../lib/run/holds/release';
import { shardsOf } from '../../../lib/run/shards';
import { EXPIRY, EXTENDED, makeExpiryWorld, policyOf, verdictsOf, writes } from './world';

const world = makeExpiryWorld();
afterEach(() => world.close());

const NO_RULES = policyOf('');
/** The hold's end in most cases. */
const END = Date.parse('2027-05-01T00:00:00Z');

const until = () => plusMs(world.keeper.clock.now(), END - world.keeper.clock.now());
const iso = (ms: number): string => new Date(ms).toISOString();

describe('without any rule', () => {
  test("a held set is kept to the hold's end, others are not; a second run changes nothing", async () => {
    await world.start([{ id: '1' }, { id: '2' }], NO_RULES);
    await world.hold({ target: { kind: 'set', backupId: '1' }, until: until() });

    const run = await world.keeper.extend();
    const second = await world.keeper.extend({ timer: 'second' });

    expect(verdictsOf(run)).toEqual({ 1: 'extended', 2: 'left' });
    expect(run.verdicts.find(({ backupId }) => backupId === '1')).toMatchObject({
      rule: 'hold h-01',
      reason: expect.stringContaining('hold h-01 of dba lasts until'),
    });
    expect(world.expiries()).toEqual({ 1: iso(END), 2: EXPIRY });
    expect([verdictsOf(second), writes(second)]).toEqual([{ 1: 'left', 2: 'left' }, 0]);
  });

  test('a hold on the instance keeps its single-database sets, and no others', async () => {
    await world.start([{ id: '1' }, { id: '2', databases: ['hr'] }, { id: '3', mode: 'Automated' }, { id: '4', outcome: 'Failed' }], NO_RULES);
    await world.hold({ until: until() });

    expect(verdictsOf(await world.keeper.extend())).toEqual({ 1: 'extended', 2: 'extended', 3: 'left', 4: 'left' });
  });

  test('a hold on a release keeps the sets that were made for it', async () => {
    await world.start([{ id: '1' }, { id: '2' }], NO_RULES);
    const record = { instanceId: 'rm-sql', origin: 'created', spec: undefined, recordedAt: world.keeper.clock.now(), claimedBy: undefined } as const;
    await world.keeper.house.ledger.putSet({ ...record, backupId: '1', slotId: onDemandSlotId('v1', 'databases') });
    await world.keeper.house.ledger.putSet({ ...record, backupId: '2', slotId: onDemandSlotId('v2', 'databases') });
    await world.hold({ target: { kind: 'release', release: 'v1' }, until: until() });

    expect(verdictsOf(await world.keeper.extend())).toEqual({ 1: 'extended', 2: 'left' });
  });

  test('a hold without an end keeps in steps, so that what is released soon is not kept for ever', async () => {
    await world.start([{ id: '1' }], NO_RULES);
    const began = world.keeper.clock.now();
    await world.hold();

    await world.keeper.extend();
    const first = world.expiries();
    world.keeper.clock.advance(60 * DAY_MS);
    const early = await world.keeper.extend();
    world.keeper.clock.advance(DAY_MS);
    await world.keeper.extend();

    expect(first).toEqual({ 1: iso(began + 90 * DAY_MS) });
    expect(writes(early)).toBe(0);
    expect(world.expiries()).toMatchObject({ 1: iso(began + 151 * DAY_MS) });
  });

  test.each([
    { name: 'that has ended', hold: { until: -1 } },
    { name: 'on another set', hold: { target: { kind: 'set', backupId: '9' } as const } },
  ])('a hold $name keeps nothing', async ({ hold }) => {
    await world.start([{ id: '1' }], NO_RULES);
    const { until: end, ...rest } = { until: undefined, ...hold };
    await world.hold({ ...rest, ...(end === undefined ? {} : { until: plusMs(world.keeper.clock.now(), end) }) });

    const run = await world.keeper.extend();

    expect([writes(run), world.expiries()]).toEqual([0, { 1: EXPIRY }]);
  });
});

test('a rule and a hold on one set: the later of both wins', async () => {
  await world.start([{ id: '1' }, { id: '2' }]);
  await world.hold({ target: { kind: 'set', backupId: '1' }, until: until() });
  await world.hold({ id: 'h-02', target: { kind: 'set', backupId: '2' }, until: plusMs(world.keeper.clock.now(), 8 * DAY_MS) });

  await world.keeper.extend();

  expect(world.expiries()).toEqual({ 1: iso(END), 2: EXTENDED });
});

test('a hold that is released between the look and the call extends nothing', async () => {
  await world.start([{ id: '1' }], NO_RULES);
  await world.hold({ until: until() });
  const ports = world.keeper.openHouse().ports;
  const desk = { ledger: world.keeper.house.ledger, logger: ports.logger, asOf: world.keeper.clock.now() };
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    const listBackupSets: typeof gateway.listBackupSets = async (...args) => {
      const sets = await gateway.listBackupSets(...args);
      await releaseHold(desk, { instanceId: 'rm-sql', holdId: 'h-01', by: 'dba' });
      return sets;
    };
    return { ...gateway, listBackupSets };
  };

  const run = await world.keeper.extend({ ports: { ...ports, gatewayOf } });

  expect(verdictsOf(run)).toEqual({ 1: 'left' });
  expect(world.expiries()).toEqual({ 1: EXPIRY });
});

test('a hold says beforehand that extend-expiry keeps its set, and until when', async () => {
  await world.start([{ id: '1' }], NO_RULES);
  const { house, clock, policy } = world.keeper;
  const desk = { ledger: house.ledger, shards: shardsOf(policy, house.ports.gatewayOf), logger: house.logger, asOf: clock.now() };
  const wish = { instanceId: 'rm-sql', target: { kind: 'set', backupId: '1' }, owner: 'dba', reason: 'audit', until: until() } as const;

  const { view } = await addHold(desk, wish);
  await world.keeper.extend();

  expect(view).toMatchObject({
    effectiveUntil: until(),
    effect: 'extend-expiry keeps set 1 at the service as long as the hold stands, which cannot be taken back',
  });
  expect(world.expiries()).toEqual({ 1: iso(END) });
  expect(formatInstant(until())).toBe('2027-05-01T00:00:00Z');
});
