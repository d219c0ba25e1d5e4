import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeeperError, UsageError } from '../../../lib/base/errors';
import { type AccessKey, makeClient, type TablestoreClient } from '../../../lib/gateways/tablestore/client';
import { TablestoreFailure } from '../../../lib/gateways/tablestore/failure';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

const KEY: AccessKey = { accessKeyId: 'ak', accessKeySecret: 'sk' };
const LIST = { action: 'ListTable', table: undefined, isWrite: false } as const;

/** Stands in for the service: answers by the test's own handler and remembers what came in. */
async function startServer(handler: http.RequestListener): Promise<{
  readonly endpoint: string;
  readonly requests: http.IncomingHttpHeaders[];
  readonly connections: () => number;
  readonly closed: Promise<void>;
  readonly stop: () => Promise<void>;
}> {
  const requests: http.IncomingHttpHeaders[] = [];
  let connections = 0;
  let onClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const server = http.createServer((request, response) => {
    requests.push(request.headers);
    request.resume();
    request.on('end', () => handler(request, response));
  });
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('close', () => onClosed());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()).closeAllConnections());
  return { endpoint: `http://127.0.0.1:${port}`, requests, connections: () => connections, closed, stop };
}

const opened: { readonly stop: () => unknown }[] = [];
let clock: VirtualClock;

beforeEach(() => {
  clock = makeVirtualClock();
});

afterEach(async () => {
  for (const { stop } of opened.splice(0)) await stop();
  jest.useRealTimers();
});

async function serve(handler: http.RequestListener): Promise<Awaited<ReturnType<typeof startServer>>> {
  const server = await startServer(handler);
  opened.push(server);
  return server;
}

function clientOf(endpoint: string, current: () => Promise<AccessKey> = async () => KEY): TablestoreClient {
  const client = makeClient({ endpoint, instanceName: 'backup', credentials: { current }, clock, random: () => 0.5, timeoutMs: 200 });
  opened.unshift({ stop: client.close });
  return client;
}

async function failureOf(client: TablestoreClient): Promise<unknown> {
  return client.send((sdk) => sdk.listTable({})).catch((error: unknown) => error);
}

/** An empty body is a list without tables. */
const answer: http.RequestListener = (_request, response) => response.end();

describe('one attempt', () => {
  test.each<{ readonly name: string; readonly handler: http.RequestListener }>([
    { name: 'nothing comes back', handler: () => undefined },
    {
      name: 'the answer stops in the middle and the connection stays open',
      handler: (_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half');
      },
    },
    {
      name: 'the connection drops in the middle of the answer',
      handler: (_request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => response.destroy());
      },
    },
    { name: 'the connection is reset', handler: (request) => request.socket.resetAndDestroy() },
    { name: 'the answer is a web page', handler: (_request, response) => response.end('<html>Sign in to this network</html>') },
  ])('is ambiguous when $name, and the connection is given up', async ({ handler }) => {
    const server = await serve(handler);

    const failure = await failureOf(clientOf(server.endpoint));

    expect(failure).toBeInstanceOf(TablestoreFailure);
    expect(failure).toMatchObject({ kind: 'ambiguous' });
  });

  test('destroys the connection of a call that ran out of time', async () => {
    const server = await serve(() => undefined);

    await failureOf(clientOf(server.endpoint));
    await server.closed;

    expect(server.connections()).toBe(1);
  });

  test('is unreachable when nobody listens', async () => {
    const server = await startServer(answer);
    await server.stop();

    expect(await failureOf(clientOf(server.endpoint))).toMatchObject({ kind: 'unreachable' });
  });

  test('reuses one connection for calls in a row', async () => {
    const server = await serve(answer);
    const client = clientOf(server.endpoint);

    for (let call = 0; call < 5; call += 1) await client.send((sdk) => sdk.listTable({}));

    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  test('asks for the access key every time, so that rotated keys are used', async () => {
    const server = await serve(answer);
    const keys: AccessKey[] = [
      { ...KEY, securityToken: 'token-1' },
      { accessKeyId: 'ak-2', accessKeySecret: 'sk-2' },
    ];
    const client = clientOf(server.endpoint, async () => keys.shift() ?? KEY);

    await client.send((sdk) => sdk.listTable({}));
    await client.send((sdk) => sdk.listTable({}));

    expect(server.requests.map((headers) => [headers['x-ots-accesskeyid'], headers['x-ots-ststoken']])).toEqual([
      ['ak', 'token-1'],
      ['ak-2', undefined],
    ]);
  });

  test('says that there are no credentials when the source of keys fails', async () => {
    const client = clientOf('http://127.0.0.1:1', () => Promise.reject(new Error('no profile')));

    expect(await failureOf(client)).toMatchObject({ code: 'ledger-credentials', message: 'no credentials for the ledger: no profile' });
  });

  test('passes on what our own source of keys says', async () => {
    const ours = new KeeperError('secret env://X is not set', { code: 'secret-missing' });
    const client = clientOf('http://127.0.0.1:1', () => Promise.reject(ours));

    expect(await failureOf(client)).toBe(ours);
  });
});

describe('persistence', () => {
  test('waits with jittered, doubling, capped pauses on the injected clock and then gives up', async () => {
    const server = await serve((_request, response) => response.writeHead(503).end());

    const outcome = clientOf(server.endpoint).persist(LIST, () => Promise.reject(new TablestoreFailure('throttled', 'busy')));

    await expect(outcome).rejects.toMatchObject({ code: 'ledger-unreachable' });
    expect(clock.sleeps).toEqual([50, 100, 200, 400, 800]);
  });

  test('does not repeat what another try cannot help', async () => {
    let attempts = 0;

    const outcome = clientOf('http://127.0.0.1:1').persist(LIST, () => {
      attempts += 1;
      return Promise.reject(new TablestoreFailure('denied', 'no'));
    });

    await expect(outcome).rejects.toMatchObject({ code: 'ledger-denied' });
    expect(attempts).toBe(1);
  });

  test('calls a write ambiguous when any of its attempts had no answer', async () => {
    const failures = [new TablestoreFailure('ambiguous', 'reset')];

    const outcome = clientOf('http://127.0.0.1:1').persist({ ...LIST, isWrite: true }, () =>
      Promise.reject(failures.shift() ?? new TablestoreFailure('throttled', 'busy')),
    );

    await expect(outcome).rejects.toMatchObject({ code: 'ledger-ambiguous' });
  });
});

describe('endpoints', () => {
  test.each(['https://backup.cn-hangzhou.ots.aliyuncs.com', 'http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1'])('%s is taken', (endpoint) => {
    expect(() => clientOf(endpoint)).not.toThrow();
  });

  test.each([
    { endpoint: 'http://backup.cn-hangzhou.ots.aliyuncs.com', says: /plain http/ },
    { endpoint: 'http://127.0.0.1.example.com', says: /plain http/ },
    { endpoint: 'https://host/path', says: /must end after the host and port/ },
    { endpoint: 'ftp://host', says: /must be https/ },
    { endpoint: '', says: /not an endpoint/ },
  ])('$endpoint is refused', ({ endpoint, says }) => {
    expect(() => clientOf(endpoint)).toThrow(UsageError);
    expect(() => clientOf(endpoint)).toThrow(says);
  });
});
