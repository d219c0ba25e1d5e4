// The timer triggers: keeps the moment of each in the agenda, and makes the event that it delivers.
import { formatInstant, type Instant } from '../../base/instant';
import type { Agenda } from '../world/agenda';
import type { FcFaultPlan } from './faults';
import type { FcFunction, FcManifest, FcTimer } from './kinds';
import { type FcSchedule, parseFcSchedule } from './schedule';

export interface TimersOptions {
  readonly manifest: FcManifest;
  readonly now: () => Instant;
  readonly agenda: Agenda;
  readonly faults: FcFaultPlan;
  /** A timer has fired. */
  readonly onFire: (fn: FcFunction, event: Buffer) => void;
}

export interface Timers {
  /**
   * Fires the timer with this key of the agenda, and says when it is next: false when the key is none of a timer. What was missed while the clock
   * jumped is not caught up: the newest occurrence alone is delivered.
   */
  fire(key: string): boolean;
  /** Delivers the event of an occurrence; false when there is no such timer. */
  deliver(functionName: string, timerName: string, at: Instant): boolean;
}

interface SetTimer {
  readonly function: FcFunction;
  readonly timer: FcTimer;
  readonly schedule: FcSchedule;
}

/** Throws a KeeperError `fc-cron-invalid` for a schedule that is none. */
export function makeTimers(options: TimersOptions): Timers {
  const { now, agenda, faults } = options;
  const timers = new Map<string, SetTimer>();
  for (const fn of options.manifest.functions) {
    for (const timer of fn.timers) {
      const key = `timer-${String(timers.size).padStart(6, '0')}`;
      const schedule = parseFcSchedule(timer.cron, now());
      timers.set(key, { function: fn, timer, schedule });
      if (timer.isEnabled) agenda.set(key, schedule.next(now()));
    }
  }
  return {
    fire: (key) => {
      const set = timers.get(key);
      if (set === undefined) return false;
      const at = set.schedule.newest(now());
      agenda.set(key, set.schedule.next(now()));
      if (at !== undefined && faults.take('miss', set.function.name) === undefined) options.onFire(set.function, timerEvent(set.timer, at));
      return true;
    },
    deliver: (functionName, timerName, at) => {
      for (const { function: fn, timer } of timers.values()) {
        if (fn.name !== functionName || timer.name !== timerName) continue;
        options.onFire(fn, timerEvent(timer, at));
        return true;
      }
      return false;
    },
  };
}

/** As the service delivers it: the time of the occurrence, not of the delivery. */
function timerEvent(timer: FcTimer, at: Instant): Buffer {
  return Buffer.from(JSON.stringify({ triggerTime: formatInstant(at), triggerName: timer.name, payload: timer.payload }));
}
