// Reads and writes the backup settings of one instance (RDS API, DescribeBackupPolicy and ModifyBackupPolicy).
import { DeleteBackupResponseBody } from '@alicloud/rds20140815/dist/models/DeleteBackupResponseBody';
import { DescribeBackupPolicyRequest } from '@alicloud/rds20140815/dist/models/DescribeBackupPolicyRequest';
import { DescribeBackupPolicyResponseBody } from '@alicloud/rds20140815/dist/models/DescribeBackupPolicyResponseBody';
import type { Instant } from '../../base/instant';
import type { BackupSettings, SettingsMode, SettingsWrite } from '../../domain/settings';
import { toBackupSettings } from './settings-mapping';
import { toModifyBackupPolicyRequest } from './settings-request';
import { MODE_NAMES } from './settings-words';
import type { RdsTransport } from './transport';

/**
 * The answer with every value as it came. The SDK's own model throws on `"True"` and on `"-1"`, which the service's documents show, and makes
 * NaN of an empty text: one odd field would hide all others.
 */
class LoosePolicyBody extends DescribeBackupPolicyResponseBody {
  static override types(): Record<string, string> {
    return Object.fromEntries(Object.keys(DescribeBackupPolicyResponseBody.names()).map((name) => [name, 'any']));
  }
}

/** The settings of both modes: each has a view of its own, and no document says what a call without a mode shows. */
export async function readSettings(transport: RdsTransport, instanceId: string): Promise<BackupSettings> {
  const data = await readView(transport, instanceId, 'data');
  const log = await readView(transport, instanceId, 'log');
  const settings = toBackupSettings(data, log);
  // Every instance has these. Without them the answer is of something else, and must not pass for settings that nobody needs to compare.
  if (settings.dataRetentionDays === undefined && settings.backupDays === undefined && settings.backupWindowMinute === undefined) {
    throw transport.unreadable('DescribeBackupPolicy', instanceId, 'no retention, no days and no time of backups in it');
  }
  return settings;
}

function readView(transport: RdsTransport, instanceId: string, mode: SettingsMode): Promise<LoosePolicyBody> {
  const request = new DescribeBackupPolicyRequest({ DBInstanceId: instanceId, backupPolicyMode: MODE_NAMES[mode] });
  return transport.call({ action: 'DescribeBackupPolicy', target: instanceId, request, Body: LoosePolicyBody });
}

/** Writes one mode. Throws a RefusedError `invalid-request`, with nothing sent, for values that cannot be written. */
export async function writeSettings(transport: RdsTransport, instanceId: string, write: SettingsWrite, notAfter: Instant): Promise<void> {
  const request = toModifyBackupPolicyRequest(instanceId, write);
  // Of the answer nothing is read: the caller reads the settings back. A body without fields of its own cannot be misread.
  await transport.call({ action: 'ModifyBackupPolicy', target: instanceId, request, Body: DeleteBackupResponseBody, notAfter });
}
