// Backs named instances up now, because somebody asks for it: through the same decisions, cap, intents and calls as what is due by a rule.
import { eachLimited } from '../base/each';
import { KeeperError } from '../base/errors';
import { resolvePolicy } from '../config/resolve';
import { emptyGuard } from '../domain/guard';
import type { Instance } from '../domain/instance';
import type { Ledger } from '../domain/ports';
import type { EffectivePolicy } from '../domain/protection-policy';
import type { Intent } from '../domain/slot';
import type { SlotVerdict, Verdict } from '../domain/verdict';
import { decideBeforeLooking } from '../policy/decide';
import { notBackedUp, onDemandRule, onDemandSlot, onDemandSlotIds, otherUseOfKey } from '../policy/on-demand';
import { actOnInstance, type OpenSlot } from './act';
import type { Run } from './envelope';
import { sweepFleet } from './fleet';
import { intentsOfGuards } from './reserve';
import type { Shard } from './shards';
import { INSTANCE_CONCURRENCY } from './timing';
import type { OnDemandBackup } from './types';
import { LEFT_OUT, OUT_OF_TIME, onSlot } from './verdicts';

const ANOTHER_KEY = 'choose another key for another backup';
const SELECT_IT = "let the policy's select cover the instance first: its cap and its holds do not reach any further";

/** An instance that only a look can decide. */
interface Looked {
  readonly instance: Instance;
  readonly effective: EffectivePolicy;
  readonly open: OpenSlot;
}

/** An answer that needs no look. `remedy`: where it is not the verdict's usual one. */
interface Answer {
  readonly verdict: SlotVerdict;
  readonly remedy?: string;
}

type Tell = (answer: Answer) => void;

/**
 * One verdict per named instance, whatever happens; all but those that are started or done are findings too, and make the run partial. The key makes the
 * request idempotent by its slots, not by the run: every delivery is a run of its own, so that what was deferred can be asked for again with the same key.
 * Postures stay as they are: they hold what the policy's rules have come to.
 */
export async function backUpOnDemand(run: Run, wish: OnDemandBackup): Promise<void> {
  const { instances } = run.request;
  if (instances === undefined) {
    throw new KeeperError('a backup on demand is asked for without instances', { code: 'bad-request', hint: 'name the instances to back up' });
  }
  const answered = new Set<string>();
  const tell: Tell = ({ verdict, remedy }) => {
    answered.add(verdict.instanceId);
    run.tally.verdict(verdict);
    const finding = notBackedUp(wish.key, verdict, remedy);
    if (finding !== undefined) run.tally.finding(finding);
  };
  await sweepFleet(run, (shard, page) => backUpPage(run, shard, page, wish, tell));
  for (const id of instances) {
    if (answered.has(id)) continue;
    const slot = onDemandSlot(wish, id, undefined, run.asOf);
    const verdict = onSlot({ id, engine: 'other' }, slot, 'deferred-throttled', 'the run ended before it came to this instance');
    tell({ verdict: { ...verdict, engine: 'unknown' } });
  }
}

async function backUpPage(run: Run, shard: Shard, page: readonly Instance[], wish: OnDemandBackup, tell: Tell): Promise<void> {
  if (page.length === 0) return;
  const { ledger } = run.ports;
  const intents = await intentsOfKey(ledger, wish.key, page);
  const looks: Looked[] = [];
  for (const instance of page) {
    const prepared = prepare(run, wish, instance, intents.get(instance.id) ?? []);
    if ('verdict' in prepared) tell(prepared);
    else looks.push(prepared);
  }
  const guards = await ledger.getGuards(looks.map(({ instance }) => instance.id));
  const behind = await intentsOfGuards(ledger, guards);
  await eachLimited(looks, INSTANCE_CONCURRENCY, async ({ instance, effective, open }, index) => {
    if (run.request.deadline.isNear()) {
      run.tally.handOff();
      return tell({ verdict: onSlot(instance, open.slot, 'deferred-throttled', OUT_OF_TIME) });
    }
    const guard = guards[index] ?? emptyGuard(instance.id);
    const intentsBehindGuard = behind.filter(({ instanceId }) => instanceId === instance.id);
    const verdicts = await actOnInstance(run, { instance, gateway: shard.gateway, effective, slots: [open], guard, intentsBehindGuard });
    for (const verdict of verdicts) tell(await unlessOvertaken(run, wish, instance, verdict));
  });
  run.tally.instances(page.length);
}

/** What earlier attempts with this key have written down, by instance. */
async function intentsOfKey(ledger: Ledger, key: string, page: readonly Pick<Instance, 'id'>[]): Promise<ReadonlyMap<string, readonly Intent[]>> {
  const found = await ledger.getIntents(page.flatMap(({ id }) => onDemandSlotIds(key).map((slotId) => ({ instanceId: id, slotId }))));
  const byInstance = new Map<string, Intent[]>();
  for (const intent of found) byInstance.set(intent.instanceId, [...(byInstance.get(intent.instanceId) ?? []), intent]);
  return byInstance;
}

/** Everything that can be said without a call to the service. */
function prepare(run: Run, wish: OnDemandBackup, instance: Instance, used: readonly Intent[]): Looked | Answer {
  const intent = used.find(({ slotId }) => slotId === onDemandSlot(wish, instance.id, undefined, run.asOf).id);
  const slot = onDemandSlot(wish, instance.id, intent, run.asOf);
  const otherUse = otherUseOfKey(wish, used);
  if (otherUse !== undefined) return { verdict: onSlot(instance, slot, 'refused', otherUse), remedy: ANOTHER_KEY };
  const effective = resolvePolicy(run.request.policy, instance);
  if (effective === undefined) return { verdict: onSlot(instance, slot, 'refused', LEFT_OUT), remedy: SELECT_IT };
  const rule = onDemandRule(wish, intent);
  const decision = decideBeforeLooking({ rule, slot, instance, intent, asOf: run.actAt() });
  return decision === 'look' ? { instance, effective, open: { rule, slot, intent } } : { verdict: decision };
}

/** The verdicts that a delivery of the same key, at work at the same time, may stand behind. */
const MAY_BE_OVERTAKEN: ReadonlySet<Verdict> = new Set<Verdict>(['in-flight', 'ambiguous', 'already-done', 'job-running']);

/** Where another delivery of the key was faster, its backup is the answer, unless it asked for something else: then it is not what was asked for here. */
async function unlessOvertaken(run: Run, wish: OnDemandBackup, instance: Instance, verdict: SlotVerdict): Promise<Answer> {
  if (!MAY_BE_OVERTAKEN.has(verdict.verdict)) return { verdict };
  const intents = await intentsOfKey(run.ports.ledger, wish.key, [instance]);
  const now = prepare(run, wish, instance, intents.get(instance.id) ?? []);
  return 'verdict' in now && now.verdict.verdict !== verdict.verdict ? now : { verdict };
}
