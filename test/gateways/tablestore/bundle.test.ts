import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { DEFAULT_USER } from '../../../lib/local/identities';
import { LEDGER_INSTANCE, type LocalLedgerPlace, OCCURRENCE, startLedgerPlace } from '../../support/ledger';

/** What a function does with the ledger first, in a process of its own. */
const ENTRY = `
  import { makeLedger } from './lib/gateways/tablestore';
  import { systemClock } from './lib/base/clock';

  const [, , endpoint, accessKeyId, accessKeySecret] = process.argv;
  const credentials = { current: async () => ({ accessKeyId, accessKeySecret }) };
  const ledger = makeLedger({ endpoint, instanceName: '${LEDGER_INSTANCE}', credentials, clock: systemClock, random: Math.random, newId: () => String(process.pid) });
  const guard = { instanceId: 'rm-1', version: 0, reservations: [], seen: [], exhausted: undefined, waitingReleases: [], holds: [], marks: [], corrections: [] };
  ledger
    .putGuard(guard, guard)
    .then((first) => ledger.putGuard(first, first))
    .then(() => ledger.getGuards(['rm-1']))
    .then((guards) => process.stdout.write(JSON.stringify(guards)))
    .finally(() => ledger.close());
`;

let place: LocalLedgerPlace;
let folder: string;

beforeEach(async () => {
  place = await startLedgerPlace({ maxSkewMs: Number.POSITIVE_INFINITY });
  folder = mkdtempSync(join(tmpdir(), 'keeper-bundle-'));
});

afterEach(async () => {
  await place.stop();
  rmSync(folder, { recursive: true });
  jest.useRealTimers();
});

test('a minified, strict bundle makes conditions and reads and writes rows', async () => {
  await place.open().init(OCCURRENCE);
  const outfile = join(folder, 'bundle.js');
  await build({
    stdin: { contents: ENTRY, resolveDir: join(__dirname, '../../..'), loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    // The SDK assigns variables that it never declares, which strict code does not allow.
    banner: { js: 'var pro,key,sub,size,prefix_length,cell_type;' },
    tsconfigRaw: { compilerOptions: { strict: true } },
  });

  const { stdout } = await promisify(execFile)(process.execPath, ['--no-deprecation', outfile, place.endpoint, DEFAULT_USER.accessKeyId, DEFAULT_USER.secret]);

  expect(JSON.parse(stdout)).toEqual([
    { instanceId: 'rm-1', version: 2, reservations: [], seen: [], waitingReleases: [], holds: [], marks: [], corrections: [] },
  ]);
});
