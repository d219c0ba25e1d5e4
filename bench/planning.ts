// Pure planning in a process of its own: decides on generated fleets of backup sets, and prints one line of JSON.
import { DAY_MS, HOUR_MS, type Instant, instant, parseInstant } from '../lib/base/instant';
import type { Instance } from '../lib/domain/instance';
import type { RetentionPolicy } from '../lib/domain/protection-policy';
import { decideRetention } from '../lib/policy/retention/decide';
import { phasesOf } from '../lib/policy/retention/phase';
import type { LogSettings, RetentionInput, TracedSet } from '../lib/policy/retention/types';

const INSTANCES = 10_000;
const SETS_PER_INSTANCE = 100;
/** One set in so many is the service's own, nobody's, or of single databases. */
const AUTOMATIC_EVERY = 3;
const FOREIGN_EVERY = 10;
const SINGLE_EVERY = 8;
const SETTINGS: LogSettings = { logBackup: true, logRetentionDays: 7, dataRetentionDays: 730 };

function policyIn(timezone: string): RetentionPolicy {
  return {
    mode: 'enforce',
    timezone,
    keep: { last: 5, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 3 },
    keepWithinMs: 3 * DAY_MS,
    floor: 3,
    recoveryWindowMs: undefined,
    graceMs: DAY_MS,
    runEveryMs: HOUR_MS,
    deleteBackupFiles: false,
  };
}

/** Repeats from run to run (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeInstance(index: number): Instance {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    id: `rm-${index}`,
    description: '',
    engine: index % 2 === 0 ? 'mysql' : 'postgresql',
    engineVersion: '8.0',
    edition: 'high-availability',
    storage: 'local-disk',
    role: 'primary',
    status: 'Running',
    isLocked: false,
    lockReason: undefined,
    createdAt: undefined,
    resourceGroupId: undefined,
    tags: {},
  };
}

/** Denser towards now, over two years, in no order. */
function makeSet(index: number, instanceId: string, asOf: Instant, random: () => number): TracedSet {
  const startedAt = instant(asOf - random() ** 3 * 730 * DAY_MS);
  const mode = index % AUTOMATIC_EVERY === 0 ? 'automated' : 'manual';
  return {
    id: String(900_000_000 + Math.floor(random() * 100_000_000)),
    instanceId,
    startedAt,
    endedAt: instant(startedAt + HOUR_MS / 2),
    status: random() < 0.02 ? 'failed' : 'success',
    isAvailable: true,
    mode,
    method: 'physical',
    type: mode === 'automated' && random() < 0.5 ? 'incremental' : 'full',
    sizeBytes: 1_000_000,
    scope: index % SINGLE_EVERY === 0 ? { kind: 'databases', databases: ['orders', 'invoices'] } : { kind: 'instance' },
    expiresAt: instant(startedAt + 730 * DAY_MS),
    storeStatus: 'enabled',
    origin: mode === 'manual' && index % FOREIGN_EVERY !== 0 ? 'created' : 'foreign',
    release: undefined,
  };
}

function makeInputs(timezone: string, asOf: Instant): readonly RetentionInput[] {
  const random = makeRandom(7);
  const policy = policyIn(timezone);
  return Array.from({ length: INSTANCES }, (_, number) => {
    const instance = makeInstance(number);
    const sets = Array.from({ length: SETS_PER_INSTANCE }, (__, index) => makeSet(index, instance.id, asOf, random));
    return { instance, policy, sets, holds: [], settings: SETTINGS, asOf };
  });
}

function main(timezone: string): void {
  const asOf = parseInstant('2026-11-21T02:00:00Z') ?? instant(0);
  const inputs = makeInputs(timezone, asOf);
  let kept = 0;
  const startedAt = performance.now();
  for (const input of inputs) {
    const phased = phasesOf(decideRetention(input), [], input.policy, asOf);
    for (const { decision } of phased) if (decision.action === 'keep') kept += 1;
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const sets = inputs.length * SETS_PER_INSTANCE;
  process.stdout.write(`${JSON.stringify({ timezone, sets, kept, seconds, maxRssMb: process.resourceUsage().maxRSS / 1024 })}\n`);
}

const [timezone] = process.argv.slice(2);
if (timezone === undefined) throw new Error('usage: planning <time zone>');
main(timezone);
