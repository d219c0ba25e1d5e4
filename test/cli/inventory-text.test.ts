// What the lists print where the service says little, something went wrong, or a name wants to repaint the screen.
import pc from 'picocolors';
import { detachedText, jsonOfBackup, setsText, shownBackupText } from '../../lib/cli/printers/inventory-backups';
import { contentsText, copiesText, crossRegionListText, crossRegionText } from '../../lib/cli/printers/inventory-copies';
import { databasesText, logsText, tasksText } from '../../lib/cli/printers/inventory-instance';
import { sizeText } from '../../lib/cli/printers/inventory-parts';
import { snapshotsText } from '../../lib/cli/printers/inventory-snapshots';
import { usageText } from '../../lib/cli/printers/usage-text';
import type { CustomSnapshot } from '../../lib/domain/custom-snapshot';
import { monthOf } from '../../lib/policy/usage';
import { at, makeCopy, makeCrossRegionInstance, makeCrossRegionSettings, makeJob, makeLogFile, makeSet, NOW } from '../policy/fixtures';

const STYLE = { colors: pc.createColors(false), width: 160 };
const HERE = { account: 'main', region: 'cn-hangzhou' };
const EVIL = 'a\u001b[2Jb\u202ec';
const SNAPSHOT: CustomSnapshot = {
  id: 's-1',
  name: '',
  description: '',
  diskId: 'd-1',
  diskSizeGb: undefined,
  status: 'unknown',
  progressPercent: undefined,
  isEncrypted: undefined,
  createdAt: undefined,
  usage: '',
};
const DETACHED = {
  ...HERE,
  instanceId: 'rm-gone',
  instanceDescription: EVIL,
  backupId: '1',
  startedAt: NOW,
  endedAt: NOW,
  status: 'success',
  isAvailable: true,
  mode: 'manual',
  method: 'physical',
  sizeBytes: 0,
} as const;

test.each([
  { bytes: 0, text: '0 B' },
  { bytes: 1023, text: '1023 B' },
  { bytes: 1024, text: '1.0 KiB' },
  { bytes: 1.5 * 1024 ** 3, text: '1.5 GiB' },
  { bytes: 5000 * 1024 ** 4, text: '5000.0 TiB' },
])('$bytes bytes are $text', ({ bytes, text }) => {
  expect(sizeText(bytes)).toBe(text);
});

test.each([
  { name: 'a set that failed', set: makeSet({ status: 'failed' }), says: /failed/ },
  { name: 'a set that is there and cannot be used', set: makeSet({ isAvailable: false }), says: /not available/ },
  { name: 'a set that is kept for ever', set: makeSet({ expiresAt: 'never' }), says: /never/ },
  { name: 'a set of which the service does not say what it holds', set: makeSet({ scope: { kind: 'unknown' } }), says: /the service does not say/ },
  { name: 'a set of databases', set: makeSet({ scope: { kind: 'databases', databases: ['a', 'b'] } }), says: /a, b/ },
])('$name, in a list and by itself', ({ set, says }) => {
  expect(setsText([set], STYLE)).toMatch(says);
  expect(shownBackupText({ set, links: undefined }, STYLE)).toMatch(says);
});

test('whether a set can be deleted is said as the service says it, and a set without links has none', () => {
  const text = (storeStatus: 'enabled' | 'disabled' | undefined): string =>
    shownBackupText({ set: makeSet({ storeStatus, expiresAt: undefined }), links: [] }, STYLE);

  expect(text('enabled')).toMatch(/deletable +yes/);
  expect(text('disabled')).toMatch(/deletable +no/);
  expect(text(undefined)).toMatch(/expires +-\ndeletable +the service does not say/);
  expect(text(undefined)).toContain('the service gives no download links for this set');
});

test('links inside the VPC only, of the whole set and of databases', () => {
  const links = [
    { database: undefined, internet: undefined, intranet: 'http://vpc/all' },
    { database: EVIL, internet: 'https://net/one', intranet: undefined },
  ];

  const text = shownBackupText({ set: makeSet(), links }, STYLE);

  expect(text).toContain('the whole set, VPC: http://vpc/all\n');
  expect(text).toContain('internet: https://net/one\n');
  expect(text).not.toContain('\u001b');
});

test('documents have the end of a set that is kept for ever as a word', () => {
  expect(jsonOfBackup(makeSet({ expiresAt: 'never' }))).toMatchObject({ expiresAt: 'never' });
  expect(jsonOfBackup(makeSet({ expiresAt: undefined }))).toMatchObject({ expiresAt: undefined });
});

