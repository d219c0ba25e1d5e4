// Reads what the Tablestore SDK throws: which error the service meant, and whether the write may have happened.
import { LedgerError } from '../../domain/ledger-error';

export type FailureKind =
  | 'condition-failed'
  | 'not-exist'
  | 'already-exist'
  | 'not-ready'
  /** Refused for now: certainly not done. */
  | 'throttled'
  | 'denied'
  | 'network-denied'
  | 'auth'
  /** The table has another primary key than ours. */
  | 'wrong-key'
  | 'invalid'
  /** Never connected: certainly not done. */
  | 'unreachable'
  /** An answer that is not Tablestore's. */
  | 'foreign'
  /** A reset, a timeout, a 5xx, an answer that cannot be read: may have been done. */
  | 'ambiguous';

const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  OTSConditionCheckFail: 'condition-failed',
  OTSObjectNotExist: 'not-exist',
  OTSObjectAlreadyExist: 'already-exist',
  OTSTableNotReady: 'not-ready',
  OTSRowOperationConflict: 'throttled',
  OTSNotEnoughCapacityUnit: 'throttled',
  OTSCapacityUnitExhausted: 'throttled',
  OTSOperationThrottled: 'throttled',
  OTSServerBusy: 'ambiguous',
  OTSPartitionUnavailable: 'ambiguous',
  OTSTimeout: 'ambiguous',
  OTSRequestTimeout: 'ambiguous',
  OTSServerUnavailable: 'ambiguous',
  OTSInternalServerError: 'ambiguous',
  OTSNoPermissionAccess: 'denied',
  OTSAuthFailed: 'auth',
  OTSInvalidPK: 'wrong-key',
};

const RETRYABLE: ReadonlySet<FailureKind> = new Set(['not-ready', 'throttled', 'unreachable', 'ambiguous']);

/** One failed attempt, or one failed row of a batch. */
export class TablestoreFailure extends Error {
  readonly kind: FailureKind;
  /** The service's own code, where it gave one. */
  readonly serviceCode: string | undefined;
  /** The full table name, where the failure is that of one row of a batch. */
  readonly table: string | undefined;

  constructor(kind: FailureKind, message: string, serviceCode?: string, table?: string) {
    super(message);
    this.name = 'TablestoreFailure';
    this.kind = kind;
    this.serviceCode = serviceCode;
    this.table = table;
  }

  get isRetryable(): boolean {
    return RETRYABLE.has(this.kind);
  }
}

/** The failure of one row of a batch: there the SDK gives the service's code and message as they are. */
export function failureOfRow(row: { readonly errorCode: string | null; readonly errorMessage: string | null; readonly tableName: string }): TablestoreFailure {
  const code = row.errorCode ?? 'OTSInternalServerError';
  const message = printable(row.errorMessage ?? '');
  return new TablestoreFailure(kindOfCode(code, message), `${code}: ${message}`, code, row.tableName);
}

function kindOfCode(code: string, message: string): FailureKind {
  if (code === 'OTSQuotaExhausted' && /^Too frequent/.test(message)) return 'throttled';
  if (code === 'OTSAuthFailed' && /\bACL\b/.test(message)) return 'network-denied';
  return KIND_OF_CODE[code] ?? 'invalid';
}

/**
 * Reads an error of the SDK. It looks for the code in a parser that the package does not ship, so that `code` is the HTTP status and
 * `message` is the protobuf Error message as text: tag, length, code, tag, length, message, then ` requestId:` and the id.
 */
export function failureOf(error: unknown): TablestoreFailure {
  if (error instanceof TablestoreFailure) return error;
  const { message: said, code: status } = fieldsOf(error);
  const text = typeof said === 'string' ? said : '';
  const service = /^\n.(OTS[A-Za-z]+)(?:\p{Cc}.(.*?))?(?: requestId:([\w-]*))?$/su.exec(text);
  if (service !== null) {
    const [, code = '', raw = '', requestId = ''] = service;
    const message = printable(raw);
    return new TablestoreFailure(kindOfCode(code, message), `${code}: ${message}${requestId === '' ? '' : ` (request ${requestId})`}`, code);
  }
  if (typeof status === 'number') return failureOfStatus(status);
  if (status === 'Forbidden' || status === 'BadRequest' || status === 'NotFound' || status === 'NotModified') return foreign(`an empty answer (${status})`);
  const kind = wasNeverSent(error) ? 'unreachable' : 'ambiguous';
  return new TablestoreFailure(kind, printable(text) || connectMessage(error));
}

