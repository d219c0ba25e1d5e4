// The error types of AWS Secrets Manager in our words. Their messages go nowhere: an answer that was cut may hold a part of the secret.
import { KeeperError } from '../../base/errors';
import { textOf } from '../openapi/network';
import { NO_ANSWER, TOO_LARGE } from './aws-client';
import { missing } from './missing';

const PERMISSION = 'secretsmanager:GetSecretValue';
/** The key itself is not accepted (AWS, common errors of the JSON protocol, with and without the suffix). */
const KEY_REFUSED =
  /^(UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidClientTokenId|ExpiredToken|RequestExpired|NotAuthorized|OptInRequired)/;
const PASSING = /^(Throttling|TooManyRequests|RequestLimitExceeded|InternalService|InternalFailure|InternalServer|ServiceUnavailable|TimeoutError)/;

/** What a call of one secret is about. */
export interface AwsCall {
  readonly id: string;
  readonly reference: string;
  readonly region: string;
}

/** Our error for what the SDK threw. */
export function translateAwsError(error: unknown, call: AwsCall): KeeperError {
  const type = typeOf(error);
  if (type === 'ResourceNotFoundException')
    return missing(call.reference, `AWS Secrets Manager in ${call.region} has no such secret, or no current version of it`);
  if (type === 'InvalidRequestException')
    return missing(
      call.reference,
      'the secret is marked for deletion, or has no current version',
      'restore the secret, or correct the reference in the protection policy',
    );
  if (type === 'InvalidParameterException' || type === 'ValidationException') return missing(call.reference, 'AWS Secrets Manager does not accept this name');
  if (type === 'AccessDeniedException') return denied(call, error);
  if (type === 'DecryptionFailure') return refused(call, 'the secret cannot be decrypted', 'allow kms:Decrypt on the key of the secret to the AWS access key');
  if (KEY_REFUSED.test(type))
    return refused(
      call,
      `the AWS access key is not accepted (${type})`,
      'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary keys, AWS_SESSION_TOKEN, the region, and the clock of this machine',
    );
  return new KeeperError(`cannot resolve ${call.reference}: AWS Secrets Manager in ${call.region} gave no usable answer (${type})`, {
    code: 'secret-store-unreachable',
    hint: 'check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the network; the next run asks again',
  });
}

/** Whether the same call may have a better end a moment later. Reading changes nothing, so that there is no other question. */
export function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined && status >= 400) return status >= 500 || status === 429 || PASSING.test(typeOf(error));
  return typeOf(error) !== TOO_LARGE;
}

function denied(call: AwsCall, error: unknown): KeeperError {
  if (/\bkms\b/i.test(textOf(error, 'message') ?? ''))
    return refused(call, 'the secret cannot be decrypted (AccessDeniedException)', 'allow kms:Decrypt on the key of the secret to the AWS access key');
  return refused(call, `the AWS access key may not ${PERMISSION}`, `allow ${PERMISSION} on ${arnFor(call)} to the AWS access key`);
}

/** The service puts six characters of its own after the name. */
function arnFor({ id, region }: AwsCall): string {
  return id.startsWith('arn:') ? id : `arn:aws:secretsmanager:${region}:<AWS account>:secret:${id}-??????`;
}

function refused(call: AwsCall, why: string, hint: string): KeeperError {
  return new KeeperError(`cannot resolve ${call.reference}: ${why}`, { code: 'secret-denied', hint });
}

/** The error's type, or the code of the network; never its message. */
function typeOf(error: unknown): string {
  const networkCode = textOf(error, 'code');
  if (networkCode !== undefined && /^[A-Z_]{3,40}$/.test(networkCode)) return networkCode;
  const name = textOf(error, 'name') ?? 'unknown reason';
  if (name === NO_ANSWER) return 'no answer in time';
  return /^[A-Za-z]{3,60}$/.test(name) ? name : 'unknown reason';
}

function statusOf(error: unknown): number | undefined {
  const metadata: unknown = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  const status: unknown = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
