// The operations of the local Secrets Manager: GetSecretValue, and what a person needs to put secrets there (CreateSecret, PutSecretValue).
import { SECOND_MS } from '../../base/instant';
import { AwsError, secretInDeletion, secretNotFound } from './errors';
import type { SecretStore, SecretVersion, StoredSecret } from './store';

/** The parsed body of a call. Members that an operation does not know are ignored, as the service does. */
export type Input = Readonly<Record<string, unknown>>;

export interface AwsAction {
  /** The ARN that IAM is asked about. Throws what a call without a usable name gets. */
  resourceOf(input: Input, store: SecretStore, accountId: string): string;
  run(input: Input, store: SecretStore): Readonly<Record<string, unknown>>;
}

const getSecretValue: AwsAction = {
  resourceOf: (input, store, accountId) => arnOf(requiredText(input, 'SecretId', 2048), store, accountId),
  run: (input, store) => {
    const secret = existing(requiredText(input, 'SecretId', 2048), store);
    const version = versionOf(secret, optionalText(input, 'VersionId'), optionalText(input, 'VersionStage'));
    return {
      ...summaryOf(secret, version),
      ...('text' in version.value ? { SecretString: version.value.text } : { SecretBinary: version.value.binary.toString('base64') }),
      CreatedDate: version.createdAt / SECOND_MS,
    };
  },
};

const createSecret: AwsAction = {
  resourceOf: (input, store, accountId) => arnOf(requiredText(input, 'Name', 512), store, accountId),
  run: (input, store) => {
    const name = requiredText(input, 'Name', 512);
    if (!/^[A-Za-z0-9/_+=.@-]+$/.test(name))
      throw new AwsError('ValidationException', 'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!');
    if (store.find(name) !== undefined) throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    return newVersion(store.put(name, requiredText(input, 'SecretString', 65_536)));
  },
};

const putSecretValue: AwsAction = {
  resourceOf: getSecretValue.resourceOf,
  run: (input, store) => {
    const secret = existing(requiredText(input, 'SecretId', 2048), store);
    return newVersion(store.rotate(secret.name, requiredText(input, 'SecretString', 65_536)));
  },
};

/** By the name after the dot of `x-amz-target`. */
export const ACTIONS: ReadonlyMap<string, AwsAction> = new Map([
  ['GetSecretValue', getSecretValue],
  ['CreateSecret', createSecret],
  ['PutSecretValue', putSecretValue],
]);

function existing(secretId: string, store: SecretStore): StoredSecret {
  const secret = store.find(secretId);
  if (secret === undefined) throw secretNotFound();
  if (secret.deletedAt !== undefined) throw secretInDeletion();
  return secret;
}

function versionOf(secret: StoredSecret, id: string | undefined, stage: string | undefined): SecretVersion {
  const wanted = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const found = secret.versions.find((version) => (id === undefined || version.id === id) && (wanted === undefined || version.stages.includes(wanted)));
  if (found !== undefined) return found;
  throw secretNotFound(`Secrets Manager can't find the specified secret value for ${id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`}`);
}

function newVersion(secret: StoredSecret): Readonly<Record<string, unknown>> {
  const [version] = secret.versions;
  if (version === undefined) throw new RangeError(`the secret ${secret.name} has no version`);
  return summaryOf(secret, version);
}

function summaryOf(secret: StoredSecret, version: SecretVersion): Readonly<Record<string, unknown>> {
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
}

function arnOf(secretId: string, store: SecretStore, accountId: string): string {
  const known = store.find(secretId);
  if (known !== undefined) return known.arn;
  return secretId.startsWith('arn:') ? secretId : `arn:aws:secretsmanager:${store.region}:${accountId}:secret:${secretId}`;
}

function requiredText(input: Input, name: string, maxLength: number): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '' && value.length <= maxLength) return value;
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length from 1 to ${maxLength}`,
  );
}

function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined ? undefined : requiredText(input, name, 256);
}
