// What can go wrong at a service, in words that the run can decide on. Gateways translate every vendor error into one of these.
import { KeeperError } from '../base/errors';

/** Why a service certainly did not do what we asked. */
export type RefusalReason =
  | 'backup-job-exists'
  | 'cap-exceeded'
  | 'instance-state'
  | 'instance-locked'
  | 'read-only-instance'
  | 'method-unsupported'
  | 'no-such-database'
  | 'instance-not-found'
  /** The instance has an advanced backup policy: its settings can be changed in the console only. */
  | 'advanced-policy'
  /** The instance cannot have a setting that was to be written; the hint says why. */
  | 'setting-unsupported'
  | 'set-not-deletable'
  | 'set-not-found'
  /** The service knows cross-region backup, but not for this region, engine, edition or kind of disk; the hint says which. */
  | 'cross-region-unsupported'
  /** Copies of this kind of instance cannot be listed by this API. */
  | 'copies-not-listed'
  /** The service does not tell this of such an instance. */
  | 'not-told'
  /** The account is not activated in the destination region. */
  | 'destination-not-activated'
  | 'invalid-request'
  | 'other';

export interface CloudErrorOptions {
  readonly operation: string;
  /** The object the call was about, for example an instance id. */
  readonly target: string;
  /** The service's own code, where it gave one. */
  readonly serviceCode?: string;
  readonly requestId?: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Base of the errors of all service calls. */
export class CloudError extends KeeperError {
  readonly operation: string;
  readonly target: string;
  readonly serviceCode: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: string, message: string, options: CloudErrorOptions) {
    super(message, {
      code,
      ...(options.hint === undefined ? {} : { hint: options.hint }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.operation = options.operation;
    this.target = options.target;
    this.serviceCode = options.serviceCode;
    this.requestId = options.requestId;
  }
}

/** The service said no: certainly nothing happened. */
export class RefusedError extends CloudError {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string, options: CloudErrorOptions) {
    super('refused', message, options);
    this.reason = reason;
  }
}

/** The service is holding us back, also after our retries: certainly nothing happened. */
export class ThrottledError extends CloudError {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: CloudErrorOptions & { readonly retryAfterMs?: number }) {
    super('throttled', message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The identity may not do this. `action` is the RAM action to grant. Certainly nothing happened. */
export class DeniedError extends CloudError {
  readonly action: string;
  constructor(action: string, message: string, options: CloudErrorOptions) {
    super('denied', message, options);
    this.action = action;
  }
}

/** The credentials themselves are missing, wrong or expired: no call of this account can succeed. */
export class CredentialsError extends CloudError {
  constructor(message: string, options: CloudErrorOptions) {
    super('credentials', message, options);
  }
}

/** The service could not be reached at all: certainly nothing happened. */
export class UnreachableError extends CloudError {
  constructor(message: string, options: CloudErrorOptions) {
    super('unreachable', message, options);
  }
}

/** The call may or may not have taken effect: a timeout, a reset, a 5xx, an answer that cannot be read. */
export class AmbiguousError extends CloudError {
  constructor(message: string, options: CloudErrorOptions) {
    super('ambiguous', message, options);
  }
}
