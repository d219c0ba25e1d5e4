// What the operations on RDS Custom's disks and snapshots have in common: lists of ids as JSON, tags, and pages that say their size.
import { invalidParameter } from '../rpc/errors';
import { structList, text } from '../rpc/parameters';
import type { Parameters } from '../rpc/types';

/** A JSON array of ids; undefined when it was left out. */
export function idsOf(parameters: Parameters, name: string, most: number): readonly string[] | undefined {
  const given = text(parameters, name);
  if (given === undefined) return undefined;
  const parsed = parseJson(given);
  if (!Array.isArray(parsed) || parsed.length > most || !parsed.every((id): id is string => typeof id === 'string')) throw invalidParameter(name);
  return parsed;
}

function parseJson(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

export type Tags = Readonly<Record<string, string>>;

/** `Tag.1.Key` and `Tag.1.Value`. */
export function tagsOf(parameters: Parameters): Tags {
  return Object.fromEntries(structList(parameters, 'Tag').map((tag) => [tag['Key'] ?? '', tag['Value'] ?? '']));
}

/** Every wanted tag is there; one without a value matches every value. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => (value === '' ? key in tags : tags[key] === value));
}

export function describeTags(tags: Tags): readonly Readonly<Record<string, string>>[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
