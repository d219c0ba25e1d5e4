// A small fleet with one instance of each posture, for tests of the report.
import { HOUR_MS, type Instant, MINUTE_MS, parseInstant, plusMs } from '../../lib/base/instant';
import type { InstancePosture } from '../../lib/domain/posture';
import type { RunRecord } from '../../lib/domain/run';
import type { Finding, Verdict } from '../../lib/domain/verdict';
import type { FleetPosture, JudgedInstance } from '../../lib/policy/posture';

/** A Saturday morning in China, the night before in New York. */
export const AS_OF = parseInstant('2026-11-21T02:30:00Z') as Instant; // a literal

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    id: 'missed-slot/rm-2/nightly',
    severity: 'error',
    rule: 'missed-slot',
    instanceId: 'rm-2',
    message: 'the slot of 2026-11-20T02:00:00Z was missed',
    evidence: {},
    remedy: 'run: keeper run extra-backup',
    ...over,
  };
}

export function aPosture(verdict: Verdict | undefined, over: Partial<InstancePosture> = {}): InstancePosture {
  const instanceId = over.instanceId ?? 'rm-1';
  const said = {
    instanceId,
    engine: 'mysql',
    rule: 'nightly',
    slotId: '20261121T020000Z~nightly~instance',
    reason: 'backup set 1001 was made for this slot',
    until: undefined,
    backupId: '1001',
    jobId: undefined,
  };
  const rule = { schedule: '0 2 * * * UTC', since: plusMs(AS_OF, -30 * 24 * HOUR_MS), occurrence: plusMs(AS_OF, -30 * MINUTE_MS), isSettled: true };
  return {
    scope: 'main/cn-hangzhou',
    instanceId,
    engine: 'mysql',
    asOf: plusMs(AS_OF, -20 * MINUTE_MS),
    rules: verdict === undefined ? {} : { nightly: { ...rule, verdict: { ...said, verdict } } },
    findings: [],
    openedAt: {},
    copies: undefined,
    ...over,
  };
}

export function aJudged(over: Partial<JudgedInstance> = {}): JudgedInstance {
  return {
    account: 'main',
    region: 'cn-hangzhou',
    instanceId: 'rm-1',
    posture: 'protected',
    reason: 'nightly: backup set 1001 was made for this slot',
    backups: aPosture('already-done'),
    others: [],
    ...over,
  };
}

export function aRun(over: Partial<RunRecord> = {}): RunRecord {
  return {
    scope: 'extra-backup',
    runId: '20261121T020500Z-0123456789',
    function: 'extra-backup',
    trigger: { type: 'timer', id: 'tick', time: plusMs(AS_OF, -25 * MINUTE_MS) },
    startedAt: plusMs(AS_OF, -25 * MINUTE_MS),
    leaseUntil: AS_OF,
    fence: 1,
    summary: {
      runId: '20261121T020500Z-0123456789',
      function: 'extra-backup',
      trigger: { type: 'timer', id: 'tick', time: '2026-11-21T02:05:00Z' },
      status: 'partial',
      asOf: '2026-11-21T02:05:00Z',
      dryRun: false,
      scope: { accounts: ['main'], regions: ['cn-hangzhou'], instances: 4 },
      counts: { 'already-done': 1, missed: 1 },
      findings: [],
      findingsTotal: 1,
      apiCalls: { DescribeDBInstances: 1 },
      error: { code: 'denied', message: 'CreateBackup is denied' },
    },
    ...over,
  };
}

const MEASURED = aPosture(undefined, {
  scope: 'main/cn-hangzhou#verify-cross-region',
  asOf: plusMs(AS_OF, -5 * HOUR_MS),
  copies: {
    firstSeen: { '1': AS_OF },
    earlier: {},
    copies: 7,
    lagP50Ms: 90 * MINUTE_MS,
    lagP95Ms: 3 * HOUR_MS,
    lagMaxMs: 3 * HOUR_MS,
    lagHistory: [],
    achievedRpoMs: 26 * HOUR_MS,
    localWindow: { from: plusMs(AS_OF, -7 * 24 * HOUR_MS), to: plusMs(AS_OF, -HOUR_MS) },
    copyWindow: { from: plusMs(AS_OF, -6 * 24 * HOUR_MS), to: plusMs(AS_OF, -4 * HOUR_MS) },
    probe: { copyId: '14377', at: plusMs(AS_OF, -5 * HOUR_MS), isRestorable: false, reason: 'the key is gone' },
  },
});

export function aFleet(over: Partial<FleetPosture> = {}): FleetPosture {
  const finding = aFinding();
  return {
    asOf: AS_OF,
    timezone: 'Asia/Shanghai',
    policyName: 'production',
    installationId: '01JD0000000000000000000000',
    instances: [
      aJudged({ others: [MEASURED] }),
      aJudged({
        instanceId: 'rm-2',
        posture: 'at-risk',
        reason: finding.message,
        backups: aPosture('missed', { instanceId: 'rm-2', findings: [finding], openedAt: { [finding.id]: plusMs(AS_OF, -24 * HOUR_MS) } }),
      }),
      aJudged({ instanceId: 'rm-3', posture: 'unprotected', reason: 'no extra-backup rule covers it', backups: aPosture(undefined, { instanceId: 'rm-3' }) }),
      aJudged({ instanceId: 'rm-4', posture: 'unknown', reason: 'extra-backup has said nothing of it', backups: undefined }),
    ],
    leftovers: [
      aPosture(undefined, {
        instanceId: 'rm-gone',
        findings: [aFinding({ id: 'l', severity: 'warning', instanceId: 'rm-gone', message: '3 copies are left' })],
      }),
    ],
    runs: [aRun(), aRun({ function: 'reconcile', summary: undefined })],
    ...over,
  };
}

/** What nobody calls an instance, except to break a page, a document or a terminal. */
export const HOSTILE = `<script>alert(1)</script>"'&\u0000\u001b[31m\u202e\ud800</td><img src=x onerror=alert(1)>`;

/** Every text in it is hostile. */
export function aHostileFleet(): FleetPosture {
  const finding = aFinding({ id: HOSTILE, instanceId: HOSTILE, message: HOSTILE, remedy: HOSTILE });
  const [said] = Object.values(aPosture('missed').rules);
  const verdict = said?.verdict && { ...said.verdict, reason: HOSTILE, rule: HOSTILE, backupId: HOSTILE };
  const backups = aPosture('missed', {
    instanceId: HOSTILE,
    engine: HOSTILE,
    findings: [finding],
    rules: said === undefined ? {} : { [HOSTILE]: { ...said, verdict } },
  });
  const probe = { copyId: HOSTILE, at: AS_OF, isRestorable: false, reason: HOSTILE };
  const copies = MEASURED.copies === undefined ? undefined : { ...MEASURED.copies, probe };
  const run = aRun();
  const summary = run.summary && { ...run.summary, counts: { [HOSTILE]: 1 }, error: { code: HOSTILE, message: HOSTILE } };
  return aFleet({
    policyName: HOSTILE,
    installationId: HOSTILE,
    instances: [
      aJudged({ account: HOSTILE, region: HOSTILE, instanceId: HOSTILE, reason: HOSTILE, backups, others: [{ ...MEASURED, instanceId: HOSTILE, copies }] }),
    ],
    leftovers: [aPosture(undefined, { instanceId: HOSTILE, findings: [finding] })],
    runs: [{ ...run, summary }],
  });
}
