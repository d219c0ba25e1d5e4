// The operations of Function Compute that the local cloud serves: invoke a function, and look after its asynchronous tasks.
import { SECOND_MS } from '../../base/instant';
import type { FcReply, FcRequest } from './http-message';
import type { FcAnswer, FcEngine, FcFunction, FcTask } from './kinds';
import type { FcRoute } from './routes';
import { fcError } from './service-error';

/** The event of an asynchronous invocation (Function Compute, Limits). */
const MAX_ASYNC_BYTES = 128 * 1024;

/** "InvokeFunction, response headers": what `x-fc-log-result` holds at most. */
const LOG_TAIL_BYTES = 4 * 1024;

/** "InvokeFunction, X-Fc-Async-Delay". */
const MAX_DELAY_SECONDS = 3600;

/** "ListAsyncTasks, limit". */
const MAX_PAGE = 100;

const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;
const LATEST = 'LATEST';

export interface FcApi {
  readonly engine: FcEngine;
  /** The one service that the routes of 2016-08-15 know; all functions are in it. */
  readonly serviceName: string;
}

/** A call whose function is there. */
export interface FcCall {
  readonly route: FcRoute;
  readonly request: FcRequest;
  readonly target: FcFunction;
  readonly requestId: string;
}

/** The function that a route means. Throws ServiceNotFound, AliasNotFound and FunctionNotFound. */
export function findTarget({ service, qualifier, functionName }: FcRoute, { engine, serviceName }: FcApi): FcFunction {
  if (service !== undefined && service !== serviceName) throw fcError('ServiceNotFound', `service '${service}' does not exist`);
  if (qualifier !== undefined && qualifier !== LATEST) throw fcError('AliasNotFound', `alias '${qualifier}' does not exist`);
  const target = engine.manifest.functions.find(({ name }) => name === functionName);
  if (target === undefined) throw fcError('FunctionNotFound', `function '${functionName}' does not exist`);
  return target;
}

/** The RAM resource of a call: with the service where the path has one. */
export function resourceOf({ service }: FcRoute, { name }: FcFunction, { manifest }: FcEngine): string {
  const path = service === undefined ? '' : `services/${service}/`;
  return `acs:fc:${manifest.region}:${manifest.accountId}:${path}functions/${name}`;
}

/** Does what a call asks for. `delayMs`: an invocation is queued for later instead, as a call whose effect comes late. Throws an FcServiceError to refuse. */
export async function perform(call: FcCall, api: FcApi, delayMs?: number): Promise<FcReply> {
  const { route, target } = call;
  switch (route.operation) {
    case 'invoke':
      return isAsync(call) || delayMs !== undefined ? enqueue(call, api, delayMs) : invoke(call, api);
    case 'get-task':
      return json(200, call.requestId, describeTask(call, findTask(call, api), api));
    case 'list-tasks':
      return json(200, call.requestId, listTasks(call, api));
    case 'stop-task':
      findTask(call, api);
      api.engine.stopTask(target.name, route.taskId ?? '');
      return { status: 204, headers: { 'x-fc-request-id': call.requestId }, body: Buffer.alloc(0) };
  }
}

function isAsync({ request }: FcCall): boolean {
  const type = request.headers['x-fc-invocation-type'] ?? 'Sync';
  if (type !== 'Sync' && type !== 'Async') throw fcError('InvalidArgument', `X-Fc-Invocation-Type cannot be '${type}': Sync or Async`);
  return type === 'Async';
}

async function invoke({ request, target }: FcCall, { engine }: FcApi): Promise<FcReply> {
  const logType = request.headers['x-fc-log-type'] ?? 'None';
  if (logType !== 'None' && logType !== 'Tail') throw fcError('InvalidArgument', `X-Fc-Log-Type cannot be '${logType}': None or Tail`);
  const answer = acceptedAnswer(await engine.invoke(target.name, request.body, 'sync'), target.name);
  // The type is never JSON: a client would read an empty answer as a broken document.
  return { status: 200, headers: { 'content-type': 'application/octet-stream', ...answerHeaders(answer, logType === 'Tail') }, body: answer.body };
}

/** What the engine refuses, in the service's words. */
export function acceptedAnswer(answer: Awaited<ReturnType<FcEngine['invoke']>>, name: string): FcAnswer {
  if (answer === 'unknown-function') throw fcError('FunctionNotFound', `function '${name}' does not exist`);
  if (answer === 'too-large') throw fcError('EntityTooLarge', 'payload size exceeds maximum allowed size');
  if (answer === 'busy') throw fcError('ResourceExhausted', `the instances of function '${name}' are used up`);
  return answer;
}

