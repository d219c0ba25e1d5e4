// The keeper as it is deployed: the built bundles, woken by the timers of s.yaml, with the roles of docs/ram, on the local cloud and in virtual time.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../lib/base/logger';
import { loadPolicyText } from '../../lib/config/load';
import type { CompiledPolicy } from '../../lib/domain/protection-policy';
import { type DeployedFunction, FUNCTION_NAMES, type RunRecord } from '../../lib/domain/run';
import { type FcRecord, type LocalCloud, type LocalCloudOptions, type RamPolicy, type RunningFcEngine, readManifest, startLocalCloud } from '../../lib/local';
import type { FleetMember } from '../../lib/local/fleet';
import { type House, openHouse } from '../../lib/wire/house';
import { builtBundle } from './bundles';
import { makeVirtualClock, type VirtualClock } from './virtual-clock';

const ROOT = join(__dirname, '../..');
const RAM = join(ROOT, 'docs/ram');

/** The world's clock stands still while a function is at work, and a bucket of the service would never be filled again. */
const UNLIMITED = { general: 1_000_000, 'cross-region': 1_000_000 };

export interface DeployedOptions {
  readonly fleet: readonly FleetMember[];
  /** keeper.yaml. */
  readonly policy: string;
  readonly start: string;
  readonly cloud?: Partial<LocalCloudOptions>;
  /** What `${env()}` in s.yaml reads, besides what the local cloud needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Deploys these only; all unless told. */
  readonly only?: readonly DeployedFunction[];
}

export interface Deployed {
  readonly clock: VirtualClock;
  readonly cloud: LocalCloud;
  readonly fc: RunningFcEngine;
  readonly policy: CompiledPolicy;
  readonly house: House;
  /** Every run that the ledger has, of all functions, oldest first. */
  runs(): Promise<readonly RunRecord[]>;
  /** When the instance's manual backups started, oldest first: what really happened. */
  manualStarts(instanceId: string): string[];
  close(): Promise<void>;
}

/** A role's policy as docs/ram/ has it. */
export function ramDocument(name: string): RamPolicy {
  return JSON.parse(readFileSync(join(RAM, `${name}.json`), 'utf8')) as RamPolicy; // checked by test/arch
}

/** Deploys from s.yaml, with a ledger. */
export async function deploy(options: DeployedOptions): Promise<Deployed> {
  builtBundle('extraBackup');
  const clock = makeVirtualClock(options.start);
  const folder = mkdtempSync(join(tmpdir(), 'keeper-deployed-'));
  const { policy } = loadPolicyText(options.policy, 'keeper.yaml');
  const config = join(folder, 'keeper.json');
  writeFileSync(config, JSON.stringify(policy));
  const roles = readdirSync(RAM)
    .filter((file) => /^(observe-and-create|purge-capable)\.json$/.test(file))
    .map((file) => ({ name: `keeper-${file.replace('.json', '')}`, policy: ramDocument(file.replace('.json', '')) }));
  const { only = FUNCTION_NAMES } = options;
  const manifest = readManifest(join(ROOT, 's.yaml'), { env: { KEEPER_DEPLOYED_CONFIG: config, LOG_LEVEL: 'info', ...options.env } });
  const cloud = await startLocalCloud({
    clock,
    fleet: { members: () => options.fleet },
    tablestore: { notReadyMs: 0 },
    rds: { rateLimits: UNLIMITED },
    fc: {
      manifest: { ...manifest, functions: manifest.functions.filter(({ name }) => only.some((each) => name === `keeper-${each}`)) },
      bootstrap: builtBundle('fcBootstrap'),
      roles,
    },
    ...options.cloud,
  });
  const { fc } = cloud;
  if (fc === undefined) throw new Error('the local cloud runs no functions');
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const house = openHouse({
    env: cloud.environment,
    policy,
    clock,
    random: () => 0.5,
    logger: silentLogger,
    functionCredentials: { accessKeyId, accessKeySecret },
  });
  await house.ledger.init(clock.now());
  return {
    clock,
    cloud,
    fc,
    policy,
    house,
    runs: async () => (await Promise.all(FUNCTION_NAMES.map((name) => house.ledger.listRuns(name, 2_000)))).flat().sort((a, b) => a.startedAt - b.startedAt),
    manualStarts: (instanceId) => {
      cloud.world.settle(clock.now());
      const starts = cloud.world.find(instanceId)?.starts ?? [];
      return starts.filter(({ mode }) => mode === 'Manual').map(({ at }) => new Date(at).toISOString());
    },
    close: async () => {
      house.close();
      await cloud.close();
      rmSync(folder, { recursive: true });
      jest.useRealTimers();
    },
  };
}

/** What a function printed that nobody should have to read: errors, warnings of the runtime, stack traces. */
export function complaintsOf(records: readonly FcRecord[]): string[] {
  return records.flatMap(({ function: name, logs }) => logs.filter((line) => isComplaint(line)).map((line) => `${name}: ${line}`));
}

function isComplaint(line: string): boolean {
  return /"level":(50|60|"error"|"fatal")|Unhandled|Uncaught|Exception|^\s+at |DeprecationWarning|\[error\]/.test(line);
}
