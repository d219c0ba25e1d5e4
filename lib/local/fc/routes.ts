// The two API families of Function Compute: their paths, header names and error bodies (API references 2016-08-15 and 2023-03-30).

/** What differs between the families, besides their paths. */
export interface FcFamily {
  readonly version: '2016-08-15' | '2023-03-30';
  /** Of requests and of answers. */
  readonly taskIdHeader: string;
  readonly duplicateTask: 'StatefulAsyncInvocationAlreadyExists' | 'AsyncTaskAlreadyExists';
  readonly unknownTask: 'StatefulAsyncInvocationNotFound' | 'AsyncTaskNotFound';
  errorBody(requestId: string, code: string, message: string): Readonly<Record<string, string>>;
}

const SERVICES: FcFamily = {
  version: '2016-08-15',
  taskIdHeader: 'x-fc-stateful-async-invocation-id',
  duplicateTask: 'StatefulAsyncInvocationAlreadyExists',
  unknownTask: 'StatefulAsyncInvocationNotFound',
  errorBody: (_requestId, ErrorCode, ErrorMessage) => ({ ErrorCode, ErrorMessage }),
};

/** Without services. The codes of its tasks are in no document that we know: not verified on a live account. */
const FUNCTIONS: FcFamily = {
  version: '2023-03-30',
  taskIdHeader: 'x-fc-async-task-id',
  duplicateTask: 'AsyncTaskAlreadyExists',
  unknownTask: 'AsyncTaskNotFound',
  errorBody: (RequestId, Code, Message) => ({ RequestId, Code, Message }),
};

export type FcOperation = 'invoke' | 'get-task' | 'list-tasks' | 'stop-task';

/** A request that the API knows. */
export interface FcRoute {
  readonly family: FcFamily;
  readonly operation: FcOperation;
  /** Without `fc:`. */
  readonly action: string;
  /** Of the 2016-08-15 family only. */
  readonly service: string | undefined;
  readonly qualifier: string | undefined;
  readonly functionName: string;
  /** Of get and stop only. */
  readonly taskId: string | undefined;
}

interface Pattern {
  readonly family: FcFamily;
  readonly operation: FcOperation;
  readonly action: string;
  readonly method: string;
  readonly path: RegExp;
}

const IN_SERVICE = '^/2016-08-15/services/(?<service>[^/.]+)(?:\\.(?<qualifier>[^/]+))?/functions/(?<name>[^/]+)';
const PLAIN = '^/2023-03-30/functions/(?<name>[^/]+)';

const PATTERNS: readonly Pattern[] = [
  pattern(SERVICES, 'invoke', 'InvokeFunction', 'POST', `${IN_SERVICE}/invocations$`),
  pattern(SERVICES, 'list-tasks', 'ListStatefulAsyncInvocations', 'GET', `${IN_SERVICE}/stateful-async-invocations$`),
  pattern(SERVICES, 'get-task', 'GetStatefulAsyncInvocation', 'GET', `${IN_SERVICE}/stateful-async-invocations/(?<task>[^/]+)$`),
  pattern(SERVICES, 'stop-task', 'StopStatefulAsyncInvocation', 'PUT', `${IN_SERVICE}/stateful-async-invocations/(?<task>[^/]+)$`),
  pattern(FUNCTIONS, 'invoke', 'InvokeFunction', 'POST', `${PLAIN}/invocations$`),
  pattern(FUNCTIONS, 'list-tasks', 'ListAsyncTasks', 'GET', `${PLAIN}/async-tasks$`),
  pattern(FUNCTIONS, 'get-task', 'GetAsyncTask', 'GET', `${PLAIN}/async-tasks/(?<task>[^/]+)$`),
  pattern(FUNCTIONS, 'stop-task', 'StopAsyncTask', 'PUT', `${PLAIN}/async-tasks/(?<task>[^/]+)/stop$`),
];

function pattern(family: FcFamily, operation: FcOperation, action: string, method: string, path: string): Pattern {
  return { family, operation, action, method, path: new RegExp(path) };
}

/** Undefined for what the local cloud does not serve: functions are deployed by its manifest, not by calls. */
export function findRoute(method: string, path: string, query: Readonly<Record<string, string>>): FcRoute | undefined {
  for (const { family, operation, action, method: expected, path: form } of PATTERNS) {
    const found = method === expected ? form.exec(path)?.groups : undefined;
    if (found === undefined) continue;
    const { service, qualifier = query['qualifier'], name = '', task } = found;
    return { family, operation, action, service: decoded(service), qualifier, functionName: decoded(name) ?? '', taskId: decoded(task) };
  }
  return undefined;
}

/** In whose words an unknown path is refused. */
export function familyOf(path: string): FcFamily {
  return path.startsWith(`/${SERVICES.version}/`) ? SERVICES : FUNCTIONS;
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no valid escape: the name of no function
  }
}
