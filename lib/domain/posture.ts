// The newest word on each instance, as the ledger keeps it.
import type { Instant } from '../base/instant';
import type { Finding, SlotVerdict } from './verdict';

/** What the last runs knew of one rule on one instance. */
export interface RulePosture {
  /** The schedule and time zone that the rest belongs to: a rule with a new schedule begins anew. */
  readonly schedule: string;
  /** When the rule first covered this instance: earlier occurrences are nobody's miss. */
  readonly since: Instant;
  /** The newest occurrence that a run has looked at. */
  readonly occurrence: Instant | undefined;
  readonly verdict: SlotVerdict | undefined;
  /** True when nothing more will be done for that occurrence: later ticks need not look again. */
  readonly isSettled: boolean;
}

export interface InstancePosture {
  /** `<account>/<region>` for backups; followed by `#<function>` for what that function says, so that no function overwrites another's word. */
  readonly scope: string;
  readonly instanceId: string;
  readonly engine: string;
  readonly asOf: Instant;
  readonly rules: Readonly<Record<string, RulePosture>>;
  readonly findings: readonly Finding[];
}
