// Decodes the receipts of releases, which summaries of runs carry.
import type { ReleaseReceipt, ReleaseStatus } from '../../../domain/release';
import { DecodeError, type Decoder, flag, integer, listOf, objectOf, text, wordOf } from '../decode';

const STATUSES: Readonly<Record<ReleaseStatus, true>> = { pending: true, passed: true, failed: true };

export const releaseStatus: Decoder<ReleaseStatus> = wordOf(STATUSES);

const receiptVersion: Decoder<1> = (value, path) => {
  if (value === 1) return value;
  throw new DecodeError(path, '1');
};

const receiptInstance: Decoder<ReleaseReceipt['instances'][number]> = objectOf(
  { instanceId: text, account: text, region: text, status: releaseStatus, reason: text, reused: flag },
  { backupId: text, jobId: text, startedAt: text, endedAt: text, holdId: text, heldUntil: text, effectiveUntil: text },
);

export const releaseReceipt: Decoder<ReleaseReceipt> = objectOf(
  {
    version: receiptVersion,
    key: text,
    source: text,
    release: text,
    status: releaseStatus,
    reason: text,
    attempt: integer,
    asOf: text,
    deadline: text,
    instances: listOf(receiptInstance),
  },
  { validUntil: text },
);
