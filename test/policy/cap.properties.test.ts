// The daily cap against a service that counts by its own day, whatever happens in whatever order.
import fc from 'fast-check';
import { type Instant, instant } from '../../lib/base/instant';
import type { BackupJob, BackupMode, BackupSet } from '../../lib/domain/backup';
import type { Guard } from '../../lib/domain/guard';
import type { CapPolicy } from '../../lib/domain/protection-policy';
import type { Intent } from '../../lib/domain/slot';
import { type CapQuestion, decideCap } from '../../lib/policy/cap';
import { at, DAY, HOUR, MINUTE, makeGuard, makeIntent, makeJob, makeSet } from './fixtures';

const START = at('2026-11-21T00:00:00Z');
const MAX_JOB_MS = DAY;

type DayRule = 'utc' | 'utc+8' | 'rolling';

interface ServiceBackup {
  readonly id: string;
  readonly mode: BackupMode;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  readonly isFailed: boolean;
}

/** What the service counts: backups by their start, in its own day. It never refuses its own. */
function makeService(rule: DayRule, perDay: number) {
  const backups: ServiceBackup[] = [];
  const dayOf = (time: number): number => Math.floor((time + (rule === 'utc+8' ? 8 * HOUR : 0)) / DAY);
  const isToday = (startedAt: Instant, now: Instant): boolean => (rule === 'rolling' ? startedAt > now - DAY : dayOf(startedAt) === dayOf(now));
  const used = (now: Instant): number => backups.filter(({ startedAt }) => startedAt <= now && isToday(startedAt, now)).length;
  return {
    backups,
    /** False: `Exceeded.BackupTimes`. */
    start: (backup: ServiceBackup): boolean => {
      if (backup.mode === 'manual' && used(backup.startedAt) >= perDay) return false;
      backups.push(backup);
      return true;
    },
    look: (now: Instant): { sets: BackupSet[]; runningJobs: BackupJob[] } => ({
      sets: backups.filter(({ endsAt }) => endsAt <= now).map(toSet),
      runningJobs: backups.filter(({ endsAt }) => endsAt > now).map(({ id, mode }) => makeJob({ id: `job-${id}`, mode })),
    }),
  };
}

function toSet({ id, mode, startedAt, endsAt, isFailed }: ServiceBackup): BackupSet {
  return makeSet({ id, mode, startedAt, endedAt: endsAt, status: isFailed ? 'failed' : 'success', isAvailable: !isFailed });
}

/** A worker's look at the instance; it may be minutes old when the worker acts on it. */
interface Look {
  readonly asOf: Instant;
  readonly sets: readonly BackupSet[];
  readonly runningJobs: readonly BackupJob[];
  readonly intents: readonly Intent[];
}

type Step =
  | { readonly kind: 'pass'; readonly minutes: number }
  | { readonly kind: 'look'; readonly worker: number }
  | {
      readonly kind: 'act';
      readonly worker: number;
      readonly slot: number;
      readonly isRelease: boolean;
      readonly jobMinutes: number;
      readonly fate: 'success' | 'failed' | 'lost reply' | 'delayed';
    }
  | { readonly kind: 'foreign'; readonly jobMinutes: number }
  | { readonly kind: 'delete' }
  | { readonly kind: 'reconcile' };

const worker = fc.integer({ min: 0, max: 2 });
const jobMinutes = fc.integer({ min: 1, max: 600 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 60, max: 720 })) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const), worker }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      worker,
      slot: fc.integer({ min: 0, max: 200 }),
      isRelease: fc.boolean(),
      jobMinutes,
      fate: fc.constantFrom('success' as const, 'success' as const, 'failed' as const, 'lost reply' as const, 'delayed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), jobMinutes }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'delete' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'reconcile' as const }) },
);

/** What reconcile makes of an intent. A lost call is adopted when its set is there, and given up otherwise, although its job may still be running. */
function reconciled(intent: Intent, backup: ServiceBackup | undefined, now: Instant): Intent {
  const ended = backup !== undefined && backup.endsAt <= now ? backup : undefined;
  const finished = ended && { backupId: ended.id, endedAt: ended.endsAt };
  if (intent.state === 'submitting' && intent.sentAt !== undefined && now >= intent.sentAt + 20 * MINUTE) {
    return finished === undefined ? { ...intent, state: 'abandoned' } : { ...intent, ...finished, state: 'finished', isAdopted: true };
  }
  if (intent.state !== 'submitted' || ended === undefined) return intent;
  return ended.isFailed ? { ...intent, state: 'failed' } : { ...intent, ...finished, state: 'finished' };
}