export function answerHeaders(answer: FcAnswer, withLogs: boolean): Readonly<Record<string, string>> {
  const logs = Buffer.from(answer.logs.join('\n'), 'utf8').subarray(-LOG_TAIL_BYTES);
  return {
    'x-fc-request-id': answer.requestId,
    'x-fc-invocation-duration': String(Math.ceil(answer.durationMs)),
    'x-fc-max-memory-usage': answer.maxMemoryMb.toFixed(2),
    ...(answer.errorType === undefined ? {} : { 'x-fc-error-type': answer.errorType }),
    ...(withLogs ? { 'x-fc-log-result': logs.toString('base64') } : {}),
  };
}

function enqueue({ route, request, target }: FcCall, { engine }: FcApi, effectDelayMs: number | undefined): FcReply {
  const taskId = request.headers[route.family.taskIdHeader];
  if (taskId !== undefined && !TASK_ID.test(taskId)) throw fcError('InvalidArgument', `the task id '${taskId}' is not of the form ${TASK_ID.source}`);
  // Stricter than the documents, which are silent: an id that nobody looks at would promise what it does not keep.
  if (taskId !== undefined && !target.async.isTask) throw fcError('InvalidArgument', `function '${target.name}' is not in asynchronous task mode`);
  const delayMs = (effectDelayMs ?? 0) + readDelayMs(request);
  const accepted = engine.enqueue(target.name, request.body, { ...(taskId === undefined ? {} : { taskId }), ...(delayMs === 0 ? {} : { delayMs }) });
  if (accepted.kind === 'accepted') {
    return { status: 202, headers: { 'x-fc-request-id': accepted.requestId, [route.family.taskIdHeader]: accepted.taskId }, body: Buffer.alloc(0) };
  }
  switch (accepted.reason) {
    case 'duplicate':
      throw fcError(route.family.duplicateTask, `the asynchronous task '${taskId ?? ''}' of function '${target.name}' already exists`);
    case 'too-large':
      throw fcError('EntityTooLarge', `payload size exceeds maximum allowed size (${MAX_ASYNC_BYTES} bytes)`);
    case 'unknown-function':
      throw fcError('FunctionNotFound', `function '${target.name}' does not exist`);
  }
}

function readDelayMs({ headers }: FcRequest): number {
  const text = headers['x-fc-async-delay'];
  if (text === undefined) return 0;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_DELAY_SECONDS) {
    throw fcError('InvalidArgument', `X-Fc-Async-Delay cannot be '${text}': whole seconds up to ${MAX_DELAY_SECONDS}`);
  }
  return seconds * SECOND_MS;
}

function findTask({ route, target }: FcCall, { engine }: FcApi): FcTask {
  const task = engine.task(target.name, route.taskId ?? '');
  if (task === undefined) throw fcError(route.family.unknownTask, `the asynchronous task '${route.taskId}' of function '${target.name}' does not exist`);
  return task;
}

/** `limit`, `prefix`, `status` and `nextToken` (the id to go on after) are understood; the newest task comes first. */
function listTasks(call: FcCall, api: FcApi): unknown {
  const { limit = String(MAX_PAGE), prefix = '', status, nextToken } = call.request.query;
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_PAGE)
    throw fcError('InvalidArgument', `limit cannot be '${limit}': 1 to ${MAX_PAGE}`);
  const found = [...api.engine.tasks(call.target.name)]
    .sort((a, b) => b.startedAt - a.startedAt)
    .filter((task) => task.id.startsWith(prefix) && (status === undefined || task.status === status));
  const from = nextToken === undefined ? 0 : found.findIndex((task) => task.id === nextToken) + 1;
  const page = found.slice(from, from + Number(limit));
  const tasks = page.map((task) => describeTask(call, task, api));
  const last = from + page.length < found.length ? page.at(-1) : undefined;
  const more = last === undefined ? {} : { nextToken: last.id };
  return call.route.service === undefined ? { tasks, ...more } : { invocations: tasks, ...more };
}

function describeTask({ route, target }: FcCall, task: FcTask, { engine }: FcApi): Readonly<Record<string, unknown>> {
  const own =
    route.service === undefined
      ? { taskId: task.id, functionArn: resourceOf(route, target, engine) }
      : { invocationId: task.id, serviceName: route.service, functionName: target.name };
  return {
    ...own,
    qualifier: LATEST,
    requestId: task.requestId,
    status: task.status,
    startedTime: task.startedAt,
    ...(task.endedAt === undefined ? {} : { endTime: task.endedAt, durationMs: task.endedAt - task.startedAt }),
    alreadyRetriedTimes: Math.max(0, task.tries - 1),
  };
}

function json(status: number, requestId: string, document: unknown): FcReply {
  return { status, headers: { 'content-type': 'application/json', 'x-fc-request-id': requestId }, body: Buffer.from(JSON.stringify(document)) };
}
