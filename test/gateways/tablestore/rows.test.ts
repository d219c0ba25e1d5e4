import fc from 'fast-check';
import type { Instant } from '../../../lib/base/instant';
import { instant } from '../../../lib/base/instant';
import type { BackupSpec } from '../../../lib/domain/backup';
import type { Brakes } from '../../../lib/domain/brakes';
import { emptyGuard, type Guard } from '../../../lib/domain/guard';
import { LedgerError } from '../../../lib/domain/ledger-error';
import type { OpenTask } from '../../../lib/domain/open-task';
import type { CopyPosture } from '../../../lib/domain/posture';
import type { Selector } from '../../../lib/domain/protection-policy';
import type { Release, ReleaseReceipt } from '../../../lib/domain/release';
import { FUNCTION_NAMES, type FunctionName, type RunRecord } from '../../../lib/domain/run';
import { SETTING_NAMES } from '../../../lib/domain/settings';
import type { Intent } from '../../../lib/domain/slot';
import type { Finding, Verdict } from '../../../lib/domain/verdict';
import { COLUMN } from '../../../lib/gateways/tablestore/layout';
import { brakesPut, readBrakes } from '../../../lib/gateways/tablestore/rows/brakes';
import { guardPut, readGuard } from '../../../lib/gateways/tablestore/rows/guards';
import { intentPut, readIntent } from '../../../lib/gateways/tablestore/rows/intents';
import { metaPut, readMeta } from '../../../lib/gateways/tablestore/rows/meta';
import { openPut, readOpenEntry } from '../../../lib/gateways/tablestore/rows/open';
import { posturePut, readPosture } from '../../../lib/gateways/tablestore/rows/posture';
import { readRelease, releasePut } from '../../../lib/gateways/tablestore/rows/releases';
import { readRun, runPut } from '../../../lib/gateways/tablestore/rows/runs';
import { readSet, setPut } from '../../../lib/gateways/tablestore/rows/sets';
import { readTask, taskPut } from '../../../lib/gateways/tablestore/rows/tasks';
import type { Row, RowPut } from '../../../lib/gateways/tablestore/sdk-rows';
import { anIntent, aPosture, aSet, aSummary, OCCURRENCE } from '../../support/ledger';
import { aRelease, aTask } from './open-work';

const ANY = { row: 'any' } as const;

function finishedRun(): RunRecord {
  const trigger = { type: 'timer', id: 'e', time: OCCURRENCE } as const;
  return { scope: 's', runId: 'r', function: 'reconcile', trigger, startedAt: OCCURRENCE, leaseUntil: OCCURRENCE, fence: 1, summary: aSummary() };
}

/** What is read back after a put. */
function stored(put: RowPut, over: Readonly<Record<string, string | number>> = {}): Row {
  return { key: put.key, columns: { ...put.columns, ...over } };
}

