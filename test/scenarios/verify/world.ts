// Instances whose backups are copied to another region, and a policy that asks for it.
import { DAY_MS } from '../../../lib/base/instant';
import type { FleetMember } from '../../../lib/local/fleet';
import { startKeeper, type TestKeeper, type TestRun } from '../../support/keeper';

export const ONE = 'rm-one';

export const COPIED: FleetMember = {
  id: ONE,
  engine: 'MySQL',
  usedGb: 1,
  crossRegion: { destination: 'cn-shanghai', retentionDays: 30, logs: true, enabledAgoMs: 60 * DAY_MS },
  history: { days: 10 },
};

export function policyOf(crossRegion: string, more = ''): string {
  return ['timezone: UTC', 'regions: [cn-hangzhou]', `crossRegion: ${crossRegion}`, more].join('\n');
}

export const ASKED = '{ destination: cn-shanghai, retention: 30, logs: true, maxLagMinutes: 180, rpoMinutes: 120 }';

export async function startCopied(fleet: readonly FleetMember[] = [COPIED], policy = policyOf(ASKED)): Promise<TestKeeper> {
  return startKeeper({ fleet, policy });
}

/** The hours around the automatic backup of the day (its window begins at 18:00 UTC): it is made, copied and seen. */
export async function runThroughBackup(keeper: TestKeeper): Promise<readonly TestRun[]> {
  const runs: TestRun[] = [];
  for (const time of ['17:55', '18:30', '19:00', '20:00', '21:00']) {
    keeper.goTo(`2026-11-21T${time}:00Z`);
    runs.push(await keeper.verify());
  }
  return runs;
}

export function findingsOf(run: TestRun): string[] {
  return [...new Set(run.summary.findings.map(({ rule }) => rule))].sort();
}
