// Writes answers: normal ones, errors in the gateway's shape, and the broken ones that faults ask for.
import type { ServerResponse } from 'node:http';
import type { FaultReply } from '../kinds';
import { RpcError, throttled } from './errors';

/** An answer, ready to send. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json;charset=utf-8';

export function bodyReply(requestId: string, body: Readonly<Record<string, unknown>>): Reply {
  return { status: 200, headers: { 'content-type': JSON_TYPE, 'x-acs-request-id': requestId }, body: JSON.stringify({ RequestId: requestId, ...body }) };
}

export function errorReply(requestId: string, hostId: string, error: RpcError): Reply {
  const body = {
    RequestId: requestId,
    HostId: hostId,
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(error.code)}&product=Rds&requestId=${requestId}`,
    ...(error.accessDenied === undefined ? {} : { AccessDeniedDetail: error.accessDenied }),
  };
  const retryAfter: Record<string, string> = error.retryAfterMs === undefined ? {} : { 'x-acs-retry-after': String(error.retryAfterMs) };
  return { status: error.status, headers: { 'content-type': JSON_TYPE, 'x-acs-request-id': requestId, ...retryAfter }, body: JSON.stringify(body) };
}

export function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

const HTML_PAGE = '<html><head><title>Bad Gateway</title></head><body><h1>The proxy could not read the answer</h1></body></html>';

/** Sends what the fault asks for. `normal` is what a faultless call would have answered: broken replies are cut from it. */
export function sendFault(response: ServerResponse, fault: FaultReply, requestId: string, hostId: string, normal: Reply): void {
  switch (fault.kind) {
    case 'normal':
    case 'stale':
      send(response, normal);
      return;
    case 'throttle':
      send(response, errorReply(requestId, hostId, throttled(fault.retryAfterMs ?? 1000)));
      return;
    case 'error':
      send(response, errorReply(requestId, hostId, new RpcError(fault)));
      return;
    case 'unsuccessful':
      send(response, bodyReply(requestId, { Code: fault.code, Data: '', Message: fault.message, Success: false }));
      return;
    case 'html':
      send(response, { status: fault.status, headers: { 'content-type': 'text/html' }, body: HTML_PAGE });
      return;
    case 'empty':
      send(response, { status: fault.status, headers: {}, body: '' });
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'partial':
      sendHalf(response, normal);
      return;
    case 'stall':
      // Nothing is ever sent: the connection stays open until the caller or the server's close drops it.
      return;
  }
}

function sendHalf(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.write(reply.body.slice(0, Math.floor(reply.body.length / 2)), () => response.socket?.destroy());
}