const key = fc.string({ minLength: 1, maxLength: 30 });
const words = fc.string({ unit: 'grapheme', maxLength: 60 });
const point: fc.Arbitrary<Instant> = fc.integer({ min: 0, max: 4_102_444_800_000 }).map(instant);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const spec: fc.Arbitrary<BackupSpec> = fc.record({
  scope: fc.oneof(fc.constant({ kind: 'instance' } as const), fc.record({ kind: fc.constant('databases' as const), databases: fc.array(words) })),
  method: fc.constantFrom('physical', 'logical', 'snapshot'),
  type: maybe(fc.constantFrom('auto', 'full')),
  retainDays: maybe(fc.oneof(fc.integer({ min: 7, max: 730 }), fc.constant('forever' as const))),
});
const intents: fc.Arbitrary<Intent> = fc.record({
  account: words,
  region: words,
  instanceId: key,
  slotId: key,
  rule: words,
  pool: fc.constantFrom('ordinary', 'release'),
  occurrence: point,
  openUntil: point,
  spec,
  units: fc.integer({ min: 1, max: 100 }),
  state: fc.constantFrom('intended', 'submitting', 'submitted', 'finished', 'failed', 'missed', 'abandoned', 'refused', 'unneeded'),
  version: fc.integer({ min: 1 }),
  refusals: fc.nat(),
  runId: words,
  createdAt: point,
  updatedAt: point,
  sentAt: maybe(point),
  baseline: maybe(fc.record({ runningJobIds: fc.array(words), newestBackupId: maybe(words) })),
  jobId: maybe(words),
  backupId: maybe(words),
  startedAt: maybe(point),
  endedAt: maybe(point),
  quietSince: maybe(point),
  isAdopted: fc.boolean(),
  reason: maybe(words),
});
const guards: fc.Arbitrary<Guard> = fc.record({
  instanceId: key,
  version: fc.nat(),
  reservations: fc.array(fc.record({ slotId: key, pool: fc.constantFrom('ordinary', 'release'), units: fc.nat(), reservedAt: point })),
  seen: fc.array(fc.record({ backupId: key, mode: fc.constantFrom('manual', 'automated'), startedAt: point, endedAt: point })),
  exhausted: maybe(fc.record({ saidAt: point, until: point })),
  waitingReleases: fc.array(fc.record({ slotId: key, until: point })),
  holds: fc.array(
    fc.record({
      id: key,
      target: fc.oneof(
        fc.record({ kind: fc.constant('set' as const), backupId: key }),
        fc.constant({ kind: 'instance' } as const),
        fc.record({ kind: fc.constant('release' as const), release: words }),
      ),
      owner: words,
      reason: words,
      placedAt: point,
      until: maybe(point),
    }),
  ),
  marks: fc.array(fc.record({ backupId: key, markedAt: point, state: fc.constantFrom('marked', 'deleting'), deletingAt: maybe(point) })),
  corrections: fc.array(
    fc.record(
      { setting: fc.constantFrom(...SETTING_NAMES), wanted: words, at: point, isDestructive: fc.boolean() },
      { requiredKeys: ['setting', 'wanted', 'at'] },
    ),
  ),
});
const brakes: fc.Arbitrary<Brakes> = fc.record({
  policy: key,
  version: fc.nat(),
  entries: fc.array(fc.record({ kind: fc.constantFrom('purge', 'destructive-setting'), instanceId: key, object: words, at: point, runId: words })),
  fleet: maybe(fc.record({ manualSets: fc.nat(), asOf: point })),
});

const selectorOf = (exclude: fc.Arbitrary<readonly Selector[]>): fc.Arbitrary<Selector> =>
  fc.record({
    ids: fc.array(key),
    tags: fc.dictionary(key, words),
    engines: fc.array(fc.constantFrom('mysql', 'postgresql', 'sqlserver', 'mariadb')),
    names: fc.array(words),
    resourceGroups: fc.array(words),
    exclude,
  });
const selectors = selectorOf(fc.array(selectorOf(fc.constant([])), { maxLength: 2 }));
const statuses = fc.constantFrom('pending' as const, 'passed' as const, 'failed' as const);
const releases: fc.Arbitrary<Release> = fc.record({
  key,
  version: fc.nat(),
  wish: fc.record({
    source: words,
    release: words,
    instances: maybe(fc.array(key)),
    select: maybe(selectors),
    databases: maybe(fc.array(words)),
    freshForMs: maybe(fc.nat()),
    deadlineAt: maybe(point),
    holdForMs: maybe(fc.nat()),
  }),
  attempt: fc.integer({ min: 1 }),
  status: statuses,
  createdAt: point,
  attemptAt: point,
  updatedAt: point,
  deadlineAt: point,
  freshForMs: fc.nat(),
  holdForMs: fc.nat(),
  instances: fc.array(
    fc.record({
      account: words,
      region: words,
      instanceId: key,
      engine: fc.constantFrom('mysql', 'postgresql', 'sqlserver', 'mariadb'),
      status: statuses,
      reason: words,
      slotId: words,
      backupId: maybe(words),
      jobId: maybe(words),
      isReused: fc.boolean(),
      startedAt: maybe(point),
      endedAt: maybe(point),
      holdId: maybe(words),
      heldUntil: maybe(point),
      effectiveUntil: maybe(fc.oneof(point, fc.constant('never' as const))),
    }),
  ),
});
const tasks: fc.Arbitrary<OpenTask> = fc.record({
  kind: fc.constantFrom('shard', 'release'),
  id: key,
  version: fc.nat(),
  attempt: fc.nat(),
  createdAt: point,
  updatedAt: point,
  function: fc.constantFrom(...FUNCTION_NAMES),
  target: words,
  event: fc.oneof(words, fc.json()),
});

