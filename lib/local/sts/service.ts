// The local STS API, behind the same gateway as RDS.
import type { Server } from 'node:http';
import type { Instant } from '../../base/instant';
import type { Identities } from '../identities';
import type { FaultPlan } from '../kinds';
import { makeRpcServer } from '../rpc/server';
import { DOCUMENTED_RATE_LIMITS } from '../rpc/throttle';
import { assumeRole } from './assume-role';
import { stsError } from './errors';

export interface StsServiceOptions {
  readonly identities: Identities;
  readonly faults: FaultPlan;
  readonly now: () => Instant;
  readonly latencyMs: number;
}

/** The STS server, not yet listening. */
export function makeStsServer(options: StsServiceOptions): Server {
  return makeRpcServer<Identities, never>({
    service: 'sts',
    version: '2015-04-01',
    hostId: 'sts.aliyuncs.com',
    actions: [assumeRole],
    world: options.identities,
    identities: options.identities,
    faults: options.faults,
    now: options.now,
    latencyMs: options.latencyMs,
    rateLimits: DOCUMENTED_RATE_LIMITS,
    settle: () => undefined,
    commit: () => undefined,
    postpone: () => undefined,
    regionOf: () => 'global',
    resourceOf: (parameters) => parameters['RoleArn'] ?? '*',
    denied: () => stsError('NoPermission'),
  });
}
