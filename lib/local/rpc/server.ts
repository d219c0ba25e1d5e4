// An HTTP server of the RPC style: authenticates, counts, applies faults, runs the action, commits its changes, answers.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/errors';
import { type Instant, instant } from '../../base/instant';
import type { Identities, Identity } from '../identities';
import type { Fault, FaultPlan, ServiceName } from '../kinds';
import { authenticate, makeNonceStore, type NonceStore } from './authenticate';
import { type AccessDeniedDetail, gatewayError, RpcError, throttled } from './errors';
import { checkParameters } from './parameters';
import { bodyReply, errorReply, type Reply, send, sendFault } from './reply';
import { type RpcRequest, readRpcRequest } from './request';
import { makeThrottle, type RateLimits, type Throttle } from './throttle';
import type { Call, Outcome, Parameters, RpcAction } from './types';

/** A write that takes effect later than the request arrived. */
export interface LateCall {
  readonly at: Instant;
  readonly operation: string;
  readonly parameters: Parameters;
  readonly accessKeyId: string;
}

export interface RpcServiceOptions<World, Change> {
  readonly service: ServiceName;
  readonly version: string;
  readonly hostId: string;
  readonly actions: readonly RpcAction<World, Change>[];
  readonly world: World;
  readonly identities: Identities;
  readonly faults: FaultPlan;
  readonly now: () => Instant;
  readonly rateLimits: RateLimits;
  /** Real milliseconds before each answer, as a network would take. */
  readonly latencyMs: number;
  /** Brings the world up to now; called before every request. */
  settle(now: Instant): void;
  commit(changes: readonly Change[]): void;
  /** Keeps a call for later: see LateCall. */
  postpone(call: LateCall): void;
  /** The region that a call belongs to, for rates and RAM resources. */
  regionOf(parameters: Parameters): string;
  /** The RAM resource of a call, but for unscoped actions. */
  resourceOf(parameters: Parameters, caller: Identity): string;
  /** How this service refuses a caller without the permission. */
  denied(detail: AccessDeniedDetail): RpcError;
}

interface Gateway<World, Change> {
  readonly options: RpcServiceOptions<World, Change>;
  readonly actions: ReadonlyMap<string, RpcAction<World, Change>>;
  readonly nonces: NonceStore;
  readonly throttle: Throttle;
}

/** The server, not yet listening. */
export function makeRpcServer<World, Change>(options: RpcServiceOptions<World, Change>): Server {
  const gateway: Gateway<World, Change> = {
    options,
    actions: new Map(options.actions.map((action) => [action.name, action])),
    nonces: makeNonceStore(),
    throttle: makeThrottle(options.rateLimits),
  };
  const server = createServer((message, response) => {
    serve(gateway, message, response).catch(() => response.destroy());
  });
  // An idle connection that the server closes looks like a reset to a client that is just sending: leave closing to the clients.
  server.keepAliveTimeout = 0;
  return server;
}

async function serve<World, Change>(gateway: Gateway<World, Change>, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { options } = gateway;
  const requestId = randomUUID().toUpperCase();
  const answer = (error: unknown): Reply => errorReply(requestId, options.hostId, asRpcError(error));
  if (options.latencyMs > 0) await delay(options.latencyMs);
  try {
    const admitted = admit(gateway, await readRpcRequest(message));
    const normal = (): Reply => {
      try {
        return bodyReply(requestId, perform(gateway, admitted));
      } catch (error) {
        return answer(error);
      }
    };
    if (admitted.fault === undefined) return send(response, normal());
    const withEffect = admitted.fault.effect === 'applied' ? normal() : applyFaultyEffect(gateway, admitted, normal);
    sendFault(response, admitted.fault.reply, requestId, options.hostId, withEffect);
  } catch (error) {
    send(response, answer(error));
  }
}

function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const { status, code, message } = gatewayError('InternalError');
  // A defect or a full disk of the local cloud itself: the reason is for the person who runs it.
  return new RpcError({ status, code, message: `${message} (${messageOf(error)})` });
}

/** A call that passed the gateway: known, authenticated, and told which fault hits it. */
interface Admitted<World, Change> {
  readonly action: RpcAction<World, Change>;
  readonly caller: Identity;
  readonly parameters: Parameters;
  readonly now: Instant;
  readonly fault: Fault | undefined;
}

function admit<World, Change>(gateway: Gateway<World, Change>, request: RpcRequest): Admitted<World, Change> {
  const { options, nonces } = gateway;
  const now = options.now();
  const action = gateway.actions.get(request.action);
  if (action === undefined) throw gatewayError('InvalidApi.NotFound');
  if (request.version !== options.version) throw gatewayError('InvalidVersion');
  const caller = authenticate(request, { identities: options.identities, nonces, now });
  options.settle(now);
  const fault = options.faults.take(options.service, action.name, request.parameters);
  return { action, caller, parameters: request.parameters, now, fault };
}

/** Checks rate, parameters and permission, runs the action and commits what it changes. Returns the body of the answer. */
function perform<World, Change>(gateway: Gateway<World, Change>, admitted: Admitted<World, Change>): Readonly<Record<string, unknown>> {
  const { options, throttle } = gateway;
  const { action, caller, parameters, now, fault } = admitted;
  const waitMs = throttle.take(caller.accountId, options.regionOf(parameters), action.group, now);
  if (waitMs !== undefined) throw throttled(waitMs);
  const asOf = fault?.reply.kind === 'stale' ? instant(now - fault.reply.byMs) : now;
  const outcome = runAction(options, action, { parameters, caller, now, asOf });
  if (outcome.changes !== undefined) options.commit(outcome.changes);
  return outcome.body;
}

/** Also runs late calls: the rules of the moment at which they take effect hold. */
export function runAction<World, Change>(
  options: Pick<RpcServiceOptions<World, Change>, 'service' | 'world' | 'resourceOf' | 'denied'>,
  action: RpcAction<World, Change>,
  call: Call,
): Outcome<Change> {
  checkParameters(call.parameters, action.parameters);
  checkPermission(options, action, call);
  return action.run(call, options.world);
}

function checkPermission<World, Change>(
  options: Pick<RpcServiceOptions<World, Change>, 'service' | 'resourceOf' | 'denied'>,
  { name, isUnscoped }: RpcAction<World, Change>,
  { parameters, caller }: Call,
): void {
  const permission = `${options.service}:${name}`;
  const verdict = caller.judge(permission, isUnscoped === true ? '*' : options.resourceOf(parameters, caller));
  if (verdict === 'allowed') return;
  throw options.denied({
    AuthAction: permission,
    AuthPrincipalDisplayName: caller.name,
    AuthPrincipalOwnerId: caller.accountId,
    AuthPrincipalType: caller.kind,
    NoPermissionType: verdict === 'explicit-deny' ? 'ExplicitDeny' : 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
  });
}

/** Effects other than "at once": nothing, or later. Reads have none, so that a broken reply can still be cut from a real one. */
function applyFaultyEffect<World, Change>(gateway: Gateway<World, Change>, admitted: Admitted<World, Change>, normal: () => Reply): Reply {
  const { action, caller, parameters, now, fault } = admitted;
  if (!action.writes) return normal();
  if (fault !== undefined && typeof fault.effect === 'object') {
    gateway.options.postpone({ at: instant(now + fault.effect.appliedAfterMs), operation: action.name, parameters, accessKeyId: caller.accessKeyId });
  }
  return { status: 200, headers: { 'content-type': 'application/json;charset=utf-8' }, body: '{"RequestId":""}' };
}
