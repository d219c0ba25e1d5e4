// Writes postures, and tells what is new about their findings.
import type { InstancePosture } from '../domain/posture';
import { findingNews } from '../policy/finding-changes';
import type { Run } from './envelope';

/** A posture as a use case makes it; when its findings were opened is worked out here. */
export type PostureDraft = Omit<InstancePosture, 'openedAt'>;

export interface PostureChange {
  readonly before: InstancePosture | undefined;
  readonly draft: PostureDraft;
}

/** Nothing in a dry run. */
export async function writePostures(run: Run, changes: readonly PostureChange[]): Promise<void> {
  if (run.request.dryRun || changes.length === 0) return;
  const postures = changes.map(({ before, draft }): InstancePosture => {
    const news = findingNews(before, draft.findings, draft.asOf);
    run.tally.changes(news.changes);
    return { ...draft, openedAt: news.openedAt };
  });
  await run.ports.ledger.putPostures(postures);
}

/** The posture without a word: the instance is out of scope by now. */
export function forgetPosture(before: InstancePosture, at: InstancePosture['asOf']): PostureChange {
  return { before, draft: { ...before, asOf: at, rules: {}, findings: [], copies: undefined } };
}

/** True of a posture that has nothing to say: what it said has been forgotten, or no rule and no hold covers the instance any more. */
export function isForgotten({ rules, findings }: InstancePosture): boolean {
  return Object.keys(rules).length === 0 && findings.length === 0;
}
