// What the ledger knows: the newest runs, the unfinished intents, the newest verdicts. Reads only the ledger.
import { LedgerError } from '../domain/ledger-error';
import type { Ledger, LedgerMeta } from '../domain/ports';
import type { InstancePosture } from '../domain/posture';
import type { CompiledPolicy } from '../domain/protection-policy';
import { FUNCTION_NAMES, type RunRecord } from '../domain/run';
import type { Intent } from '../domain/slot';
import { scopeOf } from './shards';

export interface Status {
  readonly meta: LedgerMeta;
  /** Newest first, of all functions. */
  readonly runs: readonly RunRecord[];
  readonly open: readonly Intent[];
  readonly postures: readonly InstancePosture[];
}

export async function readStatus(ledger: Ledger, policy: CompiledPolicy, runsPerFunction = 5): Promise<Status> {
  const meta = await ledger.meta();
  if (meta === undefined) throw new LedgerError('ledger-not-initialised', 'the ledger has no meta row', 'run: keeper ledger init');
  const runs: RunRecord[] = [];
  for (const name of FUNCTION_NAMES) runs.push(...(await ledger.listRuns(name, runsPerFunction)));
  runs.sort((a, b) => b.startedAt - a.startedAt);
  const open: Intent[] = [];
  for await (const page of ledger.listOpenIntents()) open.push(...page);
  const postures: InstancePosture[] = [];
  for (const account of policy.accounts) {
    for (const region of account.regions ?? policy.regions) {
      for await (const page of ledger.listPostures(scopeOf({ account: account.name, region }))) postures.push(...page);
    }
  }
  return { meta, runs, open, postures };
}
