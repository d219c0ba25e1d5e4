// What the local Function Compute answers over HTTP: both API families and the HTTP triggers, signatures, permissions and faults.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { Identities, Identity } from '../identities';
import type { Fault, FaultPlan } from '../kinds';
import { makeNonceStore, type NonceStore } from '../rpc/authenticate';
import { type FcApi, findTarget, perform, resourceOf } from './api';
import { authenticateApi, authenticateHttpTrigger, type FcAuthenticationRules } from './authenticate';
import type { FcFaultPlan } from './faults';
import { type FcReply, type FcRequest, readFcRequest, sendFaultyReply, sendReply } from './http-message';
import { answerHttp, findHttpTarget, isHttpTrigger } from './http-trigger';
import type { FcEngine } from './kinds';
import { type FcFamily, type FcRoute, familyOf, findRoute } from './routes';
import { FcServiceError, fcError } from './service-error';

/** The service that holds all functions for who speaks 2016-08-15, unless told. */
export const DEFAULT_SERVICE = 'keeper';

export interface FcServerOptions {
  readonly engine: FcEngine;
  /** The engine's own faults: of them, lost replies are played here. */
  readonly engineFaults?: FcFaultPlan;
  readonly identities: Identities;
  readonly faults: FaultPlan;
  readonly now: () => Instant;
  /** Real milliseconds before each answer, as a network would take. */
  readonly latencyMs?: number;
  /** Of the routes of 2016-08-15; `keeper` unless told. */
  readonly serviceName?: string;
  /** Whether the routes of 2023-03-30 take the legacy signature of `@alicloud/fc2` too; true unless told. */
  readonly acceptsLegacyOn2023?: boolean;
}

/** One call on its way: what it may do, and which fault hits it. */
interface Admitted {
  readonly fault: Fault | undefined;
  /** `delayMs`: the effect comes that much later. */
  perform(delayMs?: number): Promise<FcReply>;
}

/** What a server calls for every request. */
export function makeFcListener(options: FcServerOptions): RequestListener {
  const nonces = makeNonceStore();
  return (message, response) => {
    serve(options, nonces, message, response).catch(() => response.destroy());
  };
}

/** The server of an engine that is there, not yet listening. */
export function makeFcServer(options: FcServerOptions): Server {
  return makeQuietServer().on('request', makeFcListener(options));
}

/** An idle connection that the server closes looks like a reset to a client that is just sending: closing is left to the clients. */
export function makeQuietServer(): Server {
  const server = createServer();
  server.keepAliveTimeout = 0;
  return server;
}

async function serve(options: FcServerOptions, nonces: NonceStore, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  const family = familyOf(message.url ?? '');
  const refuse = (error: unknown): FcReply => errorReply(family, requestId, error);
  if (options.latencyMs !== undefined && options.latencyMs > 0) await delay(options.latencyMs);
  try {
    const admitted = admit(options, nonces, await readFcRequest(message), requestId);
    const { fault } = admitted;
    const reply = await carryOut(admitted).catch(refuse);
    if (fault === undefined) sendReply(response, reply);
    else sendFaultyReply(response, fault.reply, reply, (status, code, text) => refuse(new FcServiceError(status, code, text)));
  } catch (error) {
    sendReply(response, refuse(error));
  }
}

/** Does what the fault leaves of the call: all of it, all of it later, or nothing. */
function carryOut({ fault, perform: act }: Admitted): Promise<FcReply> {
  if (fault === undefined || fault.effect === 'applied') return act();
  if (fault.effect === 'none') return Promise.resolve({ status: 200, headers: {}, body: Buffer.from('{}') });
  return act(fault.effect.appliedAfterMs);
}

function admit(options: FcServerOptions, nonces: NonceStore, request: FcRequest, requestId: string): Admitted {
  const { identities, acceptsLegacyOn2023 = true } = options;
  const rules = { identities, nonces, now: options.now(), acceptsLegacyOn2023 };
  return isHttpTrigger(request.path) ? admitHttp(options, rules, request, requestId) : admitApi(options, rules, request, requestId);
}

function admitApi(options: FcServerOptions, rules: FcAuthenticationRules, request: FcRequest, requestId: string): Admitted {
  const route = findRoute(request.method, request.path, request.query);
  if (route === undefined) throw fcError('PathNotSupported', `'${request.method}' against '${request.path}' is not supported`);
  const caller = authenticateApi(request, route.family, rules);
  const api: FcApi = { engine: options.engine, serviceName: options.serviceName ?? DEFAULT_SERVICE };
  const target = findTarget(route, api);
  requirePermission(caller, route.action, resourceOf(route, target, api.engine), api.engine);
  return {
    fault: options.faults.take('fc', route.action, { function: target.name }) ?? lostReply(options, route, target.name),
    perform: (delayMs) => perform({ route, request, target, requestId }, api, delayMs),
  };
}

/** The event is queued, and its sender does not hear of it. */
function lostReply({ engineFaults }: FcServerOptions, { operation, action }: FcRoute, functionName: string): Fault | undefined {
  const isHit = operation === 'invoke' && engineFaults?.take('lose-reply', functionName) !== undefined;
  return isHit ? { service: 'fc', operation: action, effect: 'applied', reply: { kind: 'reset' } } : undefined;
}

function admitHttp(options: FcServerOptions, rules: FcAuthenticationRules, request: FcRequest, requestId: string): Admitted {
  const engine = options.engine;
  const found = findHttpTarget(request, engine);
  if (found.trigger.authType === 'function') {
    const { region, accountId } = engine.manifest;
    requirePermission(authenticateHttpTrigger(request, rules), 'InvokeFunction', `acs:fc:${region}:${accountId}:functions/${found.target.name}`, engine);
  }
  return {
    fault: options.faults.take('fc', 'http', { function: found.target.name }),
    perform: () => answerHttp(request, found, engine, { requestId, now: rules.now }),
  };
}

function requirePermission(caller: Identity, operation: string, resource: string, { manifest }: FcEngine): void {
  const action = `fc:${operation}`;
  if (caller.accountId === manifest.accountId && caller.allows(action, resource)) return;
  throw fcError(
    'AccessDenied',
    `the caller ${caller.name} of account ${caller.accountId} is not authorized to perform action '${action}' on resource '${resource}'`,
  );
}

function errorReply(family: FcFamily, requestId: string, error: unknown): FcReply {
  // Anything else is a defect of the local cloud itself: the reason is for the person who runs it.
  const { status, code, message } =
    error instanceof FcServiceError ? error : fcError('InternalServerError', `an internal error has occurred (${messageOf(error)})`);
  const body = Buffer.from(JSON.stringify(family.errorBody(requestId, code, message)));
  return { status, headers: { 'content-type': 'application/json', 'x-fc-request-id': requestId }, body };
}
