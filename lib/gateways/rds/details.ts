// Reads what the list of instances does not say (RDS API, DescribeDBInstanceAttribute).
import { DescribeDBInstanceAttributeRequest } from '@alicloud/rds20140815/dist/models/DescribeDbinstanceAttributeRequest';
import {
  DescribeDBInstanceAttributeResponseBody,
  DescribeDBInstanceAttributeResponseBodyItems,
  DescribeDBInstanceAttributeResponseBodyItemsDBInstanceAttribute,
} from '@alicloud/rds20140815/dist/models/DescribeDbinstanceAttributeResponseBody';
import { RefusedError } from '../../domain/cloud-errors';
import type { InstanceDetails } from '../../domain/cross-region';
import type { RdsTransport } from './transport';
import { keyOf } from './words';

const ACTION = 'DescribeDBInstanceAttribute';

/** The attributes with every value as it came. The SDK's own model throws on `0MB/s`, which the service's documents show: one odd field would hide all others. */
class LooseAttribute extends DescribeDBInstanceAttributeResponseBodyItemsDBInstanceAttribute {
  static override types(): Record<string, string> {
    return Object.fromEntries(Object.keys(DescribeDBInstanceAttributeResponseBodyItemsDBInstanceAttribute.names()).map((name) => [name, 'any']));
  }
}

class LooseItems extends DescribeDBInstanceAttributeResponseBodyItems {
  static override types(): Record<string, unknown> {
    return { DBInstanceAttribute: { type: 'array', itemType: LooseAttribute } };
  }
}

class LooseBody extends DescribeDBInstanceAttributeResponseBody {
  static override types(): Record<string, unknown> {
    return { items: LooseItems, requestId: 'string' };
  }
}

/** Throws a RefusedError `instance-not-found` for an instance that is not in the answer. */
export async function readDetails(transport: RdsTransport, instanceId: string): Promise<InstanceDetails> {
  const request = new DescribeDBInstanceAttributeRequest({ DBInstanceId: instanceId });
  const body = await transport.call({ action: ACTION, target: instanceId, request, Body: LooseBody });
  if (body.items === undefined) throw transport.unreadable(ACTION, instanceId, 'no attributes in it');
  const wire = body.items.DBInstanceAttribute?.find((item) => item.DBInstanceId === instanceId);
  if (wire === undefined) throw notFound(instanceId);
  const storageGb = Number(wire.DBInstanceStorage);
  if (!wire.DBInstanceClass || !(storageGb > 0)) throw transport.unreadable(ACTION, instanceId, 'no instance class or no storage in it');
  return {
    instanceClass: wire.DBInstanceClass,
    storageGb,
    isServerless: keyOf(wire.payType) === 'serverless' || keyOf(wire.category).startsWith('serverless'),
  };
}

function notFound(instanceId: string): RefusedError {
  return new RefusedError('instance-not-found', `${ACTION} for ${instanceId}: the service knows no such instance`, {
    operation: ACTION,
    target: instanceId,
    hint: 'check the instance id, the region and the account',
  });
}
