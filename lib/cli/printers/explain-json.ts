// The JSON document of keeper explain.
import { formatInstant, type Instant } from '../../base/instant';
import type { Hold } from '../../domain/guard';
import type { PhasedSet, PurgeFeasibility } from '../../policy/retention/types';
import type { Drift } from '../../policy/settings/types';
import type { ExplainedSet, Explanation } from '../../run/explain';

export function jsonOfExplanation({ instance, asOf, settings, retention, sets, ...rest }: Explanation): unknown {
  const { id, account, region, engine } = instance;
  return {
    instance: { id, account, region, engine },
    asOf: formatInstant(asOf),
    ...rest,
    settings: settings === undefined ? undefined : { mode: settings.policy.mode, ...decisionOf(settings.decision) },
    retention,
    sets: sets.map(jsonOfSet),
  };
}

function decisionOf(decision: NonNullable<Explanation['settings']>['decision']): object {
  return 'unreadable' in decision ? decision : { drifts: decision.drifts.map((drift: Drift) => ({ ...drift, until: time(drift.until) })) };
}

function jsonOfSet({ set, holds, phased, extension }: ExplainedSet): unknown {
  const { startedAt, endedAt, expiresAt, ...facts } = set;
  return {
    ...facts,
    startedAt: time(startedAt),
    endedAt: time(endedAt),
    expiresAt: time(expiresAt),
    holds: holds.map(jsonOfHold),
    ...(phased === undefined ? {} : jsonOfPhased(phased)),
    extension: extension?.action === 'extend' ? { ...extension, expiresAt: time(extension.expiresAt), to: time(extension.to) } : extension,
  };
}

function jsonOfPhased({ decision, feasibility, mark, next }: PhasedSet): object {
  return {
    decision,
    feasibility: jsonOfFeasibility(feasibility),
    mark: mark && { ...mark, markedAt: time(mark.markedAt), deletingAt: time(mark.deletingAt) },
    next: 'until' in next ? { ...next, until: time(next.until) } : next,
  };
}

function jsonOfFeasibility(feasibility: PurgeFeasibility): unknown {
  return feasibility.when === 'until' ? { ...feasibility, at: time(feasibility.at) } : feasibility;
}

function jsonOfHold({ placedAt, until, ...hold }: Hold): unknown {
  return { ...hold, placedAt: time(placedAt), until: time(until) };
}

function time(at: Instant | 'never' | undefined): string | undefined {
  return at === undefined || at === 'never' ? at : formatInstant(at);
}
