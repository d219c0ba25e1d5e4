// Reads what users type behind the options: functions, times, tags, lists.
import { UsageError } from '../base/errors';
import { type Instant, parseInstant } from '../base/instant';
import { nearestName } from '../config/nearest';
import { type DeployedFunction, FUNCTION_NAMES } from '../domain/run';

export function parseFunctionName(text: string): DeployedFunction {
  const known = FUNCTION_NAMES.find((name) => name === text);
  if (known !== undefined) return known;
  throw new UsageError(`there is no function ${JSON.stringify(text)}`, suggestion(text, FUNCTION_NAMES));
}

/** One of a few words, with the nearest one named when it is none of them. */
export function parseChoice<T extends string>(option: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const known = choices.find((choice) => choice === text);
    if (known !== undefined) return known;
    throw new UsageError(`${option} cannot be ${JSON.stringify(text)}`, suggestion(text, choices));
  };
}

export function parseTime(text: string): Instant {
  const time = parseInstant(text);
  if (time !== undefined) return time;
  throw new UsageError(`not a time: ${JSON.stringify(text)}`, 'write an ISO 8601 time with its zone, for example 2026-11-21T02:00:00Z');
}

/** Collects `key=value` pairs of an option that may be repeated. */
export function collectTag(text: string, tags: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at <= 0) throw new UsageError(`not a tag: ${JSON.stringify(text)}`, 'write --tag key=value');
  return { ...tags, [text.slice(0, at)]: text.slice(at + 1) };
}

function suggestion(text: string, choices: readonly string[]): string {
  const nearest = nearestName(text, choices);
  return nearest === undefined ? `there are: ${choices.join(', ')}` : `did you mean ${nearest}? there are: ${choices.join(', ')}`;
}
