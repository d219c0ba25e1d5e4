// What every deployed function does: read the event and the context, open the house, run, return the summary, log the failure before throwing it.
import { readFile, stat } from 'node:fs/promises';
import { systemClock } from '../base/clock';
import { type Deadline, makeDeadline } from '../base/deadline';
import { KeeperError, messageOf } from '../base/errors';
import { makeLogger } from '../base/logger';
import { readCompiledPolicy } from '../config/compiled';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { FunctionName, RunSummary } from '../domain/run';
import { recordRefusedRun } from '../run/envelope';
import type { RunObserver, RunPorts, RunRequest } from '../run/types';
import { readEvent, type Wakeup } from './event';
import { type LedgerOptions, openHouse, openLedger } from './house';
import { type Environment, readSettings, type Settings } from './settings';

/** What we use of the context that Function Compute's Node.js runtime passes. */
export interface FunctionContext {
  readonly requestId: string;
  readonly credentials?: { readonly accessKeyId?: string; readonly accessKeySecret?: string; readonly securityToken?: string };
  readonly function: { readonly name: string /** Seconds. */; readonly timeout: number };
}

export type UseCase = (request: RunRequest, ports: RunPorts, observer?: RunObserver) => Promise<RunSummary>;

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
  const clock = systemClock;
  const timeoutMs = context.function.timeout * 1_000;
  const deadline = makeDeadline(clock, timeoutMs, reserveMsOf(timeoutMs));
  const settings = readSettings(env);
  const logger = makeLogger({ level: settings.logLevel }).child({ requestId: context.requestId });
  const keys = functionKeys(context);
  const identity = keys === undefined ? {} : { functionCredentials: keys };
  try {
    const { wakeup, policy } = await understand(name, event, context, settings).catch(async (cause: unknown) => {
      throw await recordedAsFailed(name, { env, clock, ...identity }, context.requestId, cause);
    });
    const house = openHouse({ env, policy, clock, logger, ...identity });
    try {
      const summary = await useCase(requestOf(wakeup, policy, deadline), house.ports);
      logger.info({ summary }, 'run ended');
      return summary;
    } finally {
      house.close();
    }
  } catch (error) {
    const known = error instanceof KeeperError ? error : undefined;
    logger.error({ code: known?.code ?? 'unexpected', error: messageOf(error), hint: known?.hint }, 'run failed');
    throw error;
  }
}

interface Understood {
  readonly wakeup: Wakeup;
  readonly policy: CompiledPolicy;
}

async function understand(name: FunctionName, event: Uint8Array, context: FunctionContext, settings: Settings): Promise<Understood> {
  const wakeup = readEvent(event, { function: name, requestId: context.requestId, now: systemClock.now() });
  return { wakeup, policy: await loadCompiledPolicy(settings.configPath) };
}

function requestOf({ trigger, asOf, dryRun, instances, onDemand }: Wakeup, policy: CompiledPolicy, deadline: Deadline): RunRequest {
  return {
    trigger,
    asOf,
    dryRun,
    policy,
    deadline,
    ...(instances === undefined ? {} : { instances }),
    ...(onDemand === undefined ? {} : { onDemand }),
  };
}

/** A call that could not even be understood is a failed run in the ledger too. Returns the error to throw: the cause, with the record's own failure told. */
async function recordedAsFailed(name: FunctionName, options: LedgerOptions, requestId: string, cause: unknown): Promise<unknown> {
  const ledger = openLedger(options);
  try {
    await recordRefusedRun(ledger, name, requestId, systemClock.now(), cause);
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

function functionKeys(context: FunctionContext): { accessKeyId: string; accessKeySecret: string; securityToken?: string } | undefined {
  const { accessKeyId, accessKeySecret, securityToken } = context.credentials ?? {};
  if (accessKeyId === undefined || accessKeyId === '' || accessKeySecret === undefined || accessKeySecret === '') return undefined;
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined || securityToken === '' ? {} : { securityToken }) };
}
