// Small makers of slot verdicts, so that no field is forgotten.
import type { Instant } from '../base/instant';
import type { BackupSet } from '../domain/backup';
import type { Instance } from '../domain/instance';
import type { Slot } from '../domain/slot';
import type { SlotVerdict, Verdict } from '../domain/verdict';

/** The reason of what a hand-off leaves for the next run. */
export const OUT_OF_TIME = 'the run is out of time: the next one goes on from here';

/** The reason where a plan is being applied that does not have what is due by now. */
export const NOT_IN_PLAN = 'it is not in the plan that is being applied';

export interface VerdictDetails {
  readonly until?: Instant | undefined;
  readonly backupId?: string | undefined;
  readonly jobId?: string | undefined;
}

/** A verdict on a slot. */
export function onSlot(instance: Pick<Instance, 'id' | 'engine'>, slot: Slot, verdict: Verdict, reason: string, details: VerdictDetails = {}): SlotVerdict {
  return {
    instanceId: instance.id,
    engine: instance.engine,
    rule: slot.rule,
    slotId: slot.id,
    verdict,
    reason,
    until: details.until,
    backupId: details.backupId,
    jobId: details.jobId,
  };
}

/** A verdict where there is no slot to speak of. */
export function idle(
  instance: Pick<Instance, 'id' | 'engine'>,
  rule: string | undefined,
  verdict: 'not-due' | 'no-rule',
  reason: string,
  until: Instant | undefined,
): SlotVerdict {
  return { instanceId: instance.id, engine: instance.engine, rule, slotId: undefined, verdict, reason, until, backupId: undefined, jobId: undefined };
}

/** Why nothing is done for an instance that somebody names. */
export const LEFT_OUT = "the policy's select leaves this instance out";

/** The verdict on an instance that is named and not in the policy's scope: whoever names one hears of it. */
export function leftOut(instance: Pick<Instance, 'id' | 'engine'>): SlotVerdict {
  return idle(instance, undefined, 'no-rule', LEFT_OUT, undefined);
}

/** A verdict on the instance as a whole. */
export function onInstance(instance: Pick<Instance, 'id' | 'engine'>, verdict: Verdict, reason: string): SlotVerdict {
  const { id: instanceId, engine } = instance;
  return { instanceId, engine, rule: undefined, slotId: undefined, verdict, reason, until: undefined, backupId: undefined, jobId: undefined };
}

/** A verdict on a backup set. */
export function onSet(
  instance: Pick<Instance, 'id' | 'engine'>,
  set: Pick<BackupSet, 'id'>,
  rule: string | undefined,
  verdict: Verdict,
  reason: string,
): SlotVerdict {
  return { ...onInstance(instance, verdict, reason), rule, backupId: set.id };
}
