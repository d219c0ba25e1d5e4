// One measured piece of work in a process of its own, against a local cloud in the parent's: reads its orders from argv, prints one line of JSON.

import { systemClock } from '../lib/base/clock';
import { makeDeadline } from '../lib/base/deadline';
import { HOUR_MS, instant, MINUTE_MS } from '../lib/base/instant';
import { silentLogger } from '../lib/base/logger';
import type { RunSummary } from '../lib/domain/run';
import { runExtraBackup } from '../lib/run/extra-backup';
import { runReconcile } from '../lib/run/reconcile';
import type { RunRequest } from '../lib/run/types';
import { loadCompiledPolicy } from '../lib/wire/function';
import { openHouse } from '../lib/wire/house';

/** `plan` observes and decides; `tick` acts too; `reconcile` finishes. */
const WORKS = { plan: runExtraBackup, tick: runExtraBackup, reconcile: runReconcile } as const;

async function main(work: keyof typeof WORKS, policyPath: string): Promise<void> {
  const policy = await loadCompiledPolicy(policyPath);
  const house = openHouse({ env: process.env, policy, logger: silentLogger });
  // The minute's own occurrence is due the moment the rule is first seen.
  const now = instant(Math.floor(systemClock.now() / MINUTE_MS) * MINUTE_MS);
  const request: RunRequest = {
    trigger: { type: 'timer', id: `bench-${work}`, time: now },
    asOf: now,
    dryRun: work === 'plan',
    policy,
    deadline: makeDeadline(systemClock, HOUR_MS, 1_000),
  };
  if (work === 'plan') await house.ledger.init(now);
  const before = house.ledger.usage();
  const startedAt = performance.now();
  const summary: RunSummary = await WORKS[work](request, house.ports);
  const wallMs = performance.now() - startedAt;
  const after = house.ledger.usage();
  house.close();
  const ledger = { reads: after.reads - before.reads, writes: after.writes - before.writes };
  const { counts, apiCalls, scope, status } = summary;
  process.stdout.write(
    `${JSON.stringify({ wallMs, maxRssMb: process.resourceUsage().maxRSS / 1024, status, instances: scope.instances, counts, apiCalls, ledger })}\n`,
  );
}

const [work, policyPath] = process.argv.slice(2);
if (work !== 'plan' && work !== 'tick' && work !== 'reconcile') throw new Error('usage: worker <plan | tick | reconcile> <keeper.json>');
main(work, policyPath ?? 'keeper.json').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