/** Plays the steps; returns what went over the cap. */
function play(rule: DayRule, cap: CapPolicy, steps: readonly Step[]): { readonly exceeded: number; readonly made: number } {
  const service = makeService(rule, cap.perDay);
  const intents = new Map<string, Intent>();
  const looks = new Map<number, Look>();
  const deleted = new Set<string>();
  let delayed: ServiceBackup[] = [];
  let guard: Guard = makeGuard();
  let now = START;
  let nextAutomatic = instant(START + 5 * HOUR);
  let exceeded = 0;
  let made = 0;

  const pass = (ms: number): void => {
    now = instant(now + ms);
    while (nextAutomatic <= now) {
      service.start({
        id: `auto-${nextAutomatic}`,
        mode: 'automated',
        startedAt: nextAutomatic,
        endsAt: instant(nextAutomatic + 20 * MINUTE),
        isFailed: false,
      });
      nextAutomatic = instant(nextAutomatic + 23.5 * HOUR);
    }
    for (const backup of delayed) if (backup.startedAt <= now && !service.start(backup)) exceeded += 1;
    delayed = delayed.filter((backup) => backup.startedAt > now);
  };

  const act = (each: Extract<Step, { kind: 'act' }>): void => {
    const look = looks.get(each.worker);
    const slotId = `slot-${each.slot}`;
    // A look older than that is taken anew by the run; a slot that was sent is never decided again.
    if (look === undefined || now - look.asOf > 10 * MINUTE || intents.has(slotId)) return;
    const pool = each.isRelease ? 'release' : 'ordinary';
    const decision = decideCap({ cap, guard, ...look, slotId, units: 1, pool, maxJobMs: MAX_JOB_MS });
    guard = { ...decision.guard, version: guard.version + 1 };
    if (!decision.granted) return;
    made += 1;
    const startedAt = each.fate === 'delayed' ? instant(now + 14 * MINUTE) : now;
    const backup: ServiceBackup = {
      id: slotId,
      mode: 'manual',
      startedAt,
      endsAt: instant(startedAt + each.jobMinutes * MINUTE),
      isFailed: each.fate === 'failed',
    };
    const isKnown = each.fate === 'success' || each.fate === 'failed';
    intents.set(slotId, makeIntent({ slotId, pool, state: isKnown ? 'submitted' : 'submitting', sentAt: now, jobId: isKnown ? `job-${slotId}` : undefined }));
    if (each.fate === 'delayed') delayed.push(backup);
    else if (!service.start(backup)) exceeded += 1;
  };

  const reconcile = (): void => {
    for (const [slotId, intent] of intents)
      intents.set(
        slotId,
        reconciled(
          intent,
          service.backups.find(({ id }) => id === slotId),
          now,
        ),
      );
  };

  for (const each of steps) {
    if (each.kind === 'pass') pass(each.minutes * MINUTE);
    if (each.kind === 'look') {
      const { sets, runningJobs } = service.look(now);
      looks.set(each.worker, { asOf: now, sets: sets.filter(({ id }) => !deleted.has(id)), runningJobs, intents: [...intents.values()] });
    }
    if (each.kind === 'act') act(each);
    if (each.kind === 'foreign' && delayed.length === 0) {
      // Only foreign backups that were visible when we looked are promised to be counted: none lands before our call takes effect, and whoever looked before looks again.
      service.start({
        id: `foreign-${service.backups.length}`,
        mode: 'manual',
        startedAt: now,
        endsAt: instant(now + each.jobMinutes * MINUTE),
        isFailed: false,
      });
      looks.clear();
    }
    if (each.kind === 'delete') {
      // Somebody deletes a set that we have seen; the service counts it all the same.
      const oldest = guard.seen[0];
      if (oldest !== undefined) deleted.add(oldest.backupId);
    }
    if (each.kind === 'reconcile') reconcile();
  }
  return { exceeded, made };
}

describe('whatever the interleaving, the service never says that the cap is exceeded', () => {
  test.each<{ rule: DayRule }>([{ rule: 'utc' }, { rule: 'utc+8' }, { rule: 'rolling' }])('when its day is $rule', ({ rule }) => {
    let most = 0;

    fc.assert(
      fc.property(
        fc.array(step, { minLength: 40, maxLength: 160 }),
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 0, max: 2 }),
        (steps, perDay, preRelease) => {
          const { exceeded, made } = play(rule, { perDay, counts: 'all', reserve: { automatic: 1, preRelease } }, steps);

          most = Math.max(most, made);
          expect(exceeded).toBe(0);
        },
      ),
      { numRuns: 300 },
    );

    // The promise is not kept by doing nothing.
    expect(most).toBeGreaterThan(5);
  });
});

