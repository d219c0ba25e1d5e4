// Timer function: finishes what is in flight, resolves unknown outcomes, ends what was never started in time.

import type { RunSummary } from '../lib/domain/run';
import { runReconcile } from '../lib/run/reconcile';
import { type FunctionContext, handleEvent } from '../lib/wire/function';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary> {
  return handleEvent('reconcile', runReconcile, event, context, process.env);
}
