// Calls deployed functions: checks before it sends, repeats only certain refusals, and changes to the other SDK when the service does not take the first one's signature.
import type { Clock } from '../../base/clock';
import { messageOf } from '../../base/errors';
import { MINUTE_MS, SECOND_MS } from '../../base/instant';
import type { Logger } from '../../base/logger';
import { CredentialsError } from '../../domain/cloud-errors';
import type { Invocation, InvocationAnswer, Invoker } from '../../domain/ports';
import type { CurrentCredentials, KeyCredentials } from '../credentials/kinds';
import { textOf } from '../openapi/network';
import { repeat } from '../openapi/repeat';
import { endpointOf, type FcPlace } from './endpoint';
import { OPERATION, translateFailure } from './errors';
import type { FcClientModule, FcClientName, FcClientOptions, FcOutcome, FcRequest, FcSend, FcTarget } from './kinds';
import { checkInvocation } from './limits';

export interface InvokerOptions extends FcPlace {
  /** The SDK to begin with. `fc20230330` knows targets of API 2023-03-30 only. */
  readonly client: FcClientName;
  readonly target: FcTarget;
  /** Asked before every call, so that rotated credentials are picked up. */
  readonly credentials: { current(): Promise<CurrentCredentials> };
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** For one whole answer, in the host's milliseconds. `sync` waits while the function works. */
  readonly timeoutsMs?: { readonly sync: number; readonly async: number };
}

/** A little more than the longest timeout that our functions are deployed with. */
const DEFAULT_TIMEOUTS_MS = { sync: 16 * MINUTE_MS, async: 10 * SECOND_MS } as const;

/** Each SDK is a file of its own in the build, and is loaded when it is first needed. */
const CLIENT_MODULES: Readonly<Record<FcClientName, () => Promise<FcClientModule>>> = {
  fc2: () => import('./fc2'),
  fc20230330: () => import('./fc20230330'),
};

/** Throws a UsageError at once on a bad endpoint. Nothing is loaded or looked up before the first call. */
export function makeInvoker(options: InvokerOptions): Invoker {
  const { logger, clock, random, timeoutsMs = DEFAULT_TIMEOUTS_MS } = options;
  const send = makeSender(options);

  async function attempt(request: FcRequest): Promise<InvocationAnswer> {
    const key = keyOf(await options.credentials.current(), request.function);
    const outcome = await within(request.timeoutMs, send(request, key));
    if (outcome.kind === 'answer') return answerOf(outcome, request.mode);
    if (outcome.kind === 'service' && outcome.statusCode === 409 && request.taskId !== undefined) {
      return { kind: 'already-queued', requestId: outcome.requestId ?? '' };
    }
    throw translateFailure(outcome, request.function, [key.accessKeyId, key.accessKeySecret, key.securityToken ?? '']);
  }

  return {
    invoke: async (invocation) => {
      checkInvocation(invocation);
      const request = requestOf(invocation, timeoutsMs);
      return repeat(() => attempt(request), {
        clock,
        random,
        when: 'certain-refusals',
        onRetry: (error, retryNumber, waitMs) =>
          logger.debug(
            { operation: OPERATION, target: request.function, retryNumber, waitMs: Math.round(waitMs), reason: messageOf(error) },
            'repeating a call',
          ),
      });
    },
  };
}

function requestOf({ function: name, event, mode, taskId }: Invocation, timeoutsMs: { readonly sync: number; readonly async: number }): FcRequest {
  return { function: name, event, mode, taskId, timeoutMs: timeoutsMs[mode] };
}

