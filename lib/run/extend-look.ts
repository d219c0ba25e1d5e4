// Looks at a page of instances: decides on every set, and enters the due ones into the run's agenda.
import { eachLimited } from '../base/each';
import { messageOf } from '../base/errors';
import { plusMs } from '../base/instant';
import { resolvePolicy } from '../config/resolve';
import type { Hold } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { InstancePosture } from '../domain/posture';
import { decideExpiry } from '../policy/expiry';
import { holdsOn, isActive } from '../policy/holds';
import type { Run } from './envelope';
import type { Agenda, DueSet } from './extend-agenda';
import { overLimit, stepOf } from './extend-set';
import type { Desk, Subject, TracedSubject } from './extend-subject';
import { verdictOfFailedLook } from './failure';
import { functionScope } from './function-posture';
import { type HoldableBackupSet, traceSets } from './holds/sets';
import { mayDo } from './plan-steps';
import type { Shard } from './shards';
import { ALL_SETS_MS, INSTANCE_CONCURRENCY, LOOK_AHEAD_MS } from './timing';
import { idle, leftOut, NOT_IN_PLAN, OUT_OF_TIME, onInstance, onSet } from './verdicts';
import { forgetPosture, isForgotten, type PostureChange, writePostures } from './write-postures';

export interface LookParts {
  readonly agenda: Agenda;
  readonly desk: Desk;
}

/** One page of a shard. What cannot be looked at is a verdict; ledger and credentials errors are thrown. */
export async function lookAtPage(run: Run, parts: LookParts, shard: Shard, page: readonly Instance[]): Promise<void> {
  const subjects = await subjectsOf(run, shard, page);
  await eachLimited(subjects, INSTANCE_CONCURRENCY, async (subject) => {
    const traced = parts.desk.open(subject);
    await lookAtInstance(run, parts, traced);
    parts.desk.settle(traced);
  });
  await parts.desk.flush();
  run.tally.instances(subjects.length);
}

interface KnownPage {
  readonly holds: ReadonlyMap<string, readonly Hold[]>;
  readonly postures: ReadonlyMap<string, InstancePosture>;
}

/** What the ledger knows of the page's instances: read at once, and for SQL Server only, as nothing else can be kept longer. */
async function readPage(run: Run, shard: Shard, page: readonly Instance[]): Promise<KnownPage> {
  const ids = page.filter(({ engine }) => engine === 'sqlserver').map(({ id }) => id);
  if (ids.length === 0) return { holds: new Map(), postures: new Map() };
  const { ledger } = run.ports;
  const guards = await ledger.getGuards(ids);
  const holds = new Map(guards.map((guard) => [guard.instanceId, guard.holds.filter((hold) => isActive(hold, run.asOf))]));
  return { holds, postures: await ledger.getPostures(functionScope(shard, 'extend-expiry'), ids) };
}

/** The instances in scope. What was said of the others is forgotten; whoever names one of them hears of it. */
async function subjectsOf(run: Run, shard: Shard, page: readonly Instance[]): Promise<readonly Subject[]> {
  const { holds, postures } = await readPage(run, shard, page);
  const subjects: Subject[] = [];
  const stale: PostureChange[] = [];
  for (const instance of page) {
    const effective = resolvePolicy(run.request.policy, instance);
    const posture = postures.get(instance.id);
    if (effective !== undefined) {
      subjects.push({ shard, instance, rules: effective.expiry, holds: holds.get(instance.id) ?? [], posture });
      continue;
    }
    if (posture !== undefined && !isForgotten(posture)) stale.push(forgetPosture(posture, run.ports.clock.now()));
    if (run.request.instances === undefined) continue;
    run.tally.verdict(leftOut(instance));
  }
  await writePostures(run, stale);
  return subjects;
}

async function lookAtInstance(run: Run, parts: LookParts, subject: TracedSubject): Promise<void> {
  const { instance, rules, holds, notes } = subject;
  if (rules.length === 0 && holds.length === 0) {
    const andHolds = instance.engine === 'sqlserver' ? ', and nothing on it is held' : '';
    return notes.verdict(idle(instance, undefined, 'no-rule', `no expiry rule covers this instance${andHolds}`, undefined));
  }
  if (instance.engine !== 'sqlserver') {
    return notes.verdict(idle(instance, undefined, 'no-rule', 'expiry rules serve SQL Server only (RDS API, ModifyBackupSetExpireTime)', undefined));
  }
  if (run.request.deadline.isNear()) {
    run.tally.handOff();
    return notes.verdict(onInstance(instance, 'deferred-throttled', OUT_OF_TIME));
  }
  const sets = await listSets(run, subject);
  if (sets === undefined) return;
  if (sets.length === 0) notes.verdict(idle(instance, undefined, 'not-due', 'the instance has no backup sets', undefined));
  for (const set of sets) decideOnSet(run, parts, subject, set);
}

/** Undefined when they could not be listed; the verdict is given then. */
async function listSets(run: Run, { shard, instance, holds, notes }: TracedSubject): Promise<readonly HoldableBackupSet[] | undefined> {
  try {
    const window = { from: plusMs(run.asOf, -ALL_SETS_MS), to: plusMs(run.asOf, LOOK_AHEAD_MS) };
    return await traceSets(run.ports.ledger, await shard.gateway.listBackupSets(instance.id, window), holds);
  } catch (error) {
    const verdict = verdictOfFailedLook(run, instance.id, error);
    notes.verdict(onInstance(instance, verdict, `could not list its backup sets: ${messageOf(error)}`));
    return undefined;
  }
}

function decideOnSet(run: Run, { agenda, desk }: LookParts, subject: TracedSubject, set: HoldableBackupSet): void {
  const { instance, rules, holds, notes } = subject;
  const decision = decideExpiry({ set, rules, holds: holdsOn(set, holds, run.asOf), instance, asOf: run.asOf });
  if (decision.action === 'leave') {
    notes.verdict(onSet(instance, set, decision.rule, 'left', decision.reason));
    return;
  }
  const due: DueSet = { subject, set, decision };
  if (!mayDo(run.request, stepOf(due))) {
    notes.verdict(onSet(instance, set, decision.rule, 'not-in-plan', `${decision.reason}; ${NOT_IN_PLAN}`));
    return;
  }
  subject.waiting += 1;
  const last = agenda.add(due);
  if (last === undefined) return;
  last.subject.notes.verdict(overLimit(last, agenda.limit));
  desk.settle(last.subject);
}
