// A server that takes invocations and answers as it is told, and an invoker that calls it through the real SDKs.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LogFields, Logger } from '../../../lib/base/logger';
import { silentLogger } from '../../../lib/base/logger';
import type { Invoker } from '../../../lib/domain/ports';
import { type FcTarget, type InvokerOptions, makeInvoker } from '../../../lib/gateways/fc';
import type { VirtualClock } from '../../support/virtual-clock';

export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FcStub {
  readonly endpoint: string;
  readonly calls: readonly SeenCall[];
  close(): Promise<void>;
}

/** `number` counts from 1. */
export type Answer = (response: ServerResponse, call: SeenCall, number: number) => void;

export async function startFcStub(answer: Answer): Promise<FcStub> {
  const calls: SeenCall[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const call = { method: message.method ?? '', path: message.url ?? '', headers: message.headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      answer(response, call, calls.length);
    });
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

/** Answers with a status and a body: a text as it is, anything else as JSON. */
export function reply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const isText = typeof body === 'string';
  return (response) => {
    response.writeHead(status, { 'x-fc-request-id': 'REQ-1', ...(isText ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

export const KEY = { accessKeyId: 'LTAI-someone', accessKeySecret: 'a-secret-of-someone' } as const;
export const FC2: Pick<InvokerOptions, 'client' | 'target'> = { client: 'fc2', target: { apiVersion: '2016-08-15', serviceName: 'svc' } };
export const FC2_ON_3: Pick<InvokerOptions, 'client' | 'target'> = { client: 'fc2', target: { apiVersion: '2023-03-30' } };
export const FC3: Pick<InvokerOptions, 'client' | 'target'> = { client: 'fc20230330', target: { apiVersion: '2023-03-30' } };
export const WAYS = [
  { name: 'fc2 to FC 2.0', way: FC2 },
  { name: 'fc2 to FC 3.0', way: FC2_ON_3 },
  { name: 'fc20230330', way: FC3 },
] as const;

/** What a service of this API says of a failure. */
export function refusal(target: FcTarget, code: string, message: string): unknown {
  return target.apiVersion === '2016-08-15' ? { ErrorCode: code, ErrorMessage: message } : { Code: code, Message: message, RequestId: 'REQ-1' };
}

export function invokerAt(endpoint: string, clock: VirtualClock, options: Partial<InvokerOptions> = {}): Invoker {
  return makeInvoker({
    ...FC2,
    accountId: '1234567890123456',
    region: 'cn-hangzhou',
    endpoint,
    credentials: { current: async () => KEY },
    clock,
    random: () => 0.5,
    logger: silentLogger,
    ...options,
  });
}

/** A logger that keeps its warnings. */
export function warningsOf(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger, debug: () => undefined, warn: (_fields: LogFields, message: string) => lines.push(message) };
  return { logger, lines };
}
