// keeper usage: the month's API calls from the ledger's runs, against free quotas, prices and the policy's budget.
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { DOCUMENT_TARIFF, type Month, monthOf, parseMonth, type Tariff, type TariffEntry } from '../../policy/usage';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { jsonOfUsage, usageText } from '../printers/usage-text';

interface UsageOptions {
  readonly month?: Month;
  readonly free?: Figures;
  readonly price?: Figures;
}

type Figures = Readonly<Record<string, number>>;

export function addUsageCommand(program: Command, cli: Cli): void {
  program
    .command('usage')
    .description('the calls to the RDS API in a month (UTC), by operation, with what is left of free quotas and of limits.apiCallsPerMonth')
    .option('--month <month>', 'such as 2026-11 (default: this month)', parseMonthOption)
    .option('--free <operation=calls>', 'free calls a month, in place of the built-in figure; may be repeated', collectFigure('--free', /^\d{1,12}$/))
    .option(
      '--price <operation=price>',
      'price per call, in place of the built-in figure; may be repeated',
      collectFigure('--price', /^\d{1,6}(?:\.\d{1,9})?$/),
    )
    .action(async (options: UsageOptions, command: Command) => {
      const month = options.month ?? monthOf(cli.io.clock.now());
      const tariff = tariffOf(options);
      const view = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const { readUsage } = await import('../../run/usage');
        return { usage: await readUsage(house.ledger, month.from), budget: policy.limits.apiCallsPerMonth, tariff };
      });
      printerOf(cli, command).result({ json: () => jsonOfUsage(view), text: (style) => usageText(view, style) });
    });
}

function parseMonthOption(text: string): Month {
  const month = parseMonth(text);
  if (month !== undefined) return month;
  throw new UsageError(`--month cannot be ${JSON.stringify(text.slice(0, 100))}`, 'write a year and a month, such as 2026-11');
}

function collectFigure(option: string, form: RegExp): (text: string, figures?: Figures) => Figures {
  return (text, figures = {}) => {
    const [operation = '', figure = '', ...rest] = text.split('=');
    if (rest.length === 0 && /^[A-Za-z]{1,64}$/.test(operation) && form.test(figure)) return { ...figures, [operation]: Number(figure) };
    throw new UsageError(
      `${option} cannot be ${JSON.stringify(text.slice(0, 100))}`,
      `write an operation and a number, such as ${option} DescribeBackupTasks=1000`,
    );
  };
}

/** What is typed goes before what the document states. */
function tariffOf({ free = {}, price = {} }: UsageOptions): Tariff {
  const operations = new Set([...Object.keys(DOCUMENT_TARIFF), ...Object.keys(free), ...Object.keys(price)]);
  return Object.fromEntries([...operations].map((operation) => [operation, entryOf(DOCUMENT_TARIFF[operation], free[operation], price[operation])]));
}

function entryOf(document: TariffEntry | undefined, freePerMonth: number | undefined, pricePerCall: number | undefined): TariffEntry {
  return { ...document, ...(freePerMonth === undefined ? {} : { freePerMonth }), ...(pricePerCall === undefined ? {} : { pricePerCall }) };
}
