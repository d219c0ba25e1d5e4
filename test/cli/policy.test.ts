import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openShell, type Shell } from './harness';

let shell: Shell;
beforeEach(() => {
  shell = openShell();
});
afterEach(() => shell.close());

const HEAD = 'timezone: Asia/Shanghai\nregions: [cn-hangzhou]\nextraBackups:\n';
const GOOD = `${HEAD}  - { name: nightly, schedule: "0 2 * * *", freshFor: 6h }\n`;

const BAD_POLICIES = [
  { name: 'YAML that is broken', text: 'regions: [cn-hangzhou\nextraBackups: {', says: /keeper\.yaml:\d+:\d+: /, place: /keeper\.yaml:[23]:/ },
  { name: 'an unknown key', text: `${HEAD}  - { name: nightly, scedule: "0 2 * * *" }\n`, says: /did you mean "schedule"/, place: /keeper\.yaml:4:22/ },
  {
    name: 'an unknown time zone',
    text: GOOD.replace('Asia/Shanghai', 'Asia/Shangai'),
    says: /unknown time zone.*did you mean "Asia\/Shanghai"/,
    place: /keeper\.yaml:1:11/,
  },
  {
    name: 'a cron schedule of six fields',
    text: `${HEAD}  - { name: nightly, schedule: "0 0 2 * * *" }\n`,
    says: /has six fields.*"0 2 \* \* \*"/,
    place: /keeper\.yaml:4:/,
  },
  { name: 'a cron schedule that is none', text: `${HEAD}  - { name: nightly, schedule: "61 2 * * *" }\n`, says: /schedule/, place: /keeper\.yaml:4:/ },
  { name: 'a retention out of range', text: `${HEAD}  - { name: n, schedule: "0 2 * * *", retainDays: 3 }\n`, says: /7 to 730/, place: /keeper\.yaml:4:/ },
];

test.each(BAD_POLICIES)('$name is told with its place, exit code 2, and nothing is compiled', async ({ text, says, place }) => {
  shell.write('keeper.yaml', text);

  const checked = await shell.keeper('policy', 'check');
  const compiled = await shell.keeper('policy', 'compile');

  for (const { code, stdout, stderr } of [checked, compiled]) {
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(place);
    expect(stderr).toMatch(/\nhint: /);
  }
  expect(existsSync(join(shell.folder, 'keeper.json'))).toBe(false);
});

test('with --json the mistakes of a file come one by one', async () => {
  shell.write('keeper.yaml', BAD_POLICIES[1]?.text ?? '');

  const { code, document } = await shell.json('policy', 'check');

  expect(code).toBe(2);
  expect(document.error.code).toBe('policy-invalid');
  expect(document.error.problems).toContainEqual({ line: 4, column: 22, path: 'extraBackups[0]', message: expect.stringContaining('schedule') });
});

describe('a rule that no instance can follow', () => {
  const IMPOSSIBLE = `${HEAD}  - { name: tables, schedule: "0 2 * * *", select: { engines: [postgresql] }, databases: [app] }\n`;

  test('is found by the check, with the rule of the documents, and exit code 2', async () => {
    shell.write('keeper.yaml', IMPOSSIBLE);

    const { code, document } = await shell.json('policy', 'check');

    expect(code).toBe(2);
    expect(document).toMatchObject({ isOk: false, file: 'keeper.yaml', rules: 1 });
    expect(document.problems[0]).toMatchObject({ severity: 'error', path: expect.stringContaining('tables'), source: expect.stringContaining('CreateBackup') });
  });

  test('is not compiled', async () => {
    shell.write('keeper.yaml', IMPOSSIBLE);

    const { code, stderr } = await shell.keeper('policy', 'compile');

    expect(code).toBe(2);
    expect(stderr).toContain('error: keeper.yaml asks for what cannot be done');
    expect(existsSync(join(shell.folder, 'keeper.json'))).toBe(false);
  });
});

