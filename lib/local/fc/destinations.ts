// The event that a destination gets about an asynchronous invocation that has ended (Function Compute, result callback).
import type { Instant } from '../../base/instant';
import type { Work } from './executor';
import type { FcAnswer, FcManifest } from './kinds';

export interface DestinationFacts {
  readonly manifest: FcManifest;
  readonly work: Omit<Work, 'retryCount'>;
  readonly at: Instant;
  /** Empty for a success; the error type, or why it was never delivered. */
  readonly condition: string;
  readonly tries: number;
  /** Undefined when the function was never called. */
  readonly answer: FcAnswer | undefined;
}

export function destinationEvent(facts: DestinationFacts): Buffer {
  const { manifest, work, at, condition, tries, answer } = facts;
  return Buffer.from(
    JSON.stringify({
      timestamp: at,
      requestContext: {
        requestId: work.requestId,
        functionArn: `acs:fc:${manifest.region}:${manifest.accountId}:functions/${work.function.name}`,
        condition,
        approximateInvokeCount: tries,
      },
      requestPayload: work.event.toString('utf8'),
      responseContext: { statusCode: answer === undefined ? 0 : 200, functionError: answer?.errorType ?? '' },
      responsePayload: answer?.body.toString('utf8') ?? '',
    }),
  );
}
