// What every measurement of the bench uses: clouds to measure on, processes to measure in, and how a figure is told.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadPolicyText } from '../../lib/config/load';
import { type FleetSpec, type LocalCloud, startLocalCloud } from '../../lib/local';

export const DIST = resolve(__dirname, '..');
/** Under the service's documented 100, with room for the bucket's burst. */
export const RATE_PER_SECOND = 90;

/** What bench/worker.ts prints. */
export interface Measured {
  readonly wallMs: number;
  readonly maxRssMb: number;
  readonly status: string;
  readonly instances: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly apiCalls: Readonly<Record<string, number>>;
  readonly ledger: { readonly reads: number; readonly writes: number };
}

/** One figure, its bar, and whether it holds. */
export function report(bench: string, figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`);
}

export interface CloudPlan {
  readonly fleet: FleetSpec;
  /** Of each answer. */
  readonly latencyMs: number;
  readonly policyPath: string;
  /** Where the world's clock is kept, so that it can be moved for the workers too. Undefined: the world lives in memory, at the host's time. */
  readonly dataFolder?: string;
}

/** A cloud in which jobs take no time, with a ledger. `run` does one piece of work in a process of its own. */
export async function inCloud(plan: CloudPlan, action: (run: (work: string) => Promise<Measured>, cloud: LocalCloud) => Promise<void>): Promise<void> {
  const { fleet, latencyMs, policyPath, dataFolder } = plan;
  const instant = { baseMs: 0, perGbMs: 0, maxMs: 0 };
  const cloud = await startLocalCloud({
    fleet,
    latencyMs,
    ...(dataFolder === undefined ? {} : { dataFolder }),
    tablestore: { notReadyMs: 0 },
    rds: { visibilityLagMs: 0, durations: { Physical: instant, Logical: instant, Snapshot: instant, Flash: instant } },
  });
  const shim = dataFolder === undefined ? [] : ['--require', join(DIST, 'local', 'clock-shim.js')];
  try {
    const run = (work: string): Promise<Measured> => inChild<Measured>('worker', [work, policyPath], cloud.environment, shim);
    await run('init');
    await action(run, cloud);
  } finally {
    await cloud.close();
  }
}

/** What another file of the bench printed as JSON. */
export async function inChild<T>(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<T> {
  const command = [...nodeOptions, join(DIST, 'bench', `${name}.js`), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...env } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`bench/${name} ended with code ${code}`);
  return JSON.parse(output) as T; // it is ours, and prints nothing else
}

/** Compiles the sections of a policy into the folder, and returns the path. */
export async function writePolicy(folder: string, name: string, sections: readonly string[]): Promise<string> {
  const { policy } = loadPolicyText(['regions: [cn-hangzhou]', ...sections].join('\n'), 'bench.yaml');
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(policy));
  return path;
}

/** Wall time over what the calls cost at the allowed rate, calls per instance, and memory. */
export function reportSweep(bench: string, measured: Measured, figures: Readonly<Record<string, number>>): void {
  const calls = sum(measured.apiCalls);
  const ratio = measured.wallMs / ((calls / RATE_PER_SECOND) * 1_000);
  report(bench, {
    instances: measured.instances,
    ...figures,
    apiCallsPerInstance: round(calls / measured.instances),
    wallOverFloor: round(ratio),
    bar: 1.15,
    isMet: ratio <= 1.15,
    maxRssMb: round(measured.maxRssMb),
    rssBar: 256,
    isRssMet: measured.maxRssMb <= 256,
  });
}

/** Ledger requests per executed action. */
export function reportLedger(bench: string, actions: number, ledger: Measured['ledger'], figures: Readonly<Record<string, number>>): void {
  const writes = ledger.writes / actions;
  const reads = ledger.reads / actions;
  report(bench, { actions, ...figures, writes: round(writes), writesBar: 6, reads: round(reads), readsBar: 6, isMet: writes <= 6 && reads <= 6 });
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
