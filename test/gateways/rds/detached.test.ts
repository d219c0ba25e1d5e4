import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import { allOf } from '../../support/ledger';
import { makeVirtualClock } from '../../support/virtual-clock';
import { type StubServer, startStubServer } from '../stub-server';
import { failureOf, makeStubGateway } from './rig';

let server: StubServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
  jest.useRealTimers();
});

const wireSet = (index: number): Record<string, unknown> => ({
  DBInstanceId: 'rm-gone',
  DBInstanceComment: 'orders',
  BackupId: `${321_000_000 + index}`,
  BackupStartTime: '2026-11-20T17:00:00Z',
  BackupEndTime: '2026-11-20T17:20:00Z',
  BackupStatus: 'Success',
  IsAvail: 1,
});

test('all pages are read, with the region under the name that this operation gives it', async () => {
  const wires = Array.from({ length: 130 }, (_, index) => wireSet(index));
  server = await startStubServer(({ query }) => {
    const start = (Number(query['PageNumber']) - 1) * 100;
    return { body: { RequestId: 'REQ-1', TotalRecordCount: '130', Items: { Backup: wires.slice(start, start + 100) } } };
  });

  const sets = await allOf(makeStubGateway(server.endpoint, makeVirtualClock()).listDetachedSets());

  expect(sets.map(({ backupId }) => backupId)).toEqual(wires.map(({ BackupId }) => BackupId));
  expect(server.calls.map(({ action, query }) => ({ action, query }))).toEqual([
    { action: 'DescribeDetachedBackups', query: { Region: 'cn-hangzhou', PageNumber: '1', PageSize: '100' } },
    { action: 'DescribeDetachedBackups', query: { Region: 'cn-hangzhou', PageNumber: '2', PageSize: '100' } },
  ]);
});

test('sets of two instances with one id are two', async () => {
  const Backup = [wireSet(1), { ...wireSet(1), DBInstanceId: 'rm-gone-too' }];
  server = await startStubServer(() => ({ body: { RequestId: 'REQ-1', TotalRecordCount: '2', Items: { Backup } } }));

  const sets = await allOf(makeStubGateway(server.endpoint, makeVirtualClock()).listDetachedSets());

  expect(sets.map(({ instanceId }) => instanceId)).toEqual(['rm-gone', 'rm-gone-too']);
});

test.each([
  { name: 'no list', body: { RequestId: 'REQ-1' }, says: 'no list of backup sets in it' },
  {
    name: 'a set without a start',
    body: { RequestId: 'REQ-1', TotalRecordCount: '1', Items: { Backup: [{ ...wireSet(1), BackupStartTime: '' }] } },
    says: 'backup set rm-gone / 321000001 has no instance, no id or no readable start time',
  },
])('an answer with $name is refused as a whole', async ({ body, says }) => {
  server = await startStubServer(() => ({ body }));

  const error = await failureOf(allOf(makeStubGateway(server.endpoint, makeVirtualClock()).listDetachedSets()));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain(says);
});
