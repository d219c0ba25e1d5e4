// Resolves s.yaml as the command line of Serverless Devs does: with its own parser, and with the program itself.
import { spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ParseSpec from '@serverless-devs/parse-spec';

export const ROOT = resolve(__dirname, '../../..');
export const S_YAML = join(ROOT, 's.yaml');

/** Variables that s.yaml takes, so that those of whoever runs the tests do not count. */
const OURS = /^(KEEPER_|FC_COMPONENT$|LOG_LEVEL$)/;

const quiet = (): void => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, write: quiet, log: quiet, spin: quiet, progress: quiet, append: quiet, tips: quiet };

/** The file's content with all variables replaced. Throws what the parser throws. */
export async function resolveSpec(path: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];
  Object.assign(process.env, env, { NODE_ENV: 'test' });
  try {
    const spec = await new ParseSpec(path, { argv: ['deploy'], logger, isPreview: true }).start();
    return structuredClone(spec.yaml.content);
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** `s preview`, offline, in a home of its own. Into a file: the program does not like a pipe that closes. */
export async function preview(): Promise<{ readonly exitCode: number; readonly output: unknown }> {
  const home = await mkdtemp(join(tmpdir(), 'keeper-preview-'));
  const file = join(home, 'out.json');
  const out = await open(file, 'w');
  try {
    const program = join(ROOT, 'node_modules/@serverless-devs/s/bin/s');
    // A test environment, so that it reports its use to nobody.
    const env = { PATH: process.env['PATH'], HOME: home, NODE_ENV: 'test' };
    const child = spawn(process.execPath, [program, 'preview', '-t', S_YAML, '-o', 'json'], { env, stdio: ['ignore', out.fd, 'ignore'] });
    const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)));
    const shown = await readFile(file, 'utf8');
    // What it says about the user who runs it comes before the JSON.
    return { exitCode, output: JSON.parse(shown.slice(shown.search(/^\{/m))) };
  } finally {
    await out.close();
    await rm(home, { recursive: true, force: true });
  }
}