describe('every decision', () => {
  const hours = fc.integer({ min: 0, max: 40 });
  const name = fc.integer({ min: 0, max: 12 });
  const NOW = at('2026-11-23T00:00:00Z');
  const question: fc.Arbitrary<CapQuestion> = fc
    .record({
      sets: fc.uniqueArray(fc.record({ id: name, hours, mode: fc.constantFrom<BackupMode>('manual', 'automated') }), {
        selector: ({ id }) => id,
        maxLength: 10,
      }),
      seen: fc.uniqueArray(fc.record({ id: name, hours }), { selector: ({ id }) => id, maxLength: 8 }),
      reservations: fc.uniqueArray(fc.record({ slot: name, hours, units: fc.integer({ min: 1, max: 3 }) }), { selector: ({ slot }) => slot, maxLength: 8 }),
      intents: fc.uniqueArray(
        fc.record({
          slot: name,
          state: fc.constantFrom<Intent['state']>('intended', 'submitting', 'submitted', 'finished', 'failed', 'missed', 'abandoned', 'refused', 'unneeded'),
          backup: name,
        }),
        { selector: ({ slot }) => slot, maxLength: 8 },
      ),
      jobs: fc.uniqueArray(name, { maxLength: 2 }),
      perDay: fc.integer({ min: 1, max: 25 }),
      counts: fc.constantFrom<CapPolicy['counts']>('all', 'manual'),
      units: fc.integer({ min: 1, max: 3 }),
      pool: fc.constantFrom('ordinary' as const, 'release' as const),
      slot: name,
    })
    .map((drawn) => ({
      cap: { perDay: drawn.perDay, counts: drawn.counts, reserve: { automatic: 1, preRelease: 3 } },
      guard: makeGuard({
        seen: drawn.seen.map(({ id, hours: ago }) => ({
          backupId: `${id}`,
          mode: 'manual',
          startedAt: instant(NOW - (ago + 1) * HOUR),
          endedAt: instant(NOW - ago * HOUR),
        })),
        reservations: drawn.reservations.map(({ slot, hours: ago, units }) => ({
          slotId: `s${slot}`,
          pool: slot % 3 === 0 ? 'release' : 'ordinary',
          units,
          reservedAt: instant(NOW - ago * HOUR),
        })),
      }),
      sets: drawn.sets.map(({ id, hours: ago, mode }) =>
        makeSet({ id: `${id}`, mode, startedAt: instant(NOW - (ago + 1) * HOUR), endedAt: instant(NOW - ago * HOUR) }),
      ),
      runningJobs: drawn.jobs.map((id) => makeJob({ id: `${id}` })),
      intents: drawn.intents.map(({ slot, state, backup }) =>
        makeIntent({ slotId: `s${slot}`, state, backupId: state === 'finished' ? `${backup}` : undefined, jobId: `${slot}` }),
      ),
      slotId: `s${drawn.slot}`,
      units: drawn.units,
      pool: drawn.pool,
      asOf: NOW,
      maxJobMs: MAX_JOB_MS,
    }));

  it('has a reason, and a later time to look again when it names one', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const decision = decideCap(asked);

        expect(decision.reason).not.toBe('');
        if (!decision.granted && decision.until !== undefined) expect(decision.until).toBeGreaterThan(asked.asOf);
      }),
    );
  });

  it('is the same in whatever order things are listed', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { guard } = asked;
        const turned = {
          ...asked,
          sets: [...asked.sets].reverse(),
          intents: [...asked.intents].reverse(),
          runningJobs: [...asked.runningJobs].reverse(),
          guard: { ...guard, seen: [...guard.seen].reverse(), reservations: [...guard.reservations].reverse() },
        };

        expect(sorted(decideCap(turned))).toEqual(sorted(decideCap(asked)));
      }),
    );
  });

  it('stays as it is when asked again with the guard it gave', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const first = decideCap(asked);
        const second = decideCap({ ...asked, guard: first.guard });

        expect(second).toEqual(first);
        expect(second.guard.reservations.filter(({ slotId }) => slotId === asked.slotId).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never grants more when more has been used', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const more = { ...asked, sets: [...asked.sets, makeSet({ id: 'one-more', startedAt: instant(NOW - HOUR), endedAt: NOW })] };

        if (decideCap(more).granted) expect(decideCap(asked).granted).toBe(true);
      }),
    );
  });

  function sorted(decision: ReturnType<typeof decideCap>) {
    const { seen, reservations, ...guard } = decision.guard;
    return {
      ...decision,
      guard: { ...guard, seen: [...seen].map((set) => set.backupId).sort(), reservations: [...reservations].map(({ slotId }) => slotId).sort() },
    };
  }
});
