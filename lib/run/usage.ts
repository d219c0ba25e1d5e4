// Sums the API calls of a month from the run rows of the ledger.
import type { Instant } from '../base/instant';
import type { Ledger } from '../domain/ports';
import { FUNCTION_NAMES, type FunctionName } from '../domain/run';
import { addRuns, emptyUsage, monthOf, type Usage } from '../policy/usage';

/** Whose runs the ledger keeps; each function's runs are a scope of their own. */
const SCOPES: readonly FunctionName[] = [...FUNCTION_NAMES, 'restore'];

/** Of the calendar month (UTC) that `asOf` lies in, as a whole. Rows are read page by page and never held together. */
export async function readUsage(ledger: Pick<Ledger, 'scanRuns'>, asOf: Instant): Promise<Usage> {
  const month = monthOf(asOf);
  let usage = emptyUsage(month);
  for (const scope of SCOPES) {
    for await (const page of ledger.scanRuns(scope, month)) usage = addRuns(usage, page);
  }
  return usage;
}
