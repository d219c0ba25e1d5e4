// keeper report: how the fleet stands, as a page or as JSON, from the ledger alone.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KeeperError, messageOf, UsageError } from '../../base/errors';
import { type Cli, configOf, type GlobalOptions, inHouse, printerOf } from '../context';
import { displayName } from '../policy-file';

interface ReportOptions {
  readonly format?: string;
  readonly out?: string;
  readonly force?: true;
}

type Format = 'html' | 'json';

export function addReportCommand(program: Command, cli: Cli): void {
  program
    .command('report')
    .description('how every instance stands: protected, at risk, unprotected or unknown, with findings, copies and the newest runs; reads the ledger only')
    .option('--format <format>', 'html or json (default: html; json with --json)')
    .option('--out <file>', 'write the report to a file')
    .option('--force', 'replace the file')
    .action(async (options: ReportOptions, command: Command) => {
      const format = formatOf(options, command.optsWithGlobals<GlobalOptions>().json === true);
      const { out, force } = options;
      if (out === undefined && force === true) throw new UsageError('--force goes with --out', 'write --out report.html --force');
      const report = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const [{ readReport }, { REPORT_FORMS }] = await Promise.all([import('../../run/report'), import('../../report')]);
        return REPORT_FORMS[format](await readReport(house.ledger, policy, cli.io.clock.now()));
      });
      if (out === undefined) {
        cli.io.stdout.write(report);
        return;
      }
      const path = resolve(cli.io.cwd, out);
      await writeReport(path, report, force === true);
      const shown = displayName(path, cli.io.cwd);
      printerOf(cli, command).result({ json: () => ({ out: shown, format }), text: () => `written to ${shown}` });
    });
}

function formatOf({ format }: ReportOptions, isJson: boolean): Format {
  if (format === undefined) return isJson ? 'json' : 'html';
  if (format === 'json' || (format === 'html' && !isJson)) return format;
  throw new UsageError(
    format === 'html' ? '--format html and --json exclude each other' : '--format is neither html nor json',
    'use --format html or --format json',
  );
}

/** For its owner only: a report names instances. */
async function writeReport(path: string, report: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(path, report, { mode: 0o600, flag: isForced ? 'w' : 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw new UsageError(`${path} is there already`, 'choose another name, or replace it with --force'); // what fs throws has a code
    throw new KeeperError(`cannot write ${path}: ${messageOf(cause)}`, { code: 'not-written', hint: 'check the folder and its free space', cause });
  }
}
