// A large fleet by fan-out: the deployed extra-backup hands its parts to workers of its own, all of them processes of the local Function Compute.
import { join } from 'node:path';
import { instant, MINUTE_MS } from '../../lib/base/instant';
import { type FcRecord, makeFleet, readManifest, startLocalCloud } from '../../lib/local';
import { DIST, inChild, RATE_PER_SECOND, report, round, writePolicy } from './lab';

const FUNCTION = 'keeper-extra-backup';
/** What the local service allows: the keeper's own rate and a little more, so that going over it shows as throttled calls. */
const SERVICE_RATE = 100;

/** What matters of a worker's summary. */
interface WorkerSummary {
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly apiCalls: Readonly<Record<string, number>>;
}

/** Every instance is due: wall time over the floor that the rate allows for all workers together, calls per instance, and the most memory that a worker needed. */
export async function fanOut(folder: string, count: number): Promise<void> {
  const now = instant(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
  const at = new Date(now);
  const policyPath = await writePolicy(folder, 'fan-out', [
    `limits: { apiRatePerSecond: ${RATE_PER_SECOND} }`,
    `extraBackups: [{ name: bench, schedule: "${at.getUTCMinutes()} ${at.getUTCHours()} * * *", timezone: UTC }]`,
  ]);
  const cloud = await startCloud(policyPath, count);
  try {
    await inChild('worker', ['init', policyPath], cloud.environment);
    const startedAt = performance.now();
    cloud.fc?.fireTimer(FUNCTION, 'every-quarter', now);
    await cloud.fc?.runDue();
    reportWorkers(performance.now() - startedAt, count, cloud.fc?.records() ?? []);
  } finally {
    await cloud.close();
  }
}

async function startCloud(policyPath: string, count: number): ReturnType<typeof startLocalCloud> {
  const atOnce = { baseMs: 0, perGbMs: 0, maxMs: 0 };
  const manifest = readManifest(join(DIST, '../s.yaml'), { env: { KEEPER_DEPLOYED_CONFIG: policyPath, LOG_LEVEL: 'warn' } });
  const functions = manifest.functions.filter(({ name }) => name === FUNCTION);
  return startLocalCloud({
    fleet: makeFleet({ count, regions: ['cn-hangzhou'] }),
    tablestore: { notReadyMs: 0 },
    rds: {
      visibilityLagMs: 0,
      durations: { Physical: atOnce, Logical: atOnce, Snapshot: atOnce, Flash: atOnce },
      rateLimits: { general: SERVICE_RATE, 'cross-region': SERVICE_RATE },
    },
    fc: {
      manifest: { ...manifest, functions },
      roles: [{ name: 'keeper-observe-and-create' }],
      bootstrap: join(DIST, 'local/fc-bootstrap.js'),
      maxParallel: 8,
    },
  });
}

function reportWorkers(wallMs: number, count: number, records: readonly FcRecord[]): void {
  const summaries = records.map(({ body }) => JSON.parse(body.toString('utf8')) as WorkerSummary); // our own function's answer
  const calls = summaries.reduce((sum, { apiCalls }) => sum + total(apiCalls), 0);
  const submitted = summaries.reduce((sum, { counts }) => sum + (counts['submitted'] ?? 0), 0);
  const ratio = wallMs / ((calls / RATE_PER_SECOND) * 1_000);
  const maxRssMb = Math.max(...records.map(({ maxMemoryMb }) => maxMemoryMb));
  report('fan-out', {
    instances: count,
    workers: records.length - 1,
    submitted,
    isComplete: submitted === count && records.every(({ ok }) => ok),
    apiCallsPerInstance: round(calls / count),
    wallOverFloor: round(ratio),
    bar: 1.15,
    isMet: ratio <= 1.15,
    maxRssMb: round(maxRssMb),
    rssBar: 256,
    isRssMet: maxRssMb <= 256,
  });
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
