// Reads the tags of instances: 50 instances a call, in pages.
import { ListTagResourcesRequest } from '@alicloud/rds20140815/dist/models/ListTagResourcesRequest';
import { ListTagResourcesResponseBody } from '@alicloud/rds20140815/dist/models/ListTagResourcesResponseBody';
import type { RdsTransport } from './transport';

const MAX_IDS = 50;
/** An instance has 20 tags at most, so that this many pages can only be a token that runs in a circle. */
const MAX_PAGES = 100;

export type Tags = Readonly<Record<string, string>>;

/** Tags by instance id; instances without tags are missing. */
export async function readTags(transport: RdsTransport, region: string, instanceIds: readonly string[]): Promise<ReadonlyMap<string, Tags>> {
  const tags = new Map<string, Record<string, string>>();
  for (let start = 0; start < instanceIds.length; start += MAX_IDS) {
    await readTagsOf(transport, region, instanceIds.slice(start, start + MAX_IDS), tags);
  }
  return tags;
}

async function readTagsOf(transport: RdsTransport, region: string, ids: readonly string[], into: Map<string, Record<string, string>>): Promise<void> {
  let nextToken: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const request = new ListTagResourcesRequest({ regionId: region, resourceType: 'INSTANCE', resourceId: [...ids], nextToken });
    const body = await transport.call({ action: 'ListTagResources', target: region, request, Body: ListTagResourcesResponseBody });
    for (const { resourceId, tagKey, tagValue } of body.tagResources?.tagResource ?? []) {
      if (!resourceId || !tagKey) continue;
      const known = into.get(resourceId) ?? {};
      known[tagKey] = tagValue ?? '';
      into.set(resourceId, known);
    }
    if (!body.nextToken) return;
    nextToken = body.nextToken;
  }
  throw transport.unreadable('ListTagResources', region, `more than ${MAX_PAGES} pages of tags`);
}
