// The two phases of a purge, each planned, looked at and applied from the command line.
import { DAY_MS, HOUR_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = `timezone: UTC
regions: [cn-hangzhou]
settings: { mode: enforce, allowDestructive: true, dataRetention: 30, logRetention: 7 }
retention: { mode: enforce, keep: { daily: 2 }, floor: 1, graceHours: 24 }
limits: { maxPurgePercentPerDay: 100 }
`;
const SETS = [1, 2, 20, 30, 40].map((days) => ({ id: `${1000 + days}`, agoMs: days * DAY_MS, keepDays: 100 }));
const FLEET = {
  members: () => [
    { id: 'rm-a', engine: 'MySQL', usedGb: 1, settings: { retentionDays: 20, logRetentionDays: 14 }, history: { days: 0, manualSets: SETS } } as const,
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
  for (const { id } of SETS) await shell.keeper('backups', 'claim', id, '--instance', 'rm-a', '--by', 'ada');
});
afterEach(() => shell.closeAll());

const sets = (): unknown =>
  shell.cloud.world
    .find('rm-a')
    ?.sets.filter(({ mode }) => mode === 'Manual')
    .map(({ id }) => id);
const settings = (): unknown => shell.cloud.world.find('rm-a')?.spec.settings;

test('settings and marks, and after the grace the purges: each plan does what it showed', async () => {
  const first = await shell.keeper('plan', 'retention-hygiene', '--out', 'first.json');
  const untouched = { sets: sets(), settings: settings() };
  const marked = await shell.json('apply', 'first.json');
  const early = await shell.json('plan', 'retention-hygiene');
  shell.worldClock.advance(25 * HOUR_MS);
  const second = await shell.keeper('plan', 'retention-hygiene', '--out', 'second.json');
  const purged = await shell.json('apply', 'second.json');

  expect(first.stdout).toContain('2 settings changes would be written, 2 backup sets would be marked as surplus, nothing was');
  expect(first.stdout).toContain('1 of 4 steps destroys backups');
  expect(first.stdout).toContain('! DESTROYS BACKUPS: change log settings: logRetentionDays 14 days → 7 days');
  expect(untouched).toMatchObject({ sets: ['1001', '1002', '1020', '1030', '1040'], settings: { retentionDays: 20, logRetentionDays: 14 } });
  expect(marked).toMatchObject({ code: 0, document: { outcome: 'applied', summary: { counts: { corrected: 2, marked: 2 } } } });
  expect(settings()).toMatchObject({ retentionDays: 30, logRetentionDays: 7 });
  expect(early.document.steps).toEqual([]);
  expect(second.stdout).toContain('! DESTROYS BACKUPS: purge backup set 1030, marked since 2026-11-21T01:00:00Z');
  expect(purged).toMatchObject({ code: 0, document: { outcome: 'applied', summary: { counts: { purged: 2 } } } });
  expect(sets()).toEqual(['1001', '1002', '1020']);
});

test('a hold that comes between plan and apply stops the plan', async () => {
  await shell.keeper('run', 'retention-hygiene');
  shell.worldClock.advance(25 * HOUR_MS);
  await shell.keeper('plan', 'retention-hygiene', '--out', 'plan.json');
  await shell.keeper('hold', 'add', '--set', '1040', '--instance', 'rm-a', '--owner', 'dba@example', '--reason', 'audit 2026');

  const { code, stderr } = await shell.keeper('apply', 'plan.json');

  expect(code).toBe(1);
  expect(stderr).toContain('in the plan, but not due any more: rm-a: purge backup set 1040');
  expect(sets()).toEqual(['1001', '1002', '1020', '1030', '1040']);
});
