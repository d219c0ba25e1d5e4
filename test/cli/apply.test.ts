import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plantSets } from '../support/sets';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = `regions: [cn-hangzhou]
expiry:
  - { name: books, select: { engines: [sqlserver] }, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }
`;
const FLEET = { members: () => [{ id: 'rm-sql', engine: 'SQLServer', databases: ['ledger'], history: { days: 0 } } as const] };

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
  plant('321000007', '321000008');
});
afterEach(() => shell.closeAll());

function plant(...ids: readonly string[]): void {
  plantSets(
    shell.cloud.world,
    'rm-sql',
    shell.worldClock.now(),
    ids.map((id) => ({ id })),
  );
}

const expiries = (): unknown => shell.cloud.world.find('rm-sql')?.sets.map(({ expiresAt }) => expiresAt);
const file = (): string => join(shell.folder, 'plan.json');

test('plan, apply and apply again: what the plan showed is done, once', async () => {
  const before = expiries();
  const planned = await shell.json('plan', 'extend-expiry', '--out', 'plan.json');
  const afterPlan = expiries();
  shell.worldClock.advance(60_000);

  const applied = await shell.json('apply', 'plan.json');
  const afterApply = expiries();
  const again = await shell.json('apply', 'plan.json');

  expect(planned).toMatchObject({ code: 0, document: { steps: [{ backupId: '321000007' }, { backupId: '321000008' }], out: { path: 'plan.json' } } });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ format: 'rds-backup-keeper/plan', version: 1, digest: planned.document.out.digest });
  expect(afterPlan).toEqual(before);
  expect(applied).toMatchObject({
    code: 0,
    document: { plan: { digest: planned.document.out.digest, steps: 2 }, outcome: 'applied', summary: { status: 'succeeded', counts: { extended: 2 } } },
  });
  expect(afterApply).not.toEqual(before);
  expect(applied.document.verdicts).toHaveLength(2);
  expect(applied.document.verdicts).toContainEqual(expect.objectContaining({ verdict: 'extended', reason: expect.any(String) }));
  expect(again.document).not.toHaveProperty('verdicts');
  expect(again).toMatchObject({ code: 0, document: { outcome: 'repeated', summary: applied.document.summary } });
  expect(expiries()).toEqual(afterApply);
});

test('the same in words', async () => {
  const planned = await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');
  const applied = await shell.keeper('apply', 'plan.json');
  const again = await shell.keeper('apply', 'plan.json');
  const status = await shell.keeper('status');

  expect(planned.stdout).toContain('2 backup sets would be kept longer, nothing was');
  expect(planned.stdout).toMatch(/rm-sql \(default in cn-hangzhou\)\n( {2}keep backup set 32100000[78] longer: \S+ → \S+\n){2} {6}it expires at /);
  expect(planned.stdout).toContain('carry it out: keeper apply plan.json');
  expect(applied.stdout).toContain('the 2 steps of the plan were to be carried out');
  expect(applied.stdout).toContain('verdicts: 2 extended');
  expect(again.stdout).toContain('it has been applied before; nothing was done now');
  expect(again.stdout).toContain('verdicts: 2 extended');
  expect(status.stdout).toMatch(/extend-expiry +cli keeper-apply-sha256:[0-9a-f]+… +succeeded/);
});

test('a plan without steps says so, and so does applying it', async () => {
  plant();
  const planned = await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');

  const applied = await shell.keeper('apply', 'plan.json');
  const { document } = await shell.json('apply', 'plan.json');

  expect(planned.stdout).toContain('there is nothing to do');
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('it has no steps, so there is nothing to apply') });
  expect(document).toMatchObject({ plan: { steps: 0 }, outcome: 'nothing' });
});

test('when the world has changed apply exits with 1, says how, and changes nothing', async () => {
  await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');
  plant('321000007', '321000009');
  const before = expiries();

  const { code, stderr } = await shell.keeper('apply', 'plan.json');
  const { document } = await shell.json('apply', 'plan.json');

  expect(code).toBe(1);
  expect(stderr).toContain('in the plan, but not due any more: rm-sql: keep backup set 321000008 longer');
  expect(stderr).toContain('due, but not in the plan: rm-sql: keep backup set 321000009 longer');
  expect(stderr).toContain('hint: plan again');
  expect(document.error).toMatchObject({ code: 'plan-differs' });
  expect(expiries()).toEqual(before);
});

test('a plan that leaves out what is due exits with 3', async () => {
  shell.write('keeper.yaml', `${POLICY}limits: { maxChangesPerRun: 1 }\n`);

  const { code, stdout } = await shell.keeper('plan', 'extend-expiry');

  expect(code).toBe(3);
  expect(stdout).toMatch(/over-limit[\s\S]*limits\.maxChangesPerRun/);
});

describe('what is wrong is told, and nothing is changed', () => {
  interface Mistake {
    readonly name: string;
    readonly arrange?: (to: CloudShell) => unknown;
    readonly args?: readonly string[];
    readonly says: RegExp;
  }
  const edit = (to: CloudShell, from: string, into: string): unknown => to.write('plan.json', readFileSync(file(), 'utf8').replace(from, into));

  test.each<Mistake>([
    { name: 'an edited plan', arrange: (to) => edit(to, '321000008', '321000009'), says: /does not match its digest/ },
    { name: 'a file that is not there', args: ['apply', 'other.json'], says: /cannot read the plan other\.json/ },
    { name: 'a policy that has changed', arrange: (to) => to.write('keeper.yaml', POLICY.replace('90d', '91d')), says: /the policy has changed/ },
    { name: 'an old plan', arrange: (to) => to.worldClock.advance(2 * 3_600_000), says: /limits\.planMaxAge/ },
    { name: 'a plan file that is there already', args: ['plan', 'extend-expiry', '--out', 'plan.json'], says: /plan\.json is there already/ },
    { name: 'force without a file', args: ['plan', 'extend-expiry', '--force'], says: /--force goes with --out/ },
    { name: 'a plan of what has none', args: ['plan', 'reconcile', '--out', 'plan.json'], says: /there is no plan for reconcile/ },
    { name: 'no file', args: ['apply'], says: /missing required argument/ },
  ])('$name', async ({ arrange = () => undefined, args = ['apply', 'plan.json'], says }) => {
    await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');
    await arrange(shell);
    const before = expiries();

    const { code, stderr } = await shell.keeper(...args);

    expect(code).toBe(2);
    expect(stderr).toMatch(says);
    expect(expiries()).toEqual(before);
  });

  test('a plan of another installation', async () => {
    await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');
    shell.env['KEEPER_TABLE_PREFIX'] = 'other_';
    await shell.keeper('ledger', 'init');

    const { code, stderr } = await shell.keeper('apply', 'plan.json');

    expect(code).toBe(2);
    expect(stderr).toContain('the plan was made with the ledger of installation');
  });

  test('a ledger that was never initialised: no plan is written', async () => {
    shell.env['KEEPER_TABLE_PREFIX'] = 'other_';

    const { code } = await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');

    expect(code).toBe(1);
    expect(existsSync(file())).toBe(false);
  });
});

test('with --force a plan is replaced', async () => {
  await shell.keeper('plan', 'extend-expiry', '--out', 'plan.json');
  shell.worldClock.advance(60_000);

  const { code, document } = await shell.json('plan', 'extend-expiry', '--out', 'plan.json', '--force');

  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ digest: document.out.digest, asOf: document.asOf });
});
