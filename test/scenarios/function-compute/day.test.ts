// A whole day of a fleet of two hundred instances on Function Compute: every timer of s.yaml fires, every due slot is served once, and nobody complains.
import { DAY_MS, HOUR_MS, plusMs } from '../../../lib/base/instant';
import { makeFleet } from '../../../lib/local';
import { complaintsOf, type Deployed, deploy } from '../../support/function-compute';

let deployed: Deployed;
afterEach(() => deployed.close());

const FLEET = [...makeFleet({ count: 200, regions: ['cn-hangzhou', 'cn-shanghai'] }).members()];

const TIMED = ['extra-backup', 'retention-hygiene', 'extend-expiry', 'verify-cross-region', 'reconcile', 'report'];

const POLICY = `
timezone: Asia/Shanghai
regions: [cn-hangzhou, cn-shanghai]
limits: { apiRatePerSecond: 100, crossRegionRatePerSecond: 10 }
extraBackups:
  - { name: morning, schedule: "30 9 * * *" }
  - { name: evening, schedule: "0 21 * * *" }
settings: { mode: audit, dataRetention: { min: 7 } }
retention: { mode: enforce, keep: { daily: 7 }, floor: 2 }
crossRegion: { mode: audit, required: false }
`;

/** In UTC. A tick of extra-backup comes every quarter of an hour; an automatic backup that is just running goes first. */
const DUE = ['2026-11-21T01:30:00Z', '2026-11-21T13:00:00Z'].map(Date.parse);

test('every due slot once, every run in the ledger, no complaint in the logs', async () => {
  deployed = await deploy({ fleet: FLEET, policy: POLICY, start: '2026-11-20T16:00:00Z' });
  const { fc, clock } = deployed;

  await fc.passTime(plusMs(clock.now(), DAY_MS));

  const records = fc.records();
  const runs = await deployed.runs();
  expect(records.filter(({ ok }) => !ok)).toEqual([]);
  expect(complaintsOf(records)).toEqual([]);
  expect(FLEET.flatMap(({ id }) => differences(id, deployed.manualStarts(id)))).toEqual([]);
  // Every invocation is a run of its own: dispatchers, workers, and everything else that a timer woke.
  expect(runs).toHaveLength(records.length);
  expect(runs.filter(({ summary }) => summary === undefined || !/^(succeeded|continued)$/.test(summary.status))).toEqual([]);
  expect(new Set(runs.map((run) => run.function))).toEqual(new Set(TIMED));
}, 300_000);

/** Where an instance's backups are not exactly one in the hour after each slot. */
function differences(id: string, starts: readonly string[]): string[] {
  const isServed =
    starts.length === DUE.length && DUE.every((due, at) => Date.parse(starts[at] ?? '') - due >= 0 && Date.parse(starts[at] ?? '') - due < HOUR_MS);
  return isServed ? [] : [`${id}: ${starts.join(', ')}`];
}
