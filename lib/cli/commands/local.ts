// keeper local: runs the local cloud until it is told to stop.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatInstant } from '../../base/instant';
import { parseChoice } from '../arguments';
import type { Cli } from '../context';
import { requireHostClock } from '../host-clock';
import { BUILT } from '../paths';
import { renderJsonLine } from '../printers/json';

interface LocalOptions {
  readonly data: string;
  readonly fleet: 'sample' | 'empty';
}

export function addLocalCommand(program: Command, cli: Cli): void {
  program
    .command('local')
    .description('start the local cloud: RDS, STS and Tablestore on the loopback; prints one line of JSON and runs until SIGTERM or SIGINT')
    .option('--data <folder>', 'where its world and ledger live', '.keeper')
    .option('--fleet <name>', 'the instances of a new world: sample or empty', parseChoice('--fleet', ['sample', 'empty']), 'sample')
    .action(async ({ data, fleet }: LocalOptions) => {
      requireHostClock(cli.io);
      const { startLocalCloud } = await import('../../local');
      const dataFolder = resolve(cli.io.cwd, data);
      const stopped = cli.io.untilStopped(); // from here on, also while it starts
      const cloud = await startLocalCloud({ dataFolder, fleet });
      try {
        const { endpoints, controlToken, clock } = cloud;
        const environment = { ...cloud.environment, NODE_OPTIONS: `--require ${JSON.stringify(BUILT.clockShim)}` };
        cli.io.stdout.write(`${renderJsonLine({ endpoints, environment, controlToken, dataFolder, now: formatInstant(clock.now()) })}\n`);
        await stopped;
      } finally {
        await cloud.close();
      }
    });
}
