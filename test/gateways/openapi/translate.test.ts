import { ClientError, ServerError, ThrottlingError } from '@alicloud/openapi-core';
import fc from 'fast-check';
import {
  AmbiguousError,
  type CloudError,
  CredentialsError,
  DeniedError,
  type RefusalReason,
  RefusedError,
  ThrottledError,
  UnreachableError,
} from '../../../lib/domain/cloud-errors';
import { type CallContext, translateError } from '../../../lib/gateways/openapi/translate';
import { refusalOf } from '../../../lib/gateways/rds/errors';

const CALL: CallContext = {
  operation: 'CreateBackup',
  target: 'rm-1',
  ramAction: 'rds:CreateBackup',
  changes: true,
  secretValues: ['s3cr3t-key'],
  refusalOf: (code) => refusalOf('CreateBackup', code),
};

/** As the SDK builds them from an answer. */
function serviceError(statusCode: number, code: string, message = 'Some words.'): Error {
  const ErrorClass = code.includes('Throttling') ? ThrottlingError : statusCode < 500 ? ClientError : ServerError;
  const data = { RequestId: 'REQ-1', HostId: 'rds.aliyuncs.com', Code: code, Message: message };
  return new ErrorClass({ statusCode, code, message: `code: ${statusCode}, ${message} request id: REQ-1`, data, requestId: 'REQ-1' });
}

/** As the sockets fail. */
function networkError(members: Readonly<Record<string, string>>, message = 'POST https://rds.aliyuncs.com/?DBInstanceId=rm-1&DBName=payroll failed.'): Error {
  return Object.assign(new Error(message), members);
}

const REFUSALS: readonly { code: string; status: number; reason: RefusalReason }[] = [
  { code: 'Exceeded.BackupTimes', status: 403, reason: 'cap-exceeded' },
  { code: 'BackupTimesExceeded', status: 400, reason: 'cap-exceeded' },
  { code: 'BackupJobExists', status: 400, reason: 'backup-job-exists' },
  { code: 'OperationDenied.BackupJobExists', status: 403, reason: 'backup-job-exists' },
  { code: 'IncorrectDBInstanceState', status: 403, reason: 'instance-state' },
  { code: 'OperationDenied.DBInstanceStatus', status: 403, reason: 'instance-state' },
  { code: 'IncorrectDBInstanceLockMode.ValueNotSupported', status: 400, reason: 'instance-locked' },
  { code: 'ReadDBInstanceNotSupport', status: 400, reason: 'read-only-instance' },
  { code: 'BackupType.NotSupport', status: 400, reason: 'method-unsupported' },
  { code: 'InvalidBackupMethod.ValueNotSupport', status: 400, reason: 'method-unsupported' },
  { code: 'IncorrectDBInstanceEngine', status: 403, reason: 'method-unsupported' },
  { code: 'IncorrectDBInstanceType', status: 403, reason: 'method-unsupported' },
  { code: 'IncorrectDBInstanceCharacterType', status: 403, reason: 'method-unsupported' },
  { code: 'OperationDenied.NotSupportedBackupMethod', status: 403, reason: 'method-unsupported' },
  { code: 'InvalidDBName.Format', status: 400, reason: 'no-such-database' },
  { code: 'InvalidDB.NotFound', status: 404, reason: 'no-such-database' },
  { code: 'InvalidDBInstanceName.NotFound', status: 404, reason: 'instance-not-found' },
  { code: 'InvalidDBInstanceId.NotFound', status: 400, reason: 'instance-not-found' },
  { code: 'InvalidDBInstance.NotFound', status: 404, reason: 'instance-not-found' },
  { code: 'InvalidStartTime.Format', status: 400, reason: 'invalid-request' },
  { code: 'MissingDBInstanceId', status: 400, reason: 'invalid-request' },
  { code: 'OperationDenied.ApiForbidden', status: 403, reason: 'other' },
  { code: 'NeverHeardOf', status: 409, reason: 'other' },
];

