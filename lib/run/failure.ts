// What a failed call to a service means for the slot or the set that it was about.
import { CloudError, DeniedError, type RefusalReason, RefusedError, ThrottledError } from '../domain/cloud-errors';
import type { DeferredVerdict, SettledVerdict } from '../domain/verdict';
import { permissionDenied } from '../policy/findings';
import type { Run } from './envelope';
import { isFatal } from './shards';

const VERDICT_OF_REFUSAL: Readonly<Record<RefusalReason, DeferredVerdict | SettledVerdict>> = {
  'backup-job-exists': 'job-running',
  'cap-exceeded': 'cap-exhausted',
  'instance-state': 'instance-not-running',
  'instance-locked': 'instance-locked',
  'instance-not-found': 'instance-not-running',
  'read-only-instance': 'read-only-instance',
  'method-unsupported': 'method-unsupported',
  'no-such-database': 'no-such-database',
  'advanced-policy': 'refused',
  'setting-unsupported': 'refused',
  'set-not-deletable': 'refused',
  'set-not-found': 'refused',
  'cross-region-unsupported': 'refused',
  'copies-not-listed': 'refused',
  'not-told': 'refused',
  'destination-not-activated': 'refused',
  'invalid-request': 'refused',
  other: 'refused',
};

/** The verdict on what a call was about when it certainly did nothing. */
export function verdictOfFailure(error: CloudError): DeferredVerdict | SettledVerdict {
  if (error instanceof RefusedError) return VERDICT_OF_REFUSAL[error.reason];
  if (error instanceof ThrottledError) return 'deferred-throttled';
  if (error instanceof DeniedError) return 'denied';
  return 'unreachable';
}

/** The error of a call to a service, as a value; other errors are thrown. */
export async function failureOf(call: () => Promise<void>): Promise<CloudError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
}

/** The verdict when an instance could not be looked at; a missing permission becomes a finding. Throws what must stop the run or is no service's error. */
export function verdictOfFailedLook(run: Run, instanceId: string, error: unknown): DeferredVerdict | SettledVerdict {
  if (isFatal(error) || !(error instanceof CloudError)) throw error;
  if (error instanceof DeniedError) run.tally.finding(permissionDenied(instanceId, error.action, error.operation));
  return verdictOfFailure(error);
}
