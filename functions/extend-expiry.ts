// Timer function: keeps the single-database backup sets longer that the policy's expiry rules find due.

import type { RunSummary } from '../lib/domain/run';
import { runExtendExpiry } from '../lib/run/extend-expiry';
import { type FunctionContext, handleEvent } from '../lib/wire/function';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary> {
  return handleEvent('extend-expiry', runExtendExpiry, event, context, process.env);
}
