// Makes fleets of any size from a number, for scale tests and benches.
import { diceOf } from '../world/automatic';
import type { EngineName } from '../world/state';
import type { FleetMember, FleetSpec } from './spec';

export interface GeneratedFleetOptions {
  readonly count: number;
  readonly seed?: number;
  readonly regions?: readonly string[];
  /** Days of automatic backups before the world begins; 1 unless told, because every set costs memory. */
  readonly historyDays?: number;
  /** Instances that can be copied are, with their logs, to the region after their own in `regions`; none are unless told. */
  readonly isCopied?: boolean;
}

/** Drawn from evenly: half MySQL, and every engine and storage often enough to be met. */
const MIX: readonly (readonly [engine: EngineName, storageType: string])[] = [
  ['MySQL', 'local_ssd'],
  ['MySQL', 'cloud_essd'],
  ['MySQL', 'local_ssd'],
  ['MySQL', 'cloud_essd'],
  ['PostgreSQL', 'cloud_essd'],
  ['PostgreSQL', 'local_ssd'],
  ['SQLServer', 'cloud_essd'],
  ['MariaDB', 'cloud_essd'],
];

const TIERS = ['gold', 'silver', 'bronze'] as const;

/** The same count and seed give the same fleet. Nothing is made before it is asked for. */
export function makeFleet(options: GeneratedFleetOptions): FleetSpec {
  const { count, seed = 1, regions = ['cn-hangzhou', 'cn-shanghai'], historyDays = 1, isCopied = false } = options;
  return {
    *members() {
      for (let index = 0; index < count; index += 1) {
        const member = memberOf(index, seed, regions, historyDays);
        const destination = regions[(index + 1) % regions.length];
        yield isCopied && canCopy(member) && destination !== undefined ? { ...member, crossRegion: { destination, logs: true } } : member;
      }
    },
  };
}

/** Of the mix, all but MariaDB, and PostgreSQL on local disks in a version that is too new (engine matrix). */
function canCopy({ engine, storageType }: FleetMember): boolean {
  return engine === 'PostgreSQL' ? storageType !== 'local_ssd' : engine !== 'MariaDB';
}

function memberOf(index: number, seed: number, regions: readonly string[], historyDays: number): FleetMember {
  const dice = (what: string, below: number): number => diceOf(`${seed}:${index}:${what}`, below);
  const [engine, storageType] = MIX[dice('engine', MIX.length)] ?? ['MySQL', 'local_ssd'];
  const number = String(index).padStart(6, '0');
  const prefix = engine === 'PostgreSQL' ? 'pgm' : 'rm';
  return {
    id: `${prefix}-gen${number}`,
    engine,
    storageType,
    regionId: regions[index % regions.length] ?? 'cn-hangzhou',
    description: `${engine} ${number}`,
    usedGb: 1 + dice('size', 200),
    storageGb: 500,
    tags: { tier: TIERS[dice('tier', TIERS.length)] ?? 'bronze' },
    settings: { windowStartMinute: 60 * dice('hour', 24) },
    history: { days: historyDays },
  };
}
