// Domain values for tests of the ledger, and a local Tablestore to keep them in.
import { Agent } from 'node:http';
import TableStore from '@alicloud/tablestore';
import { type Instant, instant, parseInstant } from '../../lib/base/instant';
import type { ClaimRequest, Ledger, LedgerAdmin, SetRecord } from '../../lib/domain/ports';
import type { InstancePosture } from '../../lib/domain/posture';
import type { RunSummary } from '../../lib/domain/run';
import { type Intent, slotIdOf } from '../../lib/domain/slot';
import { type LedgerOptions, makeLedger } from '../../lib/gateways/tablestore';
import { makeFaultPlan } from '../../lib/local/faults';
import { DEFAULT_USER, makeIdentities, type UserSpec } from '../../lib/local/identities';
import { makeMemoryJournal } from '../../lib/local/journal';
import type { FaultPlan } from '../../lib/local/kinds';
import { listenTablestore, makeTablestoreService, type TablestoreService } from '../../lib/local/tablestore';
import { makeVirtualClock, type VirtualClock } from './virtual-clock';

/** An ISO time as an Instant. */
export function at(text: string): Instant {
  return parseInstant(text) ?? instant(Number.NaN);
}

export const OCCURRENCE = at('2026-11-21T01:00:00Z');

/** A new intent of rm-1 for the rule `nightly`, with whatever the test says otherwise. */
export function anIntent(over: Partial<Intent> = {}): Intent {
  const occurrence = over.occurrence ?? OCCURRENCE;
  return {
    account: 'main',
    region: 'cn-hangzhou',
    instanceId: 'rm-1',
    slotId: slotIdOf('nightly', occurrence, 'instance'),
    rule: 'nightly',
    pool: 'ordinary',
    occurrence,
    openUntil: at('2026-11-22T01:00:00Z'),
    spec: { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined },
    units: 1,
    state: 'intended',
    version: 1,
    refusals: 0,
    runId: 'run-1',
    createdAt: OCCURRENCE,
    updatedAt: OCCURRENCE,
    sentAt: undefined,
    baseline: undefined,
    jobId: undefined,
    backupId: undefined,
    startedAt: undefined,
    endedAt: undefined,
    quietSince: undefined,
    isAdopted: false,
    reason: undefined,
    ...over,
  };
}

export function aSet(over: Partial<SetRecord> = {}): SetRecord {
  const { spec, slotId } = anIntent();
  return { instanceId: 'rm-1', backupId: '1001', origin: 'created', spec, slotId, recordedAt: OCCURRENCE, claimedBy: undefined, ...over };
}

export function aClaim(over: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    scope: 'main/cn-hangzhou',
    function: 'extra-backup',
    trigger: { type: 'timer', id: 'tick', time: OCCURRENCE },
    asOf: OCCURRENCE,
    leaseMs: 60_000,
    ...over,
  };
}

export function aSummary(over: Partial<RunSummary> = {}): RunSummary {
  return {
    runId: 'run-1',
    function: 'extra-backup',
    trigger: { type: 'timer', id: 'tick', time: '2026-11-21T01:00:00Z' },
    status: 'succeeded',
    asOf: '2026-11-21T01:00:00Z',
    dryRun: false,
    scope: { accounts: ['main'], regions: ['cn-hangzhou'], instances: 1 },
    counts: { submitted: 1 },
    findings: [],
    findingsTotal: 0,
    apiCalls: { CreateBackup: 1 },
    ...over,
  };
}

export function aPosture(over: Partial<InstancePosture> = {}): InstancePosture {
  return {
    scope: 'main/cn-hangzhou',
    instanceId: 'rm-1',
    engine: 'mysql',
    asOf: OCCURRENCE,
    rules: {},
    findings: [],
    openedAt: {},
    copies: undefined,
    ...over,
  };
}

/** All items of all pages. */
export async function allOf<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

/** A local Tablestore with nothing in it, and ledgers on it. */
export interface LocalLedgerPlace {
  readonly clock: VirtualClock;
  readonly faults: FaultPlan;
  readonly endpoint: string;
  /** Every request that reached the service, in order. */
  readonly requests: readonly TablestoreRequest[];
  /** Delivers a request once more, as a network does that held it back. */
  redeliver(request: TablestoreRequest): void;
  /** The official SDK without our gateway, to look at what is really stored. */
  readonly sdk: TableStore.Client;
  open(over?: Partial<LedgerOptions>): Ledger & LedgerAdmin & { close(): void };
  stop(): Promise<void>;
}

export interface LedgerPlaceOptions {
  /** How long new tables refuse their rows; 0 unless told. */
  readonly notReadyMs?: number;
  /** How far a caller's clock may be off; 15 minutes unless told. */
  readonly maxSkewMs?: number;
  /** May do only what the policy says. */
  readonly users?: readonly UserSpec[];
}

export const LEDGER_INSTANCE = 'keeper-test';

type TablestoreRequest = Parameters<TablestoreService['answer']>[0];

export async function startLedgerPlace(options: LedgerPlaceOptions = {}): Promise<LocalLedgerPlace> {
  const clock = makeVirtualClock();
  const faults = makeFaultPlan();
  const { users, ...tables } = options;
  const credentials = makeIdentities({ now: clock.now, users: users ?? [] });
  const service = makeTablestoreService({ clock, faults, credentials, instanceName: LEDGER_INSTANCE, notReadyMs: 0, ...tables });
  service.attach(makeMemoryJournal());
  const requests: TablestoreRequest[] = [];
  const answer: TablestoreService['answer'] = (request) => {
    requests.push(request);
    return service.answer(request);
  };
  const server = await listenTablestore({ ...service, answer });
  const ledgers: { close(): void }[] = [];
  let ids = 0;
  const key = { accessKeyId: DEFAULT_USER.accessKeyId, accessKeySecret: DEFAULT_USER.secret };
  const agent = new Agent({ keepAlive: true });
  return {
    clock,
    faults,
    endpoint: server.endpoint,
    requests,
    redeliver: (request) => void service.answer(request),
    sdk: new TableStore.Client({ endpoint: server.endpoint, instancename: LEDGER_INSTANCE, ...key, maxRetries: 0, httpOptions: { agent } }),
    open: (over = {}) => {
      const ledger = makeLedger({
        endpoint: server.endpoint,
        instanceName: LEDGER_INSTANCE,
        credentials: { current: async () => key },
        clock,
        random: () => 0.5,
        newId: () => {
          ids += 1;
          return `id-${ids}`;
        },
        timeoutMs: 5_000,
        ...over,
      });
      ledgers.push(ledger);
      return ledger;
    },
    stop: async () => {
      for (const ledger of ledgers) ledger.close();
      agent.destroy();
      await server.close();
    },
  };
}
