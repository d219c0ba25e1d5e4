// ListTagResources: one row per instance and tag, by token.
import { list, requiredText, structList, text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import type { InstanceSpec } from '../../world/state';
import { refusal } from '../errors';
import { makeNextToken, readNextToken } from '../formats';
import { listInstances, type RdsAction } from '../lookups';

const MAX_RESOURCES = 50;
const MAX_TAGS = 20;
/** The service names no page size. */
const ROWS_PER_PAGE = 100;
const TOKEN_SCOPE = 'tags';

interface Filter {
  readonly ids: readonly string[];
  readonly tags: readonly Readonly<Record<string, string>>[];
}

export const listTagResources: RdsAction = {
  name: 'ListTagResources',
  group: 'general',
  writes: false,
  parameters: {
    RegionId: { type: 'string', required: true },
    ResourceType: { type: 'string', required: true, values: ['INSTANCE'] },
    ResourceId: { type: 'list' },
    Tag: { type: 'struct-list' },
  },
  run: (call, world) => {
    const filter = filterOf(call);
    const instances = listInstances(call, world, requiredText(call.parameters, 'RegionId'));
    const rows = instances.filter(({ spec }) => matches(spec, filter)).flatMap(({ spec }) => rowsOf(spec, filter));
    const token = text(call.parameters, 'NextToken');
    const from = token === undefined ? 0 : readNextToken(TOKEN_SCOPE, token);
    if (from === undefined) throw refusal('ListTagResources', 'Invalid.NextToken');
    const to = from + ROWS_PER_PAGE;
    return { body: { NextToken: to < rows.length ? makeNextToken(TOKEN_SCOPE, to) : '', TagResources: { TagResource: rows.slice(from, to) } } };
  },
};

function filterOf(call: Call): Filter {
  const ids = list(call.parameters, 'ResourceId');
  const tags = structList(call.parameters, 'Tag').filter((tag) => tag['Key'] !== undefined);
  if (ids.length === 0 && tags.length === 0) throw refusal('ListTagResources', 'BothEmpty.TagsAndResources');
  if (ids.length > MAX_RESOURCES) throw refusal('ListTagResources', 'NumberExceed.ResourceIds');
  if (tags.length > MAX_TAGS) throw refusal('ListTagResources', 'NumberExceed.Tags');
  return { ids, tags };
}

function hasTag(spec: InstanceSpec, tag: Readonly<Record<string, string>>): boolean {
  const value = spec.tags[tag['Key'] ?? ''];
  return value !== undefined && (tag['Value'] === undefined || tag['Value'] === value);
}

function matches(spec: InstanceSpec, filter: Filter): boolean {
  return (filter.ids.length === 0 || filter.ids.includes(spec.id)) && filter.tags.every((tag) => hasTag(spec, tag));
}

/** All tags of an instance that was asked for by its id; only the tags asked for otherwise. */
function rowsOf(spec: InstanceSpec, filter: Filter): readonly unknown[] {
  const isAskedFor = (key: string): boolean => filter.tags.length === 0 || filter.tags.some((tag) => tag['Key'] === key);
  return Object.entries(spec.tags)
    .filter(([key]) => isAskedFor(key))
    .map(([key, value]) => ({ ResourceId: spec.id, ResourceType: 'ALIYUN::RDS::INSTANCE', TagKey: key, TagValue: value }));
}
