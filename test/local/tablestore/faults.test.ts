// Faults as data, through the official SDK: what the caller sees, and whether the write took effect.
import { Agent } from 'node:http';
import type TableStore from '@alicloud/tablestore';
import type { Fault, FaultReply } from '../../../lib/local/kinds';
import { type Harness, ignore, refusalOf, startTablestore } from './harness';

let tablestore: Harness;
const primaryKey = [{ id: 'a' }];

beforeAll(async () => {
  tablestore = await startTablestore();
  await tablestore.createTable('t', [{ name: 'id', type: 'STRING' }]);
  await tablestore.createTable('other', [{ name: 'id', type: 'STRING' }]);
});
afterAll(() => tablestore.close());

afterEach(async () => {
  tablestore.faults.clear();
  await tablestore.client.deleteRow({ tableName: 't', condition: ignore(), primaryKey });
});

const plan = (fault: Partial<Fault>): void =>
  tablestore.faults.add({ service: 'tablestore', operation: 'PutRow', effect: 'none', reply: { kind: 'normal' }, ...fault });
const put = (client: TableStore.Client = tablestore.client, tableName = 't') =>
  client.putRow({ tableName, condition: ignore(), primaryKey, attributeColumns: [] });
const exists = async (): Promise<boolean> => (await tablestore.client.getRow({ tableName: 't', primaryKey })).row.primaryKey !== undefined;

const errorReply = { kind: 'error', status: 503, code: 'OTSPartitionUnavailable', message: 'The partition is not available.' } as const;

describe.each([
  { effect: 'none', written: false },
  { effect: 'applied', written: true },
] as const)('with the effect "$effect"', ({ effect, written }) => {
  test.each<{ reply: FaultReply; status: number | string; code?: string }>([
    { reply: errorReply, status: 503, code: 'OTSPartitionUnavailable' },
    { reply: { kind: 'throttle' }, status: 503, code: 'OTSServerBusy' },
    { reply: { kind: 'html', status: 502 }, status: 502, code: '' },
    { reply: { kind: 'empty', status: 500 }, status: 500, code: '' },
    { reply: { kind: 'reset' }, status: 'NetworkingError', code: '' },
  ])('the caller sees $reply.kind as $status $code', async ({ reply, status, code }) => {
    plan({ effect, reply });

    expect(await refusalOf(put())).toMatchObject({ status, code });

    expect(await exists()).toBe(written);
  });

  test('the caller of a stalled call has to give up by itself', async () => {
    plan({ effect, reply: { kind: 'stall' } });

    expect(await refusalOf(put(tablestore.connect({ httpOptions: { timeout: 50 } })))).toMatchObject({ status: 'NetworkingError' });

    expect(await exists()).toBe(written);
  });

  test('an answer that breaks off in the middle reaches nobody', async () => {
    const agent = new Agent();
    const broken = new Promise<void>((resolve) => {
      agent.on('free', () => resolve());
      const create = agent.createConnection.bind(agent);
      agent.createConnection = (options, callback) => {
        const socket = create(options, callback);
        socket?.once('close', () => resolve());
        return socket;
      };
    });
    plan({ effect, reply: { kind: 'partial' } });
    let settled = false;

    const settle = (): void => {
      settled = true;
    };
    put(tablestore.connect({ httpOptions: { agent } })).then(settle, settle);
    await broken;

    expect(settled).toBe(false); // the SDK neither resolves nor rejects: callers need a deadline of their own
    expect(await exists()).toBe(written);
  });

  test('a normal answer hides what happened', async () => {
    plan({ effect, reply: { kind: 'normal' } });

    await put();

    expect(await exists()).toBe(written);
  });
});

test('a fault hits the operation, the table and the calls that it names', async () => {
  plan({ operation: 'PutRow', match: { table: 't' }, skip: 1, times: 2, reply: errorReply });

  await put();
  await put(undefined, 'other');
  expect(await refusalOf(put())).toMatchObject({ status: 503 });
  await put(undefined, 'other');
  expect(await refusalOf(put())).toMatchObject({ status: 503 });
  await put();
});

test('a refused request uses up no fault', async () => {
  plan({ reply: errorReply });

  expect(await refusalOf(put(tablestore.connect({ accessKeySecret: 'wrong' })))).toMatchObject({ code: 'OTSAuthFailed' });

  expect(await refusalOf(put())).toMatchObject({ code: 'OTSPartitionUnavailable' });
});

test('an effect that comes later on the clock is applied at once', async () => {
  plan({ effect: { appliedAfterMs: 60_000 }, reply: { kind: 'reset' } });

  expect(await refusalOf(put())).toMatchObject({ status: 'NetworkingError' });

  expect(await exists()).toBe(true);
});
