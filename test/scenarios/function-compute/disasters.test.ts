// What goes wrong on Function Compute itself: whatever it is, three quarters of an hour later the fleet is as it would be without.
import { MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { Verdict } from '../../../lib/domain/verdict';
import type { FcFault, RunningFcEngine } from '../../../lib/local';
import { type Deployed, deploy } from '../../support/function-compute';

let deployed: Deployed;
beforeAll(async () => {
  deployed = await deploy({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:44:00Z', only: ['extra-backup', 'reconcile'] });
});
afterAll(() => deployed.close());

/** One for each worker: a killed worker is then in no other instance's call. */
const IDS = ['rm-a', 'rm-b'];
const FLEET = IDS.map((id, index) => ({ id, engine: 'MySQL' as const, regionId: index === 0 ? 'cn-hangzhou' : 'cn-shanghai' }));
const POLICY = 'timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\nextraBackups:\n  - { name: hourly, schedule: "0 * * * *" }\n';

/** From the quarter before a slot to three quarters of an hour after it: four ticks of extra-backup, with a worker for each region, and reconcile in between. */
async function anHourWith(disaster: (fc: RunningFcEngine) => void): Promise<object> {
  const { fc, clock, house, manualStarts } = deployed;
  const before = IDS.map((id) => manualStarts(id).length);
  await fc.passTime(plusMs(clock.now(), 15 * MINUTE_MS));
  disaster(fc);
  await fc.passTime(plusMs(clock.now(), 45 * MINUTE_MS));
  fc.faults.clear();
  const intents: unknown[] = [];
  for await (const page of house.ledger.listOpenIntents()) intents.push(...page);
  const tasks: unknown[] = [];
  for await (const page of house.ledger.listTasks('shard')) tasks.push(...page);
  const verdicts: Record<string, string | undefined> = {};
  for (const scope of ['default/cn-hangzhou', 'default/cn-shanghai']) {
    for (const [id, posture] of await house.ledger.getPostures(scope, IDS)) verdicts[id] = wordOf(posture.rules['hourly']?.verdict?.verdict);
  }
  return { backups: IDS.map((id, at) => manualStarts(id).length - (before[at] ?? 0)), verdicts, intents, tasks };
}

/** A killed worker may not have learned of its job: then the set is adopted, and serves the slot just as well. */
function wordOf(verdict: Verdict | undefined): string | undefined {
  return verdict === 'already-done' || verdict === 'adopted' ? 'served' : verdict;
}

const AS_EVER = { backups: [1, 1], verdicts: { 'rm-a': 'served', 'rm-b': 'served' }, intents: [], tasks: [] };

const EXTRA = 'keeper-extra-backup';

const planned =
  (...faults: readonly FcFault[]) =>
  (fc: RunningFcEngine): void => {
    for (const fault of faults) fc.faults.add(fault);
  };

test.each<{ name: string; disaster: (fc: RunningFcEngine) => void }>([
  { name: 'nothing', disaster: planned() },
  { name: 'the dispatcher is killed at once', disaster: planned({ kind: 'kill', function: EXTRA }) },
  { name: 'a worker is killed when it has submitted a backup', disaster: planned({ kind: 'kill', function: EXTRA, skip: 1, atLine: 'backup submitted' }) },
  { name: 'every event is delivered twice', disaster: planned({ kind: 'twice', times: 100 }) },
  { name: 'the reply to a hand-over is lost', disaster: planned({ kind: 'lose-reply', function: EXTRA }) },
  { name: 'a worker of the tick is lost in the queue', disaster: planned({ kind: 'lose', function: EXTRA, skip: 1 }) },
  { name: 'the queue is throttled', disaster: planned({ kind: 'throttle', function: EXTRA, times: 6 }) },
  { name: 'the timer never fires at the slot', disaster: planned({ kind: 'miss', function: EXTRA }) },
  {
    name: 'the timer fires twice at the slot',
    // A minute early and then in time: the same tick.
    disaster: (fc) => void fc.fireTimer(EXTRA, 'every-quarter', plusMs(deployed.clock.now(), MINUTE_MS)),
  },
  { name: 'reconcile is killed twice', disaster: planned({ kind: 'kill', function: 'keeper-reconcile', times: 2 }) },
])('$name: one backup per instance, and nothing left open', async ({ disaster }) => {
  expect(await anHourWith(disaster)).toEqual(AS_EVER);
});
