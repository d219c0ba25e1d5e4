// Timer function: verifies that the copies in the other region are there, in time, and can be restored.

import type { RunSummary } from '../lib/domain/run';
import { runVerifyCrossRegion } from '../lib/run/verify/run';
import { type FunctionContext, handleEvent } from '../lib/wire/function';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary> {
  return handleEvent('verify-cross-region', runVerifyCrossRegion, event, context, process.env);
}
