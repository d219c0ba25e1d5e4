// What every deployed function does: read the event and the context, open the house, run, return the summary, log the failure before throwing it.
import { readFile, stat } from 'node:fs/promises';
import { type Clock, systemClock } from '../base/clock';
import { type Deadline, makeDeadline } from '../base/deadline';
import { KeeperError, messageOf } from '../base/errors';
import { type Logger, makeLogger } from '../base/logger';
import { readCompiledPolicy } from '../config/compiled';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { FunctionName, RunSummary, Trigger, TriggerType } from '../domain/run';
import { recordRefusedRun } from '../run/envelope';
import type { RunObserver, RunPorts, RunRequest } from '../run/types';
import { nameWithCode } from './error-name';
import { doorOf, readEvent } from './event';
import { type LedgerOptions, openHouse, openLedger } from './house';
import { openInvoker } from './invoker';
import { withRateShare } from './rate-share';
import { type Environment, readSettings, type Settings } from './settings';
import type { EventContext, Wakeup } from './wakeup';

/** What we use of the context that Function Compute's Node.js runtime passes. */
export interface FunctionContext {
  readonly requestId: string;
  readonly credentials?: { readonly accessKeyId?: string; readonly accessKeySecret?: string; readonly securityToken?: string };
  readonly function: { readonly name: string /** Seconds. */; readonly timeout: number };
  /** The account and region that the function is deployed to: where it can invoke others. */
  readonly accountId?: string;
  readonly region?: string;
}

export type UseCase = (request: RunRequest, ports: RunPorts, observer?: RunObserver) => Promise<RunSummary>;

/** One call of a deployed function, as its door sees it. */
export interface Invocation {
  readonly eventContext: EventContext;
  readonly deadline: Deadline;
  readonly logger: Logger;
  /** What `read` makes of the event, and the policy. When either cannot be read, the call is recorded as a failed run of the door (the request's id unless told), and the reason is thrown. */
  understand<T>(read: () => T, door: TriggerType, id?: string): Promise<{ readonly understood: T; readonly policy: CompiledPolicy }>;
  run(useCase: UseCase, wakeup: Wakeup, policy: CompiledPolicy): Promise<RunSummary>;
}

/** The largest compiled policy that is read. */
const MAX_POLICY_BYTES = 4 * 1024 * 1024;

/** Time kept back to save the run's place: a tenth of the timeout, five seconds at least. */
function reserveMsOf(timeoutMs: number): number {
  return Math.min(timeoutMs / 2, Math.max(5_000, timeoutMs / 10));
}

/**
 * Returns the summary for `succeeded | partial | skipped | continued`; throws a KeeperError for everything else, so that the platform's
 * retry and failure destination see it. The environment is the composition root's to pass.
 */
export async function handleEvent(name: FunctionName, useCase: UseCase, event: Uint8Array, context: FunctionContext, env: Environment): Promise<RunSummary> {
  return inInvocation(name, context, env, async ({ eventContext, understand, run }) => {
    const { understood, policy } = await understand(() => readEvent(event, eventContext), doorOf(event));
    return run(useCase, understood, policy);
  });
}

/** Surrounds one call with what its environment and context make of it. What `body` throws is logged and thrown on. The clock is the host's; tests give a virtual one. */
export async function inInvocation<T>(
  name: FunctionName,
  context: FunctionContext,
  env: Environment,
  body: (invocation: Invocation) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const timeoutMs = context.function.timeout * 1_000;
  const deadline = makeDeadline(clock, timeoutMs, reserveMsOf(timeoutMs));
  const settings = readSettings(env);
  const logger = makeLogger({ level: settings.logLevel }).child({ requestId: context.requestId });
  const keys = functionKeys(context);
  const identity: LedgerOptions = { env, clock, ...(keys === undefined ? {} : { functionCredentials: keys }) };
  const fanOut = fanOutOf({ context, keys, settings, clock, logger });
  try {
    return await body({
      eventContext: { function: name, requestId: context.requestId, now: clock.now() },
      deadline,
      logger,
      understand: (read, type, id = context.requestId) =>
        understand(read, settings).catch(async (cause: unknown) => {
          throw await recordedAsFailed(name, identity, { type, id, time: clock.now() }, cause);
        }),
      run: async (useCase, wakeup, policy) => {
        const summary = await runInHouse(useCase, requestOf(wakeup, policy, deadline), { identity, fanOut, logger });
        logger.info({ summary }, 'run ended');
        return summary;
      },
    });
  } catch (error) {
    const known = error instanceof KeeperError ? error : undefined;
    logger.error({ code: known?.code ?? 'unexpected', error: messageOf(error), hint: known?.hint }, 'run failed');
    if (known !== undefined) nameWithCode(known);
    throw error;
  }
}

