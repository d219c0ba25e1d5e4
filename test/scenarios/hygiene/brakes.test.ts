// Over the brakes nothing is purged, whoever asks: all shards, retries and ticks share them.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { TestKeeper } from '../../support/keeper';
import { KEEP_TEN, memberWithSets, nextDay, ONE, policyOf, startOwner } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

test('more due than the absolute limit: nothing is purged, and a finding says so', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 3, maxPurgePercentPerDay: 100 }'));
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary).toMatchObject({ status: 'partial', counts: { braked: 4 } });
  expect(run.summary.findings).toContainEqual(expect.objectContaining({ rule: 'purges-braked', severity: 'error' }));
  expect(keeper.manualSets(ONE)).toHaveLength(14);
});

test('more due than the share of the fleet: nothing is purged', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, 'limits: { maxPurgePercentPerDay: 20 }'));
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene();

  expect(run.summary.counts).toMatchObject({ braked: 4 });
});

test('the share is one of the whole fleet, also for a run that names an instance', async () => {
  const fleet = [memberWithSets(14), memberWithSets(10, 'rm-two', 201), memberWithSets(10, 'rm-three', 301)];
  keeper = await startOwner(fleet, policyOf(KEEP_TEN, 'limits: { maxPurgePercentPerDay: 12 }'));
  await keeper.hygiene();
  nextDay(keeper);

  const run = await keeper.hygiene({ instances: [ONE] });

  expect(run.summary.counts).toMatchObject({ purged: 4 });
});

test('what one region has purged counts in the other, and for 24 hours', async () => {
  const far = { ...memberWithSets(14, 'rm-far', 201), regionId: 'cn-shanghai' };
  const policy = ['timezone: UTC', 'regions: [cn-hangzhou, cn-shanghai]', KEEP_TEN, 'limits: { maxPurgesPerDay: 6, maxPurgePercentPerDay: 100 }'].join('\n');
  keeper = await startOwner([memberWithSets(14), far], policy);
  await keeper.hygiene();
  nextDay(keeper);

  const together = await keeper.hygiene();
  const near = await keeper.hygiene({ instances: [ONE], timer: 'near' });
  keeper.clock.advance(HOUR_MS);
  const braked = await keeper.hygiene({ instances: ['rm-far'], timer: 'far' });
  keeper.clock.advance(DAY_MS);
  const free = await keeper.hygiene({ instances: ['rm-far'], timer: 'far' });

  expect(together.summary.counts).toMatchObject({ braked: 8 });
  expect(near.summary.counts).toMatchObject({ purged: 4 });
  expect(braked.summary.counts).toMatchObject({ braked: 4 });
  expect(free.summary.counts).toMatchObject({ purged: 4 });
});

test('a retry of what was granted is not counted twice', async () => {
  keeper = await startOwner([memberWithSets(14)], policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 4, maxPurgePercentPerDay: 100 }'));
  await keeper.hygiene();
  nextDay(keeper);
  keeper.cloud.faults.add({ service: 'rds', operation: 'DeleteBackup', times: 9, effect: 'none', reply: { kind: 'reset' } });
  const first = await keeper.hygiene();
  keeper.cloud.faults.clear();
  keeper.clock.advance(HOUR_MS);

  const second = await keeper.hygiene();

  expect(first.summary.counts).toMatchObject({ ambiguous: 4 });
  expect(second.summary.counts).toMatchObject({ purged: 4 });
});

test('two runs at once never purge more than the limit', async () => {
  const fleet = [memberWithSets(14), memberWithSets(14, 'rm-two', 201)];
  keeper = await startOwner(fleet, policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 5, maxPurgePercentPerDay: 100 }'));
  await keeper.hygiene();
  nextDay(keeper);

  const runs = await Promise.all([keeper.hygiene({ instances: [ONE], timer: 'a' }), keeper.hygiene({ instances: ['rm-two'], timer: 'b' })]);

  const counts = runs.map((run) => run.summary.counts);
  expect(counts.reduce((sum, each) => sum + (each['purged'] ?? 0), 0)).toBe(4);
  expect(counts.reduce((sum, each) => sum + (each['braked'] ?? 0), 0)).toBe(4);
});

test('a purge that is repeated after a lost call counts from the repetition: no 24 hours ever see more than the limit', async () => {
  const fleet = [memberWithSets(14), memberWithSets(14, 'rm-two', 201)];
  keeper = await startOwner(fleet, policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 4, maxPurgePercentPerDay: 100 }'));
  await keeper.hygiene();
  nextDay(keeper);
  keeper.cloud.faults.add({ service: 'rds', operation: 'DeleteBackup', times: 9, effect: 'none', reply: { kind: 'reset' } });
  await keeper.hygiene({ instances: [ONE] });
  keeper.cloud.faults.clear();
  keeper.clock.advance(23 * HOUR_MS);
  const repeated = await keeper.hygiene({ instances: [ONE] });
  keeper.clock.advance(2 * HOUR_MS);

  const next = await keeper.hygiene({ instances: ['rm-two'] });

  expect(repeated.summary.counts).toMatchObject({ purged: 4 });
  expect(next.summary.counts).toMatchObject({ braked: 4 });
});

test('a purge may take effect a while after it was granted, so it counts for that while longer than 24 hours', async () => {
  const fleet = [memberWithSets(14), memberWithSets(14, 'rm-two', 201)];
  keeper = await startOwner(fleet, policyOf(KEEP_TEN, 'limits: { maxPurgesPerDay: 4, maxPurgePercentPerDay: 100 }'));
  await keeper.hygiene();
  nextDay(keeper);
  const late = { service: 'rds', operation: 'DeleteBackup', reply: { kind: 'reset' } } as const;
  keeper.cloud.faults.add({ ...late, effect: { appliedAfterMs: 14 * MINUTE_MS } });
  keeper.cloud.faults.add({ ...late, times: 9, effect: 'none' });
  await keeper.hygiene({ instances: [ONE] });
  keeper.cloud.faults.clear();
  keeper.clock.advance(DAY_MS);

  const next = await keeper.hygiene({ instances: ['rm-two'] });

  expect(keeper.manualSets(ONE)).toHaveLength(10);
  expect(next.summary.counts).toMatchObject({ braked: 4 });
});
