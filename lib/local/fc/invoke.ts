// Runs one invocation of a built bundle in a child process of its own, with the environment, limits and answers of Function Compute.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeeperError } from '../../base/errors';
import { SECOND_MS } from '../../base/instant';
import { answerOf } from './answers';
import { environmentOf } from './environment';
import { startSandbox } from './sandbox';
import type { FcContext, InvokeOptions, InvokeResult } from './types';

const DEFAULT_TIMEOUT_MS = 60 * SECOND_MS;
const DEFAULT_MEMORY_MB = 512;

/**
 * Invokes a function as its trigger would and waits for the answer. What the function does wrong is a result with `ok: false`; only what
 * stands in the way of running it at all is thrown: KeeperError `bundle-missing` or `function-not-started`.
 */
export async function invokeFunction(options: InvokeOptions): Promise<InvokeResult> {
  const bundle = resolve(options.bundle);
  const bootstrap = options.bootstrap ?? join(dirname(bundle), '../local/fc-bootstrap.js');
  for (const file of [bundle, bootstrap]) {
    if (!existsSync(file)) throw new KeeperError(`there is no ${file}`, { code: 'bundle-missing', hint: 'run: npm run build' });
  }
  const { event, handler = 'handler', memoryMb = DEFAULT_MEMORY_MB, timeoutMs = DEFAULT_TIMEOUT_MS, nodeOptions = [], env: own = {} } = options;
  const context = completeContext(options, bundle, handler, memoryMb, timeoutMs);
  const env = environmentOf({ context, codeFolder: dirname(bundle), instanceId: `c-${context.requestId}`, own });
  const sandbox = startSandbox({ bootstrap, nodeOptions, memoryMb, env });
  if (sandbox.pid !== undefined) options.onStart?.(sandbox.pid);
  try {
    const served = await sandbox.call({ kind: 'invoke', bundle, handler, event, context, worldNow: undefined }, timeoutMs);
    const { ok, errorType, body, logs } = answerOf(context.requestId, 'invoke', served, { timeoutMs, memoryMb });
    const text = body.toString('utf8');
    return ok || errorType === undefined ? { ok: true, body: text, logs } : { ok: false, errorType, body: text, logs };
  } finally {
    await sandbox.kill();
  }
}

function completeContext(options: InvokeOptions, bundle: string, handler: string, memoryMb: number, timeoutMs: number): FcContext {
  const name = basename(bundle, '.js');
  return {
    requestId: `1-${randomUUID()}`,
    service: { name: '', logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
    region: 'cn-hangzhou',
    accountId: '1234567890123456',
    retryCount: 0,
    ...options.context,
    function: { name, handler: `${name}.${handler}`, memory: memoryMb, timeout: Math.ceil(timeoutMs / SECOND_MS) },
  };
}
