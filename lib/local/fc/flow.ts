// How the world's time passes for the functions: what is due is begun, runs to its end, and only then the clock moves on.
import type { Instant } from '../../base/instant';
import type { WorldClock } from '../kinds';
import type { Agenda } from '../world/agenda';
import { makePump, type Pump } from './pump';

export interface FlowOptions {
  readonly clock: WorldClock;
  readonly agenda: Agenda;
  /** Begins what the agenda has under this key. */
  readonly begin: (key: string) => void;
}

export interface Flow extends Pump {
  /** Something runs until this settles. */
  track(run: Promise<void>): void;
  /** The agenda has changed. */
  onChange(): void;
  runDue(): Promise<void>;
  passTime(until: Instant): Promise<void>;
  /** Nothing is begun any more. Settles when nothing runs. */
  close(): Promise<void>;
}

export function makeFlow({ clock, agenda, begin }: FlowOptions): Flow {
  const runs = new Set<Promise<void>>();
  /** Calls of `runDue` that have not ended: while there is one, what becomes due begins at once. */
  let drains = 0;
  let isClosed = false;
  /** The calls of `passTime` so far, one after the other. */
  let passing = Promise.resolve();

  const nextAt = (): Instant | undefined => agenda.peek()?.at;
  const startDue = (): void => {
    for (let top = agenda.peek(); top !== undefined && top.at <= clock.now() && !isClosed; top = agenda.peek()) {
      agenda.pop();
      begin(top.key);
    }
  };
  const runDue = async (): Promise<void> => {
    drains += 1;
    try {
      for (startDue(); runs.size > 0; startDue()) await Promise.race(runs);
    } finally {
      drains -= 1;
    }
  };
  const moveTo = async (at: Instant): Promise<void> => {
    if (isClosed) return;
    clock.advance(Math.max(0, at - clock.now()));
    await runDue();
  };
  const pass = async (until: Instant): Promise<void> => {
    await runDue();
    for (let at = nextAt(); at !== undefined && at <= until && !isClosed; at = nextAt()) await moveTo(at);
    await moveTo(until);
  };
  const pump = makePump({ now: () => clock.now(), nextAt, startDue });
  return {
    startPump: pump.startPump,
    stopPump: pump.stopPump,
    track: (run) => {
      const tracked = run.finally(() => runs.delete(tracked));
      runs.add(tracked);
    },
    onChange: () => {
      if (drains > 0) startDue();
      pump.wake();
    },
    runDue,
    passTime: (until) => {
      const passed = passing.then(() => pass(until));
      passing = passed.catch(() => undefined);
      return passed;
    },
    close: async () => {
      isClosed = true;
      pump.stopPump();
      await Promise.all(runs);
    },
  };
}
