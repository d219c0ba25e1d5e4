// What goes wrong on Function Compute itself: whatever it is, three quarters of an hour later the fleet is as it would be without.
import { MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { Verdict } from '../../../lib/domain/verdict';
import type { FcFault } from '../../../lib/local';
import { type Deployed, deploy } from '../../support/function-compute';

let deployed: Deployed;
afterEach(() => deployed.close());

/** One for each worker: a killed worker is then in no other instance's call. */
const IDS = ['rm-a', 'rm-b'];
const FLEET = IDS.map((id, index) => ({ id, engine: 'MySQL' as const, regionId: index === 0 ? 'cn-hangzhou' : 'cn-shanghai' }));
const POLICY = 'timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\nextraBackups:\n  - { name: daily, schedule: "0 2 * * *" }\n';

/** From the quarter before the slot to three quarters of an hour after it: three ticks of extra-backup, with a worker for each region, and reconcile in between. */
async function someTimeWith(...faults: readonly FcFault[]): Promise<object> {
  deployed = await deploy({ fleet: FLEET, policy: POLICY, start: '2026-11-21T01:44:00Z', only: ['extra-backup', 'reconcile'] });
  const { fc, clock, house } = deployed;
  await fc.passTime(plusMs(clock.now(), 15 * MINUTE_MS)); // the rule is known before its slot
  for (const fault of faults) fc.faults.add(fault);
  await fc.passTime(plusMs(clock.now(), 45 * MINUTE_MS));
  const intents: unknown[] = [];
  for await (const page of house.ledger.listOpenIntents()) intents.push(...page);
  const tasks: unknown[] = [];
  for await (const page of house.ledger.listTasks('shard')) tasks.push(...page);
  const verdicts: Record<string, string | undefined> = {};
  for (const scope of ['default/cn-hangzhou', 'default/cn-shanghai']) {
    for (const [id, posture] of await house.ledger.getPostures(scope, IDS)) verdicts[id] = wordOf(posture.rules['daily']?.verdict?.verdict);
  }
  return { starts: IDS.map((id) => deployed.manualStarts(id).length), verdicts, intents, tasks };
}

/** A killed worker may not have learned of its job: then the set is adopted, and serves the slot just as well. */
function wordOf(verdict: Verdict | undefined): string | undefined {
  return verdict === 'already-done' || verdict === 'adopted' ? 'served' : verdict;
}

const AS_EVER = {
  starts: [1, 1],
  verdicts: { 'rm-a': 'served', 'rm-b': 'served' },
  intents: [],
  tasks: [],
};

const EXTRA = 'keeper-extra-backup';

test.each<{ name: string; faults: readonly FcFault[] }>([
  { name: 'nothing', faults: [] },
  { name: 'the dispatcher is killed at once', faults: [{ kind: 'kill', function: EXTRA }] },
  { name: 'a worker is killed when it has submitted a backup', faults: [{ kind: 'kill', function: EXTRA, skip: 1, atLine: 'backup submitted' }] },
  { name: 'every event is delivered twice', faults: [{ kind: 'twice', times: 100 }] },
  { name: 'the reply to a hand-over is lost', faults: [{ kind: 'lose-reply', function: EXTRA }] },
  { name: 'a worker of the tick is lost in the queue', faults: [{ kind: 'lose', function: EXTRA, skip: 1 }] },
  { name: 'the queue is throttled', faults: [{ kind: 'throttle', function: EXTRA, times: 6 }] },
  { name: 'the timer never fires at the slot', faults: [{ kind: 'miss', function: EXTRA }] },
  { name: 'reconcile is killed twice', faults: [{ kind: 'kill', function: 'keeper-reconcile', times: 2 }] },
])('$name: one backup per instance, and nothing left open', async ({ faults }) => {
  expect(await someTimeWith(...faults)).toEqual(AS_EVER);
});