describe('rows', () => {
  test('give back every intent that was put', () => {
    fc.assert(fc.property(intents, (intent) => expect(readIntent(stored(intentPut(intent, 't', ANY)))).toEqual(intent)));
  });

  test('give back every guard that was put', () => {
    fc.assert(fc.property(guards, (guard) => expect(readGuard(stored(guardPut(guard, 't', ANY)))).toEqual(guard)));
  });

  test('give back all brakes that were put', () => {
    fc.assert(fc.property(brakes, (some) => expect(readBrakes(stored(brakesPut(some, 't', ANY)))).toEqual(some)));
  });

  test('give back every release that was put', () => {
    fc.assert(fc.property(releases, (release) => expect(readRelease(stored(releasePut(release, 't', ANY)))).toEqual(release)));
  });

  test('give back every task that was put', () => {
    fc.assert(fc.property(tasks, (task) => expect(readTask(stored(taskPut(task, 't', ANY)))).toEqual(task)));
  });

  test('of guards that an earlier version wrote have no holds, no marks and no corrections', () => {
    const { instanceId, version, holds, marks, corrections, ...earlier } = emptyGuard('rm-1');
    const put = guardPut({ ...emptyGuard('rm-1'), version: 7 }, 't', ANY);

    expect(readGuard(stored(put, { doc: JSON.stringify(earlier) }))).toEqual({ instanceId, version: 7, holds, marks, corrections, ...earlier });
  });

  test('hold the brakes of a very busy day: 5,000 entries with the longest names there are', () => {
    const entries = Array.from({ length: 5_000 }, (_, index) => ({
      kind: 'destructive-setting' as const,
      instanceId: `pgm-${'x'.repeat(40)}-${index}`,
      object: `${'9'.repeat(40)}${index}`,
      at: instant(OCCURRENCE + index),
      runId: `20261121T010000Z-${'a'.repeat(24)}`,
    }));
    const busy: Brakes = { policy: 'production', version: 1, entries, fleet: { manualSets: 1_000_000, asOf: OCCURRENCE } };

    expect(readBrakes(stored(brakesPut(busy, 't', ANY)))).toEqual(busy);
  });

  test('give back sets, open entries and the meta row', () => {
    const set = aSet({ origin: 'claimed', claimedBy: 'ops', spec: undefined, slotId: undefined });
    const entry = { instanceId: 'rm-1', slotId: 'a#b', createdAt: OCCURRENCE };
    const meta = { installationId: 'i-1', schemaVersion: 1, createdAt: OCCURRENCE };

    expect(readSet(stored(setPut(set)))).toEqual(set);
    expect(readOpenEntry(stored(openPut(entry, OCCURRENCE)))).toEqual(entry);
    expect(readMeta(stored(metaPut(meta, 't')))).toEqual(meta);
  });

  test('give back a finished run with its findings, and an unfinished one', () => {
    const finding: Finding = {
      id: 'f',
      severity: 'error',
      rule: 'stuck-job',
      instanceId: undefined,
      message: '<script>alert(1)</script>',
      evidence: { ['__proto__']: 'x', minutes: 61, known: false, job: '7' },
      remedy: 'look',
    };
    const error = { code: 'x', message: 'y', hint: 'z' };
    const summary = aSummary({ status: 'failed', findings: [finding], scope: { accounts: [], regions: [], instances: 0, shard: '1/2' }, error });
    const open = {
      scope: 'main/cn-hangzhou',
      runId: 'run-1',
      function: 'reconcile',
      trigger: { type: 'event', id: 'e', time: OCCURRENCE },
      startedAt: OCCURRENCE,
      leaseUntil: instant(OCCURRENCE + 1),
      fence: 3,
      summary: undefined,
    } as const;

    expect(readRun(stored(runPut(open, 't', ANY)))).toEqual(open);
    expect(readRun(stored(runPut({ ...open, summary }, 't', ANY)))).toEqual({ ...open, summary });
  });

  test('give back a posture with its rules and verdicts', () => {
    const verdict = {
      instanceId: 'rm-1',
      engine: 'mysql',
      rule: 'nightly',
      slotId: 's',
      verdict: 'cap-exhausted',
      reason: '20 of 20\u0000"\\\u2028',
      until: OCCURRENCE,
      backupId: undefined,
      jobId: undefined,
    } as const;
    const rules = { nightly: { schedule: '0 1 * * * UTC', since: OCCURRENCE, occurrence: OCCURRENCE, verdict, isSettled: false } };
    const posture = aPosture({ rules });

    expect(readPosture(stored(posturePut(posture)))).toEqual(posture);
  });

  test.each<{ name: string; copies: CopyPosture }>([
    {
      name: 'measured',
      copies: {
        firstSeen: { '14377': OCCURRENCE },
        earlier: { '900001': { copyId: '14377', absentAt: undefined }, '900002': { copyId: undefined, absentAt: OCCURRENCE } },
        copies: 7,
        lagHistory: [{ day: '2026-11-20', copies: 7, p50Ms: 61_000.5, p95Ms: 61_001, maxMs: 61_002 }],
        lagP50Ms: 61_000.5,
        lagP95Ms: 120_000,
        lagMaxMs: 180_000,
        achievedRpoMs: 300_000,
        localWindow: { from: OCCURRENCE, to: instant(OCCURRENCE + 1) },
        copyWindow: { from: OCCURRENCE, to: OCCURRENCE },
        probe: { copyId: '3214377123', at: OCCURRENCE, isRestorable: false, reason: 'no copy' },
      },
    },
    {
      name: 'unknown',
      copies: {
        firstSeen: {},
        earlier: {},
        copies: 0,
        lagHistory: [],
        lagP50Ms: undefined,
        lagP95Ms: undefined,
        lagMaxMs: undefined,
        achievedRpoMs: undefined,
        localWindow: undefined,
        copyWindow: undefined,
        probe: { copyId: '1', at: OCCURRENCE, isRestorable: true, reason: undefined },
      },
    },
  ])('give back what was measured of copies, and since when findings are open: $name', ({ copies }) => {
    const posture = aPosture({ openedAt: { 'copy-late/rm-1': OCCURRENCE }, copies });

    expect(readPosture(stored(posturePut(posture)))).toStrictEqual(posture);
  });

  test('of postures that an earlier version wrote know of no copies and of no dates of findings', () => {
    const { openedAt, copies, ...earlier } = aPosture();

    expect(readPosture(stored(posturePut(aPosture()), { doc: JSON.stringify(earlier) }))).toStrictEqual({ ...earlier, openedAt, copies });
    expect([openedAt, copies]).toEqual([{}, undefined]);
  });

  test.each<Verdict>(['copied', 'copies-at-risk', 'copies-unknown', 'not-required'])('may hold the verdict %s', (verdict) => {
    const word = {
      instanceId: 'rm-1',
      engine: 'mysql',
      rule: undefined,
      slotId: undefined,
      verdict,
      reason: 'so it is',
      until: undefined,
      backupId: undefined,
      jobId: undefined,
    };
    const rules = { copies: { schedule: '', since: OCCURRENCE, occurrence: undefined, verdict: word, isSettled: false } };

    expect(readPosture(stored(posturePut(aPosture({ rules })))).rules).toEqual(rules);
  });

  test.each<FunctionName>([...FUNCTION_NAMES, 'restore'])('hold runs of %s, with what they measured', (name) => {
    const summary = aSummary({
      function: name,
      copyLag: { copies: 12, p50Minutes: 1.5, p95Minutes: 20, maxMinutes: 61 },
      findingChanges: { opened: 1, updated: 0, closed: 2 },
    });
    const run: RunRecord = {
      scope: name,
      runId: 'run-1',
      function: name,
      trigger: { type: 'cli', id: 'e', time: OCCURRENCE },
      startedAt: OCCURRENCE,
      leaseUntil: OCCURRENCE,
      fence: 1,
      summary,
    };

    expect(readRun(stored(runPut(run, 't', ANY)))).toEqual(run);
  });

  test('hold the receipt of a release, and to whom the work was handed', () => {
    const instance = { instanceId: 'rm-1', account: 'main', region: 'cn-hangzhou', status: 'passed', reason: 'set 1001', reused: true } as const;
    const times = { startedAt: '2026-11-21T01:00:00Z', endedAt: '2026-11-21T01:10:00Z', heldUntil: '2026-11-22T01:00:00Z', effectiveUntil: 'never' };
    const receipt: ReleaseReceipt = {
      version: 1,
      key: 'k',
      source: 'shop',
      release: 'v42',
      status: 'passed',
      reason: 'all 2 instances have passed',
      attempt: 1,
      asOf: '2026-11-21T01:00:00Z',
      deadline: '2026-11-21T02:00:00Z',
      validUntil: '2026-11-21T03:00:00Z',
      instances: [instance, { ...instance, instanceId: 'rm-2', backupId: '1002', jobId: '7', holdId: 'h-1', ...times }],
    };
    const summary = aSummary({ function: 'pre-release-backup', release: receipt, handedTo: ['main/cn-hangzhou 1of2', 'main/cn-hangzhou 2of2'] });

    expect(readRun(stored(runPut({ ...finishedRun(), summary }, 't', ANY))).summary).toStrictEqual(summary);
  });

  test.each([
    { name: 'of another version', over: { version: 2 }, says: /summary\.release\.version is not 1/ },
    { name: 'with an unknown status', over: { status: 'maybe' }, says: /summary\.release\.status is not one of pending, passed, failed/ },
    { name: 'without instances', over: { instances: undefined }, says: /summary\.release\.instances is not a list/ },
  ])('refuse a receipt $name', ({ over, says }) => {
    const receipt = { version: 1, key: 'k', source: '', release: '', status: 'passed', reason: '', attempt: 1, asOf: '', deadline: '', instances: [] };
    const put = runPut(finishedRun(), 't', ANY);
    const doc = JSON.stringify({ ...finishedRun(), summary: { ...aSummary(), release: { ...receipt, ...over } } });

    expect(() => readRun(stored(put, { doc }))).toThrow(says);
  });

  test('of runs that measured nothing have no such members', () => {
    const { summary } = readRun(stored(runPut(finishedRun(), 't', ANY)));

    expect(Object.keys(summary ?? {})).not.toEqual(expect.arrayContaining(['copyLag']));
    expect(Object.keys(summary ?? {})).not.toEqual(expect.arrayContaining(['findingChanges']));
    expect(Object.keys(summary ?? {})).not.toEqual(expect.arrayContaining(['release']));
  });
});