test('a rule that fails on some instances only is a warning, and the check passes', async () => {
  shell.write('keeper.yaml', `${HEAD}  - { name: logical, schedule: "0 2 * * *", select: { engines: [mysql] }, method: logical }\n`);

  const { code, stdout } = await shell.keeper('policy', 'check');

  expect(code).toBe(0);
  expect(stdout).toContain('warning');
  expect(stdout).toContain('keeper.yaml: 1 rule, 0 errors, 1 warning\n');
});

test('settings that only a patch makes impossible are found, with the place and the key of the file', async () => {
  const SECTIONS = `settings: { dataRetention: 14, logRetention: 7 }\noverrides:\n  rm-1: { settings: { logRetention: 30 } }\n`;
  shell.write('keeper.yaml', `regions: [cn-hangzhou]\nselect: { engines: [mariadb] }\n${SECTIONS}`);

  const { code, stdout } = await shell.keeper('policy', 'check');

  expect(code).toBe(2);
  expect(stdout).toContain('overrides.rm-1.settings.logRetention (keeper.yaml:5:37): logs cannot be kept 30 days where data is kept 14');
});

describe('copies in the other region', () => {
  const head = (section: string): string => `regions: [cn-hangzhou]\nselect: { engines: [mysql] }\n${section}\n`;

  test.each([
    {
      name: 'the only region of the instances',
      section: 'crossRegion: { destination: cn-hangzhou }',
      says: 'crossRegion.destination (keeper.yaml:3:29): copies must be',
    },
    {
      name: 'a region without the feature',
      section: 'crossRegion: { destination: cn-nanjing }',
      says: 'crossRegion.destination (keeper.yaml:3:29): the documents name no',
    },
    { name: 'enforce with nothing to set', section: 'crossRegion: { mode: enforce }', says: 'crossRegion.mode (keeper.yaml:3:22): enforce has nothing to set' },
    {
      name: 'a patch under which no copy would be late',
      section: 'overrides: { rm-1: { crossRegion: { maxLagMinutes: 20000 } } }',
      says: 'overrides.rm-1.crossRegion.maxLagMinutes (keeper.yaml:3:52): no copy would ever be late',
    },
  ])('$name is found by the check, with its place, and is not compiled', async ({ section, says }) => {
    shell.write('keeper.yaml', head(section));

    const checked = await shell.keeper('policy', 'check');
    const compiled = await shell.keeper('policy', 'compile');

    expect(checked.code).toBe(2);
    expect(checked.stdout).toContain(`error    ${says}`);
    expect(compiled.code).toBe(2);
    expect(existsSync(join(shell.folder, 'keeper.json'))).toBe(false);
  });

  test('what enforce will not do by itself is a warning, and the check passes', async () => {
    shell.write('keeper.yaml', head('crossRegion: { mode: enforce, destination: cn-shanghai }'));

    const { code, stdout } = await shell.keeper('policy', 'check');

    expect(code).toBe(0);
    expect(stdout).toContain('warning  crossRegion.mode (keeper.yaml:3:22): reported only, not corrected: copies that are off');
  });
});

test('a file that is not there is told with its path, exit code 2', async () => {
  const { code, stderr } = await shell.keeper('policy', 'check', 'nowhere.yaml');

  expect(code).toBe(2);
  expect(stderr).toContain('nowhere.yaml');
  expect(stderr).toContain('hint: check the path');
});

