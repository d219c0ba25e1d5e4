// Calls functions through @alicloud/fc2: those of FC 2.0 as it was made for, those of FC 3.0 by an override of its version.
import FcClient from '@alicloud/fc2';
import { type Failure, readNetworkFailure, textOf } from '../openapi/network';
import type { FcClientOptions, FcOutcome, FcRequest, FcSend, FcTarget } from './kinds';

/**
 * The SDK builds the paths of API 2016-08-15 only, where each function has a service. Its `version` is a plain property and its `post` is public, so
 * that it sends the path of API 2023-03-30 too, with its own signature. The vendor does not document this (its component fc3 does it for another path).
 * Not verified on a live account.
 */
export function makeSend(options: FcClientOptions): FcSend {
  const { accountId, endpoint, key, region, target } = options;
  return async (request) => {
    // A client is no more than its settings, so one per call is cheap and carries that call's timeout.
    const client = new FcClient(accountId, {
      accessKeyID: key.accessKeyId,
      accessKeySecret: key.accessKeySecret,
      ...(key.securityToken === undefined ? {} : { securityToken: key.securityToken }),
      region,
      endpoint: `${endpoint.protocol.toLowerCase()}://${endpoint.host}`,
      timeout: request.timeoutMs,
      // The SDK's connections are kept alive for the whole process: one that died while the instance was frozen would lose a call.
      headers: { connection: 'close' },
    });
    client.version = target.apiVersion;
    client.securityToken = key.securityToken; // the SDK itself drops the token of a key that it does not take for a temporary one
    try {
      return outcomeOf(await send(client, target, request));
    } catch (error) {
      return failureOf(error);
    }
  };
}

function send(client: FcClient, target: FcTarget, request: FcRequest): Promise<FcClient.Reply> {
  const headers = headersOf(target, request);
  if (target.apiVersion === '2016-08-15') return client.invokeFunction(target.serviceName, request.function, request.event, headers, target.qualifier);
  const queries = target.qualifier === undefined ? null : { qualifier: target.qualifier };
  return client.post(`/functions/${request.function}/invocations`, request.event, headers, queries);
}

/** Each family has a name of its own for the task id. */
function headersOf({ apiVersion }: FcTarget, { mode, taskId }: FcRequest): FcClient.Headers {
  if (mode === 'sync') return { 'x-fc-invocation-type': 'Sync' };
  const idHeader = apiVersion === '2016-08-15' ? 'x-fc-stateful-async-invocation-id' : 'x-fc-async-task-id';
  return { 'x-fc-invocation-type': 'Async', ...(taskId === undefined ? {} : { [idHeader]: taskId }) };
}

/** An answer of type JSON comes parsed: it is written again, which changes no more than its spaces. */
function outcomeOf({ headers, data }: FcClient.Reply): FcOutcome {
  return {
    kind: 'answer',
    requestId: headers['x-fc-request-id'] ?? '',
    errorType: headers['x-fc-error-type'],
    body: typeof data === 'string' ? data : JSON.stringify(data),
  };
}

/** The status and the request id are in the message only. In the answers of API 2023-03-30 the SDK finds neither code nor words, and writes "undefined". */
const REFUSAL = /failed with (\d{3})\. requestid: (\S*), message: ([\s\S]*)\.$/;

function failureOf(error: unknown): Failure {
  const [, status, requestId, message] = REFUSAL.exec(textOf(error, 'message') ?? '') ?? [];
  if (status === undefined) return readNetworkFailure(error);
  return {
    kind: 'service',
    statusCode: Number(status),
    code: textOf(error, 'code') ?? '',
    message: told(message) ?? '',
    requestId: told(requestId),
    retryAfterMs: undefined,
    deniedAction: undefined,
  };
}

function told(text: string | undefined): string | undefined {
  return text === 'undefined' ? undefined : text;
}
