// DescribeTags: tag pairs with the instances that carry them.
import { text } from '../../rpc/parameters';
import type { Call } from '../../rpc/types';
import type { InstanceState } from '../../world/state';
import type { World } from '../../world/world';
import { refusal } from '../errors';
import { findInstance, listInstances, type RdsAction } from '../lookups';
import { matchesTags, parseTags } from '../tags';

export const describeTags: RdsAction = {
  name: 'DescribeTags',
  group: 'general',
  writes: false,
  parameters: { RegionId: { type: 'string', required: true }, DBInstanceId: { type: 'string' }, Tags: { type: 'string' } },
  run: (call, world) => {
    const { parameters } = call;
    const instanceId = text(parameters, 'DBInstanceId');
    // An instance overrides every other filter.
    const tags = instanceId === undefined ? parseTags(text(parameters, 'Tags')) : [];
    const instances = instanceId === undefined ? listInstances(call, world, text(parameters, 'RegionId') ?? '') : [requireTagged(call, world, instanceId)];
    return { body: { Items: { TagInfos: groupByPair(instances.filter(({ spec }) => matchesTags(spec.tags, tags))) } } };
  },
};

function requireTagged(call: Call, world: World, instanceId: string): InstanceState {
  const found = findInstance(call, world, instanceId);
  if (found === undefined) throw refusal('DescribeTags', 'InvalidDBInstanceId.NotFound');
  return found;
}

function groupByPair(instances: readonly InstanceState[]): readonly unknown[] {
  const groups = new Map<string, { readonly key: string; readonly value: string; readonly ids: string[] }>();
  for (const { spec } of instances) {
    for (const [key, value] of Object.entries(spec.tags)) {
      const group = groups.get(JSON.stringify([key, value])) ?? { key, value, ids: [] };
      group.ids.push(spec.id);
      groups.set(JSON.stringify([key, value]), group);
    }
  }
  return [...groups.values()].map(({ key, value, ids }) => ({ TagKey: key, TagValue: value, DBInstanceIds: { DBInstanceIds: ids } }));
}
