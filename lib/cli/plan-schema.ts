// The exact form of a plan file. Its digest has been checked before: what is found here was written by another keeper, or by somebody who knows how to seal.
import * as z from 'zod';
import { SETTING_NAMES, type SettingName } from '../domain/settings';
import { PLAN_FORMAT, PLAN_VERSION, type PlanFile } from '../run/plan-file';
import type { PlanStep } from '../run/types';

const text = z.string().min(1).max(4_096);
const reason = z.string().max(65_536);
const time = z.iso.datetime();

const base = { account: text, region: text, instanceId: text, rule: text, reason };

const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instance') }),
  z.strictObject({ kind: z.literal('databases'), databases: z.array(text).min(1) }),
]);

/** JSON leaves out what is undefined. */
const spec = z
  .strictObject({
    scope,
    method: z.enum(['physical', 'logical', 'snapshot']),
    type: z.enum(['auto', 'full']).optional(),
    retainDays: z.union([z.int().positive(), z.literal('forever')]).optional(),
  })
  .transform(({ type, retainDays, ...rest }) => ({ ...rest, type, retainDays }));

const settings = z.partialRecord(z.enum(SETTING_NAMES), z.string()).transform(withoutUndefined);

const step = z.discriminatedUnion('action', [
  z.strictObject({ ...base, action: z.literal('create-backup'), slotId: text, spec }),
  z.strictObject({ ...base, action: z.literal('extend-expiry'), backupId: text, before: text, after: text }),
  z.strictObject({
    ...base,
    action: z.literal('change-settings'),
    mode: z.enum(['data', 'log']),
    before: settings,
    after: settings,
    isDestructive: z.boolean(),
  }),
  z.strictObject({ ...base, action: z.literal('change-cross-region'), before: text, after: text, isDestructive: z.boolean(), costs: z.boolean() }),
  z.strictObject({ ...base, action: z.literal('mark-surplus'), backupId: text, before: z.literal('unmarked'), after: z.literal('marked') }),
  z.strictObject({ ...base, action: z.literal('purge'), backupId: text, before: time, after: z.literal('deleted') }),
]) satisfies z.ZodType<PlanStep>;

const plan = z.strictObject({
  format: z.literal(PLAN_FORMAT),
  version: z.literal(PLAN_VERSION),
  function: z.enum(['extra-backup', 'retention-hygiene', 'extend-expiry', 'verify-cross-region']),
  asOf: time,
  instances: z.array(text).min(1).optional(),
  policyDigest: text,
  installationId: text,
  overLimit: z.int().nonnegative(),
  steps: z.array(step),
  digest: text,
});

/** The plan, or the first thing that is wrong with it: `steps[3].backupId: ...`. */
export function decodePlan(document: unknown): { readonly file: PlanFile } | { readonly problem: string } {
  const { data, error } = plan.safeParse(document);
  if (data === undefined) {
    const [issue] = error.issues;
    return { problem: issue === undefined ? 'it has another form' : `${z.core.toDotPath(issue.path)}: ${issue.message}` };
  }
  const { instances, ...rest } = data;
  return { file: { ...rest, ...(instances === undefined ? {} : { instances }) } };
}

/** The schema's type allows members that are undefined; JSON has none. */
function withoutUndefined(values: Partial<Record<SettingName, string | undefined>>): Partial<Record<SettingName, string>> {
  const present: Partial<Record<SettingName, string>> = {};
  for (const name of SETTING_NAMES) {
    const value = values[name];
    if (value !== undefined) present[name] = value;
  }
  return present;
}
