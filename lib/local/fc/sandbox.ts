// One child process of a function: starts it, hands it one request at a time, and has it stand still in between.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { KeeperError } from '../../base/errors';
import { readLines } from './lines';
import { type Seat, type Served, takeSeat } from './seat';
import { type OutcomeMessage, type RequestMessage, THAW_FD } from './types';

/** The part of the memory that the runtime gives to the JavaScript heap. */
const HEAP_SHARE = 0.9;

/** How long the output of a process that has ended is read. */
const LAST_OUTPUT_MS = 1_000;

export interface SandboxSpec {
  readonly bootstrap: string;
  readonly nodeOptions: readonly string[];
  readonly memoryMb: number;
  readonly env: NodeJS.ProcessEnv;
}

export interface Sandbox {
  /** Undefined: the process could not be started. */
  readonly pid: number | undefined;
  /** False once it is gone, or about to be. */
  isUsable(): boolean;
  /** One at a time. Time and memory beyond the limits end the process. Rejects with a KeeperError `function-not-started`. */
  call(request: RequestMessage, timeoutMs: number, onLine?: (line: string) => void): Promise<Served>;
  /** Settles when the process is gone. Safe to call twice. */
  kill(): Promise<void>;
}

export function startSandbox(spec: SandboxSpec): Sandbox {
  const child = spawnBootstrap(spec);
  const thaw = child.stdio[THAW_FD] as Writable | null; // a pipe, as asked for; null when the process did not start
  thaw?.on('error', () => undefined); // a child that is gone shows in its end
  let seat: Seat | undefined;
  let isDoomed = child.pid === undefined;
  let hasServed = false;
  const flush = readLines([child.stdout, child.stderr], (line) => seat?.hear(line));
  child.on('message', (message) => seat?.answer(message as OutcomeMessage)); // our own bootstrap is the only sender
  endOutput(child);
  child.once('close', () => {
    flush();
    seat?.leave();
  });
  const notStarted = new Promise<never>((_, reject) => {
    child.once('error', (cause) => {
      const hint = 'check the memory and process limits';
      reject(new KeeperError('cannot start a process for the function', { code: 'function-not-started', hint, cause }));
      seat?.leave();
    });
  });
  notStarted.catch(() => undefined); // whoever calls hears of it
  const kill = (): void => {
    isDoomed = true;
    child.kill('SIGKILL');
  };
  return {
    pid: child.pid,
    isUsable: () => !isDoomed && !hasExited(child),
    call: async (request, timeoutMs, onLine = () => undefined) => {
      if (child.pid !== undefined && isClosed(child)) return { ending: { kind: 'exited' }, logs: [], durationMs: 0, maxMemoryMb: 0 };
      const served = new Promise<Served>((onEnd) => {
        seat = takeSeat({ pid: child.pid, kill, request, timeoutMs, memoryMb: spec.memoryMb, onLine, onEnd });
      });
      if (hasServed) thaw?.write('.'); // it stands still since its last reply
      hasServed = true;
      child.send(request, () => undefined); // a child that is gone shows in its end
      return Promise.race([served, notStarted]).finally(() => {
        seat = undefined;
      });
    },
    kill: async () => {
      if (child.pid === undefined || isClosed(child)) return;
      const closed = once(child, 'close');
      kill();
      await closed;
    },
  };
}

function spawnBootstrap({ nodeOptions, memoryMb, bootstrap, env }: SandboxSpec): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`, bootstrap], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    serialization: 'advanced',
  });
}

/** A process that the function has started may hold the output open: nobody waits for that one. */
function endOutput(child: ChildProcess): void {
  child.once('exit', () => {
    const end = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    setTimeout(end, LAST_OUTPUT_MS).unref();
  });
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Gone, and its output read to the end. */
function isClosed(child: ChildProcess): boolean {
  return hasExited(child) && child.stdout?.destroyed !== false && child.stderr?.destroyed !== false;
}
