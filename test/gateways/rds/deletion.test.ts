import { instant, plusMs, SECOND_MS } from '../../../lib/base/instant';
import { AmbiguousError, RefusedError, ThrottledError } from '../../../lib/domain/cloud-errors';
import type { RdsGateway } from '../../../lib/domain/ports';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { type StubAnswer, type StubServer, startStubServer } from '../stub-server';
import { failureOf, makeStubGateway } from './rig';

/** A moment that no call here reaches. */
const LATER = instant(Date.UTC(2030, 0, 1));

let clock: VirtualClock;
let server: StubServer;
let gateway: RdsGateway;
let answers: StubAnswer[];

const TAKEN: StubAnswer = { body: { RequestId: 'REQ-1' } };
const LOST: StubAnswer = { status: 502, body: '<html></html>' };
const BUSY: StubAnswer = {
  status: 429,
  headers: { 'x-acs-retry-after': '4000' },
  body: { RequestId: 'REQ-3', Code: 'Throttling.User', Message: 'Busy.' },
};
const GONE: StubAnswer = { status: 404, body: { RequestId: 'REQ-2', Code: 'InvalidBackupSetID.NotFound', Message: 'Specified backup set ID does not exist.' } };

beforeEach(async () => {
  answers = [];
  server = await startStubServer(() => answers.shift() ?? TAKEN);
  clock = makeVirtualClock();
  gateway = makeStubGateway(server.endpoint, clock);
});

afterEach(async () => {
  await server.close();
  jest.useRealTimers();
});

test('sets of an instance go as a comma list', async () => {
  await gateway.deleteSets('rm-1', ['321000007', '321000008'], 'instance-sets', LATER);

  expect(server.calls.map(({ action, query }) => ({ action, query }))).toEqual([
    { action: 'DeleteBackup', query: { DBInstanceId: 'rm-1', BackupId: '321000007,321000008' } },
  ]);
});

test('single-database sets have an operation of their own, and an answer of its own', async () => {
  answers = [{ body: { RequestId: 'REQ-1', DeletedBaksetIds: { DeletedBaksetIds: 'odd' } } }];

  await gateway.deleteSets('mssql', ['321000007'], 'database-files', LATER);

  expect(server.calls.map(({ action, query }) => ({ action, query }))).toEqual([
    { action: 'DeleteBackupFile', query: { DBInstanceId: 'mssql', BackupId: '321000007' } },
  ]);
});

test('100 sets go by one call', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `${321_000_000 + index}`);

  await gateway.deleteSets('rm-1', ids, 'instance-sets', LATER);

  expect(server.calls).toHaveLength(1);
  expect(server.calls[0]?.query['BackupId']?.split(',')).toEqual(ids);
});

test.each([
  { name: 'no set at all', ids: [], says: '0 backup sets was not sent: no backup set is named' },
  { name: 'more than 100', ids: Array.from({ length: 101 }, (_, index) => `${index}`), says: 'at most 100 sets' },
  { name: 'an empty id', ids: [''], says: 'not the id of a backup set: ""' },
  { name: 'a blank id', ids: ['1', ' '], says: 'not the id of a backup set: " "' },
  { name: 'an id that is two', ids: ['1,2'], says: 'not the id of a backup set: "1,2"' },
])('$name: nothing is sent, of either kind', async ({ ids, says }) => {
  for (const kind of ['instance-sets', 'database-files'] as const) {
    const error = await failureOf(gateway.deleteSets('rm-1', ids, kind, LATER));

    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ reason: 'invalid-request' });
    expect(error.message).toContain(says);
  }
  expect(server.calls).toHaveLength(0);
});

test('a lost answer is repeated', async () => {
  answers = [LOST, LOST, TAKEN];

  await gateway.deleteSets('rm-1', ['1'], 'instance-sets', LATER);

  expect(gateway.apiCalls()).toEqual({ DeleteBackup: 3 });
});

test('a lost answer of a call that took effect ends in a refusal that says nothing of who deleted the set', async () => {
  answers = [LOST, GONE];

  const error = await failureOf(gateway.deleteSets('rm-1', ['1'], 'instance-sets', LATER));

  expect(error).toMatchObject({ code: 'refused', reason: 'set-not-found', operation: 'DeleteBackup', target: 'rm-1, backup set 1' });
});

test('answers that stay lost leave it open whether the sets are gone', async () => {
  answers = [LOST, LOST, LOST, LOST];

  const error = await failureOf(gateway.deleteSets('rm-1', ['1', '2'], 'instance-sets', LATER));

  expect(error).toMatchObject({ code: 'ambiguous' });
  expect(error.message).toMatch(/^DeleteBackup for rm-1, 2 backup sets may or may not have taken effect/);
});

test('nothing is sent once its time has passed', async () => {
  const error = await failureOf(gateway.deleteSets('rm-1', ['1'], 'instance-sets', plusMs(clock.now(), -1)));

  expect(error).toBeInstanceOf(ThrottledError);
  expect(server.calls).toHaveLength(0);
});

test('a call that is held back until its time has passed did nothing', async () => {
  answers = [BUSY, BUSY, BUSY];

  const error = await failureOf(gateway.deleteSets('rm-1', ['1'], 'instance-sets', plusMs(clock.now(), 5 * SECOND_MS)));

  expect(error).toBeInstanceOf(ThrottledError);
  expect(server.calls).toHaveLength(2);
});

test('a call that is held back after a lost answer may have deleted the sets all the same', async () => {
  answers = [LOST, BUSY, BUSY, BUSY];

  const error = await failureOf(gateway.deleteSets('rm-1', ['1'], 'instance-sets', LATER));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(server.calls).toHaveLength(4);
});
