// The commands of a rehearsal: whatever signs a request runs as a child in the world's time; this process stays in the host's.
import { execFile } from 'node:child_process';
import { KeeperError, messageOf } from '../../base/errors';
import { BUILT } from '../paths';
import { isRecord, parseJson } from './documents';

/** What a child needs to work against the local cloud: its environment and nothing of ours. */
export type ChildEnvironment = Readonly<Record<string, string>>;

const PRELOAD = ['--require', BUILT.clockShim] as const;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs `keeper <args> --json` and returns its document. Throws a KeeperError with the child's own words when it fails. */
export async function runKeeper(args: readonly string[], env: ChildEnvironment): Promise<unknown> {
  const { error, stdout, stderr } = await execute([...PRELOAD, BUILT.keeper, ...args, '--json'], env);
  const document = parseJson(stdout);
  if (error === undefined && document !== undefined) return document;
  const told = isRecord(document) && isRecord(document['error']) ? document['error'] : {};
  const message = typeof told['message'] === 'string' ? told['message'] : stderr.trim() || messageOf(error);
  const hint = typeof told['hint'] === 'string' ? told['hint'] : undefined;
  throw new KeeperError(`keeper ${args.join(' ')} failed: ${message}`, { code: 'rehearsal-failed', cause: error, ...(hint === undefined ? {} : { hint }) });
}

interface Execution {
  readonly error: Error | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function execute(args: readonly string[], env: ChildEnvironment): Promise<Execution> {
  const systemRoot = process.env['SystemRoot']; // Windows starts no process without it
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { env: { ...env, ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }) }, maxBuffer: MAX_OUTPUT_BYTES },
      (error, stdout, stderr) => resolve({ error: error ?? undefined, stdout, stderr }),
    );
  });
}
