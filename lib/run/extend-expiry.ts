// Keeps the backup sets longer that expiry rules and holds find due, those first that expire soonest. Nothing is ever kept shorter, and a second run changes nothing.
import type { Deadline } from '../base/deadline';
import type { RunSummary } from '../domain/run';
import { tooManyChanges } from '../policy/findings';
import type { Run } from './envelope';
import { actOnAgenda } from './extend-act';
import { type Agenda, makeAgenda } from './extend-agenda';
import { lookAtPage } from './extend-look';
import { makeDesk } from './extend-subject';
import { inFleetRun } from './fan-out/fleet-run';
import { sweepFleet } from './fleet';
import { LAST_LOOKS_MS } from './timing';
import type { RunObserver, RunPorts, RunRequest } from './types';

/** What keeping one set longer takes: three calls in the usual rate budget, with a reserve. */
const ACT_MS = 250;

/**
 * Returns the summary, or throws RunFailedError. Every set of an instance that a rule or a hold covers gets one verdict, every other instance one of its own. Under
 * `limits.maxChangesPerRun` the sets that expire soonest go first, wherever in the fleet (or the worker's part of it) they are: so the run looks at all of it before it
 * changes anything.
 */
export async function runExtendExpiry(request: RunRequest, ports: RunPorts, observer: RunObserver = {}): Promise<RunSummary> {
  return inFleetRun('extend-expiry', request, ports, observer, async (run) => {
    const agenda = makeAgenda(run.request.policy.limits.maxChangesPerRun);
    const desk = makeDesk(run);
    const looking = lookingRun(run, agenda);
    await sweepFleet(looking, (shard, page) => lookAtPage(looking, { agenda, desk }, shard, page));
    await actOnAgenda(run, desk, agenda);
    run.place.changes = agenda.size;
    await desk.flush();
    if (agenda.refused > 0) run.tally.finding(tooManyChanges(agenda.limit, agenda.refused));
  });
}

/** The same run, whose looks end early enough to act on what they have found. */
function lookingRun(run: Run, agenda: Agenda): Run {
  const { request } = run;
  if (request.dryRun) return run;
  const actMs = (): number => (agenda.size === 0 ? 0 : LAST_LOOKS_MS + agenda.size * ACT_MS);
  const deadline: Deadline = {
    ...request.deadline,
    isNear: () => request.deadline.isNear() || request.deadline.remainingMs() <= actMs(),
  };
  return { ...run, request: { ...request, deadline } };
}
