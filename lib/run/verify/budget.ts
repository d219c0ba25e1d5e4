// Says whether the month's budget of API calls still allows optional reads.
import { apiBudgetReached, callsOfMonth } from '../../policy/usage';
import type { Run } from '../envelope';
import { readUsage } from '../usage';

/** True without a budget. Where it is used up, a finding says what is left out. */
export async function hasBudget(run: Run): Promise<boolean> {
  const { apiCallsPerMonth } = run.request.policy.limits;
  if (apiCallsPerMonth === undefined) return true;
  const used = callsOfMonth(await readUsage(run.ports.ledger, run.asOf));
  if (used < apiCallsPerMonth) return true;
  run.tally.finding(apiBudgetReached(used, apiCallsPerMonth));
  return false;
}
