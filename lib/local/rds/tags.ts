// Tags in filters: the JSON text of a `Tags` parameter, and the question whether an instance has them.
import { refusal } from './errors';

export type TagFilter = readonly (readonly [key: string, value: string])[];

const MAX_TAGS = 5;

/** Reads `{"key":"value"}`, five pairs at most. Throws the documented refusals for anything else. An empty value matches every value. */
export function parseTags(json: string | undefined): TagFilter {
  if (json === undefined) return [];
  const parsed = parseObject(json);
  const pairs = Object.entries(parsed ?? {});
  if (parsed === undefined || !pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    throw refusal('DescribeTags', 'Tag.InvalidTagsParameter');
  }
  if (pairs.length > MAX_TAGS) throw refusal('DescribeTags', 'Tag.Allow5TagInfos');
  return pairs;
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

export function matchesTags(tags: Readonly<Record<string, string>>, filter: TagFilter): boolean {
  return filter.every(([key, value]) => (value === '' ? key in tags : tags[key] === value));
}
