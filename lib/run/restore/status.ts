// What has become of the restores: their runs, and whether what they made is Running by now.
import { messageOf } from '../../base/errors';
import type { Instant } from '../../base/instant';
import { CloudError } from '../../domain/cloud-errors';
import type { RunSummary } from '../../domain/run';
import type { Finding } from '../../domain/verdict';
import { RESTORE_STARTED } from '../../policy/restore-facts';
import { requireMeta } from '../require-meta';
import type { RunPorts } from '../types';
import { findRequest, isUnderWay, listRequests, type RestoreRequest } from './requests';

/**
 * `running`: the instance is Running. `restoring`: it is not yet. `failed`: the service refused. `under-way`: a process is at it. `interrupted`: it was cut off, and the same
 * command with the same key finishes it. `unknown`: the service cannot be asked, or does not know the instance.
 */
export type RestoreState = 'running' | 'restoring' | 'failed' | 'under-way' | 'interrupted' | 'unknown';

export interface RestoreView {
  readonly key: string;
  readonly runId: string;
  readonly startedAt: Instant;
  readonly state: RestoreState;
  /** One sentence: what is being restored to where, or why not. */
  readonly reason: string;
  /** The new instance, or the one that gets tables. */
  readonly restoredId: string | undefined;
  readonly region: string | undefined;
  readonly error: RunSummary['error'];
}

type StatusPorts = Pick<RunPorts, 'ledger' | 'gatewayOf' | 'clock'>;

/** Newest first; with a key, that request alone, or none. One look at the service for each that was started. */
export async function readRestores(ports: StatusPorts, query: { readonly key?: string; readonly limit: number }): Promise<readonly RestoreView[]> {
  const { ledger } = ports;
  await requireMeta(ledger);
  const views: RestoreView[] = [];
  for (const request of await requestsOf(ports, query)) views.push(await viewOf(ports, request));
  return views;
}

async function requestsOf({ ledger }: StatusPorts, { key, limit }: { readonly key?: string; readonly limit: number }): Promise<readonly RestoreRequest[]> {
  if (key === undefined) return listRequests(ledger, limit);
  const request = await findRequest(ledger, key);
  return request === undefined ? [] : [request];
}

async function viewOf(ports: StatusPorts, request: RestoreRequest): Promise<RestoreView> {
  const { key, run } = request;
  const { summary } = run;
  const base = { key, runId: run.runId, startedAt: run.startedAt, restoredId: undefined, region: undefined, error: summary?.error };
  if (summary === undefined) {
    return isUnderWay(request, ports.clock.now())
      ? { ...base, state: 'under-way', reason: 'a process is at it' }
      : { ...base, state: 'interrupted', reason: 'it was cut off: the same command with the same key finishes it' };
  }
  const started = summary.findings.find(({ rule }) => rule === RESTORE_STARTED);
  if (started === undefined) return { ...base, state: 'failed', reason: summary.error?.message ?? 'it failed, and the ledger does not say why' };
  const [account, region, restoredId] = [textIn(started, 'account'), textIn(started, 'region'), textIn(started, 'restoredId')];
  const { state, word } = await stateOf(ports, { account, region, restoredId });
  return { ...base, region, restoredId, state, reason: `${started.message}: ${word}` };
}

interface Restored {
  readonly account: string;
  readonly region: string;
  readonly restoredId: string;
}

async function stateOf(
  { gatewayOf }: StatusPorts,
  { account, region, restoredId }: Restored,
): Promise<{ readonly state: RestoreState; readonly word: string }> {
  try {
    const instance = await gatewayOf({ account, region }).findInstance(restoredId, { withTags: false });
    if (instance === undefined) return { state: 'unknown', word: 'the service does not list it: not yet, or it has been released' };
    return { state: instance.status === 'Running' ? 'running' : 'restoring', word: `it is ${instance.status}` };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { state: 'unknown', word: `the service could not be asked: ${messageOf(error)}` };
  }
}

function textIn({ evidence }: Finding, name: string): string {
  return String(evidence[name] ?? '');
}
