// The month's API calls, for people and for programs. The figures beside them are a document's, and both forms say so.
import { callsOfMonth, type Tariff, type Usage, type UsageLine, usageLines } from '../../policy/usage';
import type { Style } from './style';
import { renderTable } from './table';
import { counted, lines } from './text';

export interface UsageView {
  readonly usage: Usage;
  /** limits.apiCallsPerMonth */
  readonly budget: number | undefined;
  readonly tariff: Tariff;
}

const NOTES = [
  'counted: the calls of the runs in the ledger, retries included; not those of dry runs, plans, explanations, lists, and runs that are not finished',
  'free quotas and prices are as source document 000 states them, or as they were typed with --free and --price; they are not verified: real invoices decide',
  'that document names no currency, bills calls whether they succeed or not, and gives no figure where none stands here',
] as const;

export function jsonOfUsage({ usage, budget, tariff }: UsageView): object {
  const calls = callsOfMonth(usage);
  return {
    month: usage.month.name,
    runs: usage.runs,
    unfinishedRuns: usage.unfinishedRuns,
    calls,
    budget: budget === undefined ? undefined : { apiCallsPerMonth: budget, left: Math.max(0, budget - calls) },
    operations: usageLines(usage, tariff),
    notes: NOTES,
  };
}

export function usageText({ usage, budget, tariff }: UsageView, style: Style): string {
  const { month, runs, unfinishedRuns } = usage;
  const calls = callsOfMonth(usage);
  const table = renderTable(
    usageLines(usage, tariff),
    [
      { head: 'operation', text: ({ operation }) => operation },
      { head: 'calls', text: ({ calls: count }) => `${count}` },
      { head: 'free a month', text: ({ freePerMonth }) => `${freePerMonth ?? '-'}` },
      { head: 'free left', text: ({ freeLeft }) => `${freeLeft ?? '-'}` },
      { head: 'beyond', text: ({ beyondFree }) => `${beyondFree}` },
      { head: 'price a call', text: ({ pricePerCall }) => `${pricePerCall ?? '-'}` },
      { head: 'price', text: priceText },
    ],
    style,
  );
  return lines(
    `${style.colors.bold(`RDS API in ${month.name}`)} (UTC): ${counted(calls, 'call')} in ${counted(runs, 'run')}${unfinishedRuns === 0 ? '' : `, ${unfinishedRuns} of them unfinished`}`,
    budgetLine(calls, budget),
    '',
    table,
    '',
    ...NOTES.map((note) => `note: ${note}`),
  );
}

function budgetLine(calls: number, budget: number | undefined): string {
  if (budget === undefined) return 'limits.apiCallsPerMonth: none';
  if (calls < budget) return `limits.apiCallsPerMonth: ${budget}, ${budget - calls} left`;
  return `limits.apiCallsPerMonth: ${budget}, used up: optional reads are left out`;
}

/** Sums of prices in thousandths are not exact in binary. */
function priceText({ price }: UsageLine): string {
  return price === undefined ? '-' : `${Number(price.toFixed(6))}`;
}
