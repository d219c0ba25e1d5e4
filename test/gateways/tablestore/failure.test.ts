import { type FailureKind, failureOf, failureOfRow, ledgerErrorOf, TablestoreFailure } from '../../../lib/gateways/tablestore/failure';

/** An error as the SDK throws it: the HTTP status as code, the undecoded protobuf Error as message. */
function sdkError(status: number, code: string, message: string): Error {
  const body = Buffer.concat([Buffer.from([10, code.length]), Buffer.from(code), field(18, message)]);
  return Object.assign(new Error(), { code: status, message: `${body.toString()} requestId:0005-abc` });
}

function field(tag: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}

function networkError(fields: object): Error {
  return Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'NetworkingError', ...fields });
}

const CASES: readonly { readonly name: string; readonly error: unknown; readonly kind: FailureKind }[] = [
  { name: 'a failed condition', error: sdkError(403, 'OTSConditionCheckFail', 'Condition check failed.'), kind: 'condition-failed' },
  { name: 'a missing table', error: sdkError(404, 'OTSObjectNotExist', 'Requested table does not exist.'), kind: 'not-exist' },
  { name: 'a table that exists', error: sdkError(409, 'OTSObjectAlreadyExist', 'Requested table already exists.'), kind: 'already-exist' },
  { name: 'a table that is not ready', error: sdkError(404, 'OTSTableNotReady', 'The table is not ready.'), kind: 'not-ready' },
  { name: 'a row conflict', error: sdkError(409, 'OTSRowOperationConflict', 'Data is being modified by the other request.'), kind: 'throttled' },
  { name: 'used up capacity', error: sdkError(403, 'OTSCapacityUnitExhausted', 'Capacity unit is not enough.'), kind: 'throttled' },
  { name: 'too frequent table operations', error: sdkError(403, 'OTSQuotaExhausted', 'Too frequent table operations.'), kind: 'throttled' },
  { name: 'too many tables', error: sdkError(403, 'OTSQuotaExhausted', 'Number of tables exceeded the quota.'), kind: 'invalid' },
  { name: 'a busy server', error: sdkError(503, 'OTSServerBusy', 'Server is busy.'), kind: 'ambiguous' },
  { name: 'a partition on the move', error: sdkError(503, 'OTSPartitionUnavailable', 'The partition is not available.'), kind: 'ambiguous' },
  { name: 'an internal timeout', error: sdkError(503, 'OTSTimeout', 'Operation timeout.'), kind: 'ambiguous' },
  { name: 'a denied action', error: sdkError(403, 'OTSNoPermissionAccess', 'You have no permission to access the requested resource.'), kind: 'denied' },
  { name: 'a wrong signature', error: sdkError(403, 'OTSAuthFailed', 'Signature mismatch.'), kind: 'auth' },
  { name: 'a blocked network', error: sdkError(403, 'OTSAuthFailed', 'Request denied by instance ACL policies.'), kind: 'network-denied' },
  { name: 'a foreign primary key', error: sdkError(400, 'OTSInvalidPK', 'Validate PK name fail. Input: a, Meta: b.'), kind: 'wrong-key' },
  { name: 'a bad parameter', error: sdkError(400, 'OTSParameterInvalid', 'x'.repeat(400)), kind: 'invalid' },
  { name: 'an HTML page with status 502', error: Object.assign(new Error('<html>Bad gateway</html> requestId:'), { code: 502 }), kind: 'ambiguous' },
  { name: 'an HTML page with status 404', error: Object.assign(new Error('<html>Not found</html> requestId:'), { code: 404 }), kind: 'foreign' },
  { name: 'an empty answer with status 403', error: Object.assign(new Error(''), { code: 'Forbidden' }), kind: 'foreign' },
  { name: 'a refused connection', error: networkError({ syscall: 'connect' }), kind: 'unreachable' },
  { name: 'an unknown host', error: networkError({ syscall: 'getaddrinfo' }), kind: 'unreachable' },
  {
    name: 'several refused addresses',
    error: Object.assign(networkError({ message: null }), { errors: [networkError({ syscall: 'connect' })] }),
    kind: 'unreachable',
  },
  { name: 'a reset', error: networkError({ syscall: 'read' }), kind: 'ambiguous' },
  { name: 'an answer that cannot be decoded', error: new RangeError('index out of range: 3 + 10 > 4'), kind: 'ambiguous' },
  { name: 'something that is no error', error: 'text', kind: 'ambiguous' },
];

