// Reads secrets from AWS Secrets Manager: with its own time limits, a bounded number of tries, and every failure in our words.
import type { Clock } from '../../base/clock';
import { SECOND_MS } from '../../base/instant';
import { retry } from '../../base/retry';
import { getSecretText } from './aws-client';
import { mayPass, translateAwsError } from './aws-errors';
import { readAwsSettings } from './aws-settings';
import { MAX_SECRET_BYTES, missing } from './missing';

/** One try may take this long in all, unless told. */
const TIMEOUT_MS = 4 * SECOND_MS;
const MAX_RETRIES = 2;
const BASE_MS = 200;
const CAP_MS = SECOND_MS;

export interface AwsReaderDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMs?: number;
}

/** The text of a secret's current version. The function throws the KeeperErrors of `makeSecrets`, and a UsageError on a bad endpoint. */
export function makeAwsReader(deps: AwsReaderDeps): (id: string, reference: string) => Promise<string> {
  return async (id, reference) => {
    const settings = readAwsSettings(deps.env, id, reference);
    const text = await retry(() => getSecretText(id, settings, deps.timeoutMs ?? TIMEOUT_MS), {
      clock: deps.clock,
      random: deps.random,
      maxRetries: MAX_RETRIES,
      baseMs: BASE_MS,
      capMs: CAP_MS,
      advise: (error) => ({ retry: mayPass(error) }),
    }).catch((error: unknown) => {
      throw translateAwsError(error, { id, reference, region: settings.region });
    });
    if (text === undefined) throw missing(reference, 'the secret is binary', 'store the secret as a text');
    if (Buffer.byteLength(text) > MAX_SECRET_BYTES) throw missing(reference, `the secret is larger than ${MAX_SECRET_BYTES} bytes`);
    return text;
  };
}
