// A local AWS Secrets Manager with a virtual clock, and our own reader pointed at it.
import type { Secrets } from '../../../lib/domain/ports';
import { makeAwsReader, makeSecretCache, type SecretCache } from '../../../lib/gateways/secrets';
import { makeFaultPlan } from '../../../lib/local/faults';
import type { FaultPlan, FaultReply } from '../../../lib/local/kinds';
import { closeServer, LOOPBACK, listenOnLoopback } from '../../../lib/local/loopback';
import { AWS_REGION, type AwsUser, DEFAULT_AWS_USER, makeSecretStore, makeSecretsServer, type SecretStore } from '../../../lib/local/secrets';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { secretsOf } from '../secrets-of';

export interface AwsRig {
  readonly clock: VirtualClock;
  readonly store: SecretStore;
  readonly faults: FaultPlan;
  readonly endpoint: string;
  /** The AWS_* variables of the default user. */
  readonly env: Readonly<Record<string, string>>;
  /** Secrets with a cache of their own unless given one. */
  secrets(env?: Readonly<Record<string, string | undefined>>, cache?: SecretCache): Secrets;
  /** How many calls reached the store. */
  reads(): number;
  breakReads(reply: FaultReply, times?: number): void;
  close(): Promise<void>;
}

export async function startAwsRig(options: { readonly users?: readonly AwsUser[]; readonly timeoutMs?: number } = {}): Promise<AwsRig> {
  const clock = makeVirtualClock();
  const now = () => clock.now();
  const store = makeSecretStore({ now });
  const faults = makeFaultPlan();
  let reads = 0;
  const counted: FaultPlan = {
    ...faults,
    take: (...call) => {
      reads += 1;
      return faults.take(...call);
    },
  };
  const server = makeSecretsServer({ now, users: options.users ?? [DEFAULT_AWS_USER], secrets: store, faults: counted, latencyMs: 0 });
  const endpoint = `http://${LOOPBACK}:${await listenOnLoopback(server)}`;
  const env = {
    AWS_REGION,
    AWS_ACCESS_KEY_ID: DEFAULT_AWS_USER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEFAULT_AWS_USER.secretAccessKey,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  };
  return {
    clock,
    store,
    faults,
    endpoint,
    env,
    secrets: (over = {}, cache = makeSecretCache()) => {
      const all = { ...env, ...over };
      return secretsOf(all, clock, { readAws: makeAwsReader({ env: all, clock, random: () => 0.5, timeoutMs: options.timeoutMs ?? 300 }), cache });
    },
    reads: () => reads,
    breakReads: (reply, times = 1) => faults.add({ service: 'secrets', operation: 'GetSecretValue', times, effect: 'none', reply }),
    close: async () => {
      await closeServer(server);
      jest.useRealTimers();
    },
  };
}