async function understand<T>(read: () => T, settings: Settings): Promise<{ readonly understood: T; readonly policy: CompiledPolicy }> {
  return { understood: read(), policy: await loadCompiledPolicy(settings.configPath) };
}

interface Household {
  readonly identity: LedgerOptions;
  readonly fanOut: RunPorts['fanOut'];
  readonly logger: Logger;
}

async function runInHouse(useCase: UseCase, request: RunRequest, { identity, fanOut, logger }: Household): Promise<RunSummary> {
  const house = openHouse({ ...identity, policy: withRateShare(request), logger });
  try {
    return await useCase(request, fanOut === undefined ? house.ports : { ...house.ports, fanOut });
  } finally {
    house.close();
  }
}

interface FanOutParts {
  readonly context: FunctionContext;
  readonly keys: FunctionKeys | undefined;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** With the function's own role. Undefined where the context does not say whose functions there are, and where: then the function does all of its work itself. */
function fanOutOf({ context, keys, settings, clock, logger }: FanOutParts): RunPorts['fanOut'] {
  const { accountId, region } = context;
  if (keys === undefined || accountId === undefined || accountId === '' || region === undefined || region === '') return undefined;
  const credentials = { current: async () => keys };
  const invoker = openInvoker({ settings: settings.functionCompute, accountId, region, credentials, clock, random: Math.random, logger });
  return { invoker, self: context.function.name };
}

function requestOf({ trigger, asOf, dryRun, instances, onDemand, shard, release }: Wakeup, policy: CompiledPolicy, deadline: Deadline): RunRequest {
  return {
    trigger,
    asOf,
    dryRun,
    policy,
    deadline,
    ...(instances === undefined ? {} : { instances }),
    ...(onDemand === undefined ? {} : { onDemand }),
    ...(shard === undefined ? {} : { shard }),
    ...(release === undefined ? {} : { release }),
  };
}

/** A call that could not even be understood is a failed run in the ledger too. Returns the error to throw: the cause, with the record's own failure told. */
async function recordedAsFailed(name: FunctionName, options: LedgerOptions, trigger: Trigger, cause: unknown): Promise<unknown> {
  const ledger = openLedger(options);
  try {
    await recordRefusedRun(ledger, name, trigger, cause);
    return cause;
  } catch (recording) {
    return new KeeperError(`${messageOf(cause)} (and the failed run could not be recorded: ${messageOf(recording)})`, {
      code: cause instanceof KeeperError ? cause.code : 'unexpected',
      cause,
      ...(cause instanceof KeeperError && cause.hint !== undefined ? { hint: cause.hint } : {}),
    });
  } finally {
    ledger.close();
  }
}

/** Reads keeper.json. Throws a KeeperError that says how to make one. */
export async function loadCompiledPolicy(path: string): Promise<CompiledPolicy> {
  try {
    const { size } = await stat(path);
    if (size > MAX_POLICY_BYTES) throw new KeeperError(`${path} has ${size} bytes: no compiled policy is that large`, { code: 'policy-unreadable' });
    return readCompiledPolicy(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof KeeperError) throw error;
    throw new KeeperError(`cannot read the compiled protection policy ${path}: ${messageOf(error)}`, {
      code: 'policy-unreadable',
      hint: 'run: keeper policy compile, and point KEEPER_CONFIG at the file',
      cause: error,
    });
  }
}

type FunctionKeys = NonNullable<LedgerOptions['functionCredentials']>;

/** The credentials of the function's role; undefined for a function without one. */
export function functionKeys(context: FunctionContext): FunctionKeys | undefined {
  const { accessKeyId, accessKeySecret, securityToken } = context.credentials ?? {};
  if (accessKeyId === undefined || accessKeyId === '' || accessKeySecret === undefined || accessKeySecret === '') return undefined;
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined || securityToken === '' ? {} : { securityToken }) };
}
