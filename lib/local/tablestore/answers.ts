// The answers on the wire: success and error, signed, and what a fault makes of them.
import { randomUUID } from 'node:crypto';
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import type { Instant } from '../../base/instant';
import type { Fault } from '../kinds';
import { internalError, OtsError } from './errors';
import { type Authenticated, answerHeaders } from './signature';

/** An answer, and what becomes of it on its way out. */
export interface TablestoreAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly delivery: 'whole' | 'reset' | 'stall' | 'partial';
}

/** What an answer needs to know of its request. */
export interface AnswerContext {
  readonly path: string;
  readonly now: Instant;
  /** Undefined until the caller is known: then the answer is not signed. */
  readonly who: Authenticated | undefined;
}

const HTML_BODY = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

export function answerWith(context: AnswerContext, status: number, body: Uint8Array): TablestoreAnswer {
  const { path, now, who } = context;
  const signer = who === undefined ? undefined : { accessKeyId: who.accessKeyId, secret: who.caller.secret };
  return { status, headers: answerHeaders({ path, body, requestId: randomUUID(), now, signer }), body, delivery: 'whole' };
}

/** Anything that is none of the service's errors is an internal one. */
export function answerError(context: AnswerContext, error: unknown): TablestoreAnswer {
  const { status, code, message } = error instanceof OtsError ? error : internalError(error);
  return answerWith(context, status, encodeError(code, message));
}

export function encodeError(code: string, message: string): Uint8Array {
  return main.proto.Error.encode({ code, message }).finish();
}

/** What the caller gets to see instead of the real answer. */
export function disturb(real: TablestoreAnswer, fault: Fault, context: AnswerContext): TablestoreAnswer {
  const { reply } = fault;
  switch (reply.kind) {
    case 'normal':
    case 'unsuccessful': // Tablestore reports nothing by a field: the plan of faults takes none for it
    case 'stale': // tables are strongly consistent: a read is never stale
      return real;
    case 'throttle':
      return answerError(context, new OtsError(503, 'OTSServerBusy', 'Server is busy.'));
    case 'error':
      return answerError(context, new OtsError(reply.status, reply.code, reply.message));
    case 'html':
      return { status: reply.status, headers: { 'content-type': 'text/html' }, body: Buffer.from(HTML_BODY, 'utf8'), delivery: 'whole' };
    case 'empty':
      return answerWith(context, reply.status, Buffer.alloc(0));
    case 'reset':
    case 'stall':
    case 'partial':
      return { ...real, delivery: reply.kind };
  }
}
