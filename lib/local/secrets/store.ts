// The secrets of the local Secrets Manager: names, ARNs, versions and their stages, in memory only.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../../base/instant';
import { AWS_ACCOUNT_ID, AWS_REGION } from './users';

export type SecretValue = { readonly text: string } | { readonly binary: Buffer };

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly createdAt: Instant;
  readonly stages: readonly string[];
}

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  /** Newest first. */
  readonly versions: readonly SecretVersion[];
  /** Set while the secret waits for its deletion. */
  readonly deletedAt: Instant | undefined;
}

export interface SecretStore {
  readonly region: string;
  /** Makes the secret, or gives it a new current version. A text unless told. */
  put(name: string, value: string | Buffer): StoredSecret;
  /** Gives an existing secret a new current version; the last one is the previous. Throws a RangeError when there is no such secret. */
  rotate(name: string, value: string): StoredSecret;
  /** Gone at once; or, `recoverable`, marked for deletion as DeleteSecret does without force. */
  delete(name: string, options?: { readonly recoverable?: boolean }): void;
  /** By name, ARN, or ARN without its six last characters. */
  find(secretId: string): StoredSecret | undefined;
}

export interface SecretStoreOptions {
  readonly now: () => Instant;
  readonly region?: string;
  readonly accountId?: string;
  /** What is there from the start, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export function makeSecretStore(options: SecretStoreOptions): SecretStore {
  const { now, region = AWS_REGION, accountId = AWS_ACCOUNT_ID } = options;
  const secrets = new Map<string, StoredSecret>();
  const put = (name: string, value: string | Buffer): StoredSecret => {
    const known = secrets.get(name);
    const version: SecretVersion = {
      id: randomUUID(),
      value: typeof value === 'string' ? { text: value } : { binary: value },
      createdAt: now(),
      stages: ['AWSCURRENT'],
    };
    const versions = [version, ...(known?.versions ?? []).map(demoted)];
    const arn = known?.arn ?? `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${randomBytes(3).toString('hex')}`;
    const secret: StoredSecret = { name, arn, versions, deletedAt: undefined };
    secrets.set(name, secret);
    return secret;
  };
  for (const [name, value] of Object.entries(options.secrets ?? {})) put(name, value);
  return {
    region,
    put,
    rotate: (name, value) => {
      if (!secrets.has(name)) throw new RangeError(`there is no secret ${name} to rotate`);
      return put(name, value);
    },
    delete: (name, { recoverable = false } = {}) => {
      const known = secrets.get(name);
      if (known !== undefined && recoverable) secrets.set(name, { ...known, deletedAt: now() });
      else secrets.delete(name);
    },
    find: (secretId) => {
      const byName = secrets.get(secretId);
      if (byName !== undefined) return byName;
      return [...secrets.values()].find(({ arn }) => arn === secretId || arn.slice(0, -7) === secretId);
    },
  };
}

function demoted(version: SecretVersion): SecretVersion {
  return { ...version, stages: version.stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : [] };
}
