// Looks at the copies of one instance: what the service can say, and nothing that it cannot. Optional reads are left out when the month's budget is used up.
import { plusMs } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import { CloudError, DeniedError, type RefusalReason, RefusedError } from '../../domain/cloud-errors';
import type { CrossRegionCopy, CrossRegionSettings, LogFile, RecoveryWindow } from '../../domain/cross-region';
import type { Instance } from '../../domain/instance';
import type { RdsGateway, SetWindow } from '../../domain/ports';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import { notFullyRead } from '../../policy/cross-region/findings';
import { permissionDenied } from '../../policy/findings';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import { isFatal } from '../shards';
import { LOOK_AHEAD_MS } from '../timing';

export interface CopiesWork {
  readonly gateway: RdsGateway;
  readonly instance: Instance;
  readonly policy: CrossRegionPolicy;
  readonly settings: CrossRegionSettings;
  /** False when the month's budget of calls is used up. */
  readonly mayReadMore: boolean;
}

export interface CopiesSight {
  readonly sets: readonly BackupSet[];
  readonly copies: readonly CrossRegionCopy[] | undefined;
  readonly localLogs: readonly LogFile[] | undefined;
  readonly copiedLogs: readonly LogFile[] | undefined;
  /** `none`: the service says that there is none. */
  readonly localWindow: RecoveryWindow | 'none' | undefined;
  readonly copyWindow: RecoveryWindow | 'none' | undefined;
}

/** Throws a CloudError when the sets or the copies cannot be listed. What else cannot be read is undefined, with a finding: nothing is concluded from it. */
export async function observeCopies(run: Run, work: CopiesWork, notes: Notes): Promise<CopiesSight> {
  const { gateway, instance, policy, settings, mayReadMore } = work;
  const window = { from: plusMs(run.asOf, -policy.lookBackMs), to: plusMs(run.asOf, LOOK_AHEAD_MS) };
  const sets = await gateway.listBackupSets(instance.id, window);
  const copies = await copiesOf(work, window);
  const none = { sets, copies, localLogs: undefined, copiedLogs: undefined, localWindow: undefined, copyWindow: undefined };
  if (!mayReadMore) return none;
  const { destination } = settings;
  const newest = copies?.filter((copy) => copy.status === 'success' && isWhereTheyBelong(copy, settings)).at(-1);
  const read = makeReader(notes);
  const localWindow =
    instance.engine === 'sqlserver' ? undefined : await read('recovery window', async () => (await gateway.localRecoveryWindow(instance.id)) ?? 'none');
  const copyWindow = newest && (await read('recovery window of the copies', async () => (await gateway.copyRecoveryWindow(instance.id, newest.id)) ?? 'none'));
  if (!settings.copiesLogs || destination === undefined) return { ...none, localWindow, copyWindow };
  const localLogs = await read('logs', () => gateway.listLogs(instance, window));
  const copiedLogs = await read('copied logs', () => gateway.listCopiedLogs(instance.id, destination, window));
  return { sets, copies, localLogs, copiedLogs, localWindow, copyWindow };
}

/** True where the service does not say where copies go: then none is in the wrong region. */
export function isWhereTheyBelong({ region }: CrossRegionCopy, { destination }: CrossRegionSettings): boolean {
  return destination === undefined || region === destination;
}

/** In every region, as one that is in the wrong one would not show else. Undefined where this kind of instance's copies cannot be listed: unknown is not missing. */
async function copiesOf({ gateway, instance }: CopiesWork, window: SetWindow): Promise<readonly CrossRegionCopy[] | undefined> {
  try {
    return await gateway.listCopies(instance.id, undefined, window);
  } catch (error) {
    if (error instanceof RefusedError && error.reason === 'copies-not-listed') return undefined;
    throw error;
  }
}

/** Refusals that come of the kind of instance, or of its end: they are no news. */
const NO_NEWS: readonly RefusalReason[] = ['copies-not-listed', 'not-told', 'cross-region-unsupported', 'read-only-instance', 'instance-not-found'];

function isNoNews(error: CloudError): boolean {
  return error instanceof RefusedError && NO_NEWS.includes(error.reason);
}

type Reader = <T>(what: string, action: () => Promise<T>) => Promise<T | undefined>;

/** What the service does not say of one thing does not stand in the way of the others, and is not silent either. A kind of instance that never has it is no news. */
export function makeReader(notes: Notes): Reader {
  return async (what, action) => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CloudError) || isFatal(error)) throw error;
      if (error instanceof DeniedError) notes.finding(permissionDenied(notes.instance.id, error.action, error.operation));
      else if (!isNoNews(error)) notes.finding(notFullyRead(notes.instance.id, what, error.message));
      return undefined;
    }
  };
}
