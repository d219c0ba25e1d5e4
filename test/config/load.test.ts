import { loadPolicyText, MAX_POLICY_BYTES, PolicyError } from '../../lib/config/load';

/** The lines of the message that name mistakes. */
function mistakesIn(text: string, fileName = 'keeper.yaml'): string[] {
  try {
    loadPolicyText(text, fileName);
  } catch (error) {
    if (error instanceof PolicyError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

const REGIONS = 'regions: [cn-hangzhou]\n';
const rule = (fields: string): string => `${REGIONS}extraBackups:\n  - { name: nightly, schedule: '0 2 * * *', ${fields} }\n`;
const scheduled = (schedule: string): string => `${REGIONS}extraBackups:\n  - { name: nightly, schedule: '${schedule}' }\n`;
const AT_SCHEDULE = 'keeper.yaml:3:32: extraBackups[0].schedule:';

it('is a KeeperError with exit code 2, that says what to do and carries its mistakes as data', () => {
  const load = (): unknown => loadPolicyText('regions: 5\nfoo: 1\n', 'fleet.yaml');

  expect(load).toThrow(PolicyError);
  expect(load).toThrow(
    expect.objectContaining({
      code: 'policy-invalid',
      exitCode: 2,
      hint: expect.stringContaining('keeper policy check'),
      fileName: 'fleet.yaml',
      message: expect.stringMatching(/^fleet\.yaml has 2 mistakes\nfleet\.yaml:1:10: regions: must be a list\nfleet\.yaml:2:1: unknown key "foo"/),
      problems: [
        { line: 1, column: 10, path: 'regions', message: 'must be a list' },
        { line: 2, column: 1, path: '', message: expect.stringContaining('unknown key "foo"; known here: version, name, timezone,') },
      ],
    }),
  );
});

describe('text that is no policy', () => {
  test.each([
    { name: 'nothing', text: '', mistakes: ['keeper.yaml:1:1: the file is empty; a policy needs at least regions and a rule in extraBackups'] },
    { name: 'comments only', text: '# to do\n', mistakes: [expect.stringContaining('the file is empty')] },
    { name: 'null', text: '~\n', mistakes: [expect.stringContaining('the file is empty')] },
    { name: 'a list', text: '- a\n', mistakes: ['keeper.yaml:1:1: must be a mapping of keys to values'] },
    { name: 'a word', text: 'hello', mistakes: ['keeper.yaml:1:1: must be a mapping of keys to values'] },
    { name: 'two documents', text: `${REGIONS}---\n${REGIONS}`, mistakes: ['keeper.yaml:2:1: a second document begins here; one file holds one policy'] },
    { name: 'tabs', text: 'cap:\n\tperDay: 3\n', mistakes: ['keeper.yaml:2:1: tabs cannot indent YAML; use spaces'] },
    { name: 'a key twice', text: `${REGIONS}${REGIONS}`, mistakes: ['keeper.yaml:2:1: this key stands here for the second time; keep one'] },
    { name: 'an open bracket', text: 'regions: [a, b\n', mistakes: [expect.stringContaining('keeper.yaml:2:1: ')] },
    { name: 'a tag', text: 'regions: !secret [a]\n', mistakes: ['keeper.yaml:1:10: tags (!...) are not known here; take it out'] },
    {
      name: 'an alias without an anchor',
      text: 'regions: *all\n',
      mistakes: ['keeper.yaml:1:1: an alias (*...) stands before its anchor (&...), or has none'],
    },
    { name: 'a list that holds itself', text: 'regions: &all [*all]\n', mistakes: [expect.stringMatching(/^keeper\.yaml:1:\d+: /)] },
    { name: 'a list as a key', text: '[a]: 1\n', mistakes: ['keeper.yaml:1:1: keys must be plain texts; put it in quotes'] },
    {
      name: 'a merge key',
      text: `${REGIONS}cap: { <<: { perDay: 3 } }\n`,
      mistakes: ['keeper.yaml:2:8: cap: unknown key "<<"; known here: perDay, counts, reserve'],
    },
    { name: 'a prototype', text: `${REGIONS}overrides: { __proto__: {} }\n`, mistakes: ['keeper.yaml:2:14: unknown key "__proto__"'] },
    {
      name: 'a larger file than any policy',
      text: '#'.repeat(MAX_POLICY_BYTES + 1),
      mistakes: ['keeper.yaml:1:1: the file is larger than 1048576 bytes; no policy needs that'],
    },
  ])('$name', ({ text, mistakes }) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  it('a flood of aliases', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', 'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]', 'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]'];

    expect(mistakesIn(bomb.join('\n'))).toEqual(['keeper.yaml:1:1: aliases unfold to too much; write the values out']);
  });

  test.each([
    { name: 'brackets', text: '['.repeat(200_000) },
    { name: 'braces', text: '{a: '.repeat(100_000) },
    { name: 'dashes', text: '- '.repeat(100_000) },
  ])('$name without end', ({ text }) => {
    const mistakes = mistakesIn(text);

    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.length).toBeLessThan(10);
  });
});

