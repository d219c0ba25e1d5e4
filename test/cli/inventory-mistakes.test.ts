// Mistakes in the command lines of lists and changes by hand: told where there is neither a policy nor a cloud, so nothing was asked and nothing sent.

import { makeVirtualClock } from '../support/virtual-clock';
import { openShell, type Shell } from './harness';

const LATE = '2026-11-22T00:00:00Z';
const SET = ['copies', 'set', '--instance', 'rm-my'];

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  shell.clock = makeVirtualClock();
});
afterAll(() => {
  shell.close();
  jest.useRealTimers();
});

test.each([
  { name: 'backups list without an instance', args: ['backups', 'list'], says: "required option '--instance <id>'" },
  { name: 'an instance id with a space', args: ['backups', 'list', '--instance', 'rm my'], says: '"rm my" is no instance id' },
  { name: 'an empty instance id', args: ['tasks', 'list', '--instance', ''], says: '"" is no instance id' },
  { name: 'a backup id that is none', args: ['backups', 'show', '1,2', '--instance', 'rm-my'], says: '"1,2" is no backup id' },
  { name: 'a job id that is none', args: ['tasks', 'show', 'x1', '--instance', 'rm-my'], says: '"x1" is no id of a backup job' },
  { name: 'a time without a zone', args: ['binlogs', 'list', '--instance', 'rm-my', '--from', '2026-11-20T10:00:00'], says: 'not a time' },
  {
    name: 'a time that does not end after it begins',
    args: ['binlogs', 'list', '--instance', 'rm-my', '--from', LATE, '--to', LATE],
    says: `--from ${LATE} is not before --to`,
  },
  { name: 'a time that begins in the future', args: ['backups', 'list', '--instance', 'rm-my', '--from', LATE], says: `--from ${LATE} is not before now` },
  { name: 'databases list without an instance', args: ['databases', 'list'], says: "required option '--instance <id>'" },
  { name: 'nothing to change', args: SET, says: 'nothing is named that is to change' },
  { name: '--off with another setting', args: [...SET, '--off', '--retention', '30'], says: '--off goes with no other setting' },
  { name: 'too few days', args: [...SET, '--retention', '6'], says: '--retention cannot be "6"' },
  { name: 'too many days', args: [...SET, '--retention', '1826'], says: '--retention cannot be "1826"' },
  { name: 'days that are none', args: [...SET, '--retention', '30d'], says: '--retention cannot be "30d"' },
  { name: 'a switch that is none', args: [...SET, '--logs', 'yes'], says: '--logs cannot be "yes"' },
  { name: 'a region that is none', args: [...SET, '--destination', 'Cn_1'], says: '"Cn_1" is no region id' },
  { name: 'a copy id that is none', args: ['copies', 'contents', 'b-1', '--instance', 'rm-my'], says: '"b-1" is no id of a copy' },
  { name: 'no instance', args: ['copies', 'list'], says: "required option '--instance <id>'" },
  {
    name: 'a time that ends before it begins',
    args: ['copies', 'logs', '--instance', 'rm-my', '--from', '2027-01-01T00:00:00Z'],
    says: '--from 2027-01-01T00:00:00Z is not before now',
  },
  { name: 'no pair', args: ['settings', 'set', 'rm-my'], says: "missing required argument 'name=value'" },
  { name: 'a name alone', args: ['settings', 'set', 'rm-my', 'dataRetention'], says: 'dataRetention has no value' },
  { name: 'a misspelt name', args: ['settings', 'set', 'rm-my', 'dataRetension=14'], says: 'did you mean dataRetention?' },
  { name: 'the name of a switch of the policy', args: ['settings', 'set', 'rm-my', 'allowDestructive=true'], says: 'there is no setting "allowDestructive"' },
  { name: 'a name that reaches into the runtime', args: ['settings', 'set', 'rm-my', '__proto__=1'], says: 'there is no setting "__proto__"' },
  { name: 'a name twice', args: ['settings', 'set', 'rm-my', 'dataRetention=14', 'dataRetention=15'], says: 'dataRetention is named twice' },
  { name: 'too few days', args: ['settings', 'set', 'rm-my', 'dataRetention=6'], says: 'dataRetention must be a whole number of days from 7 to 730' },
  { name: 'one day of the week', args: ['settings', 'set', 'rm-my', 'backupDays=mon'], says: 'backupDays must name at least two days' },
  { name: 'a day that is none', args: ['settings', 'set', 'rm-my', 'backupDays=mon,funday'], says: 'must be a day or a range of days' },
  { name: 'two mistakes at once', args: ['settings', 'set', 'rm-my', 'logBackup=perhaps', 'archive.keep=never'], says: 'archive.keep must be one of' },
  { name: 'an instance id that is none', args: ['settings', 'set', 'rm/my', 'dataRetention=14'], says: '"rm/my" is no instance id' },
  { name: 'a month that is none', args: ['usage', '--month', '2026-13'], says: '--month cannot be "2026-13"' },
  { name: 'calls that are none', args: ['usage', '--free', 'CreateBackup=-1'], says: '--free cannot be "CreateBackup=-1"' },
  { name: 'a price without an operation', args: ['usage', '--price', '0.5'], says: '--price cannot be "0.5"' },
])('$name, as in $args, is a mistake in the command line', async ({ args, says }) => {
  const { code, stdout, stderr } = await shell.keeper(...args);

  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(says);
});
