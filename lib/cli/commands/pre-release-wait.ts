// Waits for a release: checks, and checks again, until it is over or the patience is.
import { KeeperError } from '../../base/errors';
import { plusMs } from '../../base/instant';
import type { ReleaseReceipt } from '../../domain/release';
import type { CliIo } from '../io';
import { receiptLine } from '../printers/release-text';
import { sanitise } from '../sanitise';
import type { Gate } from './pre-release-gate';
import { type IdentityOptions, identityFields, type WaitOptions } from './pre-release-options';

/** What may be over at the next try. */
const PASSING = new Set([
  'ledger-unreachable',
  'ledger-ambiguous',
  'throttled',
  'unreachable',
  'ambiguous',
  'guard-contended',
  'lease-lost',
  'function-failed',
]);
/** So often in a row; then the failure is the answer. */
const MAX_FAILURES = 5;

/** The receipt that was the last: of a release that is over, or still pending when the time was up. Every check helps the release on; each change is told on stderr. */
export async function waitFor(
  io: CliIo,
  gate: Gate,
  first: ReleaseReceipt,
  { source, release, timeout, interval }: IdentityOptions & WaitOptions,
): Promise<ReleaseReceipt> {
  const { clock, stderr } = io;
  const endsAt = timeout === undefined ? undefined : plusMs(clock.now(), timeout);
  const check = makePatientCheck(io, () => gate(identityFields('check', { source, release })));
  let receipt = first;
  let told = '';
  while (receipt.status === 'pending') {
    const line = receiptLine(receipt);
    if (line !== told) stderr.write(`${line}\n`);
    told = line;
    const leftMs = endsAt === undefined ? interval : endsAt - clock.now();
    if (leftMs <= 0) break;
    await clock.sleep(Math.min(interval, leftMs));
    receipt = (await check()) ?? receipt;
  }
  return receipt;
}

/** Undefined after a failure that may be over at the next try: a pipeline is not to fall over one lost answer. */
function makePatientCheck({ stderr }: CliIo, check: () => Promise<ReleaseReceipt>): () => Promise<ReleaseReceipt | undefined> {
  let failures = 0;
  return async () => {
    try {
      const receipt = await check();
      failures = 0;
      return receipt;
    } catch (error) {
      failures += 1;
      if (!(error instanceof KeeperError) || !PASSING.has(error.code) || failures >= MAX_FAILURES) throw error;
      stderr.write(`no answer, asking again: ${sanitise(error.message)}\n`);
      return undefined;
    }
  };
}
