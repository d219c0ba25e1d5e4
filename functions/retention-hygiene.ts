// Timer function: keeps the instances' own settings as agreed, and lets surplus manual backup sets go.

import type { RunSummary } from '../lib/domain/run';
import { runRetentionHygiene } from '../lib/run/hygiene/run';
import { type FunctionContext, handleEvent } from '../lib/wire/function';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary> {
  return handleEvent('retention-hygiene', runRetentionHygiene, event, context, process.env);
}
