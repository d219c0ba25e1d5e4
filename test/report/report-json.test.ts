import { REPORT_FORMS } from '../../lib/report';
import { aFleet, aHostileFleet, aJudged, aPosture, HOSTILE } from './fleet';

const documentOf = (fleet: Parameters<typeof REPORT_FORMS.json>[0]): Record<string, unknown> => JSON.parse(REPORT_FORMS.json(fleet)) as Record<string, unknown>; // an object

test('a fleet as a document, member by member', () => {
  const leftover = {
    id: 'l',
    severity: 'warning',
    rule: 'missed-slot',
    instanceId: 'rm-gone',
    message: '3 copies are left',
    remedy: 'run: keeper run extra-backup',
  };
  const where = { account: 'main', region: 'cn-hangzhou' };
  const said = { saidAt: '2026-11-21T02:10:00Z', ageMinutes: 20 };
  const none = { findings: [], findingsTotal: 0 };
  const rule = { rule: 'nightly', reason: 'backup set 1001 was made for this slot', backupId: '1001' };
  const run = { runId: '20261121T020500Z-0123456789', trigger: 'timer', startedAt: '2026-11-21T02:05:00Z' };

  expect(documentOf(aFleet())).toStrictEqual({
    version: 1,
    asOf: '2026-11-21T02:30:00Z',
    timezone: 'Asia/Shanghai',
    policy: 'production',
    installation: '01JD0000000000000000000000',
    totals: { protected: 1, 'at-risk': 1, unprotected: 1, unknown: 1 },
    findings: { error: 1, warning: 1, info: 0 },
    shown: { instances: 4, of: 4 },
    instances: [
      {
        ...where,
        instanceId: 'rm-3',
        engine: 'mysql',
        posture: 'unprotected',
        rulesTotal: 1,
        ...none,
        reason: 'no extra-backup rule covers it',
        ...said,
        rules: [{ verdict: 'no-rule', reason: 'no rule of the protection policy covers it' }],
      },
      {
        ...where,
        instanceId: 'rm-2',
        engine: 'mysql',
        posture: 'at-risk',
        rulesTotal: 1,
        findingsTotal: 1,
        reason: 'the slot of 2026-11-20T02:00:00Z was missed',
        ...said,
        rules: [{ ...rule, verdict: 'missed' }],
        findings: [
          {
            id: 'missed-slot/rm-2/nightly',
            severity: 'error',
            rule: 'missed-slot',
            instanceId: 'rm-2',
            message: 'the slot of 2026-11-20T02:00:00Z was missed',
            remedy: 'run: keeper run extra-backup',
            openedAt: '2026-11-20T02:30:00Z',
          },
        ],
      },
      { ...where, instanceId: 'rm-4', engine: 'other', posture: 'unknown', rulesTotal: 0, ...none, reason: 'extra-backup has said nothing of it', rules: [] },
      {
        ...where,
        instanceId: 'rm-1',
        engine: 'mysql',
        posture: 'protected',
        rulesTotal: 1,
        ...none,
        reason: 'nightly: backup set 1001 was made for this slot',
        ...said,
        rules: [{ ...rule, verdict: 'already-done' }],
        copies: {
          copies: 7,
          measuredAt: '2026-11-20T21:30:00Z',
          lagP50Minutes: 90,
          lagMaxMinutes: 180,
          achievedRpoMinutes: 1_560,
          localWindow: { from: '2026-11-14T02:30:00Z', to: '2026-11-21T01:30:00Z' },
          copyWindow: { from: '2026-11-15T02:30:00Z', to: '2026-11-20T22:30:00Z' },
          probe: { copyId: '14377', at: '2026-11-20T21:30:00Z', isRestorable: false, reason: 'the key is gone' },
        },
      },
    ],
    leftovers: [leftover],
    leftoversTotal: 1,
    runs: [
      {
        function: 'extra-backup',
        ...run,
        status: 'partial',
        counts: { 'already-done': 1, missed: 1 },
        error: { code: 'denied', message: 'CreateBackup is denied' },
      },
      { function: 'reconcile', ...run, status: 'running' },
    ],
  });
});

test('an empty ledger is a document too', () => {
  expect(documentOf(aFleet({ instances: [], leftovers: [], runs: [] }))).toMatchObject({ shown: { instances: 0, of: 0 }, instances: [], runs: [] });
});

test('hostile names come back as they are, and act on no terminal and no browser', () => {
  const json = REPORT_FORMS.json(aHostileFleet());

  expect(json).not.toMatch(/[<\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(JSON.parse(json)).toMatchObject({ policy: HOSTILE, instances: [{ instanceId: HOSTILE, account: HOSTILE, findings: [{ message: HOSTILE }] }] });
});

test('of 10,000 instances 2,000 are listed, and the totals are over all of them', () => {
  const instances = Array.from({ length: 10_000 }, (_, index) => aJudged({ instanceId: `rm-${index}` }));

  const document = documentOf(aFleet({ instances }));

  expect(document).toMatchObject({ shown: { instances: 2_000, of: 10_000 }, totals: { protected: 10_000 } });
  expect(document['instances']).toHaveLength(2_000);
});

test('a document stays below what one answer can carry', () => {
  const findings = Array.from({ length: 10 }, (_, index) => ({
    id: `f-${index}`,
    severity: 'error' as const,
    rule: 'r',
    instanceId: 'rm-1',
    message: '\u4e2d'.repeat(9_000),
    evidence: {},
    remedy: '',
  }));
  const instances = Array.from({ length: 2_000 }, (_, index) => aJudged({ instanceId: `rm-${index}`, backups: aPosture('missed', { findings }) }));

  const json = REPORT_FORMS.json(aFleet({ instances }));

  expect(Buffer.byteLength(json)).toBeLessThan(5_000_000);
  expect(JSON.parse(json)).toMatchObject({ shown: { of: 2_000 } });
});
