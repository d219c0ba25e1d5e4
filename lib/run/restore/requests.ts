// Requests for restores as the ledger keeps them: a run each, named by its key and by what it was used for. The key is what makes one instance of many tries.
import { canonicalJson, shortHash } from '../../base/hash';
import type { Instant } from '../../base/instant';
import type { Ledger } from '../../domain/ports';
import type { RunRecord } from '../../domain/run';
import type { RestoreWish, TableWish } from '../../policy/restore-types';

/** The ledger's scope of restores, which is their function's name. */
export const RESTORE_SCOPE = 'restore';

/** Keys are looked for among so many of the newest requests. */
const KNOWN_REQUESTS = 1_000;

export interface RestoreRequest {
  readonly key: string;
  /** Of what the key was used for. */
  readonly digest: string;
  readonly run: RunRecord;
}

/** `release-42~0f3a91bc`: what a key was used for is part of the trigger, so that it is known also when the run was cut off. Keys have no `~`. */
export function triggerIdOf(key: string, digest: string): string {
  return `${key}~${digest}`;
}

export function digestOfWish(wish: RestoreWish | TableWish): string {
  return shortHash(canonicalJson(wish), 12);
}

/** 64 hexadecimal digits, which is as long as the service takes (RDS API, CreateDdrInstance: ClientToken). The same for every try with the key, of this installation only. */
export function clientTokenOf(installationId: string, key: string): string {
  return shortHash(canonicalJson([installationId, RESTORE_SCOPE, key]), 64);
}

/** Newest first. */
export async function listRequests(ledger: Ledger, limit: number): Promise<readonly RestoreRequest[]> {
  return (await ledger.listRuns(RESTORE_SCOPE, limit)).map(requestOf);
}

/** The first request with the key: every later try continues its run. */
export async function findRequest(ledger: Ledger, key: string): Promise<RestoreRequest | undefined> {
  return (await listRequests(ledger, KNOWN_REQUESTS)).findLast((request) => request.key === key);
}

function requestOf(run: RunRecord): RestoreRequest {
  const [key = run.trigger.id, digest = ''] = run.trigger.id.split('~');
  return { key, digest, run };
}

/** Codes of failures after which certainly nothing was made. */
const CERTAIN: ReadonlySet<string> = new Set(['refused', 'throttled', 'denied', 'credentials', 'unreachable']);

/** True when a call may have been made whose answer nobody has seen. */
export function isOutcomeUnknown({ run }: RestoreRequest): boolean {
  if (run.summary === undefined) return true;
  return run.summary.status === 'failed' && !CERTAIN.has(run.summary.error?.code ?? '');
}

/** True while somebody may be at it. */
export function isUnderWay({ run }: RestoreRequest, now: Instant): boolean {
  return run.summary === undefined && run.leaseUntil > now;
}
