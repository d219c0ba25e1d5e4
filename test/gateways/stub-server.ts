// A server that answers with what it is told: for answers that no faithful server would give.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubCall {
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes out as it is, anything else as JSON. */
  readonly body: unknown;
}

export interface StubServer {
  readonly endpoint: string;
  readonly calls: readonly StubCall[];
  close(): Promise<void>;
}

/** Loopback, any free port. */
export async function startStubServer(answer: (call: StubCall, number: number) => StubAnswer): Promise<StubServer> {
  const calls: StubCall[] = [];
  const server = createServer((message, response) => {
    const url = new URL(message.url ?? '/', 'http://stub');
    const call = { action: String(message.headers['x-acs-action']), query: Object.fromEntries(url.searchParams), headers: message.headers };
    calls.push(call);
    const { status = 200, headers = {}, body } = answer(call, calls.length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a listening TCP server always has one
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
