import { formatCompiledPolicy, readCompiledPolicy } from '../../lib/config/compiled';
import { loadPolicyText } from '../../lib/config/load';
import type { CompiledPolicy } from '../../lib/domain/protection-policy';
import { makePatch } from '../policy/fixtures';

const EVERYTHING = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };
const HOUR = 3_600_000;

function compile(text: string): CompiledPolicy {
  return loadPolicyText(text, 'keeper.yaml').policy;
}

describe('the compiled policy', () => {
  it('fills in every default', () => {
    const policy = compile("regions: [cn-hangzhou]\nextraBackups: [{ name: nightly, schedule: '0 2 * * *' }]");

    expect(policy).toEqual({
      version: 4,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      name: 'default',
      timezone: 'UTC',
      accounts: [{ name: 'default', credentials: { type: 'default' }, regions: undefined }],
      regions: ['cn-hangzhou'],
      select: EVERYTHING,
      cap: { perDay: 20, counts: 'all', reserve: { automatic: 1, preRelease: 3 } },
      limits: {
        apiRatePerSecond: 20,
        crossRegionRatePerSecond: 5,
        instancesPerWorker: 2000,
        maxJobMs: 24 * HOUR,
        maxChangesPerRun: 200,
        maxPurgesPerDay: 100,
        maxPurgePercentPerDay: 30,
        maxDestructiveChangesPerDay: 10,
        planMaxAgeMs: HOUR,
        apiCallsPerMonth: undefined,
      },
      extraBackups: [
        {
          name: 'nightly',
          enabled: true,
          select: EVERYTHING,
          schedule: '0 2 * * *',
          timezone: 'UTC',
          databases: undefined,
          method: undefined,
          type: undefined,
          retainDays: undefined,
          freshForMs: undefined,
          notDuring: [],
          startWithinMs: undefined,
          catchUp: 'none',
        },
      ],
      expiry: [],
      settings: undefined,
      retention: undefined,
      crossRegion: undefined,
      preRelease: { freshForMs: HOUR, deadlineMs: 2 * HOUR, holdForMs: 7 * 24 * HOUR, maxInstances: 50 },
      rules: [],
      overrides: {},
      origins: expect.objectContaining({
        timezone: 'default',
        regions: 'keeper.yaml:1:10',
        'cap.perDay': 'default',
        'extraBackups.nightly.schedule': 'keeper.yaml:2:43',
      }),
    });
  });

  it('converts every unit, and keeps what is written', () => {
    const policy = compile(`
timezone: Asia/Shanghai
regions: [cn-hangzhou]
select: { ids: [rm-1], tags: { tier: gold }, exclude: [{ names: ['tmp-*'] }] }
cap: { perDay: 10, counts: manual, reserve: { automatic: 0 } }
name: fleet-a
limits: { apiRatePerSecond: 50, crossRegionRatePerSecond: 2, maxJob: 1d12h, maxPurgesPerDay: 5000, maxPurgePercentPerDay: 100, maxDestructiveChangesPerDay: 1, planMaxAge: 24h }
extraBackups:
  - name: ledger
    enabled: false
    select: { engines: [sqlserver], resourceGroups: [rg-1] }
    schedule: '0 4 * * *'
    timezone: Europe/Berlin
    databases: [ledger, invoices]
    method: physical
    type: full
    retainDays: forever
    freshFor: 90m
    notDuring: [{ days: [fri-mon, wed], from: '22:30', to: '24:00' }, { from: '00:00', to: '06:00' }]
    startWithin: 2h
    catchUp: latest
  - { name: dumps, schedule: '0 5 * * *', databases: { match: 'app_*' }, retainDays: 30 }
`);

    expect(policy).toMatchObject({
      select: { ...EVERYTHING, ids: ['rm-1'], tags: { tier: 'gold' }, exclude: [{ ...EVERYTHING, names: ['tmp-*'] }] },
      cap: { perDay: 10, counts: 'manual', reserve: { automatic: 0, preRelease: 3 } },
      name: 'fleet-a',
      limits: {
        apiRatePerSecond: 50,
        crossRegionRatePerSecond: 2,
        maxJobMs: 36 * HOUR,
        maxChangesPerRun: 200,
        maxPurgesPerDay: 5000,
        maxPurgePercentPerDay: 100,
        maxDestructiveChangesPerDay: 1,
        planMaxAgeMs: 24 * HOUR,
      },
      extraBackups: [
        {
          enabled: false,
          select: { ...EVERYTHING, engines: ['sqlserver'], resourceGroups: ['rg-1'] },
          timezone: 'Europe/Berlin',
          databases: { names: ['ledger', 'invoices'] },
          method: 'physical',
          type: 'full',
          retainDays: 'forever',
          freshForMs: 1.5 * HOUR,
          notDuring: [
            { days: ['mon', 'wed', 'fri', 'sat', 'sun'], fromMinute: 22 * 60 + 30, toMinute: 1440 },
            { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], fromMinute: 0, toMinute: 360 },
          ],
          startWithinMs: 2 * HOUR,
          catchUp: 'latest',
        },
        { timezone: 'Asia/Shanghai', databases: { match: 'app_*' }, retainDays: 30 },
      ],
    });
  });

  it('keeps credentials as references, and fills in what a role needs', () => {
    const policy = compile(`
accounts:
  - { name: a, regions: [cn-hangzhou] }
  - { name: b, credentials: { type: sts, accessKeyId: env://ID, accessKeySecret: env://SECRET, securityToken: file:///run/token }, regions: [cn-hangzhou] }
  - { name: c, credentials: { type: bearer, token: env://TOKEN }, regions: [cn-hangzhou] }
  - { name: d, credentials: { type: role, roleArn: 'acs:ram::1234567890123456:role/keeper' }, regions: [cn-hangzhou] }
  - name: e
    regions: [cn-hangzhou]
    credentials:
      type: role
      roleArn: acs:ram::1234567890123456:role/keeper
      sessionName: night
      externalId: x1
      source: { type: ak, accessKeyId: env://ID, accessKeySecret: env://SECRET }
`);

    expect(policy.accounts.map(({ credentials }) => credentials)).toEqual([
      { type: 'default' },
      { type: 'sts', accessKeyId: 'env://ID', accessKeySecret: 'env://SECRET', securityToken: 'file:///run/token' },
      { type: 'bearer', token: 'env://TOKEN' },
      { type: 'role', roleArn: 'acs:ram::1234567890123456:role/keeper', sessionName: 'rds-backup-keeper', externalId: undefined, source: { type: 'default' } },
      {
        type: 'role',
        roleArn: 'acs:ram::1234567890123456:role/keeper',
        sessionName: 'night',
        externalId: 'x1',
        source: { type: 'ak', accessKeyId: 'env://ID', accessKeySecret: 'env://SECRET' },
      },
    ]);
    expect(policy.regions).toEqual([]);
  });

  it('keeps of a patch what it names, and nothing else', () => {
    const policy = compile(`
regions: [cn-hangzhou]
extraBackups: [{ name: nightly, schedule: '0 2 * * *' }]
rules:
  - { name: gold, select: { tags: { tier: gold } }, cap: { reserve: { preRelease: 5 } }, extraBackups: { nightly: { freshFor: 1h, databases: [a], notDuring: [] } } }
  - { name: plain, select: {} }
overrides:
  rm-1: { cap: { perDay: 5 }, extraBackups: { nightly: { enabled: false, startWithin: 1h } } }
`);

    expect(policy.rules).toEqual([
      {
        name: 'gold',
        select: { ...EVERYTHING, tags: { tier: 'gold' } },
        patch: makePatch({
          cap: { reserve: { preRelease: 5 } },
          extraBackups: { nightly: { freshForMs: HOUR, databases: { names: ['a'] }, notDuring: [] } },
        }),
      },
      { name: 'plain', select: EVERYTHING, patch: makePatch() },
    ]);
    expect(policy.overrides).toEqual({
      'rm-1': makePatch({ cap: { perDay: 5 }, extraBackups: { nightly: { enabled: false, startWithinMs: HOUR } } }),
    });
    expect(policy.origins).toMatchObject({
      'rules.gold.cap.reserve.preRelease': 'keeper.yaml:5:83',
      'rules.gold.extraBackups.nightly.freshForMs': 'keeper.yaml:5:127',
      'overrides.rm-1.cap.perDay': 'keeper.yaml:8:26',
      'overrides.rm-1.extraBackups.nightly.startWithinMs': 'keeper.yaml:8:87',
    });
  });

  it("notes the policy's time zone as the origin of a rule's", () => {
    const policy = compile("timezone: Asia/Shanghai\nregions: [a]\nextraBackups: [{ name: n, schedule: '0 2 * * *' }]");

    expect(policy.origins['extraBackups.n.timezone']).toBe('keeper.yaml:1:11');
  });

  it('has the same digest for the same text, and another one for another', () => {
    const text = 'regions: [cn-hangzhou]';

    expect(compile(text).digest).toBe(compile(text).digest);
    expect(compile(text).digest).not.toBe(compile('regions: [cn-shanghai]').digest);
  });
});

