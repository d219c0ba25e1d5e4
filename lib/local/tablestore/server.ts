// Puts the Tablestore service on a loopback port, and plays the faults that only a connection can show.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { closeServer, type ListenOptions, LOOPBACK, listenOnLoopback } from '../loopback';
import { encodeError, type TablestoreAnswer } from './answers';
import type { TablestoreService } from './service';

export interface TablestoreServerOptions extends ListenOptions {
  /** Real milliseconds added to each answer, for measurements; 0 unless told. */
  readonly latencyMs?: number;
}

export interface TablestoreServer {
  /** `http://127.0.0.1:<port>`, as the SDK takes it. */
  readonly endpoint: string;
  readonly port: number;
  /** Stops listening and drops every connection, stalled ones too. */
  close(): Promise<void>;
}

/** "Tablestore, Limits": the body of a request. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** Longer than callers keep a connection, so that a write never meets one that is just being closed. */
const KEEP_ALIVE_MS = 120_000;

/** Serves on 127.0.0.1 only. Throws KeeperErrors `local-not-loopback` and `local-port`. */
export async function listenTablestore(service: TablestoreService, options: TablestoreServerOptions = {}): Promise<TablestoreServer> {
  const { latencyMs = 0, ...listen } = options;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(service, request, response, latencyMs).catch(() => response.destroy()); // only a connection that broke on the way
  });
  const port = await listenOnLoopback(server, listen);
  return { endpoint: `http://${LOOPBACK}:${port}`, port, close: () => closeServer(server) };
}

async function serve(service: TablestoreService, request: IncomingMessage, response: ServerResponse, latencyMs: number): Promise<void> {
  const body = await readBody(request);
  const answer = body === undefined ? bodyTooLarge() : service.answer(requestOf(request, body));
  if (latencyMs > 0) await delay(latencyMs);
  deliver(answer, request, response);
}

function requestOf(request: IncomingMessage, body: Buffer): Parameters<TablestoreService['answer']>[0] {
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

/** Undefined for a body beyond the limit; it is read to its end all the same, so that the answer can be delivered. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function bodyTooLarge(): TablestoreAnswer {
  return { status: 413, headers: {}, body: encodeError('OTSRequestBodyTooLarge', 'The size of POST data is too large.'), delivery: 'whole' };
}

function deliver(answer: TablestoreAnswer, request: IncomingMessage, response: ServerResponse): void {
  switch (answer.delivery) {
    case 'stall':
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'partial': {
      const half = answer.body.subarray(0, Math.ceil(answer.body.length / 2));
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length + 1) }); // never fulfilled, not even by an empty body
      response.flushHeaders();
      response.write(half, () => request.socket.destroy());
      return;
    }
    case 'whole':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
      response.end(answer.body);
      return;
  }
}
