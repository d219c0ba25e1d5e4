// Asks AWS Secrets Manager through its official SDK, which is loaded on first use. The only file that names that package.
import type { GetSecretValueCommandOutput, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import type { AwsSettings } from './aws-settings';
import { MAX_SECRET_BYTES } from './missing';

/** JSON may need six bytes for one of the secret, and some more around it. */
const MAX_ANSWER_BYTES = 8 * MAX_SECRET_BYTES;

/** The name that the failure has when the answer did not come in time. */
export const NO_ANSWER = 'NoAnswerInTime';
/** The name that the failure has when an answer came without a secret in it. */
const NO_SECRET = 'NoSecretInAnswer';
/** The name that the failure has when the answer was larger than any secret. */
export const TOO_LARGE = 'AnswerTooLarge';

/**
 * One GetSecretValue, once, within `timeoutMs` for the whole answer. Returns the text, or undefined for a binary secret. Throws what the SDK
 * throws: its errors may hold parts of the answer, so that nothing but their names may go on. A client is made for each read and
 * closed after it: reads are minutes apart, and a frozen instance would keep dead connections.
 */
export async function getSecretText(id: string, settings: AwsSettings, timeoutMs: number): Promise<string | undefined> {
  // The SDK's warning of the Node.js version would be in the log of every cold start, and Function Compute offers no newer one.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(configOf(settings, timeoutMs));
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(named(NO_ANSWER));
      abort.abort();
    }, timeoutMs);
  });
  try {
    const answer: GetSecretValueCommandOutput = await Promise.race([
      client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: abort.signal }),
      tooLate,
    ]);
    if (answer.SecretString === undefined && answer.SecretBinary === undefined) throw named(NO_SECRET);
    return answer.SecretString;
  } finally {
    clearTimeout(timer);
    client.destroy();
  }
}

/** Everything is told, so that the SDK looks nothing up in profile files or at the metadata service, and repeats nothing. */
function configOf({ region, endpoint, credentials }: AwsSettings, timeoutMs: number): SecretsManagerClientConfig {
  return {
    region,
    endpoint,
    credentials,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    authSchemePreference: async () => [],
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
    streamCollector: collect,
  };
}

/** The SDK's own collector knows no limit. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw named(TOO_LARGE);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function named(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}
