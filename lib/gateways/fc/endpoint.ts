// Where functions are called: the account's own address, unless another is given.
import { type Endpoint, parseEndpoint } from '../openapi/endpoint';

export interface FcPlace {
  readonly accountId: string;
  readonly region: string;
  /** Instead of the account's own: plain http for loopback hosts only. */
  readonly endpoint?: string;
}

/** Always https for the account's own, where the SDK itself would take plain http. Throws a UsageError for an endpoint that cannot be used. */
export function endpointOf({ accountId, region, endpoint }: FcPlace): Endpoint {
  return parseEndpoint(endpoint ?? `https://${accountId}.${region}.fc.aliyuncs.com`, 'KEEPER_FC_ENDPOINT');
}
