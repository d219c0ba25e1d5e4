// Words the findings of releases.
import { formatInstant, type Instant } from '../../base/instant';
import type { Release, ReleaseReceipt } from '../../domain/release';
import type { Finding } from '../../domain/verdict';

/** The gate stays shut. */
export function releaseFailed({ key, source, release, attempt, reason, deadline }: ReleaseReceipt): Finding {
  return {
    id: `release-failed:${key}:a${attempt}`,
    severity: 'error',
    rule: 'release-failed',
    instanceId: undefined,
    message: `release ${release} of ${source} has not passed: ${reason}`,
    evidence: { key, source, release, attempt, deadline },
    remedy: 'remove what stood in the way and ask again: a request with the same source and release opens a new attempt, and reuses what is fresh by then',
  };
}

/** Half of its time is over. Undefined before that, and for what is no longer pending. */
export function releaseLate(release: Release, receipt: ReleaseReceipt, now: Instant): Finding | undefined {
  const { key, status, attemptAt, deadlineAt, attempt } = release;
  if (status !== 'pending' || now - attemptAt < (deadlineAt - attemptAt) / 2) return undefined;
  return {
    id: `release-late:${key}:a${attempt}`,
    severity: 'warning',
    rule: 'release-late',
    instanceId: undefined,
    message: `release ${receipt.release} of ${receipt.source} fails at ${formatInstant(deadlineAt)} unless it passes by then: ${receipt.reason}`,
    evidence: { key, source: receipt.source, release: receipt.release, attempt, deadline: receipt.deadline },
    remedy: 'look at what it waits for; somebody who waits for the release may want to know',
  };
}

/** It could not be advanced: the next run tries again. */
export function releaseNotAdvanced({ key, attempt, wish: { source, release } }: Release, reason: string): Finding {
  return {
    id: `release-not-advanced:${key}:a${attempt}`,
    severity: 'error',
    rule: 'release-not-advanced',
    instanceId: undefined,
    message: `release ${release} of ${source} could not be advanced: ${reason}`,
    evidence: { key, source, release, attempt },
    remedy: 'run keeper doctor; the next run of reconcile tries again',
  };
}
