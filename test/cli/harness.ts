// The command line inside the test's process: its streams caught, its folder a new one, its clock a virtual one, its cloud in memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Clock } from '../../lib/base/clock';
import { systemClock } from '../../lib/base/clock';
import { runCli } from '../../lib/cli/cli';
import type { ExitCode } from '../../lib/cli/exit-codes';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../lib/local';
import { makeVirtualClock, type VirtualClock } from '../support/virtual-clock';

/** Whatever a document holds: the tests look into it. */
type Parsed = ReturnType<typeof JSON.parse>;

export interface CommandResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own, where commands run. */
export interface Shell {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;
  clock: Clock;
  /** Runs one command. */
  keeper(...args: readonly string[]): Promise<CommandResult>;
  /** Runs one command with `--json` and reads its document. */
  json(...args: readonly string[]): Promise<{ readonly code: ExitCode; readonly document: Parsed }>;
  write(name: string, text: string): string;
  close(): void;
}

export function openShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'keeper-cli-'));
  const env: Record<string, string | undefined> = { LOG_LEVEL: 'silent' };
  const shell: Shell = {
    folder,
    env,
    clock: systemClock,
    keeper: async (...args) => {
      const [stdout, stderr] = [catcher(), catcher()];
      const io = { env, cwd: folder, stdout: stdout.stream, stderr: stderr.stream, clock: shell.clock, untilStopped: () => Promise.resolve() };
      const code = await runCli(args, io);
      return { code, stdout: stdout.text(), stderr: stderr.text() };
    },
    json: async (...args) => {
      const { code, stdout } = await shell.keeper(...args, '--json');
      return { code, document: JSON.parse(stdout) };
    },
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    close: () => rmSync(folder, { recursive: true }),
  };
  return shell;
}

export interface CloudShell extends Shell {
  readonly cloud: LocalCloud;
  readonly worldClock: VirtualClock;
  /** What the cloud knows of manual backups, and which tables there are. */
  manualBackups(): number;
  closeAll(): Promise<void>;
}

/** The credentials that the SDK's own chain reads from the process. */
const CHAIN = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'] as const;

export async function openCloudShell(options: Partial<LocalCloudOptions> & { readonly policy: string }): Promise<CloudShell> {
  const { policy, ...cloudOptions } = options;
  const worldClock = makeVirtualClock();
  const cloud = await startLocalCloud({ clock: worldClock, tablestore: { notReadyMs: 0 }, ...cloudOptions });
  const shell = openShell();
  shell.clock = worldClock;
  Object.assign(shell.env, cloud.environment);
  for (const name of CHAIN) process.env[name] = cloud.environment[name];
  shell.write('keeper.yaml', policy);
  return Object.assign(shell, {
    cloud,
    worldClock,
    manualBackups: () => [...cloud.world.all()].flatMap((instance) => instance.starts).filter((start) => start.mode === 'Manual').length,
    closeAll: async () => {
      shell.close();
      await cloud.close();
      for (const name of CHAIN) delete process.env[name];
      jest.useRealTimers();
    },
  });
}

function catcher(): { readonly stream: Writable; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}
