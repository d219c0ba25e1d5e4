// Talks to Tablestore through the official SDK: our own deadline, errors and retries, one keep-alive agent, credentials fresh for every call.
import http from 'node:http';
import https from 'node:https';
import TableStore from '@alicloud/tablestore';
import type { Clock } from '../../base/clock';
import { KeeperError, messageOf } from '../../base/errors';
import { retry } from '../../base/retry';
import { LedgerError } from '../../domain/ledger-error';
import { parseEndpoint } from '../openapi/endpoint';
import { type CallSubject, failureOf, ledgerErrorOf, TablestoreFailure } from './failure';

/** An access key, with a security token when it is a temporary one. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
}

/** Where access keys come from. Asked before every attempt, so that rotated keys are picked up; caching is the provider's affair. */
export interface AccessKeySource {
  current(): Promise<AccessKey>;
}

export interface ClientOptions {
  /** Scheme, host and port. Plain http is accepted for loopback only. */
  readonly endpoint: string;
  readonly instanceName: string;
  readonly credentials: AccessKeySource;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Of one attempt, in the host's milliseconds. 5,000 unless told. */
  readonly timeoutMs?: number;
}

export interface TablestoreClient {
  readonly instanceName: string;
  /** One attempt. Throws a TablestoreFailure, or a LedgerError when there are no credentials. */
  send<T>(call: (sdk: TableStore.Client) => Promise<T>): Promise<T>;
  /**
   * Repeats an action that `send`s, while its failure is worth it; the wait is on the injected clock. Everything repeated must be safe to
   * replay: an attempt without an answer may have been applied. Throws a LedgerError; other errors pass.
   */
  persist<T>(subject: Omit<CallSubject, 'instanceName'>, action: (attempt: number) => Promise<T>): Promise<T>;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const RETRIES = { maxRetries: 5, baseMs: 100, capMs: 3_000 } as const;
const MAX_SOCKETS = 50;

/** Throws a UsageError for an endpoint that it cannot use. */
export function makeClient(options: ClientOptions): TablestoreClient {
  const { credentials, instanceName, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { protocol, host } = parseEndpoint(options.endpoint, 'the Tablestore endpoint');
  const endpoint = `${protocol.toLowerCase()}://${host}`;
  // Without an agent of its own the SDK opens a TLS connection for every call.
  const agent = new (protocol === 'HTTPS' ? https : http).Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  const send = async <T>(call: (sdk: TableStore.Client) => Promise<T>): Promise<T> => {
    const { accessKeyId, accessKeySecret, securityToken } = await currentKey(credentials);
    const abort = new AbortController();
    // A client is no more than its settings, so one per attempt is cheap and carries that attempt's key and deadline. The SDK's own retries
    // are off: they miss most codes and never cover writes. Its `logger` is never set: every call would hang.
    const sdk = new TableStore.Client({
      endpoint,
      instancename: instanceName,
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { stsToken: securityToken }),
      maxRetries: 0,
      httpOptions: { agent, signal: abort.signal },
    });
    return within(timeoutMs, abort, call(sdk));
  };

  const persist: TablestoreClient['persist'] = async (about, action) => {
    let mayBeApplied = false;
    try {
      return await retry(action, {
        clock: options.clock,
        random: options.random,
        ...RETRIES,
        advise: (error) => {
          if (!(error instanceof TablestoreFailure)) return { retry: false };
          mayBeApplied ||= error.kind === 'ambiguous';
          return { retry: error.isRetryable };
        },
      });
    } catch (error) {
      if (error instanceof TablestoreFailure) throw ledgerErrorOf(error, { ...about, instanceName }, mayBeApplied);
      throw error;
    }
  };

  return { instanceName, send, persist, close: () => agent.destroy() };
}

/** The SDK's promise may never settle when a connection drops in the middle of an answer, so the deadline does not depend on it. */
async function within<T>(timeoutMs: number, abort: AbortController, pending: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new TablestoreFailure('ambiguous', `no complete answer within ${timeoutMs} ms`));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([pending, deadline]);
  } catch (error) {
    throw failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

async function currentKey(credentials: AccessKeySource): Promise<AccessKey> {
  try {
    return await credentials.current();
  } catch (error) {
    if (error instanceof KeeperError) throw error;
    throw new LedgerError('ledger-credentials', `no credentials for the ledger: ${messageOf(error)}`, 'run: keeper doctor', error);
  }
}
