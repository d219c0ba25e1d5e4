// Copies are paired with their sets, measured and believed only when the service shows them; each fault gives its own finding.
import { DAY_MS, HOUR_MS, instant } from '../../../lib/base/instant';
import { type TestKeeper, verdictsOn } from '../../support/keeper';
import { COPIED, findingsOf, ONE, policyOf, runThroughBackup, startCopied } from './world';

let keeper: TestKeeper;
afterEach(() => keeper.close());

function newestSet(): string {
  const sets = keeper.cloud.world.find(ONE)?.sets ?? [];
  return [...sets].sort((a, b) => b.startedAt - a.startedAt)[0]?.id ?? '';
}

test('a healthy instance: copied, without a finding, run after run', async () => {
  keeper = await startCopied();

  const runs = [await keeper.verify(), ...(await runThroughBackup(keeper))];

  expect(runs.map((run) => verdictsOn(run, ONE))).toEqual(runs.map(() => ['in-line', 'copied']));
  expect(runs.flatMap(findingsOf)).toEqual([]);
});

test('the lag of a new copy is measured by the runs, and kept in the posture and in the summary', async () => {
  keeper = await startCopied();

  const runs = await runThroughBackup(keeper);

  const lag = runs.at(-1)?.summary.copyLag;
  const posture = (await keeper.house.ledger.getPostures('default/cn-hangzhou#verify-cross-region', [ONE])).get(ONE);
  expect(lag?.copies).toBe(1);
  expect(lag?.maxMinutes).toBeGreaterThan(0);
  expect(lag?.maxMinutes).toBeLessThanOrEqual(65);
  expect(posture?.copies?.lagMaxMs).toBeDefined();
  expect(posture?.copies?.probe?.isRestorable).toBe(true);
});

test.each([
  { name: 'missing', plant: () => keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'missing' }), finding: 'copy-missing' },
  { name: 'failed', plant: () => keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'failed' }), finding: 'copy-failed' },
  {
    name: 'in the wrong region',
    plant: () => keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'wrong-region', region: 'cn-qingdao' }),
    finding: 'copy-wrong-region',
  },
  { name: 'orphaned', plant: () => keeper.cloud.world.plantOrphanCopy(ONE, { agoMs: 2 * DAY_MS + HOUR_MS }), finding: 'copy-orphaned' },
  {
    name: 'with a gap in its logs',
    plant: () => keeper.cloud.world.plantLogGap(ONE, instant(keeper.clock.now() - 30 * HOUR_MS), instant(keeper.clock.now() - 28 * HOUR_MS)),
    finding: 'copied-log-gap',
  },
])('a copy that is $name gives its own finding and no other', async ({ plant, finding }) => {
  keeper = await startCopied();
  plant();

  const run = await keeper.verify();

  expect(findingsOf(run)).toEqual([finding]);
  expect(verdictsOn(run, ONE)).toEqual(['in-line', finding === 'copy-orphaned' ? 'copied' : 'copies-at-risk']);
});

test('a copy that cannot be restored: the probe says why, and asks again only after its time', async () => {
  keeper = await startCopied();
  const copies = await keeper.house.ports
    .gatewayOf({ account: 'default', region: 'cn-hangzhou' })
    .listCopies(ONE, undefined, { from: instant(0), to: keeper.clock.now() });
  for (const { id } of copies) keeper.cloud.world.setUnrestorable(id, 'IncorrectBaksetVersion');

  const run = await keeper.verify();
  keeper.clock.advance(HOUR_MS);
  const next = await keeper.verify();

  expect(findingsOf(run)).toEqual(['copy-not-restorable']);
  expect(run.summary.apiCalls['CheckCreateDdrDBInstance']).toBe(1);
  expect(next.summary.apiCalls['CheckCreateDdrDBInstance']).toBeUndefined();
  expect(findingsOf(next)).toEqual(['copy-not-restorable']);
});

test('findings open once and close by themselves', async () => {
  keeper = await startCopied();
  keeper.cloud.world.plantCopyFault(ONE, newestSet(), { kind: 'missing' });

  const first = await keeper.verify();
  keeper.clock.advance(HOUR_MS);
  const second = await keeper.verify();
  keeper.clock.advance(9 * DAY_MS);
  const third = await keeper.verify();

  expect(first.summary.findingChanges).toEqual({ opened: 1, updated: 0, closed: 0 });
  expect(second.summary.findingChanges).toMatchObject({ opened: 0, closed: 0 });
  expect(third.summary.findingChanges).toMatchObject({ closed: 1 });
});

test('an instance that must have copies and has none is at risk; one that need not is fine', async () => {
  const { crossRegion: _, ...plain } = COPIED;
  keeper = await startCopied([plain], policyOf('{ required: true, destination: cn-shanghai }', 'overrides:\n  rm-two: { crossRegion: { required: false } }'));

  const run = await keeper.verify();

  expect(verdictsOn(run, ONE)).toEqual(['drifted', 'copies-at-risk']);
  expect(run.summary.status).toBe('partial');
});

test('calls per instance do not grow with the fleet, and are counted', async () => {
  const fleet = Array.from({ length: 8 }, (_, at) => ({ ...COPIED, id: `rm-${at}` }));
  keeper = await startCopied(fleet);

  const run = await keeper.verify();

  const calls = Object.values(run.summary.apiCalls).reduce((sum, count) => sum + count, 0);
  expect(run.summary.apiCalls['DescribeCrossRegionBackupDBInstance']).toBe(1);
  expect(calls / fleet.length).toBeLessThanOrEqual(16);
});
