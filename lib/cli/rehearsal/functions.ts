// The functions of a rehearsal: those of s.yaml, run by the local Function Compute, with timers that fire when the rehearsal says so.
import { KeeperError } from '../../base/errors';
import { type Instant, instant, SECOND_MS } from '../../base/instant';
import type { DeployedFunction, RunSummary } from '../../domain/run';
import type { FcManifest, FcRecord, RunningFcEngine } from '../../local';
import { parseFcSchedule } from '../../local/fc';
import { failureOf } from '../function-failure';
import { withWorkers } from './merge';

/** A rehearsal is played moment by moment: between them no timer fires by itself. */
export function withSilentTimers(manifest: FcManifest): FcManifest {
  const silent = manifest.functions.map((each) => ({ ...each, timers: each.timers.map((timer) => ({ ...timer, isEnabled: false })) }));
  return { ...manifest, functions: silent };
}

/** The first moment from `from` on at which the function's timer fires; `from` itself, in whole seconds, where it has none that comes. */
export function timerAt(engine: RunningFcEngine, name: DeployedFunction, from: Instant): Instant {
  const [timer] = timersOf(engine, name).timers;
  const second = instant(from - (from % SECOND_MS));
  return (timer === undefined ? undefined : parseFcSchedule(timer.cron, second).next(instant(from - 1))) ?? second;
}

/** What a timer has led to. */
export interface Fired {
  /** Of the run and its workers together. */
  readonly summary: RunSummary;
  /** The invocations that worked on parts of the fleet, each a shard. */
  readonly shards: number;
}

/** Fires the function's timer and waits until all that follows from it is done. Throws a KeeperError with the function's own words when it fails, or has no timer. */
export async function fireTimer(engine: RunningFcEngine, name: DeployedFunction, triggerTime: Instant): Promise<Fired> {
  const { name: deployed, timers } = timersOf(engine, name);
  const known = new Set(engine.records());
  const [timer] = timers;
  if (timer === undefined || !engine.fireTimer(deployed, timer.name, triggerTime)) throw missing(name, 'has no timer');
  await engine.runDue();
  const records = engine.records().filter((record) => record.function === deployed && !known.has(record));
  const failure = records.find((record) => !record.ok);
  if (failure !== undefined) throw failed(name, failure);
  const run = records.find((record) => record.type === 'timer');
  if (run === undefined) throw missing(name, 'was not run');
  const workers = records.filter((record) => record !== run).map(summaryOf);
  return { summary: withWorkers(summaryOf(run), workers), shards: workers.length };
}

function summaryOf({ body }: FcRecord): RunSummary {
  return JSON.parse(body.toString('utf8')) as RunSummary; // our own function's answer
}

/** By its name in the manifest, whatever the prefix. */
function timersOf({ manifest }: RunningFcEngine, name: DeployedFunction): FcManifest['functions'][number] {
  const found = manifest.functions.find((each) => each.handler === `${name}.handler`);
  if (found === undefined) throw missing(name, 'is not in the manifest');
  return found;
}

function missing(name: DeployedFunction, why: string): KeeperError {
  return new KeeperError(`the function ${name} ${why}`, { code: 'rehearsal-failed', hint: 'compare the manifest with the s.yaml of this installation' });
}

function failed(name: DeployedFunction, record: FcRecord): KeeperError {
  const { message, hint = record.logs.at(-1) ?? 'the function printed nothing' } = failureOf(record);
  return new KeeperError(`the function ${name} failed: ${message}`, { code: 'rehearsal-failed', hint });
}
