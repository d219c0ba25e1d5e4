// Measures speed and size as ratios within one run, and prints them as JSON lines. `--fleet N` sets the size of the fleet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadPolicyText } from '../lib/config/load';
import { type LocalCloud, makeFleet, startLocalCloud } from '../lib/local';

const DIST = resolve(__dirname, '..');
const COLD_RUNS = 15;
const LATENCY_MS = 30;
/** Under the service's documented 100, with room for the bucket's burst. */
const RATE_PER_SECOND = 90;

interface Measured {
  readonly wallMs: number;
  readonly maxRssMb: number;
  readonly status: string;
  readonly instances: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly ledger: { readonly reads: number; readonly writes: number };
}

/** What bench/planning.ts prints. */
interface Planned {
  readonly sets: number;
  readonly seconds: number;
  readonly maxRssMb: number;
}

/** One figure, its bar, and whether it holds. */
function report(bench: string, figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`);
}

async function main(): Promise<void> {
  const fleet = fleetSize();
  const folder = await mkdtemp(join(tmpdir(), 'keeper-bench-'));
  try {
    await coldStarts(folder);
    await planning();
    await sweep(folder, 'sweep-small', Math.min(100, fleet));
    await sweep(folder, 'sweep', fleet);
    await actions(folder, 60);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function fleetSize(): number {
  const at = process.argv.indexOf('--fleet');
  const size = at < 0 ? 1_000 : Number(process.argv[at + 1]);
  if (!Number.isInteger(size) || size < 1 || size > 20_000) throw new Error('--fleet takes a number from 1 to 20000');
  return size;
}

/** From the start of the process to its first word with the ledger, against a Node process that does nothing; alternating, medians. */
async function coldStarts(folder: string): Promise<void> {
  const policyPath = await writePolicy(folder, RATE_PER_SECOND);
  const functions = (await readdir(join(DIST, 'functions'))).filter((name) => name.endsWith('.js')).sort();
  for (const name of functions) {
    const bundle = join(DIST, 'functions', name);
    const empty: number[] = [];
    const cold: number[] = [];
    for (let run = 0; run < COLD_RUNS; run += 1) {
      empty.push(await lifetimeOf(['-e', '0']));
      cold.push(await firstLedgerCall(bundle, policyPath));
    }
    const ratio = median(cold) / median(empty);
    const sizeMb = (await stat(bundle)).size / 1024 / 1024;
    report('cold-start', {
      function: name.replace('.js', ''),
      ratio: round(ratio),
      bar: 3,
      isMet: ratio <= 3,
      sizeMb: round(sizeMb),
      sizeBar: 2,
      isSizeMet: sizeMb <= 2,
    });
  }
}

async function lifetimeOf(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}

/** The ledger is a socket that only notes when somebody knocks. */
async function firstLedgerCall(bundle: string, policyPath: string): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const event = JSON.stringify(JSON.stringify({ triggerTime: new Date().toISOString(), triggerName: 'bench', payload: '' }));
  const context = `{requestId:'bench',credentials:{accessKeyId:'k',accessKeySecret:'s'},function:{name:'bench',timeout:60}}`;
  const script = `require(${JSON.stringify(bundle)}).handler(Buffer.from(${event}),${context})`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', script], {
    stdio: 'ignore',
    env: {
      KEEPER_CONFIG: policyPath,
      KEEPER_TABLESTORE_ENDPOINT: `http://127.0.0.1:${address.port}`,
      KEEPER_TABLESTORE_INSTANCE: 'bench',
      LOG_LEVEL: 'silent',
    },
  });
  await once(server, 'connection');
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  await once(child, 'exit');
  server.close();
  return elapsed;
}

