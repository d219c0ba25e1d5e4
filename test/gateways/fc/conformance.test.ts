// What the Invoker port promises, kept by every SDK and every API against the servers of the local Function Compute, which verify what they get.

import type { Invoker } from '../../../lib/domain/ports';
import type { KeyCredentials } from '../../../lib/gateways/credentials/kinds';
import { DEFAULT_ACCOUNT_ID, DEFAULT_USER } from '../../../lib/local/identities';
import { type Doors, type DoorsOptions, openDoors } from '../../local/fc-server/support';
import { FC2, FC2_ON_3, FC3, invokerAt } from './rig';

const WAYS = [
  { name: 'fc2 to FC 2.0', way: { ...FC2, target: { apiVersion: '2016-08-15', serviceName: 'keeper' } } },
  { name: 'fc2 to FC 3.0', way: FC2_ON_3 },
  { name: 'fc2 to FC 3.0 where its signature is not taken', way: FC2_ON_3, doors: { acceptsLegacyOn2023: false } },
  { name: 'fc20230330', way: FC3 },
] as const;

const SYNC = { function: 'echo', event: '{"kind":"on-demand"}', mode: 'sync' } as const;
const TASK = { ...SYNC, mode: 'async', taskId: 'k_one_a1' } as const;
const KEY: KeyCredentials = { accessKeyId: DEFAULT_USER.accessKeyId, accessKeySecret: DEFAULT_USER.secret };

let doors: Doors;

afterEach(() => doors.close());

async function open(
  { way, doors: own = {} }: { readonly way: (typeof WAYS)[number]['way']; readonly doors?: DoorsOptions },
  more: DoorsOptions = {},
  key = KEY,
): Promise<Invoker> {
  doors = await openDoors({ ...own, ...more });
  return invokerAt(`http://127.0.0.1:${doors.port}`, doors.clock, { ...way, accountId: DEFAULT_ACCOUNT_ID, credentials: { current: async () => key } });
}

describe.each(WAYS)('$name', (row) => {
  test('brings the event to the function and its answer back', async () => {
    const invoker = await open(row);

    const answer = await invoker.invoke(SYNC);

    expect(answer).toEqual({ kind: 'answered', requestId: 'r-1', body: SYNC.event });
    expect(doors.engine.delivered).toEqual([{ function: 'echo', type: 'sync', event: Buffer.from(SYNC.event), delayMs: undefined }]);
  });

  test('queues a task once, whoever sends it again', async () => {
    const invoker = await open(row);

    const answers = [await invoker.invoke(TASK), await invoker.invoke(TASK), await invoker.invoke({ ...TASK, taskId: 'k_one_a2' })];

    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'already-queued', 'accepted']);
    expect(doors.engine.tasks('echo').map(({ id }) => id)).toEqual(['k_one_a1', 'k_one_a2']);
  });

  test('tells a function that failed from a service that refuses', async () => {
    const invoker = await open(row);
    const body = Buffer.from('{"errorMessage":"no meta row","errorType":"LedgerError"}');
    doors.engine.answers.push({ ok: false, errorType: 'UnhandledInvocationError', body });

    const answer = await invoker.invoke(SYNC);
    const refused = invoker.invoke({ ...SYNC, function: 'nobody' });

    expect(answer).toEqual({ kind: 'function-failed', requestId: 'r-1', errorType: 'LedgerError', message: 'no meta row', body: body.toString() });
    await expect(refused).rejects.toMatchObject({ code: 'refused', target: 'nobody', hint: expect.stringContaining('deployed') });
  });

  test('waits while no instance is free', async () => {
    const invoker = await open(row);
    doors.engine.answers.push('busy', 'busy');

    await expect(invoker.invoke(SYNC)).resolves.toMatchObject({ kind: 'answered' });
    expect(doors.clock.sleeps).toEqual([100, 200]);
  });

  test('names the permission that is missing', async () => {
    const users = [{ accessKeyId: 'LTAI-nobody', secret: 'nothing', name: 'nobody', policy: { Version: '1', Statement: [] } }] as const;
    const invoker = await open(row, { users }, { accessKeyId: 'LTAI-nobody', accessKeySecret: 'nothing' });

    await expect(invoker.invoke(SYNC)).rejects.toMatchObject({ code: 'denied', action: 'fc:InvokeFunction', serviceCode: 'AccessDenied' });
    expect(doors.engine.delivered).toEqual([]);
  });

  test('says so when the secret is wrong', async () => {
    const invoker = await open(row, {}, { ...KEY, accessKeySecret: 'guessed' });

    await expect(invoker.invoke(SYNC)).rejects.toMatchObject({ code: 'credentials' });
    expect(doors.engine.delivered).toEqual([]);
  });

  test('does not know what a lost reply has done, and does not send it again', async () => {
    const invoker = await open(row);
    doors.faults.add({ service: 'fc', operation: 'InvokeFunction', effect: 'applied', reply: { kind: 'reset' } });

    await expect(invoker.invoke(TASK)).rejects.toMatchObject({ code: 'ambiguous' });
    await expect(invoker.invoke(TASK)).resolves.toMatchObject({ kind: 'already-queued' });
    expect(doors.engine.delivered).toHaveLength(1);
  });
});
