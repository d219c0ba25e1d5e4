// What every command is given, and the ways into the house that several commands share.
import type { Command } from 'commander';
import { makeLogger } from '../base/logger';
import type { CompiledPolicy } from '../domain/protection-policy';
import type { House } from '../wire/house';
import type { ExitCode } from './exit-codes';
import type { CliIo } from './io';
import { loadPolicy, loadWorkablePolicy } from './policy-file';
import { makePrinter, type Printer } from './printers/printer';

export interface Cli {
  readonly io: CliIo;
  /** Says with which code the process ends; 0 unless told. */
  end(code: ExitCode): void;
}

/** The options that every command has. */
export interface GlobalOptions {
  readonly json?: true;
  readonly config?: string;
}

export function printerOf(cli: Cli, command: Command): Printer {
  return makePrinter(cli.io, command.optsWithGlobals<GlobalOptions>().json === true);
}

export interface OpenHouse {
  readonly house: House;
  readonly policy: CompiledPolicy;
}

export function configOf(command: Command): string | undefined {
  return command.optsWithGlobals<GlobalOptions>().config;
}

/**
 * Loads the protection policy and opens the house for one command; closes it whatever happens. Logs go to stderr, and warnings only unless
 * LOG_LEVEL asks for more. The gateways are loaded here and not before: help and the offline commands need none of them.
 */
export async function inHouse<T>(cli: Cli, config: string | undefined, action: (open: OpenHouse) => Promise<T>): Promise<T> {
  return inHouseOf(cli, await loadPolicy(cli.io, config), action);
}

/** As inHouse, for what decides by the rules of the policy: one whose rules can never work is refused, with the documents' reasons, before anything is done. */
export async function inWorkableHouse<T>(cli: Cli, config: string | undefined, action: (open: OpenHouse) => Promise<T>): Promise<T> {
  return inHouseOf(cli, await loadWorkablePolicy(cli.io, config), action);
}

async function inHouseOf<T>({ io }: Cli, policy: CompiledPolicy, action: (open: OpenHouse) => Promise<T>): Promise<T> {
  const [{ openHouse }, { readSettings }] = await Promise.all([import('../wire/house'), import('../wire/settings')]);
  const env = { LOG_LEVEL: 'warn', ...io.env };
  const logger = makeLogger({ level: readSettings(env).logLevel, stream: io.stderr });
  const house = openHouse({ env, policy, clock: io.clock, logger });
  try {
    return await action({ house, policy });
  } finally {
    house.close();
  }
}
