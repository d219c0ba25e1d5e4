// The rehearsal: the main job on the local cloud, from the policy file to the verdicts, in the order in which production would see it, and what hygiene finds then.
import { formatInstant, type Instant, instant, MINUTE_MS, parseInstant, plusMs, SECOND_MS } from '../../base/instant';
import type { CompiledPolicy } from '../../domain/protection-policy';
import type { DeployedFunction, RunSummary } from '../../domain/run';
import type { Finding } from '../../domain/verdict';
import type { LocalCloud, RunningFcEngine } from '../../local';
import { hasHygiene } from '../../policy/section-variants';
import type { VerdictRow } from '../../report/verdict-view';
import { readDeployment } from '../deployment';
import { MANIFEST } from '../paths';
import { displayName } from '../policy-file';
import { fireTimer, timerAt, withSilentTimers } from './functions';
import { type ChildEnvironment, runKeeper } from './processes';
import { busiestDue, LEAD_MS, nextDue, nextTick } from './schedule';

/** After a tick, time for the jobs to end and for the service to show their sets, before reconcile looks. */
const JOBS_TAKE_MS = 45 * MINUTE_MS;

/** Before a rule comes due, reconcile has looked once more: its timer fires every five minutes. */
const RECONCILE_EARLIER_MS = 5 * MINUTE_MS;

/** How many ticks a rehearsal makes unless told: the first one shows a night, later ones go on step by step. */
const FIRST_TICKS = 2;
const LATER_TICKS = 1;

export interface RehearsalOptions {
  readonly cwd: string;
  readonly dataFolder: string;
  readonly policyFile: string;
  readonly ticks: number | undefined;
  /** Hears of every step as it is done. */
  readonly onStep: (step: RehearsalStep) => void;
}

export type RehearsalStep =
  | { readonly kind: 'world'; readonly dataFolder: string; readonly instances: number; readonly isNew: boolean; readonly now: Instant }
  | { readonly kind: 'policy'; readonly file: string; readonly rules: number; readonly digest: string }
  | { readonly kind: 'invocation'; readonly invocation: Invocation };

/** One invocation of a function, and how many backups the cloud says were started by it. */
export interface Invocation {
  readonly function: DeployedFunction;
  readonly triggerTime: Instant;
  /** Of the run and its workers together. */
  readonly summary: RunSummary;
  /** The further invocations that worked on parts of the fleet. */
  readonly shards: number;
  readonly backupsStarted: number;
  /** The same event once more, as Function Compute may deliver it. */
  readonly isRepeated: boolean;
}

export interface Rehearsal {
  readonly isFirst: boolean;
  readonly now: Instant;
  readonly invocations: readonly Invocation[];
  readonly rows: readonly VerdictRow[];
  /** The rows that said something else, or nothing, before. */
  readonly news: readonly VerdictRow[];
  readonly findings: readonly Finding[];
  readonly nextDue: Instant | undefined;
}

interface Stage {
  readonly cloud: LocalCloud;
  readonly engine: RunningFcEngine;
  readonly env: ChildEnvironment;
  readonly policy: CompiledPolicy;
  readonly invocations: Invocation[];
  readonly options: RehearsalOptions;
}

/** Runs to the end or throws; what happened until then is kept in the data folder, and the next rehearsal goes on from there. */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { cwd, policyFile, dataFolder } = options;
  // Nothing of this shell decides what is rehearsed: it may be set up for a real fleet.
  const deployment = await readDeployment({ cwd, manifest: MANIFEST, manifestEnv: {}, policyFile, dataFolder, env: { LOG_LEVEL: 'warn' } });
  const { policy, policyName, compiledPolicy } = deployment;
  const { readManifest, startLocalCloud } = await import('../../local');
  // New tables are ready at once here: a rehearsal is about backups, and this wait would be its longest part.
  const cloud = await startLocalCloud({
    dataFolder,
    fleet: 'sample',
    beginAt: (now) => beginningOf(policy, now),
    tablestore: { notReadyMs: 0 },
    fc: { ...deployment.fc, manifest: withSilentTimers(readManifest(MANIFEST)) },
  });
  try {
    await deployment.publish();
    const { fc: engine } = cloud;
    if (engine === undefined) throw new TypeError('the local cloud runs no functions'); // it was told to
    const env = { ...cloud.environment, KEEPER_CONFIG: compiledPolicy, LOG_LEVEL: 'warn' };
    return await play({ cloud, engine, env, policy, invocations: [], options }, policyName);
  } finally {
    await cloud.close();
  }
}

async function play(stage: Stage, policyName: string): Promise<Rehearsal> {
  const { cloud, policy, options, env } = stage;
  await runKeeper(['ledger', 'init'], env);
  const before = await readLedger(env);
  const isFirst = before.runs === 0;
  const instances = [...cloud.world.all()].length;
  options.onStep({ kind: 'world', dataFolder: displayName(options.dataFolder, options.cwd), instances, isNew: isFirst, now: cloud.clock.now() });
  options.onStep({ kind: 'policy', file: policyName, rules: policy.extraBackups.length, digest: policy.digest });
  if (isFirst) await makeRulesKnown(stage);

  let ledger = before;
  for (let tick = 0; tick < (options.ticks ?? (isFirst ? FIRST_TICKS : LATER_TICKS)); tick += 1) {
    const at = nextTick(policy, ofRules(policy, ledger.rows), cloud.clock.now());
    if (at === undefined) break;
    await playTick(stage, at);
    ledger = await readLedger(env);
  }
  await repeatLastTick(stage);
  if (hasHygiene(policy)) {
    await invoke(stage, 'retention-hygiene', wholeSecond(cloud.clock.now()));
    ledger = await readLedger(env);
  }
  const news = ledger.rows.filter((row) => !before.rows.some((known) => isSameRow(known, row)));
  const { invocations } = stage;
  return { isFirst, now: cloud.clock.now(), invocations, rows: ledger.rows, news, findings: ledger.findings, nextDue: nextDue(policy, cloud.clock.now()) };
}

