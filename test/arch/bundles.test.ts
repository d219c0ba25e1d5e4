// The built files as they are deployed: small enough, and the seldom-used SDKs loaded by nobody who does not need them.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FUNCTION_NAMES } from '../../lib/domain/run';
import { reply, startFcStub } from '../gateways/fc/rig';
import { builtBundle } from '../support/bundles';

const MB = 1024 * 1024;
const FUNCTIONS = dirname(builtBundle('reconcile'));
const VENDOR = join(FUNCTIONS, 'vendor');
const run = promisify(execFile);

/** All files that a file may come to load, itself among them. */
function reachable(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/require\("(\.[^"]+)"\)/g)) reachable(resolve(dirname(file), path), found);
  return found;
}

function bytesOf(files: Iterable<string>): number {
  return [...files].reduce((sum, file) => sum + statSync(file).size, 0);
}

/** What a Node process has loaded when it has loaded this file. */
async function loadedWith(file: string): Promise<readonly string[]> {
  const { stdout } = await run(process.execPath, ['-e', `require(${JSON.stringify(file)});process.stdout.write(JSON.stringify(Object.keys(require.cache)))`]);
  return JSON.parse(stdout);
}

test('what is deployed has at most 5 MB, and every part of it that is needed is there', () => {
  const files = new Set<string>();
  for (const name of FUNCTION_NAMES) reachable(join(FUNCTIONS, `${name}.js`), files);
  for (const name of readdirSync(VENDOR)) reachable(join(VENDOR, name), files);

  expect(bytesOf(files)).toBeLessThanOrEqual(5 * MB);
  expect([...files].filter((file) => relative(FUNCTIONS, file).startsWith('..'))).toEqual([]);
});

test.each(FUNCTION_NAMES)('%s starts with at most 2 MB, and without an SDK that it may never need', async (name) => {
  const loaded = await loadedWith(join(FUNCTIONS, `${name}.js`));

  expect(bytesOf(loaded)).toBeLessThanOrEqual(2 * MB);
  expect(loaded.filter((file) => file.startsWith(VENDOR))).toEqual([]);
});

test('the seldom-used SDKs are in their own files only', () => {
  const marks = { fc2: '"accountid" must be passed in', fc20230330: 'InvokeFunctionHeaders', 'secrets-manager': 'com.amazonaws.secretsmanager' } as const;
  const others = [...FUNCTION_NAMES.map((name) => `${name}.js`), ...partsInUse(), '../cli/keeper.js'];
  const holds = (file: string, mark: string): boolean => readFileSync(join(FUNCTIONS, file), 'utf8').includes(mark);

  const strays = Object.values(marks).flatMap((mark) => others.filter((file) => holds(file, mark)));
  const missing = Object.entries(marks).filter(([name, mark]) => !holds(`vendor/${name}.js`, mark));

  expect({ strays, missing }).toEqual({ strays: [], missing: [] });
});

/** Those of this build: older ones are kept for a while. */
function partsInUse(): readonly string[] {
  const used = new Set(FUNCTION_NAMES.flatMap((name) => [...reachable(join(FUNCTIONS, `${name}.js`))]));
  return [...used].map((file) => relative(FUNCTIONS, file)).filter((file) => file.startsWith('parts'));
}

describe('the command line', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keeper-vendor-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a command, sees that it has nothing to complain of, and returns which of the SDKs it came to load. */
  async function vendorLoadedBy(args: readonly string[], env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const [hook, list] = [join(folder, 'hook.js'), join(folder, 'loaded.json')];
    writeFileSync(hook, `process.on('exit',()=>require('node:fs').writeFileSync(${JSON.stringify(list)},JSON.stringify(Object.keys(require.cache))))`);
    const { stderr } = await run(process.execPath, ['--require', hook, builtBundle('keeper'), ...args], { cwd: folder, env });
    expect(stderr).toBe('');
    const loaded: readonly string[] = JSON.parse(readFileSync(list, 'utf8'));
    return loaded.filter((file) => file.startsWith(VENDOR)).map((file) => relative(VENDOR, file));
  }

  test('loads none for its help', async () => {
    await expect(vendorLoadedBy(['invoke', '--help'], {})).resolves.toEqual([]);
  });

  test.each(['fc2', 'fc20230330'])('calls a function through %s, loads that alone, and prints no traces of it', async (client) => {
    const stub = await startFcStub(reply(200, 'done'));
    const env = {
      KEEPER_FC_CLIENT: client,
      KEEPER_FC_ENDPOINT: stub.endpoint,
      KEEPER_FC_ACCOUNT_ID: '1234567890123456',
      KEEPER_FC_REGION: 'cn-hangzhou',
      ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI-someone',
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
      DEBUG: '*', // the vendors' packages would print whole requests, with their signatures and tokens
    };

    const loaded = await vendorLoadedBy(['invoke', 'somebody'], env).finally(() => stub.close());

    expect(loaded).toEqual([`${client}.js`]);
    expect(stub.calls).toHaveLength(1);
  });
});
