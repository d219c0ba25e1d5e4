// The doors of the report: a timer or an on-demand event records how the fleet stands; an HTTP request reads it, as a page or as JSON, and changes nothing.
// HTTP requests are not anonymous: the platform has checked the caller's signature before it wakes us (HTTP trigger with authType function).
import { systemClock } from '../base/clock';
import { KeeperError } from '../base/errors';
import { LedgerError } from '../domain/ledger-error';
import type { RunSummary } from '../domain/run';
import type { FleetPosture } from '../policy/posture';
import { readReport, runReport } from '../run/report';
import { EventError } from './event-fields';
import { type HttpAnswer, type HttpRequest, httpEventOf, jsonAnswer, readHttpRequest } from './event-http';
import { type FunctionContext, functionKeys, handleEvent, inInvocation, loadCompiledPolicy } from './function';
import { openLedger } from './house';
import { type Environment, readSettings } from './settings';

const NAME = 'report';

/** How a fleet's posture is shown: the composition root chooses. */
export interface ReportForms {
  readonly html: (fleet: FleetPosture) => string;
  readonly json: (fleet: FleetPosture) => string;
  /** Content-Security-Policy of the page. */
  readonly pagePolicy: string;
}

type Format = 'html' | 'json';

const FORBIDS_SNIFFING = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Of an HTTP request, the reply, whatever goes wrong; else the summary, or a KeeperError is thrown. */
export async function handleReport(event: Uint8Array, context: FunctionContext, env: Environment, forms: ReportForms): Promise<RunSummary | HttpAnswer> {
  const fields = httpEventOf(event);
  if (fields === undefined) return handleEvent(NAME, runReport, event, context, env);
  let isJson = false;
  try {
    return await inInvocation(NAME, context, env, async () => {
      const request = readHttpRequest(fields());
      refuseOtherMethods(request);
      const format = formatOf(request);
      isJson = format === 'json';
      const answer = answerWith(format, await fleetNow(context, env), forms);
      return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
    });
  } catch (error) {
    return answerOfFailure(error, context.requestId, isJson);
  }
}

function refuseOtherMethods({ method }: HttpRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  throw new EventError(`the method ${method} means nothing here: the report can only be read`, 'method', 'use GET');
}

/** `?format=` first, then what the caller accepts; a page unless JSON is preferred. */
function formatOf({ query, headers }: HttpRequest): Format {
  const { format } = query;
  if (format === 'html' || format === 'json') return format;
  if (format !== undefined) throw new EventError('the format is neither html nor json', 'content', 'use ?format=html or ?format=json');
  const accept = headers['accept'] ?? '';
  return weightOf('application/json', accept) > weightOf('text/html', accept) ? 'json' : 'html';
}

/** How much a caller wants a media type, 0 to 1: its most precise range counts (RFC 9110, Accept). */
function weightOf(type: string, accept: string): number {
  const weights = new Map(accept.split(',').map(rangeOf));
  return weights.get(type) ?? weights.get(type.replace(/\/.*/, '/*')) ?? weights.get('*/*') ?? 0;
}

function rangeOf(range: string): readonly [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return [type, Number.isNaN(weight) ? 0 : weight];
}

async function fleetNow(context: FunctionContext, env: Environment): Promise<FleetPosture> {
  const policy = await loadCompiledPolicy(readSettings(env).configPath);
  const keys = functionKeys(context);
  const ledger = openLedger({ env, clock: systemClock, ...(keys === undefined ? {} : { functionCredentials: keys }) });
  try {
    return await readReport(ledger, policy, systemClock.now());
  } finally {
    ledger.close();
  }
}

function answerWith(format: Format, fleet: FleetPosture, { html, json, pagePolicy }: ReportForms): HttpAnswer {
  if (format === 'json') {
    return { statusCode: 200, headers: { 'content-type': 'application/json; charset=utf-8', vary: 'accept', ...FORBIDS_SNIFFING }, body: json(fleet) };
  }
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    vary: 'accept',
    ...FORBIDS_SNIFFING,
    'content-security-policy': `${pagePolicy}; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
  };
  return { statusCode: 200, headers, body: html(fleet) };
}

/** What nobody foresaw is told in the log only. */
function answerOfFailure(error: unknown, requestId: string, isJson: boolean): HttpAnswer {
  const status = statusOf(error);
  const known = error instanceof KeeperError ? error : undefined;
  const code = known?.code ?? 'unexpected';
  const message = known?.message ?? 'something failed that nobody foresaw';
  const hint = known === undefined ? `look at the log of request ${requestId}` : known.hint;
  const headers = { ...(status === 405 ? { allow: 'GET, HEAD' } : {}), ...(status === 503 ? { 'retry-after': '30' } : {}) };
  if (isJson) return jsonAnswer(status, { error: { code, message, ...(hint === undefined ? {} : { hint }) } }, headers);
  const lines = [`The report cannot be given (${code}).`, message, ...(hint === undefined ? [] : [hint])];
  return { statusCode: status, headers: { 'content-type': 'text/plain; charset=utf-8', ...FORBIDS_SNIFFING, ...headers }, body: `${lines.join('\n')}\n` };
}

function statusOf(error: unknown): number {
  if (error instanceof EventError) return { content: 400, size: 413, method: 405 }[error.fault];
  return error instanceof LedgerError ? 503 : 500;
}
