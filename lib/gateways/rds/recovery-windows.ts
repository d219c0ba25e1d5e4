// Reads between which points in time an instance can be restored, at home and from a copy (RDS API, DescribeLocalAvailableRecoveryTime and DescribeAvailableRecoveryTime).
import { DescribeAvailableRecoveryTimeRequest } from '@alicloud/rds20140815/dist/models/DescribeAvailableRecoveryTimeRequest';
import { DescribeAvailableRecoveryTimeResponseBody } from '@alicloud/rds20140815/dist/models/DescribeAvailableRecoveryTimeResponseBody';
import { DescribeLocalAvailableRecoveryTimeRequest } from '@alicloud/rds20140815/dist/models/DescribeLocalAvailableRecoveryTimeRequest';
import { DescribeLocalAvailableRecoveryTimeResponseBody } from '@alicloud/rds20140815/dist/models/DescribeLocalAvailableRecoveryTimeResponseBody';
import { parseInstant } from '../../base/instant';
import { RefusedError } from '../../domain/cloud-errors';
import type { RecoveryWindow } from '../../domain/cross-region';
import type { RdsAction } from './actions';
import type { RdsTransport } from './transport';

/** Refusals that say that there is no window. */
const NO_WINDOW: ReadonlySet<string> = new Set([
  'LogBackupNotEnabled',
  'InvalidBackup.NotFound',
  'InvalidBinlog.NotFound',
  'NoAvailableLogBackup',
  'NoAvailableDisasterRestoreBakset',
]);

interface WireWindow {
  readonly recoveryBeginTime?: string;
  readonly recoveryEndTime?: string;
}

/** This operation calls the region `Region`, not `RegionId`. */
export function localRecoveryWindow(transport: RdsTransport, region: string, instanceId: string): Promise<RecoveryWindow | undefined> {
  const action = 'DescribeLocalAvailableRecoveryTime';
  const request = new DescribeLocalAvailableRecoveryTimeRequest({ DBInstanceId: instanceId, region });
  return readWindow(transport, { action, target: instanceId }, () =>
    transport.call({ action, target: instanceId, request, Body: DescribeLocalAvailableRecoveryTimeResponseBody }),
  );
}

/** From the logs copied after this copy. Throws a RefusedError `invalid-request`, with nothing sent, for what is no id of a copy. */
export async function copyRecoveryWindow(
  transport: RdsTransport,
  region: string,
  { instanceId, copyId }: { readonly instanceId: string; readonly copyId: string },
): Promise<RecoveryWindow | undefined> {
  const action = 'DescribeAvailableRecoveryTime';
  const target = `${instanceId}, copy ${copyId}`;
  if (!/^\d+$/.test(copyId)) {
    throw new RefusedError('invalid-request', `${action} for ${target} was not sent: not the id of a copy`, { operation: action, target });
  }
  const request = new DescribeAvailableRecoveryTimeRequest({
    DBInstanceId: instanceId,
    regionId: region,
    // The model says number. The id is sent as it was given: a text loses no digits.
    crossBackupId: copyId as unknown as number,
  });
  return readWindow(transport, { action, target }, () => transport.call({ action, target, request, Body: DescribeAvailableRecoveryTimeResponseBody }));
}

async function readWindow(
  transport: RdsTransport,
  { action, target }: { readonly action: RdsAction; readonly target: string },
  read: () => Promise<WireWindow>,
): Promise<RecoveryWindow | undefined> {
  const wire = await read().catch((error: unknown) => {
    if (error instanceof RefusedError && NO_WINDOW.has(error.serviceCode ?? '')) return undefined;
    throw error;
  });
  if (wire === undefined || (!wire.recoveryBeginTime && !wire.recoveryEndTime)) return undefined;
  const from = parseInstant(wire.recoveryBeginTime ?? '');
  const to = parseInstant(wire.recoveryEndTime ?? '');
  if (from === undefined || to === undefined) throw transport.unreadable(action, target, 'no readable begin or end of the recovery window in it');
  return { from, to };
}
