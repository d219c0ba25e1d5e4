// Works through the agenda of extend-expiry: shard by shard, the sets that expire soonest first, those of one instance one after the other.
import { eachLimited } from '../base/each';
import { CredentialsError } from '../domain/cloud-errors';
import type { SlotVerdict } from '../domain/verdict';
import { shardFailed } from '../policy/findings';
import type { Run } from './envelope';
import type { Agenda, DueSet } from './extend-agenda';
import { extendSet, stepOf } from './extend-set';
import type { Desk } from './extend-subject';
import type { Shard } from './shards';
import { INSTANCE_CONCURRENCY, SHARD_CONCURRENCY } from './timing';
import { OUT_OF_TIME, onSet } from './verdicts';

/** Every set of the agenda gets its verdict. Throws what must stop the run; when no account works any more, the error of the first. */
export async function actOnAgenda(run: Run, desk: Desk, agenda: Agenda): Promise<void> {
  const failures: CredentialsError[] = [];
  await eachLimited(run.shards, SHARD_CONCURRENCY, async (shard) => {
    const due = agenda.inOrder().filter(({ subject }) => subject.shard === shard);
    const failure = await actInShard(run, desk, due);
    if (failure === undefined) return;
    run.logger.error({ account: shard.account, region: shard.region, error: failure.message }, 'shard failed');
    run.tally.finding(shardFailed(shard, failure));
    failures.push(failure);
  });
  const [first] = failures;
  if (first !== undefined && failures.length === run.shards.length) throw first;
}

/** What the sets of a shard have met so far, which spares the later ones a call. */
interface Obstacles {
  /** By instance: once the permission is denied, its other sets are not tried. */
  readonly denied: Map<string, string>;
  lost: CredentialsError | undefined;
}

async function actInShard(run: Run, desk: Desk, due: readonly DueSet[]): Promise<CredentialsError | undefined> {
  const obstacles: Obstacles = { denied: new Map(), lost: undefined };
  const turns = new Map<string, Promise<void>>();
  await eachLimited(due, INSTANCE_CONCURRENCY, (item) => {
    const { id } = item.subject.instance;
    const before = turns.get(id) ?? Promise.resolve();
    const mine = before.then(async () => {
      item.subject.notes.verdict(await verdictOn(run, obstacles, item));
      desk.settle(item.subject);
    });
    turns.set(id, mine);
    return mine;
  });
  return obstacles.lost;
}

async function verdictOn(run: Run, obstacles: Obstacles, due: DueSet): Promise<SlotVerdict> {
  const { subject, set, decision } = due;
  const { instance } = subject;
  if (run.request.dryRun) {
    run.observer.onStep?.(stepOf(due));
    return onSet(instance, set, decision.rule, 'would-extend', decision.reason);
  }
  const denied = obstacles.denied.get(instance.id);
  if (denied !== undefined) return onSet(instance, set, decision.rule, 'denied', denied);
  if (obstacles.lost !== undefined) return lost(due, obstacles.lost, subject.shard);
  if (run.request.deadline.isNear()) {
    run.tally.handOff();
    return onSet(instance, set, decision.rule, 'deferred-throttled', OUT_OF_TIME);
  }
  await run.keepLease();
  try {
    const verdict = await extendSet(run, due);
    if (verdict.verdict === 'denied') obstacles.denied.set(instance.id, verdict.reason);
    return verdict;
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    obstacles.lost = error;
    return lost(due, error, subject.shard);
  }
}

function lost({ subject, set, decision }: DueSet, error: CredentialsError, { account, region }: Shard): SlotVerdict {
  return onSet(subject.instance, set, decision.rule, 'unreachable', `account ${account} in ${region} could not be worked through: ${error.message}`);
}
