// Watches one request that a process serves to its end: its answer and the last line that it printed, or the end of the process.
import { makeLogTail } from './log-tail';
import { peakMemoryMb } from './memory';
import { endMark, type OutcomeMessage, type RequestMessage, startMark } from './types';

/** How often a process at work is asked for its memory, on the host's clock. */
const MEMORY_CHECK_MS = 50;

/** How long a process may take to begin its first request. This is the host's affair: the function's time does not count yet. */
const BEGIN_LIMIT_MS = 60_000;

/** How long to wait for the last line of a request that has been answered: a function may have closed its output. */
const LAST_LINE_MS = 1_000;

/** How a request ended: with the function's answer, because the process ended by itself, because its time was up, or because it took too much memory. */
export type Ending = { readonly kind: 'answered'; readonly outcome: OutcomeMessage } | { readonly kind: 'exited' | 'timed-out' | 'out-of-memory' };

export interface Served {
  readonly ending: Ending;
  /** What it printed, in order; of very much, the newest. */
  readonly logs: readonly string[];
  /** Without the start of the process. */
  readonly durationMs: number;
  readonly maxMemoryMb: number;
}

/** What the process's events are told to. */
export interface Seat {
  hear(line: string): void;
  answer(outcome: OutcomeMessage): void;
  /** The process is gone. */
  leave(): void;
}

export interface SeatOptions {
  readonly pid: number | undefined;
  /** Ends the process; `leave` is called when it is gone. */
  readonly kill: () => void;
  readonly request: RequestMessage;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly onLine: (line: string) => void;
  /** Called once. */
  readonly onEnd: (served: Served) => void;
}

export function takeSeat(options: SeatOptions): Seat {
  const { kind, context } = options.request;
  const [begins, ends] = [startMark(kind, context.requestId), endMark(kind, context.requestId)];
  const logs = makeLogTail();
  let startedAt = performance.now();
  let ending: Ending = { kind: 'exited' };
  let hasLastLine = false;

  const stop = (reason: 'timed-out' | 'out-of-memory'): void => {
    if (ending.kind !== 'exited') return;
    ending = { kind: reason };
    options.kill();
  };
  const memory = watchMemory(options.pid, options.memoryMb, () => stop('out-of-memory'));
  const clock = makeAlarm(BEGIN_LIMIT_MS, () => stop('timed-out'));
  const finish = (): void => {
    memory.stop();
    clock.stop();
    options.onEnd({ ending, logs: logs.lines(), durationMs: performance.now() - startedAt, maxMemoryMb: memory.peakMb() });
  };
  const begin = (): void => {
    startedAt = performance.now();
    if (ending.kind === 'exited') clock.set(options.timeoutMs, () => stop('timed-out'));
  };
  return {
    hear: (line) => {
      logs.add(line);
      options.onLine(line);
      if (line.includes(begins)) begin();
      if (!line.includes(ends)) return;
      hasLastLine = true;
      if (ending.kind === 'answered') finish();
    },
    answer: (outcome) => {
      memory.check();
      if (ending.kind !== 'exited') return; // it is being killed
      ending = { kind: 'answered', outcome };
      if (hasLastLine) finish();
      else clock.set(LAST_LINE_MS, finish);
    },
    leave: finish,
  };
}

interface Alarm {
  /** In place of what was set before. */
  set(afterMs: number, ring: () => void): void;
  stop(): void;
}

function makeAlarm(afterMs: number, ring: () => void): Alarm {
  let timer = setTimeout(ring, afterMs);
  return {
    set: (nextMs, nextRing) => {
      clearTimeout(timer);
      timer = setTimeout(nextRing, nextMs);
    },
    stop: () => clearTimeout(timer),
  };
}

interface MemoryWatch {
  check(): void;
  peakMb(): number;
  stop(): void;
}

function watchMemory(pid: number | undefined, limitMb: number, onExceeded: () => void): MemoryWatch {
  let peakMb = 0;
  const check = (): void => {
    if (pid !== undefined) peakMb = Math.max(peakMb, peakMemoryMb(pid));
    if (peakMb > limitMb) onExceeded();
  };
  const timer = setInterval(check, MEMORY_CHECK_MS);
  return { check, peakMb: () => peakMb, stop: () => clearInterval(timer) };
}
