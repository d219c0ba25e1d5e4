// keeper doctor: checks the installation, changes nothing.
import type { Command } from 'commander';
import { hasCrossRegion, hasHygiene } from '../../policy/section-variants';
import { type Cli, configOf, inHouse, printerOf } from '../context';
import { EXIT } from '../exit-codes';
import { checksText } from '../printers/text';

export function addDoctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('check the ledger, the credentials and the permissions to read; changes nothing')
    .action(async (_options: unknown, command: Command) => {
      const checks = await inHouse(cli, configOf(command), async ({ house, policy }) => {
        const [{ checkUp }, { shardsOf }] = await Promise.all([import('../../run/doctor'), import('../../run/shards')]);
        const shards = shardsOf(policy, house.ports.gatewayOf);
        const reads = { withHygiene: hasHygiene(policy), withCrossRegion: hasCrossRegion(policy) };
        return checkUp({ ledger: house.ledger, shards, asOf: cli.io.clock.now(), ...reads });
      });
      const isOk = checks.every((check) => check.isOk);
      printerOf(cli, command).result({ json: () => ({ isOk, checks }), text: (style) => checksText(checks, style) });
      cli.end(isOk ? EXIT.ok : EXIT.error);
    });
}
