// Writes answers of the AWS JSON 1.1 protocol: normal ones, errors, and the broken ones that faults ask for.
import type { ServerResponse } from 'node:http';
import type { Instant } from '../../base/instant';
import type { FaultReply } from '../kinds';
import { AwsError, throttled } from './errors';

/** An answer, ready to send. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const JSON_TYPE = 'application/x-amz-json-1.1';
const HTML_PAGE = '<html><head><title>Bad Gateway</title></head><body><h1>The proxy could not read the answer</h1></body></html>';

export function bodyReply(body: Readonly<Record<string, unknown>>): Reply {
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(body) };
}

export function errorReply(error: AwsError): Reply {
  return { status: error.status, contentType: JSON_TYPE, body: JSON.stringify({ __type: error.type, message: error.message }) };
}

export interface ReplyContext {
  readonly requestId: string;
  readonly now: Instant;
}

export function send(response: ServerResponse, reply: Reply, context: ReplyContext): void {
  writeHead(response, reply, context);
  response.end(reply.body);
}

/** Sends what the fault asks for. `normal` is what a faultless call would have answered: broken replies are cut from it. */
export function sendFault(response: ServerResponse, fault: FaultReply, normal: Reply, context: ReplyContext): void {
  switch (fault.kind) {
    case 'throttle':
      send(response, errorReply(throttled()), context);
      return;
    case 'error':
      send(response, errorReply(new AwsError(fault.code, fault.message, fault.status)), context);
      return;
    case 'html':
      send(response, { status: fault.status, contentType: 'text/html', body: HTML_PAGE }, context);
      return;
    case 'empty':
      send(response, { status: fault.status, contentType: JSON_TYPE, body: '' }, context);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'partial':
      writeHead(response, normal, context);
      response.write(normal.body.slice(0, Math.floor(normal.body.length / 2)), () => response.socket?.destroy());
      return;
    case 'stall':
      // Nothing is ever sent: the connection stays open until the caller or the server's close drops it.
      return;
    case 'normal':
    case 'stale':
    case 'unsuccessful':
      send(response, normal, context);
      return;
  }
}

/** The date is the world's: clients correct their signing time by it. */
function writeHead(response: ServerResponse, reply: Reply, { requestId, now }: ReplyContext): void {
  response.sendDate = false;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': Buffer.byteLength(reply.body),
    'x-amzn-requestid': requestId,
    date: new Date(now).toUTCString(),
  });
}
