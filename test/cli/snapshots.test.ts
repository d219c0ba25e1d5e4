// keeper snapshots: RDS Custom disks, listed, snapshotted and cleared up by hand.
import { HOUR_MS } from '../../lib/base/instant';
import { type CloudShell, openCloudShell } from './harness';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou, cn-shanghai]\nretention: { keep: { last: 1 } }\n';
const FLEET = {
  members: () => [],
  customDisks: [
    { id: 'd-one', sizeGb: 40 },
    { id: 'd-two', regionId: 'cn-shanghai' },
  ],
};

let shell: CloudShell;
beforeEach(async () => {
  shell = await openCloudShell({ policy: POLICY, fleet: FLEET });
  await shell.keeper('ledger', 'init');
});
afterEach(() => shell.closeAll());

const create = (...args: readonly string[]) => shell.json('snapshots', 'create', '--disk', 'd-one', '--region', 'cn-hangzhou', ...args);
const idsOf = async (): Promise<readonly string[]> => {
  const { document } = await shell.json('snapshots', 'list');
  return document.snapshots.map(({ id }: { readonly id: string }) => id);
};

test('create, show, list, delete', async () => {
  const created = await create('--description', 'before the upgrade', '--retention', '30');
  const [finding] = created.document.summary.findings;
  const { snapshotId } = finding.evidence;
  const early = await shell.keeper('snapshots', 'show', snapshotId);
  shell.worldClock.advance(HOUR_MS);
  const shown = await shell.json('snapshots', 'show', snapshotId);
  const ofDisk = await shell.json('snapshots', 'list', '--disk', 'd-two');
  const asked = await shell.keeper('snapshots', 'delete', snapshotId);
  const kept = await idsOf();
  const deleted = await shell.keeper('snapshots', 'delete', snapshotId, '--yes');
  const status = await shell.json('status');

  expect(created).toMatchObject({ code: 0, document: { summary: { status: 'succeeded', function: 'extra-backup' } } });
  expect(finding).toMatchObject({ rule: 'custom-snapshot-started', evidence: { diskId: 'd-one', region: 'cn-hangzhou', retentionDays: 30 } });
  expect(early.stdout).toMatch(/progressing \d+ %/);
  expect(shown.document).toMatchObject({
    id: snapshotId,
    diskId: 'd-one',
    diskSizeGb: 40,
    status: 'accomplished',
    region: 'cn-hangzhou',
    description: 'before the upgrade',
  });
  expect(ofDisk.document).toEqual({ snapshots: [] });
  expect(asked).toMatchObject({ code: 2, stdout: expect.stringContaining(snapshotId), stderr: 'nothing was done: repeat the command with --yes to do it\n' });
  expect(kept).toEqual([snapshotId]);
  expect(deleted).toMatchObject({ code: 0, stdout: expect.stringContaining(`snapshot ${snapshotId} of disk d-one was deleted`) });
  expect(await idsOf()).toEqual([]);
  expect(status.document.runs.map(({ function: name }: { readonly function: string }) => name)).toEqual(['retention-hygiene', 'extra-backup']);
});

test('each create is one of its own, in the region that is named', async () => {
  const here = await create();
  const there = await shell.keeper('snapshots', 'create', '--disk', 'd-two', '--region', 'cn-shanghai');
  const listed = await shell.json('snapshots', 'list', '--region', 'cn-shanghai');

  expect(here.code).toBe(0);
  expect(there.stdout).toMatch(/snapshot \S+ of disk d-two was started/);
  expect(listed.document.snapshots).toMatchObject([{ diskId: 'd-two', region: 'cn-shanghai' }]);
  expect(await idsOf()).toHaveLength(2);
});

test('a lost answer is no reason to ask twice, and the user is told to look', async () => {
  shell.cloud.faults.add({ service: 'rds', operation: 'CreateRCSnapshot', effect: 'applied', reply: { kind: 'reset' } });

  const { code, document } = await create();

  expect(code).toBe(1);
  expect(document.error).toMatchObject({ code: 'snapshot-outcome-unknown', hint: 'look before you ask again: keeper snapshots list --disk d-one' });
  expect(await idsOf()).toHaveLength(1);
});

test('without a ledger nothing is created', async () => {
  Object.assign(shell.env, { KEEPER_TABLESTORE_ENDPOINT: 'http://127.0.0.1:1' });

  const { code } = await create();

  expect(code).toBe(1);
  Object.assign(shell.env, { KEEPER_TABLESTORE_ENDPOINT: shell.cloud.environment['KEEPER_TABLESTORE_ENDPOINT'] });
  expect(await idsOf()).toEqual([]);
});

test.each([
  { name: 'a snapshot that there is not', args: ['show', 's-nobody'], code: 1, says: 'no snapshot s-nobody in default/cn-hangzhou, default/cn-shanghai' },
  { name: 'deleting one that there is not', args: ['delete', 's-nobody', '--yes'], code: 1, says: 'no snapshot s-nobody' },
  { name: 'a region that the policy does not have', args: ['list', '--region', 'cn-beijing'], code: 2, says: 'the policy has no cn-beijing' },
  { name: 'an account that the policy does not have', args: ['list', '--account', 'other'], code: 2, says: 'the policy has no other' },
  { name: 'no region for a disk that could be in two', args: ['create', '--disk', 'd-one'], code: 2, says: 'which account and region is the disk in?' },
  { name: 'a description that is too short', args: ['create', '--disk', 'd-one', '--description', 'x'], code: 2, says: '2 to 256 characters' },
  { name: 'a description that is a link', args: ['create', '--disk', 'd-one', '--description', 'https://x'], code: 2, says: 'cannot begin with http://' },
  { name: 'no days', args: ['create', '--disk', 'd-one', '--retention', '0'], code: 2, says: '1 to 65536 days' },
  { name: 'too many days', args: ['create', '--disk', 'd-one', '--retention', '65537'], code: 2, says: '1 to 65536 days' },
  { name: 'days that are none', args: ['create', '--disk', 'd-one', '--retention', 'a week'], code: 2, says: '--retention cannot be "a week"' },
  { name: 'a disk id that is none', args: ['create', '--disk', 'd one'], code: 2, says: '"d one" is no disk id' },
  { name: 'no disk', args: ['create'], code: 2, says: "required option '--disk <id>'" },
  { name: 'a snapshot id that is none', args: ['delete', 's,1'], code: 2, says: '"s,1" is no snapshot id' },
])('$name is told', async ({ args, code, says }) => {
  const result = await shell.keeper('snapshots', ...args);

  expect(result.code).toBe(code);
  expect(result.stderr).toContain(says);
});