test.each([
  { name: 'sets', text: setsText([], STYLE), says: 'no backup sets' },
  { name: 'detached sets', text: detachedText([], STYLE), says: 'no backup sets of released instances' },
  { name: 'jobs', text: tasksText([], STYLE), says: 'no backup job' },
  { name: 'logs', text: logsText([], STYLE), says: 'no log files' },
  { name: 'databases', text: databasesText([], STYLE), says: 'no databases' },
  { name: 'copies', text: copiesText([], STYLE), says: 'no copies' },
  { name: 'contents', text: contentsText([], STYLE), says: 'nothing in this copy' },
  { name: 'instances with copies', text: crossRegionListText([], STYLE), says: 'no instance has, or had, copies' },
  { name: 'snapshots', text: snapshotsText([], STYLE), says: 'no snapshots' },
])('no $name are told in words', ({ text, says }) => {
  expect(text).toContain(says);
});

test.each([
  {
    name: 'a job of which little is known',
    text: tasksText([makeJob({ status: 'not-started', progressPercent: undefined, backupId: undefined })], STYLE),
    says: /not-started +\w+ +- +-/,
  },
  { name: 'a log that is being uploaded', text: logsText([makeLogFile({ isComplete: false })], STYLE), says: /being uploaded/ },
  { name: 'a database that is archived', text: databasesText([{ name: 'old', isBackupable: false }], STYLE), says: /old +no: archived/ },
  { name: 'a copy that failed', text: copiesText([makeCopy({ status: 'failed', method: undefined, restoreRegions: [] })], STYLE), says: /failed +- .* -\n/ },
  { name: 'a database whose size is not told', text: contentsText([{ database: 'a', sizeKb: undefined, tables: [] }], STYLE), says: /a +- +-\n/ },
  { name: 'a snapshot of which little is known', text: snapshotsText([{ ...SNAPSHOT, ...HERE }], STYLE), says: /s-1 +cn-hangzhou +d-1 +- +- +unknown +- +-\n/ },
  {
    name: 'a snapshot with a name and a description',
    text: snapshotsText([{ ...SNAPSHOT, ...HERE, name: 'n', description: 'd', usage: 'disk', createdAt: NOW, status: 'progressing' }], STYLE),
    says: /progressing +disk +n: d/,
  },
  {
    name: 'an instance whose copies were never on',
    text: crossRegionText(
      {
        ...HERE,
        instanceId: 'rm-1',
        settings: makeCrossRegionSettings({ isEnabled: false, destination: undefined, retentionDays: undefined, copiesLogs: false }),
        destinations: [],
      },
      STYLE,
    ),
    says: /copies +off\ndestination +-\nkept for +-\ncopied logs +off\ncould copy to +-/,
  },
  {
    name: 'a released instance in the list',
    text: crossRegionListText([{ ...makeCrossRegionInstance({ isEnabled: false, copiesLogs: false, destination: undefined, status: '' }), ...HERE }], STYLE),
    says: /cn-hangzhou +- +off +- .* off/,
  },
])('$name is told for what it is', ({ text, says }) => {
  expect(text).toMatch(says);
});

test.each([
  { name: 'the description of a released instance', text: detachedText([DETACHED], STYLE) },
  { name: 'the name of a database', text: databasesText([{ name: EVIL, isBackupable: true }], STYLE) },
  { name: 'the name of a table', text: contentsText([{ database: 'a', sizeKb: 1, tables: [EVIL] }], STYLE) },
  { name: 'the description of a snapshot', text: snapshotsText([{ ...SNAPSHOT, ...HERE, description: EVIL }], STYLE) },
])('$name cannot repaint the screen', ({ text }) => {
  expect(text).not.toContain('\u001b');
  expect(text).not.toContain('\u202e');
  expect(text).toContain('ab');
});

test.each([
  { name: 'none', budget: undefined, says: 'limits.apiCallsPerMonth: none' },
  { name: 'some left', budget: 11, says: 'limits.apiCallsPerMonth: 11, 1 left' },
  { name: 'used up', budget: 10, says: 'limits.apiCallsPerMonth: 10, used up: optional reads are left out' },
])('the budget of a month: $name', ({ budget, says }) => {
  const usage = { month: monthOf(at('2026-11-21T00:00:00Z')), runs: 2, unfinishedRuns: 1, calls: { A: 9, B: 1 } };

  const text = usageText({ usage, budget, tariff: { A: { pricePerCall: 0.001 } } }, STYLE);

  expect(text).toContain('RDS API in 2026-11 (UTC): 10 calls in 2 runs, 1 of them unfinished\n');
  expect(text).toContain(says);
  expect(text).toMatch(/A +9 +- +- +9 +0\.001 +0\.009\n/);
  expect(text).toMatch(/B +1 +- +- +1 +- +-\n/);
});
