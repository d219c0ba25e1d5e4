// The processes of a rehearsal: whatever signs a request runs as a child in the world's time; this process stays in the host's.
import { execFile } from 'node:child_process';
import { KeeperError, messageOf } from '../../base/errors';
import { formatInstant, type Instant } from '../../base/instant';
import type { FunctionName, RunSummary } from '../../domain/run';
import { type InvokeResult, invokeFunction } from '../../local/fc';
import { BUILT } from '../paths';

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

/** Invokes a built function as its timer would. Throws a KeeperError with the function's own words when it fails. */
export async function invokeTimer(name: FunctionName, triggerTime: Instant, env: ChildEnvironment): Promise<RunSummary> {
  const event = { triggerTime: formatInstant(triggerTime), triggerName: `${name}-timer`, payload: '' };
  const result = await invokeFunction({ bundle: BUILT.functionBundle(name), event: Buffer.from(JSON.stringify(event)), env, nodeOptions: PRELOAD });
  if (result.ok) return JSON.parse(result.body) as RunSummary; // our own function's answer
  throw failureOf(name, result);
}

/** The answer says what failed; the function's log also says what to do. */
function failureOf(name: FunctionName, result: InvokeResult): KeeperError {
  const body = parseJson(result.body);
  const message = isRecord(body) && typeof body['errorMessage'] === 'string' ? body['errorMessage'] : result.body;
  const hint = result.logs.map((line) => parseJson(line)).findLast((entry) => isRecord(entry) && typeof entry['hint'] === 'string');
  return new KeeperError(`the function ${name} failed: ${message}`, {
    code: 'rehearsal-failed',
    hint: isRecord(hint) ? String(hint['hint']) : (result.logs.at(-1) ?? 'the function printed nothing'),
  });
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
