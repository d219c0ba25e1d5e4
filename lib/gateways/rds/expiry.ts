// Keeps a backup set longer (RDS API, ModifyBackupSetExpireTime).
import { ModifyBackupSetExpireTimeRequest } from '@alicloud/rds20140815/dist/models/ModifyBackupSetExpireTimeRequest';
import { ModifyBackupSetExpireTimeResponseBody } from '@alicloud/rds20140815/dist/models/ModifyBackupSetExpireTimeResponseBody';
import { formatInstant, type Instant } from '../../base/instant';
import type { RdsTransport } from './transport';

/** What lists show for sets that are kept for ever. */
const FOREVER = '9999-01-01T00:00:00Z';

/**
 * Sends the time in UTC and with seconds, the form of the documents' own example. The answer must say `Success: true`: HTTP 200 alone says nothing.
 * Anything else is a CloudError.
 */
export async function extendExpiry(transport: RdsTransport, instanceId: string, backupId: string, expiresAt: Instant | 'never'): Promise<void> {
  const action = 'ModifyBackupSetExpireTime';
  const target = `${instanceId}, backup set ${backupId}`;
  const request = new ModifyBackupSetExpireTimeRequest({
    DBInstanceId: instanceId,
    // The model says number, but the documents' example is a text, lists give texts, and a large number would lose digits. It is sent as it is given.
    backupId: backupId as unknown as number,
    expectExpireTime: expiresAt === 'never' ? FOREVER : formatInstant(expiresAt),
  });
  const body = await transport.call({ action, target, request, Body: ModifyBackupSetExpireTimeResponseBody });
  if (body.success === false) throw transport.unsuccessful(action, target, body.message ?? '');
  if (body.success !== true) throw transport.unreadable(action, target, 'it does not say whether it succeeded');
}
