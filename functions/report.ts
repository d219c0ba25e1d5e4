// Timer and HTTP function (read-only): shows how the fleet stands, from the ledger alone.

import type { RunSummary } from '../lib/domain/run';
import { REPORT_FORMS } from '../lib/report';
import type { HttpAnswer } from '../lib/wire/event-http';
import type { FunctionContext } from '../lib/wire/function';
import { handleReport } from '../lib/wire/report-door';

export async function handler(event: Buffer, context: FunctionContext): Promise<RunSummary | HttpAnswer> {
  return handleReport(event, context, process.env, REPORT_FORMS);
}
