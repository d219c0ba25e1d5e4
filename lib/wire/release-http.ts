// The pre-release gate in terms of HTTP: what a request asks for, and which status tells a pipeline what came of it.
import { KeeperError } from '../base/errors';
import type { Instant } from '../base/instant';
import type { ReleaseReceipt, ReleaseStatus } from '../domain/release';
import type { RunSummary } from '../domain/run';
import type { ReleaseRequest } from '../run/types';
import { isCloudEvent, readCloudEvent } from './event-cloud';
import { asFields, EventError, parseJson } from './event-fields';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from './event-http';
import { readRelease } from './event-release';

/** The code of a run that failed of what is no error of ours. */
const UNFORESEEN = 'run-failed';

/** When a caller may ask again, in seconds. */
const ASK_AGAIN = { 'retry-after': '30' } as const;

const STATUS_OF: Readonly<Record<ReleaseStatus, number>> = { passed: 200, pending: 202, failed: 424 };

/** By the code of the error; what is not named here is the service's fault, not the caller's. */
const STATUS_OF_ERROR: Readonly<Record<string, number>> = {
  'bad-event': 400,
  'bad-request': 400,
  'deadline-passed': 400,
  'no-instances': 400,
  'too-many-instances': 400,
  'engine-unknown': 400,
  'instance-left-out': 400,
  'unknown-release': 404,
  'unknown-instance': 404,
  'release-differs': 409,
};

/** Whether such an error is a mistake in what was asked for, or at odds with what was asked before: asking again in the same words is no use. */
export function isMistakeOfCaller(code: string): boolean {
  const status = STATUS_OF_ERROR[code];
  return status === 400 || status === 409;
}

/** POST asks for a release, as a direct event or a CloudEvent does; GET, with source and release in the query, for what has become of it. Throws an EventError. */
export function readReleaseRequest({ method, query, body }: HttpRequest, now: Instant): ReleaseRequest {
  if (method === 'GET') return readRelease({ ...query, action: readingAction(query['action']) }, 'the query', now);
  if (method !== 'POST')
    throw new EventError(`the method ${method} means nothing here: use POST to ask for a release, GET for what has become of it`, 'method');
  if (body.trim() === '') throw new EventError('the body is empty');
  const parsed = parseJson(body, 'the body');
  if (Array.isArray(parsed) && parsed.length !== 1) throw new EventError('the body is a list, and one request is about one release');
  const value: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return isCloudEvent(value) ? readCloudEvent(value, 'the CloudEvent', now) : readRelease(asFields(value, 'the body'), 'the body', now);
}

/** A GET changes nothing: whoever wants a release to go on posts `check`. */
function readingAction(action: string | undefined): 'status' {
  if (action === undefined || action === 'status') return 'status';
  throw new EventError('a GET has the action status only: POST {"action","source","release"} for the others');
}

/** The receipt, with a status that says the same. */
export function answerOfRun({ release }: RunSummary): HttpAnswer {
  if (release !== undefined) return answerOfReceipt(release);
  return errorAnswer(503, { code: 'under-way', message: 'another delivery of this request is being worked on', hint: 'ask again' }, ASK_AGAIN);
}

function answerOfReceipt(receipt: ReleaseReceipt): HttpAnswer {
  return jsonAnswer(STATUS_OF[receipt.status], receipt, receipt.status === 'pending' ? ASK_AGAIN : {});
}

/** `{"error":{"code","message","hint"?}}`. What nobody foresaw is told in the log only. */
export function answerOfFailure(error: unknown, requestId: string): HttpAnswer {
  if (!(error instanceof KeeperError) || error.code === UNFORESEEN) {
    return errorAnswer(500, { code: 'unexpected', message: 'something failed that nobody foresaw', hint: `look at the log of request ${requestId}` });
  }
  const { code, message, hint } = error;
  const told = { code, message, ...(hint === undefined ? {} : { hint }) };
  // Where the failed run could not be recorded either, the event's own fault is the cause.
  const event = [error, error.cause].find((each) => each instanceof EventError);
  if (event?.fault === 'method') return errorAnswer(405, told, { allow: 'GET, POST' });
  if (event?.fault === 'size') return errorAnswer(413, told);
  const status = STATUS_OF_ERROR[code] ?? 503;
  return errorAnswer(status, told, status === 503 ? ASK_AGAIN : {});
}

function errorAnswer(statusCode: number, error: { code: string; message: string; hint?: string }, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return jsonAnswer(statusCode, { error }, headers);
}