/** Sends through the SDK that was asked for, and through the other one where the service does not take the first one's signature: from then on always. */
function makeSender({ client: preferred, logger, ...options }: InvokerOptions): (request: FcRequest, key: KeyCredentials) => Promise<FcOutcome> {
  const { accountId, region, target } = options;
  const sendWith = rememberClients({ accountId, region, target, endpoint: endpointOf(options) });
  let client = preferred;
  return async (request, key) => {
    const used = client; // another call may change it meanwhile
    const first = await (await sendWith(used, key))(request);
    if (used === 'fc20230330' || target.apiVersion !== '2023-03-30' || !isRefusedSignature(first)) return first;
    const second = await (await sendWith('fc20230330', key))(request);
    // Where the second is refused too it was not the signature: its answer says why, in words that the first SDK cannot read.
    if (isPastTheDoor(second) && client === used) {
      client = 'fc20230330';
      logger.warn(
        { function: request.function },
        'Function Compute does not take the signature of @alicloud/fc2: calling through @alicloud/fc20230330 from now on',
      );
    }
    return second;
  };
}

type Connect = (client: FcClientName, key: KeyCredentials) => Promise<FcSend>;

/** One client per SDK, made anew when the credentials have changed: those of a function rotate. */
function rememberClients(fixed: Omit<FcClientOptions, 'key'>): Connect {
  const known = new Map<FcClientName, { readonly key: KeyCredentials; readonly send: FcSend }>();
  return async (name, key) => {
    const { makeSend } = await CLIENT_MODULES[name]();
    const existing = known.get(name);
    if (existing !== undefined && isSameKey(existing.key, key)) return existing.send;
    const send = makeSend({ ...fixed, key });
    known.set(name, { key, send });
    return send;
  };
}

function isSameKey(one: KeyCredentials, other: KeyCredentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.accessKeySecret === other.accessKeySecret && one.securityToken === other.securityToken;
}

/** What a service answers to a caller whom it does not know or does not let in. */
const DOOR_STATUSES: ReadonlySet<number> = new Set([400, 401, 403]);

/** A refusal that is about the signature, or that may be: of the answers of API 2023-03-30 @alicloud/fc2 reads no code. */
function isRefusedSignature(outcome: FcOutcome): boolean {
  if (outcome.kind !== 'service' || !DOOR_STATUSES.has(outcome.statusCode)) return false;
  return outcome.code === '' || /Signature|Authorization/i.test(outcome.code);
}

/** The service has taken the signature, whatever it then said. */
function isPastTheDoor(outcome: FcOutcome): boolean {
  return outcome.kind === 'answer' || (outcome.kind === 'service' && outcome.statusCode < 500 && !DOOR_STATUSES.has(outcome.statusCode));
}

function keyOf(current: CurrentCredentials, name: string): KeyCredentials {
  const problem = problemOf(current);
  if (problem === undefined && !('bearerToken' in current)) return current;
  throw new CredentialsError(`${OPERATION} for ${name} was not sent: ${problem}`, {
    operation: OPERATION,
    target: name,
    hint: 'give the keeper an access key or a role of its own',
  });
}

function problemOf(current: CurrentCredentials): string | undefined {
  if ('bearerToken' in current) return 'Function Compute takes no bearer token';
  if (current.accessKeyId.startsWith('STS') && current.securityToken === undefined) return 'the temporary access key has no security token';
  return undefined;
}

/** The SDKs' own timeouts count each silence anew, so the whole has a deadline of its own. */
async function within(timeoutMs: number, pending: Promise<FcOutcome>): Promise<FcOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<FcOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timeout' }), timeoutMs);
  });
  try {
    return await Promise.race([pending, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function answerOf({ requestId, errorType, body }: Extract<FcOutcome, { kind: 'answer' }>, mode: Invocation['mode']): InvocationAnswer {
  if (errorType !== undefined) {
    const said = parsed(body);
    return { kind: 'function-failed', requestId, errorType: textOf(said, 'errorType') ?? errorType, message: textOf(said, 'errorMessage') ?? '', body };
  }
  return mode === 'sync' ? { kind: 'answered', requestId, body } : { kind: 'accepted', requestId };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // a function that died has no words of its own
  }
}
