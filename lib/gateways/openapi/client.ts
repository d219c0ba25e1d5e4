// One OpenAPI client of the official SDK: signs and sends a call, and never repeats it.
import type Credential from '@alicloud/credentials';
import OpenApiClient, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import { RuntimeOptions } from '@darabonba/typescript';
import type { Endpoint } from './endpoint';

export interface OpenApiClientOptions {
  /** The API's version, for example `2014-08-15`. */
  readonly version: string;
  readonly endpoint: Endpoint;
  readonly region?: string;
  readonly credential: Credential;
  /** For the whole answer, from the connection on. */
  readonly timeoutMs: number;
}

export interface OpenApiAnswer {
  readonly statusCode: number;
  readonly body: unknown;
}

/** Sends one call of the RPC style and returns the parsed JSON. Throws what the SDK throws. */
export type OpenApiCall = (action: string, query: Readonly<Record<string, unknown>>) => Promise<OpenApiAnswer>;

/**
 * The SDK's connect timeout is an idle-socket timeout in truth, so both timeouts are the same; its connections are kept alive; its
 * retries are off unless configured, and stay off: what may be repeated is decided call by call elsewhere.
 */
export function makeOpenApiCall(options: OpenApiClientOptions): OpenApiCall {
  const client = new OpenApiClient(
    new $OpenApiUtil.Config({
      credential: options.credential,
      endpoint: options.endpoint.host,
      protocol: options.endpoint.protocol,
      regionId: options.region,
      readTimeout: options.timeoutMs,
      connectTimeout: options.timeoutMs,
    }),
  );
  return async (action, query) => {
    const params = new $OpenApiUtil.Params({
      action,
      version: options.version,
      protocol: options.endpoint.protocol,
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest({ query: OpenApiUtil.query(query) });
    const { statusCode, body } = await client.callApi(params, request, new RuntimeOptions({}));
    return { statusCode: Number(statusCode), body };
  };
}
