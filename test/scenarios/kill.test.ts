// The real thing: the built bundles in processes of their own, killed with SIGKILL in the middle of a request, and what comes after them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../lib/base/clock';
import { formatInstant, type Instant, instant, MINUTE_MS } from '../../lib/base/instant';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import type { RunSummary } from '../../lib/domain/run';
import { type LocalCloud, startLocalCloud } from '../../lib/local';
import { type InvokeResult, invokeFunction } from '../../lib/local/fc';
import type { Fault } from '../../lib/local/kinds';
import { openHouse } from '../../lib/wire/house';

const DIST = join(__dirname, '../../dist');
/** One region: the run does the work itself. */
const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\nextraBackups:\n  - { name: minutely, schedule: "* * * * *" }\n';

let folder: string;
let cloud: LocalCloud;
let policyPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-kill-'));
  cloud = await startLocalCloud({
    dataFolder: folder,
    fleet: { members: () => [{ id: 'rm-one', engine: 'MySQL' as const }] },
    tablestore: { notReadyMs: 0 },
    rds: { durations: { Physical: { baseMs: MINUTE_MS, perGbMs: 0, maxMs: MINUTE_MS } } },
  });
  const { policy } = loadPolicyText(POLICY, 'keeper.yaml');
  policyPath = join(folder, 'keeper.json');
  await writeFile(policyPath, JSON.stringify(policy));
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const house = openHouse({ env: cloud.environment, policy, logger: silentLogger, functionCredentials: { accessKeyId, accessKeySecret } });
  await house.ledger.init(systemClock.now());
  house.close();
});

afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

/** The occurrence of the world's present minute. */
function thisMinute(): Instant {
  return instant(Math.floor(cloud.clock.now() / MINUTE_MS) * MINUTE_MS);
}

async function invoke(name: string, triggerTime: Instant, onStart?: (pid: number) => void): Promise<InvokeResult> {
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  return invokeFunction({
    bundle: join(DIST, 'functions', `${name}.js`),
    event: Buffer.from(JSON.stringify({ triggerTime: formatInstant(triggerTime), triggerName: name, payload: '' })),
    context: { credentials: { accessKeyId, accessKeySecret, securityToken: '' } },
    env: { ...cloud.environment, KEEPER_CONFIG: policyPath },
    nodeOptions: ['--require', join(DIST, 'local/clock-shim.js')],
    ...(onStart === undefined ? {} : { onStart }),
  });
}

function summaryOf(result: InvokeResult): RunSummary {
  if (!result.ok) throw new Error(`the function failed: ${result.body}`);
  return JSON.parse(result.body) as RunSummary; // the function's own answer
}

/** Invokes the function and kills its process the moment it waits in this request. */
async function invokeAndKill(name: string, triggerTime: Instant, fault: Omit<Fault, 'reply'>): Promise<InvokeResult> {
  cloud.faults.add({ ...fault, reply: { kind: 'stall' } });
  let pid = 0;
  const { take } = cloud.faults;
  cloud.faults.take = (...call) => {
    const hit = take(...call);
    if (hit !== undefined) setImmediate(() => process.kill(pid, 'SIGKILL'));
    return hit;
  };
  const result = await invoke(name, triggerTime, (started) => {
    pid = started;
  });
  cloud.faults.take = take;
  return result;
}

const KILL_POINTS: { name: string; fault: Omit<Fault, 'reply'>; backups: readonly number[] }[] = [
  { name: 'before CreateBackup takes effect', fault: { service: 'rds', operation: 'CreateBackup', effect: 'none' }, backups: [0] },
  { name: 'after CreateBackup has taken effect', fault: { service: 'rds', operation: 'CreateBackup', effect: 'applied' }, backups: [1] },
  {
    name: 'while CreateBackup is delayed by five minutes',
    fault: { service: 'rds', operation: 'CreateBackup', effect: { appliedAfterMs: 300_000 } },
    backups: [1],
  },
  ...[3, 5, 6, 7, 8].flatMap((skip) =>
    (['none', 'applied'] as const).map((effect) => ({
      name: `in ledger request ${skip + 1}, which has ${effect === 'none' ? 'no' : 'its'} effect`,
      fault: { service: 'tablestore' as const, operation: '*', skip, effect },
      backups: [0, 1],
    })),
  ),
];

test.each(KILL_POINTS)('killed $name: no slot gets two backups, and reconcile brings every intent to an end', async ({ fault, backups }) => {
  const slot = thisMinute();

  const killed = await invokeAndKill('extra-backup', slot, fault);
  await invoke('extra-backup', slot);
  for (const minutes of [20, 25]) {
    cloud.clock.advance(minutes * MINUTE_MS);
    await invoke('reconcile', cloud.clock.now());
  }
  const last = summaryOf(await invoke('reconcile', instant(cloud.clock.now() + 1_000)));

  cloud.world.settle(cloud.clock.now());
  const starts = cloud.world.find('rm-one')?.starts.filter((start) => start.mode === 'Manual') ?? [];
  expect(killed.ok).toBe(false);
  expect(backups).toContain(starts.length);
  expect(last.counts).toEqual({});
});
