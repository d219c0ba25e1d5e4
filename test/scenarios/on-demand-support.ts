// Asks the test's keeper for a backup, as an event or the command line does.
import { makeDeadline } from '../../lib/base/deadline';
import { HOUR_MS } from '../../lib/base/instant';
import type { SlotVerdict } from '../../lib/domain/verdict';
import { runExtraBackup } from '../../lib/run/extra-backup';
import type { OnDemandBackup, PlanStep, RunPorts, RunRequest } from '../../lib/run/types';
import type { TestKeeper, TestRun } from '../support/keeper';

export interface Asked {
  readonly key?: string;
  readonly databases?: readonly string[];
  readonly method?: OnDemandBackup['method'];
  readonly instances?: readonly string[] | 'none';
  readonly dryRun?: boolean;
  readonly ports?: RunPorts;
  /** Instead of an hour's time. */
  readonly isNear?: () => boolean;
  readonly approved?: RunRequest['approved'];
  /** The same key at the same instant is one delivery; deliveries are told apart by the request's id here. */
  readonly delivery?: string;
}

export type AskedRun = TestRun & { readonly steps: readonly PlanStep[] };

/** Without instances: rm-one. */
export async function ask(keeper: TestKeeper, asked: Asked): Promise<AskedRun> {
  const { key = 'release-42', databases, method, instances = ['rm-one'], dryRun = false, ports = keeper.openHouse().ports } = asked;
  const asOf = keeper.clock.now();
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  const verdicts: SlotVerdict[] = [];
  const steps: PlanStep[] = [];
  const request: RunRequest = {
    trigger: { type: 'invoke', id: `${key}${asked.delivery ?? ''}`, time: asOf },
    asOf,
    dryRun,
    policy: keeper.policy,
    deadline: { ...deadline, isNear: asked.isNear ?? deadline.isNear },
    ...(instances === 'none' ? {} : { instances }),
    onDemand: { key, databases, method },
    ...(asked.approved === undefined ? {} : { approved: asked.approved }),
  };
  const summary = await runExtraBackup(request, ports, { onVerdict: (verdict) => verdicts.push(verdict), onStep: (step) => steps.push(step) });
  return { summary, verdicts, steps };
}
