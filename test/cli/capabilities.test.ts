// The table of capabilities names commands and tests that are there, and operations that the product calls.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES } from '../../lib/domain/run';
import { ACTION_TRAITS } from '../../lib/gateways/rds/actions';
import { openShell, type Shell } from './harness';

const ROOT = join(__dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/capabilities.md'), 'utf8');
const ROWS = DOCUMENT.split('\n')
  .filter((line) => /^\| [A-Z]/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, name = '', commands = '', operations = '', test = '']) => ({ name, commands, operations, test: test.replaceAll('`', '') }));
/** What source document 000 lists in its overview. */
const CAPABILITIES = [
  'Backup Database Instance',
  'Cross-Region Backup and Restore',
  'Describe Snapshot Details',
  'Manage Snapshots',
  'Create Backup',
  'Delete Backup',
  'Manage Backup Policy',
  'Query Backups',
  'Query Backup Tasks',
  'Query Binlog Files',
  'Manage Cross-Region Backup',
  'Restore Data',
];

let shell: Shell;
beforeAll(() => {
  shell = openShell();
});
afterAll(() => shell.close());

test('every capability of the source document has its row', () => {
  expect(ROWS.map(({ name }) => name)).toEqual(CAPABILITIES);
});

test.each(ROWS)('$name: its test is there, and its operations are called', ({ test: file, operations }) => {
  const named = operations.match(/\b[A-Z][A-Za-z]+(?=,|$| \()/g) ?? [];

  expect(existsSync(join(ROOT, file))).toBe(true);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((operation) => !(operation in ACTION_TRAITS))).toEqual([]);
});

test.each([...new Set([...DOCUMENT.matchAll(/`keeper ([a-z -]+?)(?: --[^`]*)?`/g)].map(([, words = '']) => words))])(
  'keeper %s is a command',
  async (words) => {
    const [name = '', second] = words.split(' ');
    const path = second === undefined || name === 'run' ? name : `${name} ${second}`;

    const { code, stdout } = await shell.keeper(...path.split(' '), '--help');

    if (name === 'run') expect(FUNCTION_NAMES).toContain(second);

    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: keeper ${path} `));
  },
);
