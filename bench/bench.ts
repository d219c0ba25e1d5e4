// Measures speed and size as ratios within one run, and prints them as JSON lines. `--fleet N` sets the size of the fleet; the fan-out has ten times as many. `--only NAME` measures one thing.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFleet } from '../lib/local';
import { coldStarts, deployedSize } from './measures/cold-start';
import { fanOut } from './measures/fan-out';
import { hygieneActions, hygieneSweep } from './measures/hygiene';
import { inChild, inCloud, RATE_PER_SECOND, report, reportLedger, reportSweep, round, writePolicy } from './measures/lab';

const LATENCY_MS = 30;

/** What bench/planning.ts prints. */
interface Planned {
  readonly sets: number;
  readonly seconds: number;
  readonly maxRssMb: number;
}

async function main(): Promise<void> {
  const fleet = fleetSize();
  const only = argument('--only');
  const folder = await mkdtemp(join(tmpdir(), 'keeper-bench-'));
  try {
    for (const [name, measure] of Object.entries(await measuresOf(folder, fleet))) {
      if (only === undefined || only === name) await measure();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measuresOf(folder: string, fleet: number): Promise<Readonly<Record<string, () => Promise<void>>>> {
  // Due every minute: whenever a run looks, the occurrence of this minute is open.
  const limits = `limits: { apiRatePerSecond: ${RATE_PER_SECOND} }`;
  const policyPath = await writePolicy(folder, 'extra-backup', [limits, 'extraBackups: [{ name: bench, schedule: "* * * * *" }]']);
  return {
    'cold-start': () => coldStarts(policyPath),
    'deployed-size': () => deployedSize(),
    planning: () => planning(),
    'sweep-small': () => sweep(policyPath, 'sweep-small', Math.min(100, fleet)),
    sweep: () => sweep(policyPath, 'sweep', fleet),
    actions: () => actions(policyPath, 60),
    'hygiene-sweep': () => hygieneSweep(folder, fleet, LATENCY_MS),
    'hygiene-actions': () => hygieneActions(folder, 60),
    'fan-out': () => fanOut(folder, 10 * fleet),
  };
}

function fleetSize(): number {
  const size = Number(argument('--fleet') ?? 1_000);
  if (!Number.isInteger(size) || size < 1 || size > 20_000) throw new Error('--fleet takes a number from 1 to 20000');
  return size;
}

function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Retention decided on a million sets, in one process: in a zone that never changes its offset, and in one that does. */
async function planning(): Promise<void> {
  for (const timezone of ['Asia/Shanghai', 'America/New_York']) {
    const { sets, seconds, maxRssMb } = await inChild<Planned>('planning', [timezone], {});
    report('planning', { timezone, sets, seconds: round(seconds), bar: 2, isMet: seconds <= 2, rssMb: round(maxRssMb) });
  }
}

/** Observe and decide over a whole fleet, all of it due: wall time over the floor that the rate allows, and calls per instance. */
async function sweep(policyPath: string, bench: string, count: number): Promise<void> {
  const fleet = makeFleet({ count, regions: ['cn-hangzhou'] });
  await inCloud({ fleet, latencyMs: LATENCY_MS, policyPath }, async (run) => {
    const measured = await run('plan');
    reportSweep(bench, measured, { due: measured.counts['would-submit'] ?? 0 });
  });
}

/** Ledger requests per executed action, from the tick that submits to the reconcile that finishes. */
async function actions(policyPath: string, count: number): Promise<void> {
  const fleet = makeFleet({ count, regions: ['cn-hangzhou'] });
  await inCloud({ fleet, latencyMs: 0, policyPath }, async (run, cloud) => {
    const tick = await run('tick');
    cloud.world.settle(cloud.clock.now());
    const reconcile = await run('reconcile');
    const ledger = { writes: tick.ledger.writes + reconcile.ledger.writes, reads: tick.ledger.reads + reconcile.ledger.reads };
    reportLedger('ledger-per-action', tick.counts['submitted'] ?? 0, ledger, { finished: reconcile.counts['already-done'] ?? 0 });
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
