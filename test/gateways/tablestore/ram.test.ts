// The permissions that the ledger declares for each of its methods are those that its requests really ask for: read off what reached the service.
import { plusMs } from '../../../lib/base/instant';
import { emptyBrakes } from '../../../lib/domain/brakes';
import { emptyGuard } from '../../../lib/domain/guard';
import type { Ledger, LedgerAdmin } from '../../../lib/domain/ports';
import type { RunRecord } from '../../../lib/domain/run';
import { runIdOf } from '../../../lib/gateways/tablestore/layout';
import { LEDGER_ACTIONS, type LedgerMethod } from '../../../lib/gateways/tablestore/ram';
import { aClaim, allOf, anIntent, aPosture, aSet, aSummary, type LocalLedgerPlace, OCCURRENCE, startLedgerPlace } from '../../support/ledger';
import { aRelease, aTask } from './open-work';

type TestLedger = Ledger & LedgerAdmin;

let place: LocalLedgerPlace;
let ledger: TestLedger;
beforeEach(async () => {
  place = await startLedgerPlace();
  ledger = place.open();
});
afterEach(async () => {
  await place.stop();
  jest.useRealTimers();
});

/** How a method comes to its declared requests, in a ledger that is initialised; `before` is not counted. */
interface Use {
  readonly before?: (on: TestLedger) => Promise<unknown>;
  readonly call: (on: TestLedger) => Promise<unknown>;
}

const INTENT = anIntent();
/** As somebody has it who lost it: what is stored must be read. */
const LOST: RunRecord = { ...aClaim(), runId: runIdOf(aClaim()), startedAt: OCCURRENCE, leaseUntil: OCCURRENCE, fence: 9, summary: undefined };
const WINDOW = { from: OCCURRENCE, to: plusMs(OCCURRENCE, 60_000) };

const create = (on: TestLedger): Promise<unknown> => on.createIntent(INTENT);
const claim = (on: TestLedger): Promise<unknown> => on.claimRun(aClaim());
/** Submitting writes the index again, failing ends the intent and takes it out. */
async function toItsEnd(on: TestLedger): Promise<void> {
  const submitting = await on.advanceIntent(INTENT, { ...INTENT, state: 'submitting' });
  if (submitting !== undefined) await on.advanceIntent(submitting, { ...submitting, state: 'failed' });
}
/** Entries of the index whose intents have ended, as crashes leave them: a page of a hundred, and one of one. */
async function leaveBehind(on: TestLedger): Promise<void> {
  for (let slot = 1; slot <= 101; slot += 1) {
    const intent = anIntent({ slotId: `slot-${slot}` });
    await on.createIntent(intent);
    const refusal = { kind: 'error', status: 403, code: 'OTSNoPermissionAccess', message: 'no' } as const;
    place.faults.add({ service: 'tablestore', operation: 'DeleteRow', effect: 'none', reply: refusal });
    await on.advanceIntent(intent, { ...intent, state: 'finished', backupId: `${slot}` }).catch(() => undefined);
    place.faults.clear();
  }
}

const USES: Readonly<Record<Exclude<LedgerMethod, 'init'>, Use>> = {
  meta: { call: (on) => on.meta() },
  claimRun: { call: async (on) => [await claim(on), await claim(on)] },
  renewRun: { before: claim, call: (on) => on.renewRun(LOST, OCCURRENCE) },
  finishRun: { before: claim, call: (on) => on.finishRun(LOST, aSummary()) },
  listRuns: { call: (on) => on.listRuns('main/cn-hangzhou', 1) },
  scanRuns: { call: (on) => allOf(on.scanRuns('main/cn-hangzhou', WINDOW)) },
  getIntents: { call: (on) => on.getIntents([INTENT]) },
  createIntent: { before: create, call: create },
  advanceIntent: { before: create, call: toItsEnd },
  listOpenIntents: { before: leaveBehind, call: () => allOf(place.open().listOpenIntents()) },
  getGuards: { call: (on) => on.getGuards(['rm-1']) },
  putGuard: { call: (on) => on.putGuard(emptyGuard('rm-1'), emptyGuard('rm-1')) },
  getBrakes: { call: (on) => on.getBrakes('p') },
  putBrakes: { call: (on) => on.putBrakes(emptyBrakes('p'), emptyBrakes('p')) },
  getSet: { call: (on) => on.getSet('rm-1', '1') },
  listSets: { call: (on) => on.listSets('rm-1') },
  putSet: { call: (on) => on.putSet(aSet()) },
  getPostures: { call: (on) => on.getPostures('s', ['rm-1']) },
  putPostures: { call: async (on) => [await on.putPostures([aPosture()]), await on.putPostures([aPosture(), aPosture({ instanceId: 'rm-2' })])] },
  listPostures: { call: (on) => allOf(on.listPostures('s')) },
  getRelease: { call: (on) => on.getRelease('k') },
  putRelease: { call: (on) => on.putRelease(undefined, aRelease()) },
  getTask: { call: (on) => on.getTask('shard', 'one') },
  putTask: { call: (on) => on.putTask(undefined, aTask()) },
  removeTask: { before: (on) => on.putTask(undefined, aTask()), call: (on) => on.removeTask(aTask()) },
  listTasks: { call: (on) => allOf(on.listTasks('shard')) },
  missingTables: { call: (on) => on.missingTables() },
};

function asked(from: number): string[] {
  return [...new Set(place.requests.slice(from).map(({ path }) => `ots:${path.slice(1)}`))].sort();
}

/** The first answer to a conditional write is lost: the repeated one has to find out by whom it was written. */
function loseOneAnswer(): void {
  for (const operation of ['PutRow', 'BatchWriteRow']) place.faults.add({ service: 'tablestore', operation, effect: 'applied', reply: { kind: 'reset' } });
}

test.each(Object.entries(USES))('%s asks for what it declares', async (method, { before, call }) => {
  await ledger.init(OCCURRENCE);
  await before?.(ledger);
  const from = place.requests.length;
  if (LEDGER_ACTIONS[method as LedgerMethod].includes('ots:GetRow')) loseOneAnswer(); // the keys of USES are methods

  await call(ledger);

  expect(asked(from)).toEqual([...LEDGER_ACTIONS[method as LedgerMethod]].sort());
});

test('init asks for what it declares', async () => {
  await ledger.init(OCCURRENCE);
  await ledger.init(OCCURRENCE);

  expect(asked(0)).toEqual([...LEDGER_ACTIONS.init].sort());
});
