// Cold starts of the built functions: from the start of a process to its first word with the ledger, the files that it loads until then, and the whole that is deployed.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIST, report, round } from './lab';

const COLD_RUNS = 15;
const MB = 1024 * 1024;
const FUNCTIONS = join(DIST, 'functions');

/** From the start of the process to its first word with the ledger, against a Node process that does nothing; alternating, medians. */
export async function coldStarts(policyPath: string): Promise<void> {
  const functions = (await readdir(FUNCTIONS)).filter((name) => name.endsWith('.js')).sort();
  for (const name of functions) {
    const bundle = join(FUNCTIONS, name);
    const empty: number[] = [];
    const cold: number[] = [];
    for (let run = 0; run < COLD_RUNS; run += 1) {
      empty.push(await lifetimeOf(['-e', '0']));
      cold.push(await firstLedgerCall(bundle, policyPath));
    }
    const ratio = median(cold) / median(empty);
    const sizeMb = (await bytesOf(await loadedWith(bundle))) / MB;
    report('cold-start', {
      function: name.replace('.js', ''),
      ratio: round(ratio),
      bar: 3,
      isMet: ratio <= 3,
      sizeMb: round(sizeMb),
      sizeBar: 2,
      isSizeMet: sizeMb <= 2,
    });
  }
}

/** Every file that the functions of this build consist of. */
export async function deployedSize(): Promise<void> {
  const meta: { readonly outputs: Readonly<Record<string, unknown>> } = JSON.parse(await readFile(join(DIST, 'meta', 'functions.json'), 'utf8'));
  const files = Object.keys(meta.outputs).map((path) => join(DIST, '..', path));
  const sizeMb = (await bytesOf(files)) / MB;
  report('deployed-size', { files: files.length, sizeMb: round(sizeMb), bar: 5, isMet: sizeMb <= 5 });
}

/** What a process has loaded when it has loaded the function: the ledger's client is among it, the other SDKs are not. */
async function loadedWith(bundle: string): Promise<readonly string[]> {
  const script = `require(${JSON.stringify(bundle)});process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return JSON.parse(stdout);
}

async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function lifetimeOf(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - startedAt;
}

/** The ledger is a socket that only notes when somebody knocks. */
async function firstLedgerCall(bundle: string, policyPath: string): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const event = JSON.stringify(JSON.stringify({ triggerTime: new Date().toISOString(), triggerName: 'bench', payload: '' }));
  const context = `{requestId:'bench',credentials:{accessKeyId:'k',accessKeySecret:'s'},function:{name:'bench',timeout:60}}`;
  const script = `require(${JSON.stringify(bundle)}).handler(Buffer.from(${event}),${context})`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['-e', script], {
    stdio: 'ignore',
    env: {
      KEEPER_CONFIG: policyPath,
      KEEPER_TABLESTORE_ENDPOINT: `http://127.0.0.1:${address.port}`,
      KEEPER_TABLESTORE_INSTANCE: 'bench',
      LOG_LEVEL: 'silent',
    },
  });
  await once(server, 'connection');
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  await once(child, 'exit');
  server.close();
  return elapsed;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
