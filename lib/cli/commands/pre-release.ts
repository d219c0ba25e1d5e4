// keeper pre-release: the gate of release pipelines. Asks for a release's backups, waits for them, and tells by its exit code what came of it.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KeeperError, messageOf, UsageError } from '../../base/errors';
import type { ReleaseReceipt, ReleaseStatus } from '../../domain/release';
import { type Cli, configOf, printerOf } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { renderJson } from '../printers/json';
import { receiptText } from '../printers/release-text';
import { type Gate, withGate } from './pre-release-gate';
import {
  type IdentityOptions,
  identityFields,
  startFields,
  type WaitOptions,
  type WishOptions,
  withIdentity,
  withWaiting,
  withWish,
} from './pre-release-options';
import { waitFor } from './pre-release-wait';

interface CommonOptions {
  readonly function?: string | true;
  readonly receipt?: string;
}

type StartOptions = WishOptions & WaitOptions & CommonOptions & { readonly wait?: true };

const EXIT_OF: Readonly<Record<ReleaseStatus, ExitCode>> = { passed: EXIT.ok, failed: EXIT.error, pending: EXIT.pending };

export function addPreReleaseCommand(program: Command, cli: Cli): void {
  const preRelease = program
    .command('pre-release')
    .description('the gate of release pipelines: exits with 0 only when every instance has a backup that is held (1: failed, 4: pending)');
  addStart(preRelease, cli);
  addWait(preRelease, cli);
  addStatus(preRelease, cli);
}

function addStart(preRelease: Command, cli: Cli): void {
  const command = preRelease
    .command('start')
    .description("ask for a release's backups; the same source and release never make a second one, unless the last attempt is over")
    .option('--wait', 'then wait until it has passed or failed');
  withCommon(withWaiting(withWish(withIdentity(command)))).action(async (options: StartOptions, self: Command) => {
    if (options.timeout !== undefined && options.wait !== true)
      throw new UsageError('--timeout goes with --wait', 'write --wait too; without it nothing is waited for');
    await withGate(cli, configOf(self), options.function, async (gate) => {
      const first = await gate(startFields(options));
      await (options.wait === true ? waitAndConclude(cli, self, options, gate, first) : conclude(cli, self, options, first));
    });
  });
}

function addWait(preRelease: Command, cli: Cli): void {
  const command = preRelease.command('wait').description('wait for a release that was started, and help it on: nothing new is opened');
  withCommon(withWaiting(withIdentity(command))).action(async (options: IdentityOptions & WaitOptions & CommonOptions, self: Command) => {
    await withGate(cli, configOf(self), options.function, async (gate) => {
      const first = await gate(identityFields('check', options));
      await waitAndConclude(cli, self, options, gate, first);
    });
  });
}

function addStatus(preRelease: Command, cli: Cli): void {
  const command = preRelease.command('status').description('what has become of a release, from the ledger alone: changes nothing');
  withCommon(withIdentity(command)).action(async (options: IdentityOptions & CommonOptions, self: Command) => {
    await withGate(cli, configOf(self), options.function, async (gate) => conclude(cli, self, options, await gate(identityFields('status', options))));
  });
}

function withCommon(command: Command): Command {
  return command
    .option('--function [name]', 'ask the deployed function instead of acting from here: only the right to call it is needed')
    .option('--receipt <file>', 'write the receipt to a file, whatever the outcome');
}

/** The first receipt is kept at once: a waiting that is interrupted, or ends in an error, leaves it behind. */
async function waitAndConclude(
  cli: Cli,
  command: Command,
  options: IdentityOptions & WaitOptions & CommonOptions,
  gate: Gate,
  first: ReleaseReceipt,
): Promise<void> {
  if (options.receipt !== undefined && first.status === 'pending') await writeReceipt(resolve(cli.io.cwd, options.receipt), first);
  await conclude(cli, command, options, await waitFor(cli.io, gate, first, options));
}

async function conclude(cli: Cli, command: Command, { receipt: path }: CommonOptions, receipt: ReleaseReceipt): Promise<void> {
  if (path !== undefined) await writeReceipt(resolve(cli.io.cwd, path), receipt);
  printerOf(cli, command).result({ json: () => receipt, text: (style) => receiptText(receipt, style) });
  cli.end(EXIT_OF[receipt.status]);
}

async function writeReceipt(path: string, receipt: ReleaseReceipt): Promise<void> {
  try {
    await writeFile(path, `${renderJson(receipt)}\n`);
  } catch (cause) {
    throw new KeeperError(`the release is ${receipt.status}, and its receipt could not be written: ${messageOf(cause)}`, {
      code: 'receipt-not-written',
      hint: 'check the path of --receipt; keeper pre-release status prints the receipt again',
      cause,
    });
  }
}
