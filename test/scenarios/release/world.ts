// Releases on the local cloud: asks for them as the doors do, and lets time and reconcile go by.
import { makeDeadline } from '../../../lib/base/deadline';
import { HOUR_MS, MINUTE_MS } from '../../../lib/base/instant';
import type { Hold } from '../../../lib/domain/guard';
import type { CompiledPolicy } from '../../../lib/domain/protection-policy';
import type { ReleaseReceipt, ReleaseWish } from '../../../lib/domain/release';
import type { RunSummary, TriggerType } from '../../../lib/domain/run';
import type { FleetMember } from '../../../lib/local/fleet';
import { runPreRelease } from '../../../lib/run/release/run';
import type { ReleaseRequest, RunPorts } from '../../../lib/run/types';
import { type KeeperOptions, policyWith, startKeeper, type TestKeeper } from '../../support/keeper';

export const MYSQL: FleetMember = { id: 'rm-one', engine: 'MySQL', usedGb: 1 };
export const SOURCE = 'ci/shop';
export const RELEASE = 'v1.4.2';

/** A policy without timer rules unless told. */
export function startGate(fleet: readonly FleetMember[] = [MYSQL], options: Partial<KeeperOptions> & { readonly sections?: string } = {}): Promise<TestKeeper> {
  const { sections = '', ...more } = options;
  return startKeeper({ fleet, policy: policyWith('  - { name: yearly, schedule: "0 0 1 1 *" }\n', sections), ...more });
}

export function wishOf(over: Partial<ReleaseWish> = {}): ReleaseWish {
  return {
    source: SOURCE,
    release: RELEASE,
    instances: over.select === undefined ? ['rm-one'] : undefined,
    select: undefined,
    databases: undefined,
    freshForMs: undefined,
    deadlineAt: undefined,
    holdForMs: undefined,
    ...over,
  };
}

export interface Door {
  readonly type?: TriggerType;
  readonly ports?: RunPorts;
  readonly dryRun?: boolean;
  /** Instead of the keeper's own. */
  readonly policy?: CompiledPolicy;
  readonly isNear?: () => boolean;
}

export interface Answer {
  readonly summary: RunSummary;
  readonly receipt: ReleaseReceipt;
}

let deliveries = 0;

/** Every delivery is a run of its own. */
export async function deliver(keeper: TestKeeper, release: ReleaseRequest | undefined, door: Door = {}): Promise<RunSummary> {
  deliveries += 1;
  const asOf = keeper.clock.now();
  const deadline = makeDeadline(keeper.clock, HOUR_MS, 1_000);
  return runPreRelease(
    {
      trigger: { type: door.type ?? 'event', id: `delivery-${deliveries}`, time: asOf },
      asOf,
      dryRun: door.dryRun === true,
      policy: door.policy ?? keeper.policy,
      deadline: { ...deadline, isNear: door.isNear ?? deadline.isNear },
      ...(release === undefined ? {} : { release }),
    },
    door.ports ?? keeper.house.ports,
  );
}

export async function start(keeper: TestKeeper, over: Partial<ReleaseWish> = {}, door: Door = {}): Promise<Answer> {
  return answerOf(await deliver(keeper, { action: 'start', wish: wishOf(over) }, door));
}

export async function check(keeper: TestKeeper, action: 'check' | 'status' = 'check', door: Door = {}): Promise<Answer> {
  return answerOf(await deliver(keeper, { action, source: SOURCE, release: RELEASE }, door));
}

function answerOf(summary: RunSummary): Answer {
  if (summary.release === undefined) throw new Error(`a summary without a receipt: ${summary.status}`);
  return { summary, receipt: summary.release };
}

/** Lets time go by as the timers do: reconcile every five minutes. */
export async function pass(keeper: TestKeeper, minutes: number): Promise<void> {
  for (let gone = 0; gone < minutes; gone += 5) {
    keeper.clock.advance(5 * MINUTE_MS);
    await keeper.reconcile({ ports: keeper.house.ports });
  }
}

export async function holdsOf(keeper: TestKeeper, instanceId = 'rm-one'): Promise<readonly Hold[]> {
  const [guard] = await keeper.house.ledger.getGuards([instanceId]);
  return guard?.holds ?? [];
}

export async function openTasks(keeper: TestKeeper): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of keeper.house.ledger.listTasks('release')) ids.push(...page.map(({ id }) => id));
  return ids;
}