describe('policy compile', () => {
  test('writes what policy check and the functions read, and equal policies are left alone', async () => {
    shell.write('keeper.yaml', GOOD);

    const first = await shell.json('policy', 'compile', '--out', 'out.json');
    const second = await shell.json('policy', 'compile', '--out', 'out.json');
    const checked = await shell.json('policy', 'check', 'out.json');

    expect(first.document).toMatchObject({ file: 'keeper.yaml', out: 'out.json', isNew: true });
    expect(second.document).toMatchObject({ isNew: false, digest: first.document.digest });
    expect(checked.document).toMatchObject({ isOk: true, digest: first.document.digest });
    expect(JSON.parse(readFileSync(join(shell.folder, 'out.json'), 'utf8')).digest).toBe(first.document.digest);
  });

  test('says where it cannot write', async () => {
    shell.write('keeper.yaml', GOOD);

    const { code, stderr } = await shell.keeper('policy', 'compile', '--out', 'no/such/folder/keeper.json');

    expect(code).toBe(1);
    expect(stderr).toContain('error: cannot write');
  });

  test('leaves nothing behind where the file cannot take its place', async () => {
    shell.write('keeper.yaml', GOOD);
    mkdirSync(join(shell.folder, 'a-folder'));

    const { code, stderr } = await shell.keeper('policy', 'compile', '--out', 'a-folder');

    expect(code).toBe(1);
    expect(stderr).toContain('error: cannot write');
    expect(existsSync(join(shell.folder, 'a-folder.new'))).toBe(false);
  });

  test('a compiled policy that was changed by hand is refused', async () => {
    shell.write('keeper.yaml', GOOD);
    await shell.keeper('policy', 'compile');
    const path = join(shell.folder, 'keeper.json');
    shell.write('keeper.json', readFileSync(path, 'utf8').replace('nightly', 'daily'));

    const { code, stderr } = await shell.keeper('policy', 'check', 'keeper.json');

    expect(code).toBe(2);
    expect(stderr).toContain('keeper.json does not match its digest');
  });

  test('KEEPER_CONFIG names the policy unless an option does', async () => {
    shell.env['KEEPER_CONFIG'] = 'other.yaml';
    shell.write('other.yaml', GOOD);

    const { document } = await shell.json('policy', 'check');

    expect(document.file).toBe('other.yaml');
  });
});

