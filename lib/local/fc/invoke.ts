// Runs one invocation of a built bundle in a child process of its own, with the environment, limits and answers of Function Compute.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeeperError } from '../../base/errors';
import { SECOND_MS } from '../../base/instant';
import { collectLines } from './lines';
import type { FcContext, FcErrorType, InvokeMessage, InvokeOptions, InvokeResult, OutcomeMessage } from './types';

const DEFAULT_TIMEOUT_MS = 60 * SECOND_MS;
const DEFAULT_MEMORY_MB = 512;

/** The part of the memory that the runtime gives to the JavaScript heap. */
const HEAP_SHARE = 0.9;

/** How a child ended: with its answer, by itself without one, or because its time was up. */
type Ending = { readonly kind: 'answered'; readonly outcome: OutcomeMessage } | { readonly kind: 'exited' } | { readonly kind: 'timed-out' };

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
  const { handler = 'handler', memoryMb = DEFAULT_MEMORY_MB, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const context = completeContext(options, bundle, handler, memoryMb, timeoutMs);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...(options.nodeOptions ?? []), `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`, bootstrap], {
    env: environmentOf(context, dirname(bundle), options.env ?? {}),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const logs = collectLines([child.stdout, child.stderr]);
  const ended = waitForEnd(child, timeoutMs);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  child.send({ bundle, handler, event: options.event, context } satisfies InvokeMessage, () => undefined); // a child that is gone shows in its end
  return resultOf(await ended, logs(), performance.now() - startedAt, timeoutMs);
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

/** What Function Compute sets, then the function's own variables. Windows starts no process without its system folder. */
function environmentOf(context: FcContext, codeFolder: string, own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { credentials, function: configured } = context;
  const systemRoot = process.env['SystemRoot'];
  return {
    ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }),
    FC_FUNC_CODE_PATH: codeFolder,
    FC_FUNCTION_NAME: configured.name,
    FC_FUNCTION_HANDLER: configured.handler,
    FC_FUNCTION_MEMORY_SIZE: String(configured.memory),
    FC_REGION: context.region,
    FC_ACCOUNT_ID: context.accountId,
    FC_INSTANCE_ID: `c-${context.requestId}`,
    ...(credentials === undefined
      ? {}
      : {
          ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
          ALIBABA_CLOUD_SECURITY_TOKEN: credentials.securityToken,
        }),
    ...own,
  };
}

/** Settles when the process is gone and its output is complete. */
function waitForEnd(child: ChildProcess, timeoutMs: number): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let ending: Ending = { kind: 'exited' };
    const timer = setTimeout(() => {
      ending = { kind: 'timed-out' };
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('message', (message) => {
      ending = { kind: 'answered', outcome: message as OutcomeMessage }; // our own bootstrap is the only sender
      clearTimeout(timer);
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(new KeeperError('cannot start a process for the function', { code: 'function-not-started', hint: 'check the memory and process limits', cause }));
    });
    child.once('close', () => {
      clearTimeout(timer);
      resolve(ending);
    });
  });
}

function resultOf(ending: Ending, logs: readonly string[], durationMs: number, timeoutMs: number): InvokeResult {
  switch (ending.kind) {
    case 'answered': {
      const { outcome } = ending;
      const body = Buffer.from(outcome.body).toString('utf8');
      return outcome.ok ? { ok: true, body, logs } : { ok: false, errorType: outcome.errorType, body, logs };
    }
    case 'exited':
      return broken(`Process exited unexpectedly before completing request (duration: ${Math.round(durationMs)}ms)`, logs);
    case 'timed-out':
      return broken(`Function time out after ${timeoutMs / SECOND_MS} seconds`, logs);
  }
}

/** An end that the function itself could not report. */
function broken(errorMessage: string, logs: readonly string[]): InvokeResult {
  const errorType: FcErrorType = 'UnhandledInvocationError';
  return { ok: false, errorType, body: JSON.stringify({ errorMessage }), logs };
}