describe('keys and values that do not belong', () => {
  test.each([
    {
      name: 'unknown keys, each in its place with the nearest name',
      text: 'regions: [cn-hangzhou]\nextraBackup: []\ncap:\n  perDays: 3\n  reserv: { automatc: 1 }\nnotify: {}\n',
      mistakes: [
        'keeper.yaml:2:1: unknown key "extraBackup"; did you mean "extraBackups"?',
        'keeper.yaml:4:3: cap: unknown key "perDays"; did you mean "perDay"?',
        'keeper.yaml:5:3: cap: unknown key "reserv"; did you mean "reserve"?',
        'keeper.yaml:6:1: unknown key "notify"; known here: version, name, timezone, accounts, regions, select, cap, limits, extraBackups, expiry, settings, retention, crossRegion, preRelease, rules, overrides',
      ],
    },
    {
      name: 'no regions',
      text: 'timezone: UTC\n',
      mistakes: ['keeper.yaml:1:1: regions: is missing; list the regions to look after, for example regions: [cn-hangzhou]'],
    },
    {
      name: 'no regions for one of the accounts',
      text: 'accounts: [{ name: a, regions: [cn-hangzhou] }, { name: b }]',
      mistakes: [expect.stringContaining('regions: is missing')],
    },
    { name: 'an empty list', text: 'regions: []', mistakes: ['keeper.yaml:1:10: regions: must not be empty; leave the key out if nothing is meant'] },
    { name: 'another version', text: `version: 2\n${REGIONS}`, mistakes: ['keeper.yaml:1:10: version: must be 1'] },
    { name: 'a number for a mapping', text: `${REGIONS}cap: 5`, mistakes: ['keeper.yaml:2:6: cap: must be a mapping of keys to values'] },
    { name: 'half a backup', text: `${REGIONS}cap: { perDay: 0.5 }`, mistakes: ['keeper.yaml:2:16: cap.perDay: must be a whole number from 1 to 1000'] },
    {
      name: 'a word that is none of the words',
      text: `${REGIONS}cap: { counts: manuel }`,
      mistakes: ['keeper.yaml:2:16: cap.counts: must be one of all, manual; did you mean "manual"?'],
    },
    {
      name: 'too high a rate',
      text: `${REGIONS}limits: { apiRatePerSecond: 200 }`,
      mistakes: ['keeper.yaml:2:29: limits.apiRatePerSecond: must be a whole number from 1 to 100'],
    },
    {
      name: 'a number for a duration',
      text: `${REGIONS}limits: { maxJob: 4 }`,
      mistakes: ['keeper.yaml:2:19: limits.maxJob: must be a duration in days, hours and minutes, such as 90m, 4h or 1d12h'],
    },
    {
      name: 'a name that no row can have',
      text: `name: Fleet A\n${REGIONS}`,
      mistakes: [expect.stringContaining('keeper.yaml:1:7: name: must be a name of small letters')],
    },
    {
      name: 'limits out of bounds',
      text: `${REGIONS}limits: { maxPurgesPerDay: 5001, maxPurgePercentPerDay: 0, maxDestructiveChangesPerDay: 0, planMaxAge: 25h }`,
      mistakes: [
        'keeper.yaml:2:28: limits.maxPurgesPerDay: must be a whole number from 1 to 5000',
        'keeper.yaml:2:57: limits.maxPurgePercentPerDay: must be a whole number from 1 to 100',
        'keeper.yaml:2:89: limits.maxDestructiveChangesPerDay: must be a whole number from 1 to 1000',
        'keeper.yaml:2:104: limits.planMaxAge: must be from 1m to 24h',
      ],
    },
    {
      name: 'a rule with the name of what is asked for by hand',
      text: `${REGIONS}extraBackups: [{ name: on-demand, schedule: '0 2 * * *' }]`,
      mistakes: ['keeper.yaml:2:24: extraBackups[0].name: "on-demand" is the name of backups that are asked for by hand; choose another one'],
    },
    {
      name: 'a rule with the name of what is made for a release',
      text: `${REGIONS}extraBackups: [{ name: release, schedule: '0 2 * * *' }]`,
      mistakes: ['keeper.yaml:2:24: extraBackups[0].name: "release" is the name of backups that are made for a release; choose another one'],
    },
    {
      name: 'workers of no instances',
      text: `${REGIONS}limits: { instancesPerWorker: 0 }`,
      mistakes: ['keeper.yaml:2:31: limits.instancesPerWorker: must be a whole number from 1 to 100000'],
    },
    {
      name: 'a patch of an expiry rule that nothing has',
      text: `${REGIONS}expiry: [{ name: books, databases: [a], extendWhenLeft: 14d, keepFor: 90d }]\nrules: [{ name: g, select: {}, expiry: { boks: { keepFor: 30d } } }]\noverrides: { rm-1: { expiry: { papers: { enabled: no } } } }`,
      mistakes: [expect.stringContaining('overrides.rm-1.expiry.papers.enabled: must be true or false')],
    },
    {
      name: 'patches of expiry rules that nothing has',
      text: `${REGIONS}expiry: [{ name: books, databases: [a], extendWhenLeft: 14d, keepFor: 90d }]\nrules: [{ name: g, select: {}, expiry: { boks: { keepFor: 30d } } }]\noverrides: { rm-1: { expiry: { papers: { enabled: false } } } }`,
      mistakes: [
        'keeper.yaml:3:48: rules[0].expiry.boks: there is no rule "boks" in expiry; did you mean "books"?',
        'keeper.yaml:4:40: overrides.rm-1.expiry.papers: there is no rule "papers" in expiry',
      ],
    },
    { name: 'too short a duration', text: `${REGIONS}limits: { maxJob: 5m }`, mistakes: ['keeper.yaml:2:19: limits.maxJob: must be from 15m to 7d'] },
    { name: 'no duration', text: rule('freshFor: 0h'), mistakes: ['keeper.yaml:3:55: extraBackups[0].freshFor: must be from 1m to 31d'] },
    {
      name: 'an engine nobody knows',
      text: `${REGIONS}select: { engines: [mysq] }`,
      mistakes: ['keeper.yaml:2:21: select.engines[0]: must be one of mysql, postgresql, sqlserver, mariadb; did you mean "mysql"?'],
    },
    {
      name: 'an exclusion of everything',
      text: `${REGIONS}select: { exclude: [{}] }`,
      mistakes: ['keeper.yaml:2:21: select.exclude[0]: is empty, which would leave out every instance'],
    },
    {
      name: 'a number for a tag',
      text: `${REGIONS}select: { tags: { tier: 1 } }`,
      mistakes: [expect.stringContaining('select.tags.tier: must be a text of at most 128 characters; put numbers and true or false in quotes')],
    },
    {
      name: 'an instance id with a space',
      text: `${REGIONS}overrides: { 'rm 1': {} }`,
      mistakes: ['keeper.yaml:2:14: overrides: the key "rm 1" must be an instance id such as rm-bp1k2m3n4o5p6q7r8'],
    },
    {
      name: 'a rule without a schedule',
      text: `${REGIONS}extraBackups: [{ name: a }]`,
      mistakes: ['keeper.yaml:2:16: extraBackups[0].schedule: must be a cron schedule of five fields in quotes, for example "0 2 * * *"'],
    },
    {
      name: 'a rule name that cannot stand in a slot id',
      text: `${REGIONS}extraBackups: [{ name: a~b, schedule: '0 2 * * *' }]`,
      mistakes: [expect.stringContaining('extraBackups[0].name: must be a name of small letters')],
    },
    {
      name: 'too short a retention',
      text: rule('retainDays: 5'),
      mistakes: ['keeper.yaml:3:57: extraBackups[0].retainDays: must be a whole number of days from 7 to 730, or forever'],
    },
    {
      name: 'a misspelt pattern of databases',
      text: rule('databases: { macth: a }'),
      mistakes: ['keeper.yaml:3:56: extraBackups[0].databases: must be a list of names, or { match: pattern }'],
    },
    { name: 'a database name with a comma', text: rule('databases: ["a,b"]'), mistakes: [expect.stringContaining('databases')] },
    {
      name: 'a window with bad times and days',
      text: rule('notDuring: [{ from: "25:00", to: "00:00", days: [monday] }]'),
      mistakes: [
        expect.stringContaining('extraBackups[0].notDuring[0].from: must be a time of day in quotes'),
        expect.stringContaining('extraBackups[0].notDuring[0].to: must be "24:00" for midnight at the end of the day'),
        expect.stringContaining('extraBackups[0].notDuring[0].days[0]: must be a day or a range of days'),
      ],
    },
    {
      name: 'a window that begins at its end',
      text: rule('notDuring: [{ from: "24:00", to: "06:00" }]'),
      mistakes: [expect.stringContaining('must be before "24:00"')],
    },
    { name: 'yes for true', text: rule('enabled: yes'), mistakes: [expect.stringContaining('extraBackups[0].enabled: must be true or false')] },
    {
      name: 'names given twice, and names that nothing has',
      text: `${REGIONS}accounts: [{ name: a }, { name: a }]\nextraBackups:\n  - { name: nightly, schedule: '0 2 * * *' }\n  - { name: nightly, schedule: '0 3 * * *' }\nrules: [{ name: g, select: {}, extraBackups: { nightli: { enabled: false } } }]\noverrides: { rm-1: { extraBackups: { weekly: {} } } }\n`,
      mistakes: [
        'keeper.yaml:2:33: accounts[1].name: "a" is the name of accounts[0] already; names must be unique',
        'keeper.yaml:5:13: extraBackups[1].name: "nightly" is the name of extraBackups[0] already; names must be unique',
        'keeper.yaml:6:57: rules[0].extraBackups.nightli: there is no rule "nightli" in extraBackups; did you mean "nightly"?',
        'keeper.yaml:7:46: overrides.rm-1.extraBackups.weekly: there is no rule "weekly" in extraBackups',
      ],
    },
  ])('$name', ({ text, mistakes }) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  it('finds its place with CRLF and a byte order mark, too', () => {
    expect(mistakesIn('\ufeffregions: [a]\r\nfoo: 1\r\n')).toEqual([expect.stringContaining('keeper.yaml:2:1: unknown key "foo"')]);
  });

  it('lists a hundred mistakes and counts the rest', () => {
    const text = `${REGIONS}overrides:\n${Array.from({ length: 150 }, (_, index) => `  rm-${index}: { foo: 1 }\n`).join('')}`;

    const mistakes = mistakesIn(text);

    expect(mistakes).toHaveLength(101);
    expect(mistakes.at(-1)).toBe('and 50 more');
  });
});

describe('schedules and time zones', () => {
  test.each([
    {
      name: "six fields, as in Function Compute's triggers",
      schedule: '0 0 2 * * *',
      says: 'has six fields: seconds come first in the timer triggers of Function Compute only; write five here (minute, hour, day of month, month, day of week): "0 2 * * *"',
    },
    { name: 'four fields', schedule: '0 2 * *', says: 'it has 4 fields; write five' },
    {
      name: 'an interval',
      schedule: '@every 4m',
      says: '"@every 4m" is the syntax of the timer triggers of Function Compute; write five fields here, for example "*/15 * * * *"',
    },
    { name: 'a nickname', schedule: '@daily', says: '"@daily" is the syntax of the timer triggers of Function Compute' },
    {
      name: 'a zone in front',
      schedule: 'CRON_TZ=Asia/Shanghai 0 0 4 * * *',
      says: 'CRON_TZ= is the syntax of the timer triggers of Function Compute; write the five fields here and put the zone into timezone',
    },
    { name: 'a date that never comes', schedule: '0 0 31 2 *', says: 'it names a date that never comes' },
    { name: 'an hour that does not exist', schedule: '0 24 * * *', says: 'Invalid value for hour: 24' },
    { name: 'a question mark', schedule: '0 2 ? * *', says: 'write "*" for any day' },
  ])('$name', ({ schedule, says }) => {
    expect(mistakesIn(scheduled(schedule))).toEqual([expect.stringContaining(says)]);
    expect(mistakesIn(scheduled(schedule))[0]).toContain(AT_SCHEDULE);
  });

  test.each([
    { name: 'a misspelt zone', zone: 'Asia/Shangai', says: 'unknown time zone "Asia/Shangai"; did you mean "Asia/Shanghai"?' },
    { name: 'an offset', zone: '"+08:00"', says: 'unknown time zone "+08:00"; write an IANA name such as Asia/Shanghai, or UTC' },
    { name: 'a number', zone: '8', says: 'must be an IANA time zone name' },
  ])('$name', ({ zone, says }) => {
    expect(mistakesIn(`timezone: ${zone}\n${REGIONS}`)).toEqual([expect.stringContaining(`keeper.yaml:1:11: timezone: ${says}`)]);
    expect(mistakesIn(rule(`timezone: ${zone}`))).toEqual([expect.stringContaining(says)]);
  });
});

describe('secrets', () => {
  // Made up for this test, in the form of real ones.
  const KEY_ID = 'LTAI5tFakeFakeFakeFake12';
  const KEY_SECRET = 'abcdefFAKEfakeFAKEfake12345678';
  const credentials = (fields: string): string => `${REGIONS}accounts:\n  - name: a\n    credentials: ${fields}\n`;

  test.each([
    {
      name: 'values where references belong',
      text: credentials(`{ type: ak, accessKeyId: ${KEY_ID}, accessKeySecret: ${KEY_SECRET} }`),
      says: [
        'accounts[0].credentials.accessKeyId: must be a reference, env://NAME, file:///absolute/path or secret://aws/<name or ARN>#<key>, never the secret itself',
        'accounts[0].credentials.accessKeySecret: must be a reference',
      ],
    },
    { name: 'a key as a key', text: credentials(`{ type: default, ${KEY_ID}: x }`), says: ['unknown key (not shown: it looks like a key)'] },
    { name: 'a secret as a key', text: credentials(`{ type: default, ${KEY_SECRET}: x }`), says: ['unknown key (not shown: it looks like a key)'] },
    {
      name: 'a secret as an instance id',
      text: `${REGIONS}overrides: { "${KEY_SECRET} ": {} }`,
      says: ['the key (not shown: it looks like a key) must be an instance id'],
    },
    { name: 'a secret as the credentials', text: credentials(KEY_ID), says: ['must have a type: default, ak, sts, bearer or role'] },
    { name: 'a secret as the type', text: credentials(`{ type: ${KEY_ID} }`), says: ['must have a type'] },
    { name: 'a secret as a time zone', text: `timezone: ${KEY_ID}\n${REGIONS}`, says: ['unknown time zone (not shown: it looks like a key)'] },
    { name: 'a secret as a schedule', text: scheduled(KEY_ID), says: ['(not shown: it looks like a key) is no cron schedule'] },
    { name: 'a secret in a path', text: `${REGIONS}overrides: { ${KEY_SECRET}: { foo: 1 } }`, says: ['overrides.(not shown): unknown key "foo"'] },
    { name: 'a secret in a directive', text: `%${KEY_SECRET} 1\n---\n${REGIONS}`, says: ['not valid YAML here'] },
    { name: 'a secret in broken YAML', text: credentials(`{ type: ak, accessKeySecret: "${KEY_SECRET} }`), says: ['not valid YAML', 'indentation'] },
    { name: 'a secret as an alias', text: credentials(`*${KEY_ID}`), says: ['an alias (*...) stands before its anchor'] },
    {
      name: 'a reference to a store that nobody knows',
      text: credentials('{ type: bearer, token: secret://vault/x#y }'),
      says: ['keeper.yaml:4:41: accounts[0].credentials.token: must be a reference to a store that this version knows: secret://aws/<name or ARN>#<key>'],
    },
    { name: 'a reference with two fields', text: credentials('{ type: bearer, token: secret://aws/x#y#z }'), says: ['must name, after #, one field'] },
    { name: 'a relative file', text: credentials('{ type: bearer, token: file://token }'), says: ['must be a reference to a file by its absolute path'] },
    {
      name: 'a role that is none',
      text: credentials('{ type: role, roleArn: admin, sessionName: "a b" }'),
      says: ['must be a role ARN', 'must be 2 to 64 letters'],
    },
  ])('$name: refused, and never shown', ({ text, says }) => {
    const mistakes = mistakesIn(text);

    expect(mistakes).toEqual(says.map((words) => expect.stringContaining(words)));
    expect(mistakes.join()).not.toContain(KEY_ID);
    expect(mistakes.join()).not.toContain(KEY_SECRET);
  });
});