/** What is said of backups that rules make: other functions have ticks of their own. */
function ofRules({ extraBackups }: CompiledPolicy, rows: readonly VerdictRow[]): readonly VerdictRow[] {
  const names = new Set(extraBackups.map(({ name }) => name));
  return rows.filter(({ rule }) => rule !== undefined && names.has(rule));
}

/** A new world begins a minute before its rules are made known, so that what its fleet is up to (a full cap, a running job) is so at the first tick, whatever the hour. */
function beginningOf(policy: CompiledPolicy, now: Instant): Instant | undefined {
  const due = busiestDue(policy, plusMs(now, MINUTE_MS));
  return due === undefined ? undefined : plusMs(due, -LEAD_MS - MINUTE_MS);
}

/** Shortly before the busiest time of the policy; from this run on, what comes due counts. */
async function makeRulesKnown(stage: Stage): Promise<void> {
  const { cloud, policy } = stage;
  const due = busiestDue(policy, cloud.clock.now());
  if (due !== undefined) moveTo(cloud, instant(due - LEAD_MS));
  await invoke(stage, 'extra-backup', wholeSecond(cloud.clock.now()));
}

/** The timer fires as soon as it may, the jobs run, reconcile looks after them; no later than the next occurrence of a rule. */
async function playTick(stage: Stage, at: Instant): Promise<void> {
  const { cloud, engine, policy } = stage;
  const tick = timerAt(engine, 'extra-backup', at);
  moveTo(cloud, tick);
  await invoke(stage, 'extra-backup', tick);
  const now = cloud.clock.now();
  const next = nextDue(policy, now) ?? instant(now + JOBS_TAKE_MS);
  const look = timerAt(engine, 'reconcile', instant(Math.max(now, Math.min(now + JOBS_TAKE_MS, next - RECONCILE_EARLIER_MS))));
  moveTo(cloud, look);
  await invoke(stage, 'reconcile', look);
}

/** Function Compute may deliver an event more than once: the run is known and nothing is done twice. */
async function repeatLastTick(stage: Stage): Promise<void> {
  const last = stage.invocations.findLast((invocation) => invocation.function === 'extra-backup');
  if (last !== undefined) await invoke(stage, 'extra-backup', last.triggerTime, true);
}

async function invoke(stage: Stage, name: DeployedFunction, triggerTime: Instant, isRepeated = false): Promise<void> {
  const { cloud, engine, invocations, options } = stage;
  const before = manualJobs(cloud);
  const { summary, shards } = await fireTimer(engine, name, triggerTime);
  const backupsStarted = [...manualJobs(cloud)].filter((job) => !before.has(job)).length;
  const invocation = { function: name, triggerTime, summary, shards, backupsStarted, isRepeated };
  invocations.push(invocation);
  options.onStep({ kind: 'invocation', invocation });
}

/** What the cloud itself knows of manual backups, running and done. */
function manualJobs({ world }: LocalCloud): ReadonlySet<string> {
  const jobs = new Set<string>();
  for (const { job, sets } of world.all()) {
    if (job?.mode === 'Manual') jobs.add(job.id);
    for (const set of sets) if (set.mode === 'Manual') jobs.add(set.jobId);
  }
  return jobs;
}

/** Time never goes back: a time that has passed is passed by. */
function moveTo(cloud: LocalCloud, at: Instant): void {
  cloud.clock.advance(Math.max(0, at - cloud.clock.now()));
}

/** Triggers tell whole seconds. */
function wholeSecond(at: Instant): Instant {
  return instant(at - (at % SECOND_MS));
}

interface LedgerView {
  readonly runs: number;
  readonly rows: readonly VerdictRow[];
  readonly findings: readonly Finding[];
}

/** Reads the ledger as `keeper status` tells it. */
async function readLedger(env: ChildEnvironment): Promise<LedgerView> {
  const status = (await runKeeper(['status'], env)) as StatusDocument; // our own command's document
  const rows = status.rows.map(({ until, ...row }) => ({ ...row, until: until === undefined ? undefined : parseInstant(until) }));
  // Since when a finding stands is no news on the day that a world begins.
  const findings = status.findings.map(({ openedAt: _, ...finding }) => finding);
  return { runs: status.runs.length, findings, rows };
}

interface StatusDocument {
  readonly runs: readonly unknown[];
  readonly rows: readonly (Omit<VerdictRow, 'until'> & { readonly until?: string })[];
  readonly findings: readonly (Finding & { readonly openedAt?: string })[];
}

function isSameRow(a: VerdictRow, b: VerdictRow): boolean {
  return a.instanceId === b.instanceId && a.rule === b.rule && a.slotId === b.slotId && a.verdict === b.verdict && a.reason === b.reason;
}

/** The rehearsal's document for programs. */
export function jsonOfRehearsal(rehearsal: Rehearsal): unknown {
  const { now, invocations, rows, news, nextDue: due, ...rest } = rehearsal;
  const jsonOfRow = (row: VerdictRow): unknown => ({ ...row, until: row.until === undefined ? undefined : formatInstant(row.until) });
  return {
    ...rest,
    now: formatInstant(now),
    nextDue: due === undefined ? undefined : formatInstant(due),
    invocations: invocations.map((invocation) => ({ ...invocation, triggerTime: formatInstant(invocation.triggerTime) })),
    rows: rows.map(jsonOfRow),
    news: news.map(jsonOfRow),
  };
}
