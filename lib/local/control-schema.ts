// What the control endpoint accepts, as schemas.
import * as z from 'zod';
import { DAY_MS } from '../base/instant';

const count = z.int().min(0);

const effect = z.union([z.literal('none'), z.literal('applied'), z.strictObject({ appliedAfterMs: count })]);

const reply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('normal') }),
  z.strictObject({ kind: z.literal('throttle'), retryAfterMs: count.exactOptional() }),
  z.strictObject({ kind: z.literal('error'), status: z.int().min(400).max(599), code: z.string(), message: z.string() }),
  z.strictObject({ kind: z.literal('unsuccessful'), code: z.string(), message: z.string() }),
  z.strictObject({ kind: z.literal('html'), status: z.int().min(200).max(599) }),
  z.strictObject({ kind: z.literal('empty'), status: z.int().min(200).max(599) }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('stall') }),
  z.strictObject({ kind: z.literal('partial') }),
  z.strictObject({ kind: z.literal('stale'), byMs: count }),
]);

export const faultSchema = z.strictObject({
  service: z.enum(['rds', 'sts', 'tablestore', 'fc', 'secrets']),
  operation: z.string().min(1),
  match: z.record(z.string(), z.string()).exactOptional(),
  skip: count.exactOptional(),
  times: z.int().min(1).exactOptional(),
  effect,
  reply,
});

/** A slip of the pen must not cost the world: its clock never goes back. */
const MAX_ADVANCE_MS = 366 * DAY_MS;

/** `timers`: whether those on the way fire, each in its moment; they do unless told. A clock that jumps leaves one late firing of each. */
export const advanceSchema = z.strictObject({ ms: count.max(MAX_ADVANCE_MS), timers: z.boolean().exactOptional() });

export const humanBackupSchema = z.strictObject({
  instanceId: z.string().min(1),
  method: z.enum(['Physical', 'Logical', 'Snapshot']).exactOptional(),
  strategy: z.enum(['db', 'instance']).exactOptional(),
  type: z.enum(['Auto', 'FullBackup']).exactOptional(),
  databases: z.array(z.string()).exactOptional(),
  retentionDays: z.int().exactOptional(),
});

export const releaseSchema = z.strictObject({ instanceId: z.string().min(1) });

const copyFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('missing') }),
  z.strictObject({ kind: z.literal('failed') }),
  z.strictObject({ kind: z.literal('late'), lagMs: count }),
  z.strictObject({ kind: z.literal('wrong-region'), region: z.string().min(1) }),
  z.strictObject({ kind: z.literal('expires-early'), afterMs: count }),
]);

/** `backupId`: of the local set, or `next`. */
export const copyFaultSchema = z.strictObject({ instanceId: z.string().min(1), backupId: z.string().min(1), fault: copyFault });

const functionName = z.string().min(1);

/** `at`: in place of now, as `2026-11-21T02:00:00Z`. */
export const fireTimerSchema = z.strictObject({ function: functionName, timer: z.string().min(1), at: z.string().exactOptional() });

export const engineFaultSchema = z.strictObject({
  kind: z.enum(['kill', 'twice', 'lose', 'lose-reply', 'delay', 'throttle', 'miss']),
  function: functionName.exactOptional(),
  skip: count.exactOptional(),
  times: z.int().min(1).exactOptional(),
  delayMs: count.exactOptional(),
  atLine: z.string().exactOptional(),
});
