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
  const known = byId(before?.findings ?? []);
  const present = byId(findings);
  const since = ({ id }: Finding): Instant => (before !== undefined && known.has(id) ? (before.openedAt[id] ?? before.asOf) : at);
  const standing = [...present.values()].flatMap((finding): FindingChange[] => {
    const earlier = known.get(finding.id);
    const openedAt = since(finding);
    if (earlier === undefined) return [{ kind: 'opened', finding, openedAt }];
    return saysTheSame(earlier, finding) ? [] : [{ kind: 'updated', finding, openedAt }];
  });
  const gone = [...known.values()].filter(({ id }) => !present.has(id));
  return {
    changes: [...standing, ...gone.map((finding): FindingChange => ({ kind: 'closed', finding, openedAt: since(finding) }))],
    openedAt: Object.fromEntries([...present.values()].map((finding) => [finding.id, since(finding)])),
  };
}

function byId(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const known = new Map<string, Finding>();
  for (const finding of findings) {
    if (!known.has(finding.id)) known.set(finding.id, finding);
  }
  return known;
}

function saysTheSame(a: Finding, b: Finding): boolean {
  return a.message === b.message && a.severity === b.severity;
}
