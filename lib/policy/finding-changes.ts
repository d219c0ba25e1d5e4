// Decides what is new about the findings of an instance: a finding opens once, is updated, and closes by itself.
import type { Instant } from '../base/instant';
import type { InstancePosture } from '../domain/posture';
import type { Finding } from '../domain/verdict';

export interface FindingChange {
  readonly kind: 'opened' | 'updated' | 'closed';
  /** As it is now; for `closed`, as it was last. */
  readonly finding: Finding;
  readonly openedAt: Instant;
}

export interface FindingNews {
  /** What deserves a word to people; a finding that stands as it was is none. */
  readonly changes: readonly FindingChange[];
  /** When each of the present findings was first seen. */
  readonly openedAt: Readonly<Record<string, Instant>>;
}

/** Findings are the same when their ids are. The order of either list does not matter; of two with one id the first counts. */
export function findingNews(
  before: Pick<InstancePosture, 'findings' | 'openedAt' | 'asOf'> | undefined,
  findings: readonly Finding[],
  at: Instant,
): FindingNews {
  const known = new Map((before?.findings ?? []).map((finding) => [finding.id, finding]));
  const openedAt: Record<string, Instant> = {};
  const changes: FindingChange[] = [];
  for (const finding of findings) {
    if (openedAt[finding.id] !== undefined) continue;
    const earlier = known.get(finding.id);
    const since = earlier === undefined ? at : (before?.openedAt[finding.id] ?? before?.asOf ?? at);
    openedAt[finding.id] = since;
    if (earlier === undefined) changes.push({ kind: 'opened', finding, openedAt: since });
    else if (earlier.message !== finding.message || earlier.severity !== finding.severity) changes.push({ kind: 'updated', finding, openedAt: since });
    known.delete(finding.id);
  }
  for (const finding of known.values()) {
    if (openedAt[finding.id] === undefined) changes.push({ kind: 'closed', finding, openedAt: before?.openedAt[finding.id] ?? at });
  }
  return { changes, openedAt };
}
