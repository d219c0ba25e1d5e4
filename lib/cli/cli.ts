// The command line as a whole: parses, runs one command, and turns whatever happens into output and an exit code.

import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { addApplyCommand } from './commands/apply';
import { addBackupsCommand } from './commands/backups';
import { addBinlogsCommand } from './commands/binlogs';
import { addCopiesCommand } from './commands/copies';
import { addDatabasesCommand } from './commands/databases';
import { addDoctorCommand } from './commands/doctor';
import { addExplainCommand } from './commands/explain';
import { addHoldCommand } from './commands/hold';
import { addInvokeCommand } from './commands/invoke';
import { addLedgerCommand } from './commands/ledger';
import { addLocalCommand } from './commands/local';
import { addPlanCommand } from './commands/plan';
import { addPolicyCommand } from './commands/policy';
import { addPreReleaseCommand } from './commands/pre-release';
import { addRehearseCommand } from './commands/rehearse';
import { addReportCommand } from './commands/report';
import { addRestoreCommand } from './commands/restore';
import { addRunCommand } from './commands/run';
import { addSettingsCommand } from './commands/settings';
import { addSnapshotsCommand } from './commands/snapshots';
import { addStatusCommand } from './commands/status';
import { addTasksCommand } from './commands/tasks';
import { addUsageCommand } from './commands/usage';
import type { Cli } from './context';
import { EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes';
import { tellFailure } from './failure';
import type { CliIo } from './io';

const ADDERS = [
  addRehearseCommand,
  addLocalCommand,
  addLedgerCommand,
  addDoctorCommand,
  addPlanCommand,
  addApplyCommand,
  addExplainCommand,
  addRunCommand,
  addInvokeCommand,
  addPreReleaseCommand,
  addStatusCommand,
  addReportCommand,
  addPolicyCommand,
  addBackupsCommand,
  addHoldCommand,
  addRestoreCommand,
  addTasksCommand,
  addBinlogsCommand,
  addDatabasesCommand,
  addSettingsCommand,
  addCopiesCommand,
  addSnapshotsCommand,
  addUsageCommand,
] as const;

/** Runs the command that the arguments name (without node and script) and returns its exit code. Never rejects. */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const cli: Cli = {
    io,
    end: (code) => {
      exitCode = code;
    },
  };
  const program = makeProgram(cli);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok; // help was asked for, and given
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage; // no command: the help says which there are
    return tellFailure(error, io, args.includes('--json'), helpFor(program, args));
  }
}

/** The help of the command that the arguments name, as far as they name one. */
function helpFor(program: Command, args: readonly string[]): string {
  let command = program;
  const names = [program.name()];
  for (const arg of args) {
    const next = command.commands.find((each) => each.name() === arg);
    if (next === undefined) continue; // an option, or a value of one
    command = next;
    names.push(arg);
  }
  return [...names, '--help'].join(' ');
}

function makeProgram(cli: Cli): Command {
  const program = new Command('keeper')
    .description(
      'Looks after the backups of ApsaraDB RDS fleets: extra backups within the daily cap, settings that stay as agreed, sets that go when they may, copies that can be restored.',
    )
    .version(version, '--version', 'print the version')
    .option('--json', 'print one JSON document on stdout')
    .option('--config <path>', 'the protection policy, keeper.yaml or a compiled keeper.json (default: KEEPER_CONFIG, else the one in this folder)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('afterAll', EXIT_CODES_HELP)
    .exitOverride()
    // What goes wrong is told by tellFailure, in one form for all errors.
    .configureOutput({ writeOut: (text) => cli.io.stdout.write(text), writeErr: (text) => cli.io.stderr.write(text), outputError: () => undefined });
  for (const add of ADDERS) add(program, cli);
  return program;
}
