// HTTP triggers: a request becomes an event of form v1, and what the function returns becomes the answer (Function Compute, HTTP triggers).
import { formatInstant, type Instant } from '../../base/instant';
import { acceptedAnswer, answerHeaders } from './api';
import type { FcReply, FcRequest } from './http-message';
import type { FcEngine, FcFunction, FcHttpTrigger } from './kinds';
import { fcError } from './service-error';

/** The service gives every trigger a host of its own; here each has a path. */
const PREFIX = '/http/';

/** What a URL of a trigger means. */
export interface HttpTarget {
  readonly target: FcFunction;
  readonly trigger: FcHttpTrigger;
  /** As sent, from the slash after the function's name on. */
  readonly rawPath: string;
}

export function httpTriggerUrl(endpoint: string, functionName: string): string {
  return `${endpoint}${PREFIX}${functionName}`;
}

export function isHttpTrigger(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** Throws FunctionNotFound, and MethodNotAllowed for a method that the trigger does not have. */
export function findHttpTarget({ method, path }: FcRequest, { manifest }: FcEngine): HttpTarget {
  const [name = ''] = path.slice(PREFIX.length).split('/', 1);
  const target = manifest.functions.find((each) => each.name === name);
  const [trigger] = target?.http ?? [];
  if (target === undefined || trigger === undefined) throw fcError('FunctionNotFound', `no function '${name}' has an HTTP trigger`);
  if (!trigger.methods.includes(method))
    throw fcError('MethodNotAllowed', `the HTTP trigger of function '${name}' does not take ${method}: ${trigger.methods.join(', ')}`);
  return { target, trigger, rawPath: path.slice(PREFIX.length + name.length) || '/' };
}

/** Invokes the function with the event that the request stands for. Throws an FcServiceError where the service refuses. */
export async function answerHttp(
  request: FcRequest,
  { target, rawPath }: HttpTarget,
  engine: FcEngine,
  call: { readonly requestId: string; readonly now: Instant },
): Promise<FcReply> {
  const event = eventOf(request, rawPath, target, engine, call);
  const answer = acceptedAnswer(await engine.invoke(target.name, Buffer.from(JSON.stringify(event)), 'http'), target.name);
  const headers = answerHeaders(answer, false);
  // Which status an error of the function gets is in no document that we know: not verified on a live account.
  if (!answer.ok) return { status: 502, headers: { 'content-type': 'application/json', ...headers }, body: answer.body };
  const { status, headers: own, body } = responseOf(answer.body);
  return { status, headers: { ...own, ...headers }, body };
}

function eventOf(
  request: FcRequest,
  rawPath: string,
  target: FcFunction,
  { manifest }: FcEngine,
  call: { readonly requestId: string; readonly now: Instant },
): unknown {
  const text = request.body.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(request.body);
  return {
    version: 'v1',
    rawPath,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [capitalised(name), value])),
    queryParameters: request.query,
    body: isText ? text : request.body.toString('base64'),
    isBase64Encoded: !isText,
    requestContext: {
      accountId: manifest.accountId,
      domainName: request.headers['host'] ?? '',
      domainPrefix: target.name,
      requestId: call.requestId,
      time: formatInstant(call.now),
      timeEpoch: String(call.now),
      http: {
        method: request.method,
        path: decodedPath(rawPath),
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
    },
  };
}

/** `content-type` → `Content-Type`, as the gateway passes names on: readers must not go by their case. */
function capitalised(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no valid escape
  }
}

/** `{ statusCode, headers?, body?, isBase64Encoded? }`; anything else is the body of a 200, as it is (that much is not verified on a live account). */
function responseOf(returned: Buffer): FcReply {
  const document = parseObject(returned);
  const statusCode = document?.['statusCode'];
  if (document === undefined || typeof statusCode !== 'number') return { status: 200, headers: { 'content-type': 'application/json' }, body: returned };
  const { headers, body = '', isBase64Encoded } = document;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status: statusCode, headers: textHeaders(headers), body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8') };
}

function textHeaders(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined; // no document: the body itself
  }
}