describe('rows that were not written by us', () => {
  test.each([
    {
      name: 'a hold on nothing',
      over: { holds: [{ id: 'h', target: { kind: 'planet' }, owner: '', reason: '', placedAt: 1 }] },
      says: /holds\[0\]\.target\.kind/,
    },
    { name: 'a hold on a set without its id', over: { holds: [{ id: 'h', target: { kind: 'set' }, owner: '', reason: '', placedAt: 1 }] }, says: /holds\[0\]/ },
    { name: 'holds that are no list', over: { holds: {} }, says: /holds is not a list/ },
    {
      name: 'a mark of an unknown state',
      over: { marks: [{ backupId: '1', markedAt: 1, state: 'gone' }] },
      says: /marks\[0\]\.state is not one of marked, deleting/,
    },
    { name: 'a correction of an unknown setting', over: { corrections: [{ setting: 'colour', wanted: 'red', at: 1 }] }, says: /corrections\[0\]\.setting/ },
  ])('with $name are refused: a guard that cannot be read must not pass for one without holds', ({ over, says }) => {
    const put = guardPut(emptyGuard('rm-1'), 't', ANY);
    const doc = JSON.stringify({ ...emptyGuard('rm-1'), ...over });

    expect(() => readGuard(stored(put, { doc }))).toThrow(LedgerError);
    expect(() => readGuard(stored(put, { doc }))).toThrow(says);
  });

  test.each([
    { name: 'a release of an unknown status', over: { status: 'maybe' }, says: /status is not one of pending, passed, failed/ },
    { name: 'a release without its wish', over: { wish: undefined }, says: /wish is not an object/ },
    {
      name: 'a selector within a selector that is none',
      over: { wish: { ...aRelease().wish, select: { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [{ ids: 'rm-1' }] } } },
      says: /wish\.select\.exclude\[0\]\.ids is not a list/,
    },
  ])('with $name are refused', ({ over, says }) => {
    const put = releasePut(aRelease(), 't', ANY);
    const doc = JSON.stringify({ ...aRelease(), ...over });

    expect(() => readRelease(stored(put, { doc }))).toThrow(says);
  });

  test('with a task of a function that nobody deploys are refused', () => {
    const put = taskPut(aTask(), 't', ANY);

    expect(() => readTask(stored(put, { doc: JSON.stringify({ ...aTask(), function: 'restore' }) }))).toThrow(/function is not one of extra-backup/);
  });

  const put = intentPut(anIntent(), 't', ANY);
  const doc = JSON.parse(String(put.columns[COLUMN.document])) as Record<string, unknown>; // our own JSON

  test.each([
    { name: 'no JSON', over: { doc: 'no json' }, says: /JSON/ },
    { name: 'JSON of another kind', over: { doc: '[]' }, says: /is not/ },
    { name: 'a missing member', over: { doc: JSON.stringify({ ...doc, rule: undefined }) }, says: /rule is not text/ },
    { name: 'a member of another type', over: { doc: JSON.stringify({ ...doc, units: '1' }) }, says: /units is not an integer/ },
    { name: 'a fractional time', over: { doc: JSON.stringify({ ...doc, sentAt: 1.5 }) }, says: /sentAt is not an integer/ },
    { name: 'an unknown word', over: { state: 'paused' }, says: /state is not one of intended, submitting/ },
    { name: 'a nested mistake', over: { doc: JSON.stringify({ ...doc, baseline: { runningJobIds: [1] } }) }, says: /baseline\.runningJobIds\[0\] is not text/ },
    { name: 'a word of the prototype', over: { state: 'constructor' }, says: /state is not one of/ },
    { name: 'a version that is text', over: { ver: '1' }, says: /column ver is not an integer/ },
  ])('with $name are refused by table, key and path', ({ over, says }) => {
    const read = (): Intent => readIntent(stored(put, over));

    expect(read).toThrow(LedgerError);
    expect(read).toThrow(/row "rm-1 \/ 20261121T010000Z~nightly~instance" of intents cannot be read/);
    expect(read).toThrow(says);
  });

  test('may carry members and columns that this version does not know', () => {
    const row = stored(put, { doc: JSON.stringify({ ...doc, later: { a: 1 } }), later: 1 });

    expect(readIntent(row)).toEqual(anIntent());
  });

  test('cannot be made by us larger than the service takes', () => {
    const hostile = anIntent({ reason: 'ä'.repeat(1_100_000) });

    expect(() => intentPut(hostile, 't', ANY)).toThrow(/larger than 2097152 bytes/);
  });
});
