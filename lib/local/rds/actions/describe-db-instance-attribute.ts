// DescribeDBInstanceAttribute: everything about one instance, or about up to 30 of them.
import { formatInstant } from '../../../base/instant';
import { invalidParameter } from '../../rpc/errors';
import { requiredText } from '../../rpc/parameters';
import type { InstanceSpec } from '../../world/state';
import { refusal } from '../errors';
import { PORTS } from '../formats';
import { findInstance, INSTANCE_ID, type RdsAction } from '../lookups';

const MAX_IDS = 30;

export const describeDbInstanceAttribute: RdsAction = {
  name: 'DescribeDBInstanceAttribute',
  group: 'general',
  writes: false,
  parameters: { DBInstanceId: INSTANCE_ID, Expired: { type: 'string', values: ['True', 'False'] } },
  run: (call, world) => {
    const ids = requiredText(call.parameters, 'DBInstanceId').split(',');
    if (ids.length > MAX_IDS) throw invalidParameter('DBInstanceId');
    const items = ids.map((id) => {
      const found = findInstance(call, world, id.trim());
      if (found === undefined) throw refusal('DescribeDBInstanceAttribute', 'InvalidDBInstanceId.NotFound');
      return describe(found.spec);
    });
    return { body: { Items: { DBInstanceAttribute: items } } };
  },
};

function describe(spec: InstanceSpec): Readonly<Record<string, unknown>> {
  return {
    DBInstanceId: spec.id,
    DBInstanceDescription: spec.description,
    DBInstanceStatus: spec.status,
    DBInstanceType: spec.role,
    DBInstanceClass: spec.instanceClass,
    DBInstanceClassType: 'x',
    DBInstanceStorage: spec.storageGb,
    DBInstanceStorageType: spec.storageType,
    DBInstanceMemory: 8192,
    DBInstanceCPU: '4',
    DBInstanceNetType: 'Intranet',
    Engine: spec.engine,
    EngineVersion: spec.engineVersion,
    Category: spec.category,
    RegionId: spec.regionId,
    ZoneId: spec.zoneId,
    LockMode: spec.lockMode,
    LockReason: spec.lockReason,
    PayType: spec.payType,
    CreationTime: formatInstant(spec.createdAt),
    ExpireTime: '',
    ConnectionMode: 'Standard',
    Port: PORTS[spec.engine],
    InstanceNetworkType: 'VPC',
    MaintainTime: '18:00Z-22:00Z',
    MaxConnections: 4000,
    // A number, although the documents' example is text: text makes the official client throw.
    MaxIOMBPS: 0,
    MaxIOPS: 8000,
    ResourceGroupId: spec.resourceGroupId,
    ReadOnlyDBInstanceIds: { ReadOnlyDBInstanceId: [] },
    ...(spec.primaryId === undefined ? {} : { MasterInstanceId: spec.primaryId }),
  };
}