/** Retention decided on a million sets, in one process: in a zone that never changes its offset, and in one that does. */
async function planning(): Promise<void> {
  for (const timezone of ['Asia/Shanghai', 'America/New_York']) {
    const { sets, seconds, maxRssMb } = await inChild<Planned>('planning', [timezone], {});
    report('planning', { timezone, sets, seconds: round(seconds), bar: 2, isMet: seconds <= 2, rssMb: round(maxRssMb) });
  }
}

/** Observe and decide over a whole fleet, all of it due: wall time over the floor that the rate allows, and calls per instance. */
async function sweep(folder: string, bench: string, count: number): Promise<void> {
  await inCloud(folder, count, LATENCY_MS, async (run) => {
    await run('plan');
    const measured = await run('plan');
    const calls = sum(measured.apiCalls);
    const ratio = measured.wallMs / ((calls / RATE_PER_SECOND) * 1_000);
    report(bench, {
      instances: measured.instances,
      due: measured.counts['would-submit'] ?? 0,
      apiCallsPerInstance: round(calls / measured.instances),
      wallOverFloor: round(ratio),
      bar: 1.15,
      isMet: ratio <= 1.15,
      maxRssMb: round(measured.maxRssMb),
      rssBar: 256,
      isRssMet: measured.maxRssMb <= 256,
    });
  });
}

/** Ledger requests per executed action, from the tick that submits to the reconcile that finishes. */
async function actions(folder: string, count: number): Promise<void> {
  await inCloud(folder, count, 0, async (run, cloud) => {
    await run('plan');
    const tick = await run('tick');
    cloud.world.settle(cloud.clock.now());
    const reconcile = await run('reconcile');
    const submitted = tick.counts['submitted'] ?? 0;
    const writes = (tick.ledger.writes + reconcile.ledger.writes) / submitted;
    const reads = (tick.ledger.reads + reconcile.ledger.reads) / submitted;
    report('ledger-per-action', {
      actions: submitted,
      finished: reconcile.counts['already-done'] ?? 0,
      writes: round(writes),
      writesBar: 6,
      reads: round(reads),
      readsBar: 6,
      isMet: writes <= 6 && reads <= 6,
    });
  });
}

/** A cloud of `count` instances in which every slot is due the moment the rule is first seen, and jobs take no time. */
async function inCloud(
  folder: string,
  count: number,
  latencyMs: number,
  action: (run: (work: string) => Promise<Measured>, cloud: LocalCloud) => Promise<void>,
): Promise<void> {
  const instant = { baseMs: 0, perGbMs: 0, maxMs: 0 };
  const cloud = await startLocalCloud({
    fleet: makeFleet({ count, regions: ['cn-hangzhou'] }),
    latencyMs,
    tablestore: { notReadyMs: 0 },
    rds: { visibilityLagMs: 0, durations: { Physical: instant, Logical: instant, Snapshot: instant, Flash: instant } },
  });
  try {
    const policyPath = await writePolicy(folder, RATE_PER_SECOND);
    await action((work) => measure(work, policyPath, cloud), cloud);
  } finally {
    await cloud.close();
  }
}

async function measure(work: string, policyPath: string, cloud: LocalCloud): Promise<Measured> {
  return inChild<Measured>('worker', [work, policyPath], cloud.environment);
}

/** What another file of the bench printed as JSON. */
async function inChild<T>(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<T> {
  const child = spawn(process.execPath, [join(DIST, 'bench', `${name}.js`), ...args], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`bench/${name} ended with code ${code}`);
  return JSON.parse(output) as T; // it is ours, and prints nothing else
}

/** Due every minute: whenever a run looks, the occurrence of this minute is open. */
async function writePolicy(folder: string, rate: number): Promise<string> {
  const text = `regions: [cn-hangzhou]\nlimits: { apiRatePerSecond: ${rate} }\nextraBackups:\n  - { name: bench, schedule: "* * * * *" }\n`;
  const { policy } = loadPolicyText(text, 'bench.yaml');
  const path = join(folder, 'keeper.json');
  await writeFile(path, JSON.stringify(policy));
  return path;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
