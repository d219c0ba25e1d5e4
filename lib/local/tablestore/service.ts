// The Tablestore service of the local cloud: authenticates, asks RAM and the fault plan, runs the operation, journals, answers.
import { MINUTE_MS, SECOND_MS } from '../../base/instant';
import type { Fault, FaultPlan, Journal, JournalOwner, WorldClock } from '../kinds';
import { type AnswerContext, answerError, answerWith, disturb, type TablestoreAnswer } from './answers';
import { noPermission, OtsError, parameterInvalid, quotaExhausted } from './errors';
import type { PreparedCall } from './operation';
import { findOperation, isTableOperation } from './operations';
import { changeFromJson, changeToJson } from './records';
import { type Authenticated, authenticate, type CredentialStore, type SignedRequest } from './signature';
import { type Change, makeState, type State } from './state';

export interface TablestoreOptions {
  readonly clock: WorldClock;
  readonly faults: Pick<FaultPlan, 'take'>;
  readonly credentials: CredentialStore;
  readonly instanceName: string;
  /** How long rows of a new table are refused with OTSTableNotReady, in milliseconds of the world's clock; 5,000 unless told. */
  readonly notReadyMs?: number;
  /** How far a request's date may lie from the world's clock; 15 minutes unless told. */
  readonly maxSkewMs?: number;
  /** Operations on tables in one second of the world's clock, beyond which they are refused; the service documents 10. No limit unless told. */
  readonly tableOperationsPerSecond?: number;
  /** Region and account in the resource names that RAM is asked about; `*` unless told. */
  readonly region?: string;
  readonly accountId?: string;
}

/** A request as it came in. */
export interface TablestoreRequest extends SignedRequest {
  readonly method: string;
}

export interface TablestoreService {
  /** The tables as a part of the journal. */
  readonly owner: JournalOwner;
  /** From now on changes go to this journal. Called once the replay is done; before that every write is refused. */
  attach(journal: Pick<Journal, 'append'>): void;
  /** Never throws: everything that goes wrong is an answer. One call is one turn, so nothing comes between a condition and its write. */
  answer(request: TablestoreRequest): TablestoreAnswer;
}

const DEFAULT_NOT_READY_MS = 5 * SECOND_MS;
const DEFAULT_MAX_SKEW_MS = 15 * MINUTE_MS;

/** A request that passed authentication, reading and permission. */
interface Admitted {
  readonly call: PreparedCall;
  readonly fault: Fault | undefined;
}

export function makeTablestoreService(options: TablestoreOptions): TablestoreService {
  const { clock, credentials, instanceName, notReadyMs = DEFAULT_NOT_READY_MS, maxSkewMs = DEFAULT_MAX_SKEW_MS } = options;
  const store = makeStore();
  const admit = makeAdmission(options);
  const run = ({ call, fault }: Admitted, context: AnswerContext): TablestoreAnswer => {
    try {
      const outcome = call.run({ state: store.state, now: context.now, notReadyMs });
      if (fault?.effect !== 'none') store.commit(outcome.changes);
      return answerWith(context, 200, outcome.body);
    } catch (error) {
      return answerError(context, error);
    }
  };
  return {
    owner: ownerOf(store.state, clock),
    attach: store.attach,
    answer: (request) => {
      let context: AnswerContext = { path: request.path, now: clock.now(), who: undefined };
      try {
        const operation = readOperationName(request);
        const who = authenticate(request, { credentials, instanceName, maxSkewMs, now: context.now });
        context = { ...context, who };
        const admitted = admit(operation, request, who);
        const real = run(admitted, context);
        return admitted.fault === undefined ? real : disturb(real, admitted.fault, context);
      } catch (error) {
        return answerError(context, error);
      }
    },
  };
}

function ownerOf(state: State, clock: WorldClock): JournalOwner {
  return {
    stream: 'tablestore',
    apply: (data) => state.apply(changeFromJson(data)),
    *snapshot() {
      for (const change of state.snapshot(clock.now())) yield changeToJson(change);
    },
  };
}

interface Store {
  readonly state: State;
  attach(journal: Pick<Journal, 'append'>): void;
  /** On disk first: a failed append throws and leaves the state as it was. */
  commit(changes: readonly Change[]): void;
}

function makeStore(): Store {
  const state = makeState();
  let journal: Pick<Journal, 'append'> | undefined;
  return {
    state,
    attach: (opened) => {
      journal = opened;
    },
    commit: (changes) => {
      if (changes.length === 0) return;
      if (journal === undefined) throw new RangeError('the tables have no journal yet');
      journal.append(changes.map((change) => ({ stream: 'tablestore', data: changeToJson(change) })));
      for (const change of changes) state.apply(change);
    },
  };
}

/** Reads the request, asks RAM and the rate limit, and takes the fault that hits it. Throws OtsErrors. */
function makeAdmission(options: TablestoreOptions): (operation: string, request: TablestoreRequest, who: Authenticated) => Admitted {
  const { region = '*', accountId = '*', instanceName } = options;
  const resourcePrefix = `acs:ots:${region}:${accountId}:instance/${instanceName.toLowerCase()}`;
  const takeTableOperation = makeRateLimit(options.clock, options.tableOperationsPerSecond ?? Number.POSITIVE_INFINITY);
  return (operation, request, who) => {
    const call = findOperation(operation)(request.body);
    checkPermission(who, operation, call.tables, resourcePrefix);
    if (isTableOperation(operation)) takeTableOperation();
    return { call, fault: options.faults.take('tablestore', operation, { table: call.tables[0] ?? '' }) };
  };
}

function readOperationName(request: TablestoreRequest): string {
  if (request.method !== 'POST') throw new OtsError(405, 'OTSMethodNotAllowed', 'Only POST method for requests is supported.');
  const name = /^\/([A-Za-z]+)$/.exec(request.path)?.[1];
  if (name === undefined) throw parameterInvalid(`Unsupported operation: ${request.path}.`);
  return name;
}

/** RAM knows tables by their instance; what concerns the instance as a whole is asked for all its tables. */
function checkPermission(who: Authenticated, operation: string, tables: readonly string[], resourcePrefix: string): void {
  const asked = tables.length === 0 ? ['*'] : tables;
  for (const table of asked) {
    if (!who.caller.allows(`ots:${operation}`, `${resourcePrefix}/table/${table}`)) throw noPermission();
  }
}

/** Counts operations in the last second of the world's clock. */
function makeRateLimit(clock: WorldClock, perSecond: number): () => void {
  let recent: number[] = [];
  return () => {
    if (perSecond === Number.POSITIVE_INFINITY) return;
    const now = clock.now();
    recent = recent.filter((at) => at > now - SECOND_MS);
    if (recent.length >= perSecond) throw quotaExhausted('Too frequent table operations.');
    recent.push(now);
  };
}
