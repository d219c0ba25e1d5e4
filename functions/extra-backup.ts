// Timer function: submits the extra manual backups that are due.

import type { RunSummary } from '../lib/domain/run';
import { runExtraBackup } from '../lib/run/extra-backup';
import { type FunctionContext, handleEvent } from '../lib/wire/function';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary> {
  return handleEvent('extra-backup', runExtraBackup, event, context, process.env);
}
