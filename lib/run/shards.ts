// The shards of a policy: every account in every of its regions, each with its gateway.

import { CredentialsError } from '../domain/cloud-errors';
import type { AccountRegion } from '../domain/instance';
import { LedgerError } from '../domain/ledger-error';
import type { RdsGateway } from '../domain/ports';
import type { CompiledPolicy } from '../domain/protection-policy';

export interface Shard extends AccountRegion {
  readonly gateway: RdsGateway;
}

export function shardsOf(policy: CompiledPolicy, gatewayOf: (target: AccountRegion) => RdsGateway): Shard[] {
  return policy.accounts.flatMap((account) =>
    (account.regions ?? policy.regions).map((region) => {
      const target = { account: account.name, region };
      return { ...target, gateway: gatewayOf(target) };
    }),
  );
}

/** The ledger's name for a shard. */
export function scopeOf(target: AccountRegion): string {
  return `${target.account}/${target.region}`;
}

/** Errors that no instance can help: the ledger or an account's identity. */
export function isFatal(error: unknown): boolean {
  return error instanceof LedgerError || error instanceof CredentialsError;
}
