// What the ledger knows: the newest runs, the unfinished intents and releases, the newest verdicts. Reads only the ledger.
import type { Ledger, LedgerMeta } from '../domain/ports';
import type { InstancePosture } from '../domain/posture';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { ReleaseReceipt } from '../domain/release';
import { FUNCTION_NAMES, type FunctionName, type RunRecord } from '../domain/run';
import type { Intent } from '../domain/slot';
import { keyOfTask, releaseTaskId } from '../policy/release/identity';
import { receiptOf } from '../policy/release/receipt';
import { functionScope } from './function-posture';
import { requireMeta } from './require-meta';
import { scopeOf } from './shards';
import { leftoversScope } from './verify/leftovers';

export interface Status {
  readonly meta: LedgerMeta;
  /** Newest first, of all functions. */
  readonly runs: readonly RunRecord[];
  readonly open: readonly Intent[];
  /** The receipts of the releases that are pending, as of their last change. */
  readonly releases: readonly ReleaseReceipt[];
  readonly postures: readonly InstancePosture[];
}

/** The functions that keep their words apart from those on backups. */
const SPEAKERS = ['retention-hygiene', 'extend-expiry', 'verify-cross-region'] as const satisfies readonly FunctionName[];

/** Where such a function has nothing to say, it would only repeat that no rule covers the instance. */
function hasWords({ rules, findings }: InstancePosture): boolean {
  return Object.keys(rules).length > 0 || findings.length > 0;
}

export async function readStatus(ledger: Ledger, policy: CompiledPolicy, runsPerFunction = 5): Promise<Status> {
  const meta = await requireMeta(ledger);
  const runs: RunRecord[] = [];
  for (const name of FUNCTION_NAMES) runs.push(...(await ledger.listRuns(name, runsPerFunction)));
  runs.sort((a, b) => b.startedAt - a.startedAt);
  const open: Intent[] = [];
  for await (const page of ledger.listOpenIntents()) open.push(...page);
  const releases = await pendingReleases(ledger);
  const postures: InstancePosture[] = [];
  for (const account of policy.accounts) {
    for (const region of account.regions ?? policy.regions) {
      const target = { account: account.name, region };
      for await (const page of ledger.listPostures(scopeOf(target))) postures.push(...page);
      for (const scope of [...SPEAKERS.map((name) => functionScope(target, name)), leftoversScope(target)]) {
        for await (const page of ledger.listPostures(scope)) postures.push(...page.filter(hasWords));
      }
    }
  }
  return { meta, runs, open, releases, postures };
}

async function pendingReleases(ledger: Ledger): Promise<readonly ReleaseReceipt[]> {
  const receipts: ReleaseReceipt[] = [];
  for await (const page of ledger.listTasks('release')) {
    for (const { id } of page) {
      const release = await ledger.getRelease(keyOfTask(id));
      if (release?.status === 'pending' && releaseTaskId(release) === id) receipts.push(receiptOf(release, release.updatedAt));
    }
  }
  return receipts;
}
