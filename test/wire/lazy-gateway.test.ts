import type { RdsGateway } from '../../lib/domain/ports';
import { RDS_ACTIONS, type RdsMethod } from '../../lib/gateways/rds';
import { makeLazyGateway } from '../../lib/wire/lazy-gateway';

const HERE = { account: 'main', region: 'cn-hangzhou' };
const METHODS = Object.keys(RDS_ACTIONS) as RdsMethod[]; // a record of exactly these
const PAGED: readonly string[] = ['listInstances', 'listDetachedSets', 'listCrossRegionInstances', 'listCustomSnapshots'];

const TAKES_NOTHING: readonly string[] = ['countInstances', 'listDetachedSets', 'listCrossRegionInstances'];

/** A gateway whose every method says how it was called. */
function makeEcho(): RdsGateway {
  const echo = (method: string, args: readonly unknown[]): unknown => {
    if (!PAGED.includes(method)) return Promise.resolve([method, ...args]);
    return (async function* () {
      yield [method, ...args];
    })();
  };
  const methods = METHODS.map((method) => [method, (...args: unknown[]) => echo(method, args)]);
  return { ...HERE, ...Object.fromEntries(methods), apiCalls: () => ({ DescribeBackups: 3 }) } as unknown as RdsGateway; // an echo of every method
}

/** Reads the first page of a list. */
async function answerOf(given: unknown): Promise<unknown> {
  const isPaged = typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
  return isPaged ? (await (given as AsyncIterable<unknown>)[Symbol.asyncIterator]().next()).value : await given;
}

test.each(METHODS)('%s loads the gateway, and passes everything on', async (method) => {
  let loads = 0;
  const lazy = makeLazyGateway(HERE, () => {
    loads += 1;
    return Promise.resolve(makeEcho());
  });
  const args = TAKES_NOTHING.includes(method) ? [] : method === 'listInstances' || method === 'listCustomSnapshots' ? ['a'] : ['a', 'b', 'c', 'd'];
  const call = lazy[method] as (...args: readonly unknown[]) => unknown; // whatever its parameters are, they are passed on

  expect([lazy.account, lazy.region, loads]).toEqual(['main', 'cn-hangzhou', 0]);
  expect(await answerOf(call(...args))).toEqual([method, ...args]);
  await answerOf(call(...args));
  expect(loads).toBe(1);
});

test('calls are counted from the first one on', async () => {
  const lazy = makeLazyGateway(HERE, () => Promise.resolve(makeEcho()));

  expect(lazy.apiCalls()).toEqual({});
  await lazy.readDetails('rm-1');
  expect(lazy.apiCalls()).toEqual({ DescribeBackups: 3 });
});

test('a gateway that cannot be loaded fails the method that needed it', async () => {
  const lazy = makeLazyGateway(HERE, () => Promise.reject(new Error('no such file')));

  await expect(lazy.listCopyDestinations()).rejects.toThrow('no such file');
});
