// Calls functions of FC 3.0 through @alicloud/fc20230330, the SDK that the vendor supports for them.
import { Readable } from 'node:stream';
import FcClient, { InvokeFunctionHeaders, InvokeFunctionRequest, type InvokeFunctionResponse } from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import { readFailure } from '../openapi/failure';
import type { FcClientOptions, FcOutcome, FcRequest, FcSend } from './kinds';

export function makeSend({ endpoint, key, region, target }: FcClientOptions): FcSend {
  const client = new FcClient(
    new $OpenApiUtil.Config({
      accessKeyId: key.accessKeyId,
      accessKeySecret: key.accessKeySecret,
      ...(key.securityToken === undefined ? {} : { securityToken: key.securityToken }),
      regionId: region,
      protocol: endpoint.protocol,
      endpoint: endpoint.host,
    }),
  );
  return async (request) => {
    const body = new InvokeFunctionRequest({
      body: Readable.from([Buffer.from(request.event)]),
      ...(target.qualifier === undefined ? {} : { qualifier: target.qualifier }),
    });
    const runtime = new RuntimeOptions({ readTimeout: request.timeoutMs, connectTimeout: request.timeoutMs, autoretry: false });
    try {
      return await outcomeOf(await client.invokeFunctionWithOptions(request.function, body, headersOf(request), runtime));
    } catch (error) {
      return readFailure(error);
    }
  };
}

function headersOf({ mode, taskId }: FcRequest): InvokeFunctionHeaders {
  return new InvokeFunctionHeaders({
    // As for the other SDK: a connection that died while the instance was frozen would lose a call.
    commonHeaders: { connection: 'close' },
    xFcInvocationType: mode === 'sync' ? 'Sync' : 'Async',
    ...(taskId === undefined ? {} : { xFcAsyncTaskId: taskId }),
  });
}

async function outcomeOf({ headers, body }: InvokeFunctionResponse): Promise<FcOutcome> {
  const chunks: Buffer[] = [];
  for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk));
  return {
    kind: 'answer',
    requestId: headers?.['x-fc-request-id'] ?? '',
    errorType: headers?.['x-fc-error-type'],
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
