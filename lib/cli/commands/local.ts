// keeper local: runs the local cloud until it is told to stop.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatInstant } from '../../base/instant';
import type { FcRecord, LocalCloud } from '../../local';
import { parseChoice } from '../arguments';
import { type Cli, configOf } from '../context';
import { type Deployment, readDeployment } from '../deployment';
import { failureOf } from '../function-failure';
import { requireHostClock } from '../host-clock';
import { BUILT, MANIFEST, REHEARSAL_POLICY } from '../paths';
import { renderJsonLine } from '../printers/json';
import { sanitise } from '../sanitise';

interface LocalOptions {
  readonly data: string;
  readonly fleet: 'sample' | 'empty';
  readonly manifest?: string;
  /** False with `--no-functions`. */
  readonly functions: boolean;
}

export function addLocalCommand(program: Command, cli: Cli): void {
  program
    .command('local')
    .description(
      'start the local cloud: RDS, STS, Tablestore, Secrets Manager and Function Compute on the loopback; prints one line of JSON and runs until SIGTERM or SIGINT',
    )
    .option('--data <folder>', 'where its world and ledger live', '.keeper')
    .option('--fleet <name>', 'the instances of a new world: sample or empty', parseChoice('--fleet', ['sample', 'empty']), 'sample')
    .option('--manifest <file>', 'the functions that it runs, an s.yaml (default: that of this installation)')
    .option('--no-functions', 'run no functions')
    .action(async (options: LocalOptions, command: Command) => {
      requireHostClock(cli.io);
      const dataFolder = resolve(cli.io.cwd, options.data);
      const deployment = options.functions ? await deploymentOf(cli, options, dataFolder, configOf(command)) : undefined;
      const { startLocalCloud } = await import('../../local');
      const stopped = cli.io.untilStopped(); // from here on, also while it starts
      const cloud = await startLocalCloud({
        dataFolder,
        fleet: options.fleet,
        ...(deployment === undefined ? {} : { fc: { ...deployment.fc, onRecord: failureTeller(cli.io.stderr) } }),
      });
      try {
        await deployment?.publish();
        cloud.fc?.startPump();
        cli.io.stdout.write(`${renderJsonLine(documentOf(cloud, dataFolder))}\n`);
        await stopped;
      } finally {
        await cloud.close();
      }
    });
}

/** As rehearse, without KEEPER_CONFIG: it may name the policy of a real fleet. */
function deploymentOf({ io }: Cli, { manifest }: LocalOptions, dataFolder: string, config: string | undefined): Promise<Deployment> {
  const { cwd, env } = io;
  return readDeployment({
    cwd,
    manifest: manifest === undefined ? MANIFEST : resolve(cwd, manifest),
    manifestEnv: env,
    policyFile: resolve(cwd, config ?? REHEARSAL_POLICY),
    dataFolder,
  });
}

/** Nobody waits for a timer's answer: what fails is told here, in the same words once, so that a ledger that was never made does not go unseen. */
function failureTeller(stderr: Cli['io']['stderr']): (record: FcRecord) => void {
  const told = new Set<string>();
  return (record) => {
    if (record.ok || record.type === 'sync' || record.type === 'http') return;
    const { message, hint } = failureOf(record);
    const text = sanitise(`${record.function} failed: ${message}`);
    if (told.has(text)) return;
    told.add(text);
    stderr.write(`warning: ${text}\n${hint === undefined ? '' : `hint: ${sanitise(hint)}\n`}`);
  };
}

function documentOf({ endpoints, environment, controlToken, clock, fc, httpTriggers }: LocalCloud, dataFolder: string): Readonly<Record<string, unknown>> {
  return {
    endpoints,
    environment: { ...environment, NODE_OPTIONS: `--require ${JSON.stringify(BUILT.clockShim)}` },
    controlToken,
    dataFolder,
    now: formatInstant(clock.now()),
    functions: fc?.manifest.functions.map(({ name }) => name) ?? [],
    httpTriggers,
  };
}
