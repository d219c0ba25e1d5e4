// The daily cap under every day rule that the service may have: we never run into it, and when it contradicts us we defer and say so.
import type { DayRule } from '../../lib/local/world/knobs';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

/** Sixty rules, each due once a day, spread over the day so that they compete. */
const SIXTY_RULES = Array.from({ length: 60 }, (_, index) => {
  const minute = index * 17;
  return `  - { name: rule-${index}, schedule: "${minute % 60} ${Math.floor(minute / 60) % 24} * * *" }\n`;
}).join('');

/** Short backups, so that the cap and not the one running job decides. */
const QUICK = { durations: { Physical: { baseMs: 60_000, perGbMs: 0, maxMs: 60_000 } } };

function startsIn(starts: readonly { readonly at: number }[], from: number, to: number): number {
  return starts.filter((start) => start.at >= from && start.at < to).length;
}

describe.each<DayRule>(['utc', 'utc+8', 'rolling'])('day rule %s', (dayRule) => {
  test('sixty competing slots, the automatics and foreign backups never lead to a refusal by the cap', async () => {
    keeper = await startKeeper({
      fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 3, foreignToday: 4 } }],
      policy: policyWith(SIXTY_RULES),
      start: '2026-11-21T12:00:00Z',
      cloud: { rds: { ...QUICK, cap: { dayRule } } },
    });
    const findings: string[] = [];
    let submitted = 0;

    for (let halfHour = 0; halfHour < 1.5 * 48; halfHour += 1) {
      const { summary } = await keeper.tick();
      submitted += summary.counts['submitted'] ?? 0;
      keeper.clock.advance(10 * 60_000);
      if (halfHour % 20 === 3) keeper.cloud.world.humanBackup('rm-one');
      keeper.clock.advance(20 * 60_000);
      const reconciled = await keeper.reconcile();
      findings.push(...[...summary.findings, ...reconciled.summary.findings].map((finding) => finding.rule));
    }

    keeper.cloud.world.settle(keeper.clock.now());
    const starts = keeper.cloud.world.find('rm-one')?.starts ?? [];
    const most = Math.max(...starts.map((start) => startsIn(starts, start.at, start.at + 86_400_000)));
    expect(findings).not.toContain('cap-contradicted');
    expect(most).toBeLessThanOrEqual(20);
    expect(submitted).toBeGreaterThan(20);
  }, 180_000);
});

test('slots reserved for releases and for the automatic backup are left free', async () => {
  keeper = await startKeeper({
    fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 0, foreignToday: 17 } }],
    policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n'),
    start: '2026-11-21T12:00:00Z',
    cloud: { rds: QUICK },
  });

  const run = await keeper.tick();

  expect(verdictsOn(run, 'rm-one')).toEqual(['cap-reserved']);
  expect(run.verdicts[0]?.reason).toContain('for releases');
});

test('a cap lower than we were told is met once: then we defer, say so, and neither fail nor loop', async () => {
  keeper = await startKeeper({
    fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 0, foreignToday: 10 } }],
    policy: policyWith('  - { name: quarterly, schedule: "*/15 * * * *" }\n'),
    start: '2026-11-21T12:00:00Z',
    cloud: { rds: { ...QUICK, cap: { perDay: 10, dayRule: 'rolling' } } },
  });
  let calls = 0;
  const findings: string[] = [];

  for (let quarter = 0; quarter < 12; quarter += 1) {
    const run = await keeper.tick();
    calls += run.summary.apiCalls['CreateBackup'] ?? 0;
    findings.push(...run.summary.findings.map((finding) => finding.rule).filter((rule) => rule !== 'missed-slot'));
    expect(run.summary.status).not.toBe('failed');
    keeper.clock.advance(15 * 60_000);
  }

  expect(calls).toBe(1);
  expect(findings).toEqual(['cap-contradicted']);
});

test('foreign backups that land between our look and our call lead to one refusal at most; then we defer', async () => {
  const instantly = { Physical: { baseMs: 0, perGbMs: 0, maxMs: 0 } };
  keeper = await startKeeper({
    fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 0, foreignToday: 15 } }],
    policy: policyWith('  - { name: quarterly, schedule: "*/15 * * * *" }\n'),
    start: '2026-11-21T12:00:00Z',
    cloud: { rds: { durations: instantly, cap: { dayRule: 'rolling' } } },
  });
  const { ports } = keeper.openHouse();
  const gatewayOf: typeof ports.gatewayOf = (target) => {
    const gateway = ports.gatewayOf(target);
    return {
      ...gateway,
      createBackup: async (...args) => {
        for (let foreign = 0; foreign < 5; foreign += 1) {
          keeper.cloud.world.humanBackup('rm-one');
          keeper.clock.advance(1);
        }
        return gateway.createBackup(...args);
      },
    };
  };

  const first = await keeper.tick({ ports: { ...ports, gatewayOf } });
  const later: string[] = [];
  for (let quarter = 0; quarter < 8; quarter += 1) {
    keeper.clock.advance(15 * 60_000);
    const run = await keeper.tick();
    later.push(...verdictsOn(run, 'rm-one').filter((verdict) => verdict !== 'missed'));
    expect(run.summary.apiCalls['CreateBackup']).toBeUndefined();
  }

  expect(verdictsOn(first, 'rm-one')).toEqual(['cap-exhausted']);
  expect(first.summary.findings.map((finding) => finding.rule)).toEqual(['cap-contradicted']);
  expect(new Set(later)).toEqual(new Set(['cap-exhausted']));
});

test('after the window has freed a slot, backups go on', async () => {
  keeper = await startKeeper({
    fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 0, foreignToday: 10 } }],
    policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n'),
    start: '2026-11-21T12:00:00Z',
    cloud: { rds: { ...QUICK, cap: { perDay: 10, dayRule: 'rolling' } } },
  });
  await keeper.tick();

  keeper.clock.advance(26 * 3_600_000);
  const run = await keeper.tick();

  expect(run.summary.counts['submitted']).toBe(1);
});

test('sixty workers that want the last units of the cap at the same moment get exactly those', async () => {
  const rules = Array.from({ length: 60 }, (_, index) => `  - { name: rule-${index}, schedule: "0 13 * * *" }\n`).join('');
  keeper = await startKeeper({
    fleet: [{ id: 'rm-one', engine: 'MySQL', history: { days: 0, foreignToday: 12 } }],
    policy: policyWith(rules),
    start: '2026-11-21T12:59:00Z',
    cloud: { rds: { ...QUICK, durations: { Physical: { baseMs: 0, perGbMs: 0, maxMs: 0 } } } },
  });
  await keeper.tick();
  keeper.goTo('2026-11-21T13:00:00Z');

  for (let round = 0; round < 12; round += 1) {
    await Promise.all(Array.from({ length: 5 }, (_, index) => keeper.tick({ timer: `${round}-${index}` })));
    keeper.clock.advance(2 * 60_000);
    await keeper.reconcile();
  }

  // 20 a day, less 12 that were there, 3 kept for releases and 1 for the automatic backup.
  expect(keeper.manualStarts('rm-one').length).toBe(12 + 4);
});
