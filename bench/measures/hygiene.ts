// Retention-hygiene over a fleet: calls and time to observe and decide, and what its actions cost the ledger.
import { DAY_MS, HOUR_MS } from '../../lib/base/instant';
import type { FleetSpec } from '../../lib/local';
import { inCloud, RATE_PER_SECOND, reportLedger, reportSweep, writePolicy } from './lab';

/** Every instance has drifted and has one set too many; nothing stands in the way. */
const SECTIONS = [
  `limits: { apiRatePerSecond: ${RATE_PER_SECOND}, maxChangesPerRun: 10000, maxPurgesPerDay: 5000, maxPurgePercentPerDay: 100 }`,
  'settings: { mode: enforce, dataRetention: 500 }',
  'retention: { mode: enforce, keep: { last: 1 }, floor: 1, graceHours: 24 }',
];

function surplusFleet(count: number): FleetSpec {
  const manualSets = [10, 20].map((days) => ({ agoMs: days * DAY_MS, keepDays: 400 }));
  return {
    *members() {
      for (let index = 0; index < count; index += 1) {
        yield {
          id: `rm-bench${String(index).padStart(6, '0')}`,
          engine: 'MySQL',
          settings: { retentionDays: 400, logRetentionDays: 7 },
          history: { days: 0, manualSets },
        };
      }
    },
  };
}

/** Observe and decide: the two views of the settings and the sets of every instance. */
export async function hygieneSweep(folder: string, count: number, latencyMs: number): Promise<void> {
  const policyPath = await writePolicy(folder, 'hygiene', SECTIONS);
  await inCloud({ fleet: surplusFleet(count), latencyMs, policyPath }, async (run) => {
    const measured = await run('hygiene-plan');
    reportSweep('hygiene-sweep', measured, { drifted: measured.counts['would-correct'] ?? 0 });
  });
}

/** Ledger requests per correction and mark, and a day later per purge. */
export async function hygieneActions(folder: string, count: number): Promise<void> {
  const policyPath = await writePolicy(folder, 'hygiene', SECTIONS);
  await inCloud({ fleet: surplusFleet(count), latencyMs: 0, policyPath, dataFolder: folder }, async (run, cloud) => {
    await run('own');
    const first = await run('hygiene');
    const { corrected = 0, marked = 0 } = first.counts;
    cloud.clock.advance(DAY_MS + HOUR_MS);
    const second = await run('hygiene');
    reportLedger('ledger-per-hygiene-action', corrected + marked, first.ledger, { corrected, marked });
    reportLedger('ledger-per-purge', second.counts['purged'] ?? 0, second.ledger, {});
  });
}
