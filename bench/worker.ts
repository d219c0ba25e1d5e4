// One measured piece of work in a process of its own, against a local cloud in the parent's: reads its orders from argv, prints one line of JSON.

import { systemClock } from '../lib/base/clock';
import { makeDeadline } from '../lib/base/deadline';
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, plusMs } from '../lib/base/instant';
import { silentLogger } from '../lib/base/logger';
import type { CompiledPolicy } from '../lib/domain/protection-policy';
import { runExtraBackup } from '../lib/run/extra-backup';
import { runRetentionHygiene } from '../lib/run/hygiene/run';
import { runReconcile } from '../lib/run/reconcile';
import { shardsOf } from '../lib/run/shards';
import type { RunRequest } from '../lib/run/types';
import { loadCompiledPolicy } from '../lib/wire/function';
import { type House, openHouse } from '../lib/wire/house';

/** `plan` and `hygiene-plan` observe and decide; `tick` and `hygiene` act too; `reconcile` finishes. */
const RUNS = {
  plan: runExtraBackup,
  tick: runExtraBackup,
  reconcile: runReconcile,
  'hygiene-plan': runRetentionHygiene,
  hygiene: runRetentionHygiene,
} as const;
type RunName = keyof typeof RUNS;

/** What comes before what is measured: the tables, and the ownership of every manual set. */
const PREPARATIONS = { init: (house: House, _: CompiledPolicy, now: Instant) => house.ledger.init(now).then(() => undefined), own } as const;

async function own(house: House, policy: CompiledPolicy, now: Instant): Promise<void> {
  for (const { gateway } of shardsOf(policy, house.ports.gatewayOf)) {
    for await (const page of gateway.listInstances({ withTags: false })) {
      for (const { id: instanceId } of page) {
        const sets = await gateway.listBackupSets(instanceId, { from: plusMs(now, -365 * DAY_MS), to: now });
        for (const { id: backupId } of sets.filter(({ mode }) => mode === 'manual')) {
          const record = { instanceId, backupId, origin: 'claimed', spec: undefined, slotId: undefined, recordedAt: now, claimedBy: 'bench' } as const;
          await house.ledger.putSet(record);
        }
      }
    }
  }
}

async function main(work: RunName | keyof typeof PREPARATIONS, policyPath: string): Promise<void> {
  const policy = await loadCompiledPolicy(policyPath);
  const house = openHouse({ env: process.env, policy, logger: silentLogger });
  // The minute's own occurrence is due the moment the rule is first seen.
  const now = instant(Math.floor(systemClock.now() / MINUTE_MS) * MINUTE_MS);
  try {
    const result = work === 'init' || work === 'own' ? await PREPARATIONS[work](house, policy, now) : await measured(work, house, policy, now);
    process.stdout.write(`${JSON.stringify(result ?? {})}\n`);
  } finally {
    house.close();
  }
}

async function measured(work: RunName, house: House, policy: CompiledPolicy, now: Instant): Promise<object> {
  const request: RunRequest = {
    trigger: { type: 'timer', id: `bench-${work}`, time: now },
    asOf: now,
    dryRun: work === 'plan' || work === 'hygiene-plan',
    policy,
    deadline: makeDeadline(systemClock, HOUR_MS, 1_000),
  };
  const before = house.ledger.usage();
  const startedAt = performance.now();
  const { counts, apiCalls, scope, status } = await RUNS[work](request, house.ports);
  const wallMs = performance.now() - startedAt;
  const after = house.ledger.usage();
  const ledger = { reads: after.reads - before.reads, writes: after.writes - before.writes };
  return { wallMs, maxRssMb: process.resourceUsage().maxRSS / 1024, status, instances: scope.instances, counts, apiCalls, ledger };
}

const [work = '', policyPath] = process.argv.slice(2);
if (!isWork(work)) throw new Error(`usage: worker <${[...Object.keys(RUNS), ...Object.keys(PREPARATIONS)].join(' | ')}> <keeper.json>`);
main(work, policyPath ?? 'keeper.json').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});

function isWork(name: string): name is RunName | keyof typeof PREPARATIONS {
  return name in RUNS || name in PREPARATIONS;
}
