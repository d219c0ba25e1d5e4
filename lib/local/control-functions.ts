// The part of the control endpoint that looks after the functions: fires timers, runs what is due, plans faults, and tells what has run.
import { formatInstant, parseInstant } from '../base/instant';
import { engineFaultSchema, fireTimerSchema } from './control-schema';
import type { RunningFcEngine } from './fc/engine';
import type { FcRecord } from './fc/kinds';

type FunctionRoute = (body: unknown) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;

/** Bodies of answers are told up to this many characters. */
const SHOWN_BODY = 4_096;

/** By method and path. They throw RangeErrors and the schemas' errors. */
export function functionRoutes(engine: RunningFcEngine): Readonly<Record<string, FunctionRoute>> {
  return {
    'POST /fc/fire-timer': (body) => {
      const { function: name, timer, at } = fireTimerSchema.parse(body);
      const time = at === undefined ? undefined : parseInstant(at);
      if (at !== undefined && time === undefined) throw new RangeError(`not a time: ${at}`);
      if (engine.fireTimer(name, timer, time)) return {};
      throw new RangeError(`the function ${name} has no timer ${timer}`);
    },
    'POST /fc/run-due': async () => {
      const before = new Set(engine.records());
      await engine.runDue();
      const next = engine.nextAt();
      const ended = engine.records().filter((record) => !before.has(record));
      return { invocations: ended.map(describe), nextAt: next === undefined ? null : formatInstant(next) };
    },
    'POST /fc/faults': (body) => {
      engine.faults.add(engineFaultSchema.parse(body));
      return {};
    },
    'GET /fc/invocations': () => ({ invocations: engine.records().map(describe), failures: engine.failures().map(describe) }),
  };
}

function describe({ at, body, logs: _, ...record }: FcRecord): Readonly<Record<string, unknown>> {
  return { ...record, at: formatInstant(at), body: body.toString('utf8').slice(0, SHOWN_BODY) };
}
