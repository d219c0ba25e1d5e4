// The gateway in front of the local cloud's RDS and STS, with a virtual clock.

import { DAY_MS, type Instant, plusMs } from '../../../lib/base/instant';
import type { BackupSpec } from '../../../lib/domain/backup';
import type { CloudError } from '../../../lib/domain/cloud-errors';
import type { Instance } from '../../../lib/domain/instance';
import type { RdsGateway } from '../../../lib/domain/ports';
import type { CredentialsPolicy } from '../../../lib/domain/protection-policy';
import { makeCredentials } from '../../../lib/gateways/credentials';
import { makeRateBudgets, makeRdsGateway } from '../../../lib/gateways/rds';
import { DEFAULT_USER } from '../../../lib/local/identities';
import type { Fault, FaultEffect, FaultReply } from '../../../lib/local/kinds';
import { type RdsRig, type RigOptions, startRig } from '../../local/rds/support';
import type { VirtualClock } from '../../support/virtual-clock';
import { secretsOf } from '../secrets-of';

export interface GatewayRig extends RdsRig {
  readonly gateway: RdsGateway;
  makeGateway(options?: GatewayRigOptions): RdsGateway;
  /** The instance as the gateway sees it. Throws when there is none. */
  instance(id: string): Promise<Instance>;
  breakCalls(operation: string, reply: FaultReply, times?: number, effect?: FaultEffect): void;
  /** A moment that no test reaches. */
  readonly noHurry: Instant;
}

export interface GatewayRigOptions {
  readonly policy?: CredentialsPolicy;
  readonly env?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly ratePerSecond?: number;
  readonly timeoutMs?: number;
}

const AK: CredentialsPolicy = { type: 'ak', accessKeyId: 'env://KEY', accessKeySecret: 'env://SECRET' };
const DEFAULT_ENV = { KEY: DEFAULT_USER.accessKeyId, SECRET: DEFAULT_USER.secret };

export async function startGatewayRig(options: RigOptions = {}): Promise<GatewayRig> {
  const rig = await startRig(options);
  const { clock } = rig;
  const random = (): number => 0.5;

  function makeGateway(over: GatewayRigOptions = {}): RdsGateway {
    const { policy = AK, env = DEFAULT_ENV, region = 'cn-hangzhou', ratePerSecond = 100, timeoutMs = 2_000 } = over;
    const secrets = secretsOf(env, clock);
    const credentials = makeCredentials(policy, { account: 'prod', secrets, clock, random, timeoutMs, stsEndpoint: `http://${rig.stsEndpoint}` });
    const budgets = makeRateBudgets({ clock, ratePerSecond, crossRegionRatePerSecond: 5 });
    return makeRdsGateway({ account: 'prod', region, endpoint: `http://${rig.endpoint}`, credentials, budgets, clock, random, timeoutMs });
  }

  const gateway = makeGateway();
  return {
    ...rig,
    gateway,
    makeGateway,
    instance: async (id) => {
      const found = await makeGateway().findInstance(id, { withTags: false });
      if (found === undefined) throw new Error(`no instance ${id}`);
      return found;
    },
    breakCalls: (operation, reply, times = 1, effect = 'none') => {
      const fault: Fault = { service: operation === 'AssumeRole' ? 'sts' : 'rds', operation, times, effect, reply };
      rig.faults.add(fault);
    },
    noHurry: plusMs(clock.now(), 365 * DAY_MS),
  };
}

export const WHOLE_INSTANCE: BackupSpec = { scope: { kind: 'instance' }, method: 'physical', type: undefined, retainDays: undefined };

/** A gateway in front of a server that answers with what it is told. */
export function makeStubGateway(endpoint: string, clock: VirtualClock): RdsGateway {
  const random = (): number => 0.5;
  const secrets = secretsOf(DEFAULT_ENV, clock);
  const credentials = makeCredentials(AK, { account: 'prod', secrets, clock, random, timeoutMs: 2_000 });
  const budgets = makeRateBudgets({ clock, ratePerSecond: 100, crossRegionRatePerSecond: 5 });
  return makeRdsGateway({ account: 'prod', region: 'cn-hangzhou', endpoint, credentials, budgets, clock, random, timeoutMs: 2_000 });
}

/** The error of work that must fail. */
export function failureOf(work: Promise<unknown>): Promise<CloudError> {
  return work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: CloudError) => error,
  );
}
