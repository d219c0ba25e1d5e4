// What the two clients of Function Compute have in common: where a function lives, one request, and what came of it.
import type { KeyCredentials } from '../credentials/kinds';
import type { Endpoint } from '../openapi/endpoint';
import type { Failure } from '../openapi/network';

/** Whose functions are called: those of a service of FC 2.0, or those of FC 3.0, which have no service. The two kinds of API do not reach each other's. */
export type FcTarget =
  | { readonly apiVersion: '2016-08-15'; readonly serviceName: string; readonly qualifier?: string }
  | { readonly apiVersion: '2023-03-30'; readonly qualifier?: string };

export type FcClientName = 'fc2' | 'fc20230330';

export interface FcClientOptions {
  readonly target: FcTarget;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly key: KeyCredentials;
}

export interface FcRequest {
  readonly function: string;
  readonly event: string;
  readonly mode: 'sync' | 'async';
  readonly taskId: string | undefined;
  /** For the whole answer, in the host's milliseconds. */
  readonly timeoutMs: number;
}

/** `answer`: the service took the call; `errorType` is set when the function failed. */
export type FcOutcome = { readonly kind: 'answer'; readonly requestId: string; readonly errorType: string | undefined; readonly body: string } | Failure;

/** Sends one invocation, once. Never rejects for what the service or the network did. */
export type FcSend = (request: FcRequest) => Promise<FcOutcome>;

/** What both files that load an SDK export. */
export interface FcClientModule {
  makeSend(options: FcClientOptions): FcSend;
}
