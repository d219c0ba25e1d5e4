// keeper hold: add, list and release, in words and as JSON, and what it says of mistakes.
import { DAY_MS, plusMs } from '../../lib/base/instant';
import { plantSets } from '../support/sets';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: Asia/Shanghai\nregions: [cn-hangzhou]\n';
const FLEET = { members: () => [{ id: 'rm-my', engine: 'MySQL' } as const, { id: 'rm-sql', engine: 'SQLServer', databases: ['ledger'] } as const] };

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  shell.env['USER'] = 'ada';
  await shell.keeper('ledger', 'init');
  const now = shell.worldClock.now();
  plantSets(shell.cloud.world, 'rm-my', now, [{ id: '11', databases: [] }]);
  plantSets(shell.cloud.world, 'rm-sql', now, [{ id: '22' }]);
});
afterEach(() => shell.closeAll());

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const add = (...args: readonly string[]) => shell.json('hold', 'add', '--instance', 'rm-my', '--reason', 'audit 2026', ...args);

test('add, list, release: the same hold all the way', async () => {
  const now = shell.worldClock.now();

  const added = await add('--set', '11', '--for', '2d', '--owner', 'dba');
  const listed = await shell.json('hold', 'list');
  const released = await shell.json('hold', 'release', added.document.id, '--instance', 'rm-my');
  const after = await shell.json('hold', 'list', '--all');

  const hold = {
    id: expect.stringMatching(/^h-/),
    target: { kind: 'set', backupId: '11' },
    owner: 'dba',
    reason: 'audit 2026',
    placedAt: iso(now),
    until: iso(now + 2 * DAY_MS),
  };
  const view = {
    instanceId: 'rm-my',
    ...hold,
    isActive: true,
    effectiveUntil: iso(now + 2 * DAY_MS),
    effect: 'the service keeps set 11 as long as the hold stands',
  };
  expect(added).toEqual({ code: 0, document: { ...view, wasStanding: false, unmarked: [] } });
  expect(listed).toEqual({ code: 0, document: { holds: [view] } });
  expect(released).toEqual({ code: 0, document: { instanceId: 'rm-my', ...hold, releasedBy: 'ada' } });
  expect(after.document).toEqual({ holds: [] });
});

test('a date is its last day in the time zone of the policy, and the same hold is placed once', async () => {
  const first = await add('--until', '2027-01-31');
  const second = await add('--until', '2027-01-31T16:00:00Z');

  expect(first.document).toMatchObject({ target: { kind: 'instance' }, owner: 'ada', until: '2027-01-31T16:00:00Z', wasStanding: false });
  expect(second.document).toMatchObject({ id: first.document.id, wasStanding: true });
});

test('the same in words', async () => {
  const added = await shell.keeper('hold', 'add', '--instance', 'rm-my', '--set', '11', '--reason', 'audit 2026');
  const again = await shell.keeper('hold', 'add', '--instance', 'rm-my', '--set', '11', '--reason', 'audit 2026');
  const sql = await shell.keeper('hold', 'add', '--instance', 'rm-sql', '--reason', 'court order', '--until', '2027-05-01');
  const listed = await shell.keeper('hold', 'list', '--instance', 'rm-my', 'rm-sql');
  const [, id = ''] = /hold (h-\w+)/.exec(added.stdout) ?? [];
  const released = await shell.keeper('hold', 'release', id, '--instance', 'rm-my', '--by', 'grace');
  const none = await shell.keeper('hold', 'list', '--instance', 'rm-my');

  const end = iso(plusMs(shell.worldClock.now(), 5 * DAY_MS));
  expect(added.stdout).toContain('on set 11 is placed, until it is released');
  expect(added.stdout).toMatch(new RegExp(`effective: ${end.slice(0, 16)}.*; the service deletes set 11 at .* all the same`));
  expect(again.stdout).toContain('stands already');
  expect(sql.stdout).toContain('on instance rm-sql is placed, until 2027-05-01T16:00:00Z');
  expect(sql.stdout).toContain('extend-expiry keeps set 22 at the service');
  expect(listed.stdout).toMatch(/^INSTANCE +HOLD +ON +OWNER +UNTIL +EFFECTIVE UNTIL +REASON AND EFFECT/);
  expect(listed.stdout).toMatch(/rm-my +h-\w+ +set 11 +ada +no end +20/);
  expect(listed.stdout).toMatch(/rm-sql +h-\w+ +all its sets +ada +2027-05-01T16:00:00Z +2027-05-01T16:00:00Z/);
  expect(released.stdout).toContain(`hold ${id} of ada on set 11 is released by grace; it was for: audit 2026`);
  expect(none.stdout).toBe('no holds\n');
});

test('holds that ended are shown with --all', async () => {
  await add('--for', '1d');
  shell.worldClock.advance(2 * DAY_MS);

  const text = await shell.keeper('hold', 'list', '--all');

  expect((await shell.json('hold', 'list')).document).toEqual({ holds: [] });
  expect((await shell.json('hold', 'list', '--all')).document.holds).toMatchObject([{ isActive: false, effect: 'it has ended' }]);
  expect(text.stdout).toMatch(/ ended /);
});

test('a hold that takes a mark back says so', async () => {
  const { openLedger } = await import('../../lib/wire/house');
  const { updateGuard } = await import('../../lib/run/reserve');
  const ledger = openLedger({ env: shell.env, clock: shell.worldClock });
  const mark = { backupId: '11', markedAt: shell.worldClock.now(), state: 'marked' as const, deletingAt: undefined };
  await updateGuard(ledger, 'rm-my', (guard) => ({ ...guard, marks: [mark] }));
  ledger.close();

  const { stdout } = await shell.keeper('hold', 'add', '--instance', 'rm-my', '--reason', 'audit 2026');

  expect(stdout).toContain('no longer marked surplus: 11');
});

describe('what is wrong is said, and nothing is placed', () => {
  test.each<{ name: string; args: readonly string[]; code: number; says: string }>([
    { name: 'two targets', args: ['--set', '11', '--release', 'v1'], code: 2, says: '--set and --release cannot go together' },
    { name: 'two ends', args: ['--until', '2027-01-31', '--for', '1d'], code: 2, says: '--until and --for cannot go together' },
    { name: 'no duration', args: ['--for', 'soon'], code: 2, says: '--for cannot be' },
    { name: 'no time', args: ['--until', 'tomorrow'], code: 2, says: '--until cannot be' },
    { name: 'no date', args: ['--until', '2027-02-30'], code: 2, says: '--until cannot be' },
    { name: 'a time without a zone', args: ['--until', '2027-01-31T10:00'], code: 2, says: '--until cannot be' },
    { name: 'an end in the past', args: ['--until', '2020-01-01'], code: 2, says: 'would have ended already' },
    { name: 'an unknown set', args: ['--set', '99'], code: 1, says: 'lists no backup set 99' },
    { name: 'an unknown release', args: ['--release', 'v9'], code: 1, says: 'no backup set of release v9' },
  ])('$name', async ({ args, code, says }) => {
    const result = await shell.keeper('hold', 'add', '--instance', 'rm-my', '--reason', 'audit', ...args);

    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
    expect((await shell.json('hold', 'list', '--all')).document).toEqual({ holds: [] });
  });

  test('no reason', async () => {
    expect(await shell.keeper('hold', 'add', '--instance', 'rm-my')).toMatchObject({ code: 2 });
  });

  test('releasing what is not there', async () => {
    const result = await shell.keeper('hold', 'release', 'h-none', '--instance', 'rm-my');

    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('has no hold h-none') });
  });
});
