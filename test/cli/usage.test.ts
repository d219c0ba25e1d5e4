import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalCloud } from '../../lib/local';
import { openShell, type Shell } from './harness';

let shell: Shell;
beforeAll(() => {
  shell = openShell();
});
afterAll(() => shell.close());

test.each([
  { name: 'a misspelt command names the nearest', args: ['rnu'], error: "unknown command 'rnu'", hint: 'did you mean run?' },
  { name: 'a misspelt subcommand names the nearest', args: ['policy', 'chekc'], error: "unknown command 'chekc'", hint: 'did you mean check?' },
  {
    name: 'a misspelt option names the nearest',
    args: ['run', 'reconcile', '--instanse', 'x'],
    error: "unknown option '--instanse'",
    hint: 'did you mean --instance?',
  },
  { name: 'an option nothing is like points to the help', args: ['status', '--zzz'], error: "unknown option '--zzz'", hint: 'see: keeper status --help' },
  { name: 'a missing argument is named', args: ['run'], error: "missing required argument 'function'", hint: 'see: keeper run --help' },
  { name: 'a surplus argument is refused', args: ['status', 'now'], error: 'too many arguments', hint: 'see: keeper status --help' },
  {
    name: 'a missing option is named',
    args: ['backups', 'claim', '1'],
    error: "required option '--instance <id>' not specified",
    hint: 'see: keeper backups claim --help',
  },
  { name: 'an unknown function names the nearest', args: ['run', 'reconcil'], error: 'there is no function "reconcil"', hint: 'did you mean reconcile?' },
  { name: 'an unknown fleet names those there are', args: ['local', '--fleet', 'huge'], error: '--fleet cannot be "huge"', hint: 'there are: sample, empty' },
  { name: 'a tick count that is none is refused', args: ['rehearse', '--ticks', '0'], error: '--ticks cannot be "0"', hint: 'a whole number from 1' },
  { name: 'what acts on jobs in flight only has no plan', args: ['plan', 'reconcile'], error: 'there is no plan for reconcile', hint: 'keeper status' },
  { name: 'a release has no plan', args: ['plan', 'pre-release-backup'], error: 'there is no plan for pre-release-backup', hint: 'keeper pre-release start' },
  { name: 'a report has no plan', args: ['plan', 'report'], error: 'there is no plan for report', hint: 'keeper report' },
  {
    name: 'a release is not run like that',
    args: ['run', 'pre-release-backup'],
    error: 'keeper run does not do pre-release-backup',
    hint: 'keeper pre-release start',
  },
  { name: 'a report is not run like that', args: ['run', 'report'], error: 'keeper run does not do report', hint: 'keeper report' },
])('$name, and the exit code is 2', async ({ args, error, hint }) => {
  const { code, stdout, stderr } = await shell.keeper(...args);

  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`error: ${error}`);
  expect(stderr).toContain('hint: ');
  expect(stderr).toContain(hint);
});

test('with --json a usage error is one document on stdout', async () => {
  const { code, document } = await shell.json('rnu');

  expect(code).toBe(2);
  expect(document).toEqual({ error: { code: 'usage', message: "unknown command 'rnu'", hint: 'did you mean run?' } });
});

test.each([[[]], [['policy']], [['ledger']], [['backups']]])('without a command, %j shows what there is and exits with 2', async (args) => {
  const { code, stderr } = await shell.keeper(...args);

  expect(code).toBe(2);
  expect(stderr).toContain('Usage: keeper');
});

test.each([
  ['--help'],
  ['rehearse'],
  ['local'],
  ['ledger', 'init'],
  ['doctor'],
  ['plan'],
  ['run'],
  ['status'],
  ['policy', 'check'],
  ['policy', 'show'],
  ['policy', 'compile'],
  ['backups', 'claim'],
])('the help of "%s %s" lists the exit codes and the options that all commands have', async (...words: (string | undefined)[]) => {
  const args = words.filter((word) => word !== undefined && word !== '--help') as string[];

  const { code, stdout } = await shell.keeper(...args, '--help');

  expect(code).toBe(0);
  expect(stdout).toMatch(/Exit codes:\n {2}0 {2}ok\n {2}1 {2}error.*\n {2}2 {2}usage.*\n {2}3 {2}partial/);
  expect(stdout).toContain('--json');
  expect(stdout).toContain('--config <path>');
});

test('without a policy file the commands say where they look', async () => {
  const { code, stderr } = await shell.keeper('status');

  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: there is no protection policy: no keeper.yaml or keeper.json in this folder\nhint: .*--config\n$/);
});

test.each([{ args: ['local'] }, { args: ['rehearse'] }])('$args does not start in a shell that lives on a local clock', async ({ args }) => {
  shell.env['KEEPER_CLOCK_FILE'] = '/somewhere/clock.json';

  const { code, stderr } = await shell.keeper(...args);

  delete shell.env['KEEPER_CLOCK_FILE'];
  expect(code).toBe(2);
  expect(stderr).toContain('unset KEEPER_CLOCK_FILE');
});

describe('a rehearsal that cannot begin', () => {
  test('says which data folder cannot be used, and what to do', async () => {
    const path = shell.write('a-file', '');

    const { code, stderr } = await shell.keeper('rehearse', '--data', 'a-file');

    expect(code).toBe(1);
    expect(stderr).toContain(`error: the data folder ${path} cannot be used`);
    expect(stderr).toContain('choose another data folder');
  });

  test('leaves no folder behind for a policy that asks for what cannot be done', async () => {
    shell.write(
      'impossible.yaml',
      'regions: [cn-hangzhou]\nextraBackups: [{ name: a, schedule: "0 2 * * *", select: { engines: [postgresql] }, databases: [app] }]\n',
    );

    const { code, stderr } = await shell.keeper('rehearse', '--config', 'impossible.yaml');

    expect(code).toBe(2);
    expect(stderr).toContain('error: impossible.yaml asks for what cannot be done');
    expect(existsSync(join(shell.folder, '.keeper'))).toBe(false);
  });

  test('leaves the policy of the rehearsal that holds the folder alone', async () => {
    const cloud = await startLocalCloud({ dataFolder: join(shell.folder, 'busy'), fleet: 'empty' });
    const compiled = shell.write('busy/keeper.json', 'the policy of another rehearsal');

    const { code, stderr } = await shell.keeper('rehearse', '--data', 'busy');

    await cloud.close();
    expect(code).toBe(1);
    expect(stderr).toContain('is in use by process');
    expect(readFileSync(compiled, 'utf8')).toBe('the policy of another rehearsal');
  });
});
