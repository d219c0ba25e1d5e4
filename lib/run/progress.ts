// What reconcile learned of one intent, and how it is stored.
import type { SetRecord } from '../domain/ports';
import type { Intent } from '../domain/slot';
import type { Finding, Verdict } from '../domain/verdict';
import type { Run } from './envelope';

/** `next` is undefined when the intent stays as it is. */
export interface Progress {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly next?: Intent;
  readonly finding?: Finding;
}

/** Stores the next state of an intent under this run's name; a dry run only says what it would be. Undefined: another worker was faster. */
export async function advance(run: Run, intent: Intent, next: Intent, set?: SetRecord): Promise<Intent | undefined> {
  if (run.request.dryRun) return next;
  return run.ports.ledger.advanceIntent(intent, { ...next, runId: run.id, updatedAt: run.ports.clock.now() }, set);
}

/** The verdict when another worker has just written this intent. */
export function overtaken(): Progress {
  return { verdict: 'in-flight', reason: 'another worker is reconciling this slot' };
}
