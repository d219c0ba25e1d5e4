// Decides what becomes of work that was handed over and is not done.
import { HOUR_MS, type Instant, MINUTE_MS } from '../../base/instant';
import type { OpenTask } from '../../domain/open-task';

/** A worker may take as long as its function may (15 minutes at most, in the manifest), and its event may have waited for a place. */
const LOST_AFTER_MS = 20 * MINUTE_MS;

/** By then later ticks have seen the same instances. */
const GIVE_UP_AFTER_MS = 2 * HOUR_MS;

/**
 * `wait`: somebody may be at it. `submit-again`: it has been silent for too long; should it be alive after all, its lease keeps the second worker away. `give-up`: it
 * has been tried for so long that there is no sense in it any more, and nobody is at it either.
 */
export function fateOf({ createdAt, updatedAt }: Pick<OpenTask, 'createdAt' | 'updatedAt'>, now: Instant): 'wait' | 'submit-again' | 'give-up' {
  if (now - updatedAt < LOST_AFTER_MS) return 'wait';
  return now - createdAt >= GIVE_UP_AFTER_MS ? 'give-up' : 'submit-again';
}
