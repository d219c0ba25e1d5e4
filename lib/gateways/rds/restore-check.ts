// Asks whether a copy could be restored, without restoring it (RDS API, CheckCreateDdrDBInstance).
import { CheckCreateDdrDBInstanceRequest } from '@alicloud/rds20140815/dist/models/CheckCreateDdrDbinstanceRequest';
import { CheckCreateDdrDBInstanceResponseBody } from '@alicloud/rds20140815/dist/models/CheckCreateDdrDbinstanceResponseBody';
import { formatInstant } from '../../base/instant';
import { RefusedError } from '../../domain/cloud-errors';
import type { RestoreAnswer, RestoreCheck } from '../../domain/cross-region';
import type { RdsTransport } from './transport';
import { ENGINE_NAMES, keyOf } from './words';

const ACTION = 'CheckCreateDdrDBInstance';

/** Refusals that answer the question: no other class, storage or region would change them. Source: the operation's error list. */
const WHY_NOT: Readonly<Record<string, string>> = {
  NoAvailableDisasterRestoreBakset: 'the service finds no copy that it could be restored from',
  NoAvailableLogBackup: 'no copied logs reach that time',
  'InvalidBackupSetID.NotFound': 'the service knows no copy of that id: it has expired, or was never finished',
  IncorrectBackupSetType: 'the service does not take the set for a cross-region copy',
  IncorrectBackupSetMethod: 'copies of sets made by this backup method cannot be restored',
  IncorrectBaksetVersion: 'copies made by this version of the engine cannot be restored',
  IncorrectEngineVersion: 'copies of this version of the engine cannot be restored',
  CrossRegionUnsupportTDE: 'the copy has transparent data encryption, and is restored in the region of its source only',
  IncorrectDBInstance: 'the source is an instance of a kind whose copies cannot be restored',
  IncorrectDBInstanceType: 'instances of this engine and type cannot be restored from copies',
  IncorrectDBType: 'databases of this kind cannot be restored from copies',
};

/** What the answer is called when the service says no more than that. */
const NOT_VALID: RestoreAnswer = { isRestorable: false, code: 'IsValid', reason: 'the service says that it cannot be restored, and not why' };

/** Refusals that say why not are answers; all others are errors. */
export async function checkRestore(transport: RdsTransport, check: RestoreCheck): Promise<RestoreAnswer> {
  const { region, engine, engineVersion, instanceClass, storageGb, what } = check;
  const target = what.kind === 'copy' ? `copy ${what.copyId}` : `${what.sourceInstanceId} at ${formatInstant(what.at)}`;
  const request = new CheckCreateDdrDBInstanceRequest({
    regionId: region,
    engine: ENGINE_NAMES[engine],
    engineVersion,
    DBInstanceClass: instanceClass,
    DBInstanceStorage: storageGb,
    ...(what.kind === 'copy'
      ? { restoreType: '0', backupSetId: what.copyId }
      : { restoreType: '1', restoreTime: formatInstant(what.at), sourceRegion: what.sourceRegion, sourceDBInstanceName: what.sourceInstanceId }),
  });
  try {
    const { isValid } = await transport.call({ action: ACTION, target, request, Body: CheckCreateDdrDBInstanceResponseBody });
    if (keyOf(isValid) === 'true') return { isRestorable: true };
    if (keyOf(isValid) === 'false') return NOT_VALID;
  } catch (error) {
    const answer = answerIn(error);
    if (answer === undefined) throw error;
    return answer;
  }
  throw transport.unreadable(ACTION, target, 'it does not say whether the restore is possible');
}

function answerIn(error: unknown): RestoreAnswer | undefined {
  const code = error instanceof RefusedError ? error.serviceCode : undefined;
  if (code === undefined || !Object.hasOwn(WHY_NOT, code)) return undefined;
  return { isRestorable: false, code, reason: WHY_NOT[code] ?? '' };
}