describe('failureOf', () => {
  test.each(CASES)('reads $name as $kind', ({ error, kind }) => {
    expect(failureOf(error).kind).toBe(kind);
  });

  test('keeps the code, the message and the request id, and drops the length bytes', () => {
    const short = failureOf(sdkError(403, 'OTSAuthFailed', 'Signature mismatch.'));
    const long = failureOf(sdkError(400, 'OTSParameterInvalid', `Invalid ${'x'.repeat(192)}`));

    expect(short.serviceCode).toBe('OTSAuthFailed');
    expect(short.message).toBe('OTSAuthFailed: Signature mismatch. (request 0005-abc)');
    expect(long.message).toBe(`OTSParameterInvalid: Invalid ${'x'.repeat(192)} (request 0005-abc)`);
  });

  test('prints no control characters of a hostile answer', () => {
    const failure = failureOf(sdkError(400, 'OTSParameterInvalid', 'bad\u001b[31m\r\nname'));

    expect(failure.message).toBe('OTSParameterInvalid: bad [31m name (request 0005-abc)');
  });

  test('reads a row of a batch, where the SDK gives the code as it is', () => {
    const failure = failureOfRow({ errorCode: 'OTSConditionCheckFail', errorMessage: 'Condition check failed.', tableName: 'keeper_sets' });

    expect(failure.kind).toBe('condition-failed');
    expect(failure.table).toBe('keeper_sets');
  });
});

describe('ledgerErrorOf', () => {
  const subject = { action: 'PutRow', table: 'keeper_runs', instanceName: 'backup', isWrite: true };
  const kinds: readonly { readonly kind: FailureKind; readonly code: string; readonly hint: RegExp }[] = [
    { kind: 'not-exist', code: 'ledger-missing-table', hint: /keeper ledger init/ },
    { kind: 'denied', code: 'ledger-denied', hint: /ots:PutRow on acs:ots:\*:\*:instance\/backup\/table\/keeper_runs/ },
    { kind: 'network-denied', code: 'ledger-denied', hint: /allow this network/ },
    { kind: 'auth', code: 'ledger-credentials', hint: /access key/ },
    { kind: 'wrong-key', code: 'ledger-schema', hint: /table prefix/ },
    { kind: 'unreachable', code: 'ledger-unreachable', hint: /endpoint/ },
    { kind: 'foreign', code: 'ledger-unreachable', hint: /endpoint/ },
    { kind: 'throttled', code: 'ledger-unreachable', hint: /busy/ },
    { kind: 'not-ready', code: 'ledger-unreachable', hint: /in a minute/ },
    { kind: 'invalid', code: 'ledger-invalid', hint: /request id/ },
  ];

  test.each(kinds)('calls $kind $code', ({ kind, code, hint }) => {
    const error = ledgerErrorOf(new TablestoreFailure(kind, 'words of the service'), subject, false);

    expect(error.code).toBe(code);
    expect(error.hint).toMatch(hint);
    expect(error.message).toContain('keeper_runs');
  });

  test('calls the outcome of a write unknown when any attempt may have been applied', () => {
    const throttledLast = new TablestoreFailure('throttled', 'busy');

    expect(ledgerErrorOf(throttledLast, subject, true).code).toBe('ledger-ambiguous');
    expect(ledgerErrorOf(throttledLast, { ...subject, isWrite: false }, true).code).toBe('ledger-unreachable');
  });

  test('names the table of the row that failed, not all tables of the batch', () => {
    const failure = new TablestoreFailure('denied', 'no', 'OTSNoPermissionAccess', 'keeper_sets');

    const error = ledgerErrorOf(failure, { ...subject, table: 'keeper_sets, keeper_intents' }, false);

    expect(error.message).toMatch(/table keeper_sets is denied, the identity may not ots:\w+: no$/);
    expect(error.hint).toContain('instance/backup/table/keeper_sets');
  });
});