describe('policy show', () => {
  const LAYERED = `${GOOD}rules:
  - { name: gold, select: { tags: { tier: gold } }, cap: { perDay: 10 } }
overrides:
  rm-1: { extraBackups: { nightly: { freshFor: 2h } } }
`;

  test('tells every value with its origin, without the service where the instance is described', async () => {
    shell.write('keeper.yaml', LAYERED);

    const { code, document } = await shell.json('policy', 'show', 'rm-1', '--engine', 'mysql', '--tag', 'tier=gold');

    expect(code).toBe(0);
    expect(document).toMatchObject({ instance: 'rm-1', isInScope: true, cap: { perDay: 10 } });
    expect(document.extraBackups[0]).toMatchObject({ name: 'nightly', freshForMs: 7_200_000 });
    expect(document.origins['cap.perDay']).toBe('rule:gold (keeper.yaml:6:68)');
    expect(document.origins['extraBackups.nightly.freshForMs']).toBe('instance:rm-1 (keeper.yaml:8:48)');
    expect(document.origins['cap.reserve.automatic']).toBe('default');
  });

  test('shows what a release gets, which is the same for every instance', async () => {
    shell.write('keeper.yaml', `${GOOD}preRelease: { deadline: 90m }\n`);

    const { document } = await shell.json('policy', 'show', 'rm-1', '--engine', 'mysql');
    const { stdout } = await shell.keeper('policy', 'show', 'rm-1', '--engine', 'mysql');

    expect(document.preRelease).toEqual({ freshForMs: 3_600_000, deadlineMs: 5_400_000, holdForMs: 604_800_000, maxInstances: 50 });
    expect(document.origins).toMatchObject({ 'preRelease.freshForMs': 'default', 'preRelease.deadlineMs': 'policy (keeper.yaml:5:25)' });
    expect(stdout).toMatch(/preRelease\.deadline +1h30m +policy \(keeper\.yaml:5:25\)/);
  });

  test('shows them as a table', async () => {
    shell.write('keeper.yaml', LAYERED);

    const { stdout } = await shell.keeper('policy', 'show', 'rm-2', '--engine', 'mysql');

    expect(stdout).toContain('rm-2 (mysql, local-disk, default in cn-hangzhou): covered by nightly');
    expect(stdout).toMatch(/^cap\.perDay +20 +default$/m);
  });

  test('says the values as the file writes them', async () => {
    const rule = 'name: r, schedule: "0 2 * * *", startWithin: 1d90m, notDuring: [{ days: [mon, sun], from: "09:00", to: "24:00" }]';
    shell.write('keeper.yaml', `${HEAD}  - { ${rule} }\n  - { name: gold, schedule: "0 3 * * *", select: { tags: { tier: gold } } }\n`);

    const { stdout } = await shell.keeper('policy', 'show', 'rm-1', '--engine', 'mysql', '--tag', 'tier=gold');

    expect(stdout).toMatch(/^limits\.maxJob +1d +default$/m);
    expect(stdout).toMatch(/^extraBackups\.r\.startWithin +1d1h30m +policy/m);
    expect(stdout).toMatch(/^extraBackups\.r\.freshFor +- +default$/m);
    expect(stdout).toMatch(/^extraBackups\.r\.notDuring +mon sun 09:00-24:00 +policy/m);
    expect(stdout).toMatch(/^extraBackups\.gold\.notDuring +- +default$/m);
    expect(stdout).toMatch(/^extraBackups\.r\.select +every instance +default$/m);
    expect(stdout).toMatch(/^extraBackups\.gold\.select +\{"tags":\{"tier":"gold"\}\} +policy/m);
    expect(stdout).not.toContain('Ms ');
  });

  test('says settings and retention in words, under the keys of the file', async () => {
    shell.write(
      'keeper.yaml',
      `timezone: Asia/Shanghai
regions: [cn-hangzhou]
settings:
  mode: enforce
  dataRetention: { min: 14, max: 30 }
  logRetention: 7
  logBackup: on
  backupDays: [mon, wed-thu]
  backupWindow: '02:30'
  changeTimeDuring: [{ days: [sat], from: '01:00', to: '05:00' }]
  snapshotInterval: 60
  incremental: off
  archive: { retentionDays: 365, keep: by-week, count: 2 }
  localLog: { hours: 18, spacePercent: 30, count: 60, highSpaceProtection: true }
retention: { keep: { last: 3, within: 36h }, graceHours: 36, recoveryWindow: 14d }
overrides:
  rm-1: { settings: { dataRetention: { min: 20 }, snapshotInterval: off, archive: { retentionDays: off }, localLog: { count: unlimited } } }
  rm-2: { settings: { dataRetention: { max: 20 } } }
`,
    );

    const plain = await shell.keeper('policy', 'show', 'rm-0', '--engine', 'mysql');
    const first = await shell.keeper('policy', 'show', 'rm-1', '--engine', 'mysql');
    const second = await shell.keeper('policy', 'show', 'rm-2', '--engine', 'mysql');

    expect(plain.stdout).toContain('covered by settings (enforce), retention (audit)');
    for (const row of [
      /^settings\.dataRetention +14 to 30 days +policy \(keeper\.yaml:5:18\)$/m,
      /^settings\.logRetention +7 days +policy/m,
      /^settings\.logBackup +on +policy/m,
      /^settings\.backupDays +mon wed thu +policy/m,
      /^settings\.backupWindow +from 02:30 on +policy/m,
      /^settings\.changeTimeDuring +sat 01:00-05:00 +policy/m,
      /^settings\.snapshotInterval +every 60 minutes +policy/m,
      /^settings\.incremental +off +policy/m,
      /^settings\.archive\.retentionDays +365 days +policy/m,
      /^settings\.archive\.count +2 sets +policy/m,
      /^settings\.localLog\.hours +18 hours +policy/m,
      /^settings\.localLog\.spacePercent +30 % +policy/m,
      /^settings\.localLog\.count +60 files +policy/m,
      /^settings\.fightWindow +7d +default$/m,
      /^retention\.keep\.within +1d12h +policy/m,
      /^retention\.keep\.last +3 +policy/m,
      /^retention\.graceHours +36 hours +policy/m,
      /^retention\.recoveryWindow +14d +policy/m,
      /^retention\.floor +2 +default$/m,
      /^limits\.maxPurgePercentPerDay +30 % +default$/m,
      /^limits\.planMaxAge +1h +default$/m,
    ])
      expect(plain.stdout).toMatch(row);
    expect(first.stdout).toMatch(/^settings\.dataRetention +20 days or more +instance:rm-1/m);
    expect(first.stdout).toMatch(/^settings\.snapshotInterval +off +instance:rm-1/m);
    expect(first.stdout).toMatch(/^settings\.archive\.retentionDays +off +instance:rm-1/m);
    expect(first.stdout).toMatch(/^settings\.localLog\.count +unlimited +instance:rm-1/m);
    expect(second.stdout).toMatch(/^settings\.dataRetention +20 days or less +instance:rm-2/m);
    expect(plain.stdout).not.toContain('Ms ');
    expect(plain.stdout).not.toContain('wanted');
  });

  test('says what must be true of copies in words, the same from the file and from the compiled policy', async () => {
    shell.write(
      'keeper.yaml',
      `regions: [cn-hangzhou]
limits: { apiCallsPerMonth: 50000 }
crossRegion: { destination: cn-shanghai, retention: { min: 30 }, logs: true, maxLagMinutes: 90, rpoMinutes: 60 }
overrides:
  rm-1: { crossRegion: { mode: enforce, required: false, retention: 7, logs: off, probeEvery: never } }
`,
    );
    await shell.keeper('policy', 'compile');

    const plain = await shell.keeper('policy', 'show', 'rm-0', '--engine', 'mysql');
    const patched = await shell.keeper('policy', 'show', 'rm-1', '--engine', 'mysql');
    const read = await shell.keeper('policy', 'show', 'rm-1', 'keeper.json', '--engine', 'mysql');

    expect(plain.stdout).toContain('covered by crossRegion (audit)');
    for (const row of [
      /^limits\.apiCallsPerMonth +50000 +policy \(keeper\.yaml:2:29\)$/m,
      /^crossRegion\.mode +audit +default$/m,
      /^crossRegion\.required +true +default$/m,
      /^crossRegion\.destination +cn-shanghai +policy \(keeper\.yaml:3:29\)$/m,
      /^crossRegion\.retention +30 days or more +policy/m,
      /^crossRegion\.logs +on +policy/m,
      /^crossRegion\.maxLagMinutes +90 minutes +policy/m,
      /^crossRegion\.rpoMinutes +60 minutes +policy/m,
      /^crossRegion\.probeEvery +1d +default$/m,
      /^crossRegion\.lookBack +7d +default$/m,
      /^crossRegion\.allowCost +false +default$/m,
    ])
      expect(plain.stdout).toMatch(row);
    for (const row of [
      /^crossRegion\.mode +enforce +instance:rm-1/m,
      /^crossRegion\.required +false +instance:rm-1/m,
      /^crossRegion\.retention +7 days +instance:rm-1/m,
      /^crossRegion\.logs +off +instance:rm-1/m,
      /^crossRegion\.probeEvery +never +instance:rm-1/m,
    ])
      expect(patched.stdout).toMatch(row);
    expect(read.stdout).toBe(patched.stdout);
    expect(plain.stdout).not.toContain('Ms ');
  });

  test('says when an instance is out of scope', async () => {
    shell.write('keeper.yaml', GOOD);

    const { code, stdout } = await shell.keeper('policy', 'show', 'rm-1', '--engine', 'mysql', '--region', 'cn-beijing');

    expect(code).toBe(0);
    expect(stdout).toContain('is not in scope of the policy');
  });

  test.each([
    { name: 'an engine that is none', args: ['--engine', 'oracle'], says: '--engine cannot be "oracle"' },
    { name: 'a tag without a value', args: ['--engine', 'mysql', '--tag', 'gold'], says: 'not a tag: "gold"' },
  ])('refuses $name', async ({ args, says }) => {
    shell.write('keeper.yaml', GOOD);

    const { code, stderr } = await shell.keeper('policy', 'show', 'rm-1', ...args);

    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