function failureOfStatus(status: number): TablestoreFailure {
  if (status >= 500) return new TablestoreFailure('ambiguous', `HTTP ${status} without a Tablestore error`);
  return foreign(`HTTP ${status} without a Tablestore error`);
}

function foreign(what: string): TablestoreFailure {
  return new TablestoreFailure('foreign', what);
}

/** Connecting or looking up the name failed: no byte of the request left. Several addresses fail as one AggregateError. */
function wasNeverSent(error: unknown): boolean {
  const { syscall, errors } = fieldsOf(error);
  if (Array.isArray(errors) && errors.length > 0) return errors.every(wasNeverSent);
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function connectMessage(error: unknown): string {
  const { errors } = fieldsOf(error);
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return first instanceof Error ? first.message : 'the connection failed';
}

interface ThrownFields {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly errors?: unknown;
}

function fieldsOf(error: unknown): ThrownFields {
  return typeof error === 'object' && error !== null ? error : {};
}

/** Without control characters and the rests of length bytes. */
function printable(text: string): string {
  return text
    .replace(/^[\p{Cc}\ufffd]+/u, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/** What a call was about, for messages. */
export interface CallSubject {
  /** The action's name as the RAM policy knows it, for example `PutRow`. */
  readonly action: string;
  /** The full table name, or undefined for calls about the instance. */
  readonly table: string | undefined;
  readonly instanceName: string;
  readonly isWrite: boolean;
}

/** The error that leaves this gateway. `mayBeApplied`: some attempt of this write ended without an answer. */
export function ledgerErrorOf(failure: TablestoreFailure, subject: CallSubject, mayBeApplied: boolean): LedgerError {
  const table = failure.table ?? subject.table;
  const object = table === undefined ? `instance ${subject.instanceName}` : `table ${table}`;
  const about = `${subject.action} on ${object}`;
  switch (failure.kind) {
    case 'not-exist':
      return new LedgerError('ledger-missing-table', `${object} does not exist in instance ${subject.instanceName}`, 'run: keeper ledger init', failure);
    case 'denied': {
      const resource = `acs:ots:*:*:instance/${subject.instanceName}${table === undefined ? '' : `/table/${table}`}`;
      return new LedgerError(
        'ledger-denied',
        `${about} is denied, the identity may not ots:${subject.action}: ${failure.message}`,
        `grant the RAM action ots:${subject.action} on ${resource}`,
        failure,
      );
    }
    case 'network-denied':
      return new LedgerError(
        'ledger-denied',
        `${about} is denied from this network: ${failure.message}`,
        'allow this network in the access list of the Tablestore instance',
        failure,
      );
    case 'auth':
      return new LedgerError(
        'ledger-credentials',
        `${about} was not authenticated: ${failure.message}`,
        'check the access key, its expiry, the instance name and this clock',
        failure,
      );
    case 'wrong-key':
      return new LedgerError(
        'ledger-schema',
        `${object} has another primary key than the ledger's: ${failure.message}`,
        'choose another table prefix or another instance',
        failure,
      );
    case 'unreachable':
    case 'foreign':
    case 'throttled':
    case 'not-ready':
    case 'ambiguous':
      return unusable(failure, about, subject.isWrite && mayBeApplied);
    default:
      return new LedgerError(
        'ledger-invalid',
        `${about} was refused: ${failure.message}`,
        'report this with the request id: the ledger sent what the service does not take',
        failure,
      );
  }
}

function unusable(failure: TablestoreFailure, about: string, isAmbiguous: boolean): LedgerError {
  if (isAmbiguous) {
    return new LedgerError(
      'ledger-ambiguous',
      `the outcome of ${about} stayed unknown: ${failure.message}`,
      'nothing more is done now; the next run reads what was stored',
      failure,
    );
  }
  return new LedgerError('ledger-unreachable', `${about} failed: ${failure.message}`, UNREACHABLE_HINTS[failure.kind] ?? CHECK_ENDPOINT, failure);
}

const CHECK_ENDPOINT = 'check the Tablestore endpoint and the network path to it';
const UNREACHABLE_HINTS: Partial<Record<FailureKind, string>> = {
  throttled: 'the service is busy: try again later',
  'not-ready': 'the table was made just now: try again in a minute',
};
