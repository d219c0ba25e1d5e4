// Makes a run's request from what was typed: who triggers it, as of when, for which instances.
import type { Clock } from '../../base/clock';
import { makeDeadline } from '../../base/deadline';
import { shortHash } from '../../base/hash';
import { DAY_MS, MINUTE_MS } from '../../base/instant';
import type { CompiledPolicy } from '../../domain/protection-policy';
import type { RunRequest } from '../../run/types';
import { parseTime } from '../arguments';

export interface RunOptions {
  readonly at?: string;
  readonly instance?: readonly string[];
  readonly dryRun?: boolean;
}

export const AT_OPTION = ['--at <time>', 'decide as of this time, ISO 8601 with its zone (default: now)'] as const;
export const INSTANCE_OPTION = ['--instance <id...>', 'only these instances'] as const;

/** Nobody kills a command for its time; a person may. */
export const PATIENCE_MS = DAY_MS;

/**
 * The run is named by its time and, where instances are named, by them: the same command for the same time is the same run, which is done once.
 * Throws a UsageError for a time that is none.
 */
export function requestOf(options: RunOptions, policy: CompiledPolicy, clock: Clock): RunRequest {
  const asOf = options.at === undefined ? clock.now() : parseTime(options.at);
  const instances = options.instance === undefined ? undefined : [...new Set(options.instance)].sort();
  const id = instances === undefined ? 'keeper-run' : `keeper-run-${shortHash(instances.join(' '))}`;
  return {
    trigger: { type: 'cli', id, time: asOf },
    asOf,
    dryRun: options.dryRun === true,
    policy,
    deadline: makeDeadline(clock, PATIENCE_MS, MINUTE_MS),
    ...(instances === undefined ? {} : { instances }),
  };
}
