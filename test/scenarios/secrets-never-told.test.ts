// Everything that comes out of a keeper, searched for the secrets that went in: logs, errors with their causes, the ledger on disk, the command line.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { makeLogger } from '../../lib/base/logger';
import { DEFAULT_ACCOUNT_ID } from '../../lib/local/identities';
import { DEFAULT_AWS_USER } from '../../lib/local/secrets';
import { openShell } from '../cli/harness';
import { keyOf, POLICY, RETAIL_KEY, type SecretsWorld, startSecretsWorld } from './secrets-support';

const NEW_SECRET = 'canary-retail-2';
/** What must not come out: every secret that the world knows, and ids of keys, which the hints never need. */
const FORBIDDEN = ['canary', DEFAULT_AWS_USER.secretAccessKey, 'AK-retail', 'AK-hub'];

let folder: string;
let world: SecretsWorld;
let logged: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-canary-'));
  logged = [];
  const stream = {
    write: (line: string) => {
      logged.push(line);
    },
  };
  world = await startSecretsWorld({ logger: makeLogger({ level: 'debug', stream }), cloud: { dataFolder: folder } });
});

afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

function toldIn(text: string): string[] {
  return FORBIDDEN.filter((word) => text.includes(word) || text.includes(encodeURIComponent(word)));
}

/** With what is in base64 read: so the journal keeps the rows of the ledger. */
function decoded(text: string): string {
  return text.replace(/[A-Za-z0-9+/]{16,}={0,2}/g, (found) => `${found} ${Buffer.from(found, 'base64').toString('latin1')}`);
}

test('a day of good, rotated, wrong and broken secrets tells none of them', async () => {
  const { keeper, store } = world;
  const said: unknown[] = [];
  const tick = async (time: string): Promise<void> => {
    keeper.goTo(`2026-11-21T${time}:00Z`);
    said.push(await world.invoke((ports) => keeper.tick({ ports })).catch((error: unknown) => error));
    said.push(await world.invoke((ports) => keeper.reconcile({ ports })).catch((error: unknown) => error));
  };
  await tick('01:00');
  store.rotate('keeper/retail', keyOf('AK-retail-2', NEW_SECRET));
  keeper.cloud.identities.addUser({ ...RETAIL_KEY, name: 'retail', isActive: false });
  await tick('02:00');
  keeper.cloud.identities.addUser({ accessKeyId: 'AK-retail-2', secret: NEW_SECRET, name: 'retail', accountId: DEFAULT_ACCOUNT_ID });
  await tick('03:00');
  store.rotate('keeper/retail', `{"id": "canary-half`);
  await tick('04:00');
  store.rotate('keeper/hub', keyOf('AK-hub-9', 'canary-hub-9'));
  keeper.cloud.faults.add({ service: 'sts', operation: 'AssumeRole', times: 1, effect: 'none', reply: { kind: 'partial' } });
  await tick('05:00');
  const errors = await Promise.all(
    [`not-canary`, '{"id":"canary"}'].map((value) => {
      store.rotate('keeper/retail', value);
      return world.invoke((ports) => keeper.plan('extra-backup').then(() => keeper.tick({ ports, timer: value }))).catch((error: unknown) => error);
    }),
  );

  const files = filesIn(folder).map(decoded);
  const everything = [...logged, inspect(said, { depth: 20, maxArrayLength: null }), inspect(errors, { depth: 20, showHidden: true }), ...files];

  expect(everything.map(toldIn).filter((words) => words.length > 0)).toEqual([]);
  expect(world.starts('rm-retail').length).toBeGreaterThanOrEqual(2);
  expect(files.some((text) => text.includes('cannot resolve secret://aws/keeper/retail'))).toBe(true); // the search does see into the ledger
});

test.each([
  { name: 'good secrets', prepare: () => undefined, code: 0 },
  { name: 'a secret that is no JSON', prepare: () => void world.store.rotate('keeper/retail', 'canary {'), code: 3 },
  { name: 'a wrong secret', prepare: () => void world.store.rotate('keeper/retail', keyOf('AK-retail-1', 'canary-wrong')), code: 3 },
])('the command line tells none of them: $name', async ({ prepare, code }) => {
  const shell = openShell();
  prepare();
  try {
    Object.assign(shell.env, world.env, { LOG_LEVEL: 'debug' });
    shell.clock = world.keeper.clock;
    const { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET } = world.env;
    Object.assign(process.env, { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET });
    shell.write('keeper.yaml', POLICY);

    const results = [await shell.keeper('policy', 'check'), await shell.keeper('plan'), await shell.keeper('plan', '--json'), await shell.keeper('doctor')];

    expect(results.map(({ code }) => code).slice(0, 2)).toEqual([0, code]);
    expect(results.flatMap(({ stdout, stderr }) => [...toldIn(stdout), ...toldIn(stderr)])).toEqual([]);
    expect(filesIn(shell.folder).flatMap(toldIn)).toEqual([]);
  } finally {
    delete process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'];
    delete process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
    shell.close();
  }
});