test.each(REFUSALS)('$status $code is refused: $reason', ({ code, status, reason }) => {
  const error = translateError(serviceError(status, code), CALL);

  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ reason, serviceCode: code, requestId: 'REQ-1', operation: 'CreateBackup', target: 'rm-1' });
  expect(error.message).toBe(`CreateBackup for rm-1 was refused: ${code} (Some words.)`);
});

test.each([
  { name: 'a throttled user', thrown: serviceError(400, 'Throttling.User'), type: ThrottledError },
  { name: 'throttling under another name', thrown: serviceError(429, 'Rejected.Throttling'), type: ThrottledError },
  { name: 'status 429 with any code', thrown: serviceError(429, 'TooMany'), type: ThrottledError },
  { name: 'throttling with a status of the server', thrown: serviceError(503, 'Throttling'), type: ThrottledError },
  { name: 'a denial by RAM', thrown: serviceError(403, 'Forbidden.RAM'), type: DeniedError },
  { name: 'a missing permission', thrown: serviceError(403, 'NoPermission'), type: DeniedError },
  { name: 'a denial without more words', thrown: serviceError(403, 'Forbidden'), type: DeniedError },
  { name: 'a wrong secret', thrown: serviceError(400, 'SignatureDoesNotMatch'), type: CredentialsError },
  { name: 'an unknown key', thrown: serviceError(404, 'InvalidAccessKeyId.NotFound'), type: CredentialsError },
  { name: 'a switched-off key', thrown: serviceError(400, 'InvalidAccessKeyId.Inactive'), type: CredentialsError },
  { name: 'an expired token', thrown: serviceError(400, 'InvalidSecurityToken.Expired'), type: CredentialsError },
  { name: 'a clock that is off', thrown: serviceError(400, 'InvalidTimeStamp.Expired'), type: CredentialsError },
  { name: 'an internal error', thrown: serviceError(500, 'InternalError'), type: AmbiguousError },
  { name: 'an internal failure under a status of the caller', thrown: serviceError(400, 'InternalFailure'), type: AmbiguousError },
  { name: 'a request that was seen before', thrown: serviceError(400, 'SignatureNonceUsed'), type: AmbiguousError },
  { name: 'an unavailable service', thrown: serviceError(503, 'ServiceUnavailable'), type: AmbiguousError },
  {
    name: 'an error without a code',
    thrown: new ClientError({ statusCode: 400, code: 'undefined', message: 'code: 400', data: {}, requestId: 'undefined' }),
    type: AmbiguousError,
  },
  { name: 'no answer in time', thrown: Object.assign(new Error('ReadTimeout(3000). '), { name: 'RequestTimeoutError' }), type: AmbiguousError },
  { name: 'a reset', thrown: networkError({ code: 'ECONNRESET' }), type: AmbiguousError },
  { name: 'a connection that times out after it was made', thrown: networkError({ code: 'ETIMEDOUT', syscall: 'read' }), type: AmbiguousError },
  { name: 'HTML in place of JSON', thrown: new SyntaxError(`Unexpected token '<', "<html><bo"... is not valid JSON`), type: AmbiguousError },
  { name: 'a wrong JSON type', thrown: new Error('type of backupJobId is mismatch, expect string, but object'), type: AmbiguousError },
  { name: 'something thrown that is no error', thrown: 'broken', type: AmbiguousError },
  { name: 'a refused connection', thrown: networkError({ code: 'ECONNREFUSED', syscall: 'connect' }), type: UnreachableError },
  { name: 'an unknown host', thrown: networkError({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), type: UnreachableError },
  { name: 'a resolver that is away', thrown: networkError({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' }), type: UnreachableError },
  { name: 'a connection that cannot be made in time', thrown: networkError({ code: 'ETIMEDOUT', syscall: 'connect' }), type: UnreachableError },
])('$name is a $type.name', ({ thrown, type }) => {
  const error = translateError(thrown, CALL);

  expect(error).toBeInstanceOf(type);
  expect(error.message.startsWith('CreateBackup for rm-1 ')).toBe(true);
});

test('throttling carries the time that the service names', () => {
  const thrown = new ThrottlingError({ statusCode: 400, code: 'Throttling.User', message: '', retryAfter: 1_500, data: {} });

  expect(translateError(thrown, CALL)).toMatchObject({ retryAfterMs: 1_500 });
  expect(translateError(serviceError(400, 'Throttling.User'), CALL)).toMatchObject({ retryAfterMs: undefined });
});

test('a denial names the action to grant: the one the service says, or the one of the call', () => {
  const told = new ClientError({ statusCode: 403, code: 'Forbidden.RAM', message: '', data: {}, accessDeniedDetail: { AuthAction: 'rds:Other' } });

  expect(translateError(told, CALL)).toMatchObject({ action: 'rds:Other', hint: 'grant rds:Other to the identity in RAM' });
  expect(translateError(serviceError(403, 'Forbidden.RAM'), CALL)).toMatchObject({ action: 'rds:CreateBackup' });
});

test('a change may have taken effect, a read has failed', () => {
  const reset = networkError({ code: 'ECONNRESET' });

  expect(translateError(reset, CALL).message).toBe('CreateBackup for rm-1 may or may not have taken effect: the connection broke (ECONNRESET)');
  expect(translateError(reset, { ...CALL, operation: 'DescribeBackups', changes: false }).message).toBe(
    'DescribeBackups for rm-1 failed: the connection broke (ECONNRESET)',
  );
});

test('an error of ours passes through', () => {
  const ours = new RefusedError('other', 'no', { operation: 'X', target: 'y' });

  expect(translateError(ours, CALL)).toBe(ours);
});

test('a clock hint for timestamps, a renewal hint for tokens', () => {
  expect(translateError(serviceError(400, 'InvalidTimeStamp.Expired'), CALL).hint).toContain('clock');
  expect(translateError(serviceError(400, 'InvalidSecurityToken.Expired'), CALL).hint).toContain('expired');
  expect(translateError(serviceError(400, 'SignatureDoesNotMatch'), CALL).hint).toContain('secret');
});

/** Everything of an error that a log or a ledger could get hold of. */
function everythingIn(error: CloudError): string {
  const seen = [error.message, error.hint, error.stack, JSON.stringify(error), JSON.stringify(error, Object.getOwnPropertyNames(error))];
  const cause: unknown = error.cause;
  if (cause instanceof Error) seen.push(cause.message, cause.stack, JSON.stringify(cause), JSON.stringify(cause, Object.getOwnPropertyNames(cause)));
  return seen.join('\n');
}

test('no error holds a secret, whatever the service or the network says', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9+/=]{12,40}$/);
  const words = fc.string({ maxLength: 30 });
  const code = fc.constantFrom('SignatureDoesNotMatch', 'InternalError', 'Throttling', 'Forbidden.RAM', 'BackupJobExists', 'Odd', '');
  fc.assert(
    fc.property(secret, words, words, code, fc.constantFrom(400, 403, 500), fc.boolean(), (value, before, after, errorCode, status, isEncoded) => {
      const text = `${before} ${isEncoded ? encodeURIComponent(value) : value} ${after}`;
      const call = { ...CALL, secretValues: [value] };

      const errors = [serviceError(status, errorCode, text), networkError({ code: 'ECONNRESET' }, text), new SyntaxError(text)].map((thrown) =>
        translateError(thrown, call),
      );

      for (const error of errors) {
        expect(everythingIn(error)).not.toContain(value);
        expect(everythingIn(error)).not.toContain(encodeURIComponent(value));
      }
    }),
  );
});

test('the raw query is in no error', () => {
  const error = translateError(networkError({ code: 'ECONNREFUSED' }), CALL);

  expect(everythingIn(error)).not.toContain('payroll');
});
