// Asks the service whether the newest copy can be restored, at most as often as the policy says.
import type { CrossRegionCopy, RestoreCheck } from '../../domain/cross-region';
import type { InstanceEngine } from '../../domain/instance';
import type { CopiesInput } from '../../policy/cross-region/types';
import type { Run } from '../envelope';
import type { Notes } from '../notes';
import type { VerifyWork } from './instance';
import { isWhereTheyBelong, makeReader } from './observe';

type Probe = CopiesInput['probe'];

/**
 * The newest answer: this run's, or an earlier one that is young enough. Undefined: nobody has asked, or the service did not say. Where copies cannot be listed the
 * earlier answer stands; one on a copy that is gone is none.
 */
export async function probeNewest(run: Run, work: VerifyWork, copies: readonly CrossRegionCopy[] | undefined, notes: Notes): Promise<Probe> {
  const { policy, before, mayReadMore, settings } = work;
  if (policy.probeEveryMs === undefined) return undefined;
  const known = answerOf(before?.probe);
  if (copies === undefined) return known;
  const newest = copies.filter((copy) => copy.status === 'success' && copy.type === 'full' && isWhereTheyBelong(copy, settings)).at(-1);
  if (newest === undefined) return undefined;
  const earlier = copies.some(({ id }) => id === known?.copyId) ? known : undefined;
  if (earlier !== undefined && run.asOf - earlier.at < policy.probeEveryMs) return earlier;
  if (!mayReadMore) return earlier;
  const engine = restorableEngine(work.instance.engine);
  if (engine === undefined) return undefined;
  const answer = await makeReader(notes)('restorability', async () => work.gateway.checkRestore(await checkOf(work, engine, newest)));
  return answer === undefined ? earlier : { copyId: newest.id, at: run.asOf, answer };
}

/** As big as the instance itself, in the region where the copy is. */
async function checkOf({ gateway, instance }: VerifyWork, engine: RestoreCheck['engine'], copy: CrossRegionCopy): Promise<RestoreCheck> {
  const { instanceClass, storageGb } = await gateway.readDetails(instance.id);
  const storage = Math.min(2_000, Math.max(5, Math.ceil(storageGb / 5) * 5));
  return { region: copy.region, engine, engineVersion: instance.engineVersion, instanceClass, storageGb: storage, what: { kind: 'copy', copyId: copy.id } };
}

function restorableEngine(engine: InstanceEngine): RestoreCheck['engine'] | undefined {
  return engine === 'mariadb' || engine === 'other' ? undefined : engine;
}

function answerOf(known: NonNullable<VerifyWork['before']>['probe']): Probe {
  if (known === undefined) return undefined;
  const { copyId, at, isRestorable, reason } = known;
  return { copyId, at, answer: isRestorable ? { isRestorable } : { isRestorable, code: '', reason: reason ?? '' } };
}