describe('keeper.json', () => {
  const policy = compile(
    "regions: [cn-hangzhou]\nextraBackups: [{ name: nightly, schedule: '0 2 * * *', freshFor: 4h }]\noverrides: { rm-1: { cap: { perDay: 5 } } }",
  );
  const text = formatCompiledPolicy(policy);

  it('reads back as the policy that was written', () => {
    const read = readCompiledPolicy(text, 'keeper.json');

    expect(read).toEqual(policy);
    expect(formatCompiledPolicy(read)).toBe(text);
  });

  test.each([
    { name: 'no JSON', text: 'regions: [cn-hangzhou]', says: 'keeper.json is not JSON' },
    { name: 'a list', text: '[]', says: 'keeper.json is not a compiled policy' },
    { name: 'null', text: 'null', says: 'keeper.json is not a compiled policy' },
    {
      name: 'one of an older keeper',
      text: text.replace('"version":4', '"version":3'),
      says: 'keeper.json was compiled by an older keeper (version 3; this one reads version 4)',
    },
    {
      name: 'one of a newer keeper',
      text: text.replace('"version":4', '"version":5'),
      says: 'keeper.json was compiled by a newer keeper (version 5; this one reads version 4)',
    },
    { name: 'something else entirely', text: '{}', says: 'keeper.json says no version' },
    {
      name: 'a value changed by hand',
      text: text.replace('"perDay":5', '"perDay":50'),
      says: 'does not match its digest: it was changed after it was compiled',
    },
    { name: 'a key added by hand', text: text.replace('{', '{"extra":1,'), says: 'does not match its digest' },
    { name: 'no digest', text: text.replace(/"digest":"[^"]*",/, ''), says: 'does not match its digest' },
  ])('$name is refused', ({ text: changed, says }) => {
    const read = (): unknown => readCompiledPolicy(changed, 'keeper.json');

    expect(read).toThrow(
      expect.objectContaining({ code: 'policy-invalid', exitCode: 2, message: expect.stringContaining(says), hint: 'run: keeper policy compile' }),
    );
  });

  it('shows nothing of a text that is no JSON', () => {
    expect(() => readCompiledPolicy('SECRET=abc', 'keeper.json')).toThrow(expect.objectContaining({ message: expect.not.stringContaining('SECRET') }));
  });
});
