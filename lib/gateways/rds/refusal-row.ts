// One line of a table of refusals.
import type { Refusal } from '../openapi/translate';

/** The codes that match, and what they mean. Of a table the first match wins. */
export interface RefusalRow extends Refusal {
  readonly code: RegExp;
}
