// s.yaml: resolved by the parser that deploys it, held against a schema of ours, and the schema held against every mistake that it is there for.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FUNCTION_NAMES } from '../../lib/domain/run';
import { builtBundle } from '../support/bundles';
import { preview, ROOT, resolveSpec, S_YAML } from './s-yaml/resolve';
import { SERVERLESS, type Serverless } from './s-yaml/schema';

const TEXT = readFileSync(S_YAML, 'utf8');

let folder: string;
let deployed: Serverless;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-s-yaml-'));
  deployed = SERVERLESS.parse(await resolveSpec(S_YAML));
});
afterAll(() => rm(folder, { recursive: true }));

/** The places and messages at which the schema refuses a text. */
async function refusalsOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 's.yaml');
  await writeFile(path, text);
  const result = SERVERLESS.safeParse(await resolveSpec(path));
  return result.success ? [] : result.error.issues.map(({ path: at, message }) => `${at.slice(1).join('.')}: ${message}`);
}

describe('what is deployed', () => {
  test('is every function of the product, and each has its bundle', () => {
    builtBundle('extraBackup'); // builds what is missing

    const missing = Object.entries(deployed.resources).filter(([name, { props }]) => !existsSync(join(ROOT, props.code, `${name}.js`)));

    expect(Object.keys(deployed.resources).sort()).toEqual([...FUNCTION_NAMES].sort());
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  test('is what "s preview" of the deploying program shows, which ends well and without a network', async () => {
    const { exitCode, output } = await preview();

    expect(exitCode).toBe(0);
    expect(SERVERLESS.parse(output).resources).toEqual(deployed.resources);
  });

  test('has a timer where a timer wakes it, and a door where a pipeline or a reader asks', () => {
    const triggers = Object.entries(deployed.resources).map(([name, { props }]) => [name, props.triggers.map(({ triggerType }) => triggerType).join(' ')]);

    expect(Object.fromEntries(triggers)).toEqual({
      'extra-backup': 'timer',
      'retention-hygiene': 'timer',
      'extend-expiry': 'timer',
      'verify-cross-region': 'timer',
      'pre-release-backup': 'http',
      reconcile: 'timer',
      report: 'timer http',
    });
    expect(deployed.resources.report.props.triggers[1]).toMatchObject({ triggerConfig: { authType: 'function', methods: ['GET'] } });
    expect(deployed.resources['pre-release-backup'].props.triggers[0]).toMatchObject({ triggerConfig: { authType: 'function', methods: ['GET', 'POST'] } });
  });

  test('has roles that are described', () => {
    const roles = new Set(Object.values(deployed.resources).map(({ props }) => props.role));

    expect([...roles].filter((role) => !existsSync(join(ROOT, 'docs/ram', `${role.replace(/^keeper-/, '')}.json`)))).toEqual([]);
  });

  test('holds no secret: whatever is named like one is empty unless the deployer gives it', () => {
    const { environmentVariables } = deployed.resources.report.props;
    const named = Object.entries(environmentVariables).filter(([name]) => /SECRET_ACCESS_KEY|ACCESS_KEY_ID|PASSWORD|TOKEN/.test(name));

    expect(named.filter(([, value]) => value !== '')).toEqual([]);
    expect(TEXT).not.toMatch(/LTAI\w{8}|AKIA\w{8}|STS\.\w{8}|-----BEGIN|[\w/+]{40}/);
  });

  test('is built, checked and compiled before it is uploaded, once', () => {
    expect(deployed.actions['pre-deploy'].map(({ run }) => run)).toEqual([
      'node scripts/check-environment.mjs',
      'npm run build -- --clean',
      'node dist/cli/keeper.js policy check',
      'node dist/cli/keeper.js policy compile --out dist/functions/keeper.json',
    ]);
  });

  test('follows the variables of an installation', async () => {
    const env = {
      KEEPER_FC_REGION: 'eu-central-1',
      KEEPER_FUNCTION_PREFIX: 'acme-keeper',
      KEEPER_VERIFY_ROLE: 'keeper-purge-capable',
      KEEPER_TABLESTORE_INSTANCE: 'keeper-acme',
      KEEPER_AWS_ACCESS_KEY_ID: 'given',
      AWS_ACCESS_KEY_ID: 'personal',
      KEEPER_CONFIG: 'keeper.yaml',
    };

    const { resources } = SERVERLESS.parse(await resolveSpec(S_YAML, env));

    expect(resources['verify-cross-region'].props).toMatchObject({
      region: 'eu-central-1',
      functionName: 'acme-keeper-verify-cross-region',
      role: 'keeper-purge-capable',
      environmentVariables: {
        KEEPER_FUNCTION_PREFIX: 'acme-keeper',
        KEEPER_TABLESTORE_INSTANCE: 'keeper-acme',
        AWS_ACCESS_KEY_ID: 'given',
        KEEPER_CONFIG: '/code/keeper.json',
      },
    });
    expect(resources['extra-backup'].props.role).toBe('keeper-observe-and-create');
  });
});

describe('the schema refuses', () => {
  const FIRST_CRON = 'CRON_TZ=UTC 0 0,15,30,45 * * * *';

  test.each<{ name: string; from: string; to: string; says: string }>([
    { name: 'another edition', from: 'edition: 3.0.0', to: 'edition: 1.0.0', says: 'expected "3.0.0"' },
    { name: 'an unknown key at the top', from: 'access: default', to: 'access: default\nservices: {}', says: '"services"' },
    { name: 'an unknown function', from: '\n  report:\n', to: '\n  reports:\n', says: 'reports' },
    { name: 'a missing function', from: TEXT.slice(TEXT.indexOf('\n  report:\n')), to: '\n', says: 'report' },
    { name: 'an unknown property', from: 'runtime: nodejs20', to: 'runtime: nodejs20\n      instanceType: e1', says: '"instanceType"' },
    {
      name: 'the spelling of the older component',
      from: 'asyncTask: true',
      to: 'asyncTask: true\n        statefulInvocation: true',
      says: '"statefulInvocation"',
    },
    { name: 'another runtime', from: 'runtime: nodejs20', to: 'runtime: nodejs22', says: 'props.runtime: ' },
    { name: 'code from elsewhere', from: 'code: ./dist/functions', to: 'code: ./dist', says: 'props.code: ' },
    { name: 'a handler of another function', from: 'handler: report.handler', to: 'handler: reconcile.handler', says: 'not report.handler' },
    { name: 'a handler that is no export', from: 'handler: report.handler', to: 'handler: report.js', says: 'props.handler: ' },
    { name: 'a bad function name', from: "'keeper')}-report", to: "'keeper')} report!", says: 'props.functionName: ' },
    { name: 'two functions of one name', from: "'keeper')}-report", to: "'keeper')}-reconcile", says: 'two functions have one name' },
    { name: 'a memory size between the steps', from: 'memorySize: 512', to: 'memorySize: 500', says: 'multiple of 64' },
    { name: 'too little memory', from: 'memorySize: 512', to: 'memorySize: 64', says: '>=128' },
    { name: 'a memory size that is a text', from: 'memorySize: 512', to: `memorySize: ${'$'}{env('KEEPER_MEMORY','512')}`, says: 'expected number' },
    { name: 'CPUs between the steps', from: 'cpu: 0.35', to: 'cpu: 0.37', says: 'not a multiple of 0.05' },
    { name: 'too many CPUs for the memory', from: 'cpu: 0.35', to: 'cpu: 0.55', says: 'not 1 to 4 times the CPUs' },
    { name: 'too few CPUs for the memory', from: 'cpu: 0.35', to: 'cpu: 0.1', says: 'not 1 to 4 times the CPUs' },
    { name: 'another disk size', from: 'diskSize: 512', to: 'diskSize: 1024', says: 'props.diskSize: ' },
    { name: 'a timeout of a week', from: 'timeout: 600', to: 'timeout: 604800', says: '<=86400' },
    { name: 'a role of upper-case letters', from: "'keeper-purge-capable'", to: "'Keeper-Purge'", says: 'props.role: ' },
    { name: 'a variable that is a number', from: 'LOG_LEVEL: ${env', to: 'LEVEL: 3\n    LOG_LEVEL: ${env', says: 'expected string' },
    { name: 'a variable with a reserved name', from: 'LOG_LEVEL: ${env', to: 'FC_LEVEL: "3"\n    LOG_LEVEL: ${env', says: 'environmentVariables.FC_LEVEL' },
    { name: 'variables beyond 4 KB', from: 'LOG_LEVEL: ${env', to: `BIG: ${'x'.repeat(4_096)}\n    LOG_LEVEL: \${env`, says: 'more than 4096 bytes' },
    { name: 'too many retries', from: 'maxAsyncRetryAttempts: 2', to: 'maxAsyncRetryAttempts: 9', says: '<=8' },
    { name: 'no word on retries', from: 'maxAsyncRetryAttempts: 2\n', to: '\n', says: 'maxAsyncRetryAttempts: ' },
    { name: 'events older than a day', from: 'maxAsyncEventAgeInSeconds: 3600', to: 'maxAsyncEventAgeInSeconds: 90000', says: '<=86400' },
    { name: 'no task mode', from: 'asyncTask: true', to: 'asyncTask: false', says: 'asyncTask: ' },
    { name: 'a destination without its account', from: ':1234567890123456:/queues', to: '::/queues', says: 'onFailure.destination: ' },
    { name: 'a destination of another service', from: 'acs:mns:', to: 'acs:oss:', says: 'onFailure.destination: ' },
    { name: 'no failure destination', from: 'onFailure:', to: 'onSuccess:', says: 'onFailure: ' },
    { name: 'more reserved instances than there are', from: 'reservedConcurrency: 10', to: 'reservedConcurrency: 80', says: 'instances are reserved' },
    { name: 'an unknown trigger', from: 'triggerType: timer', to: 'triggerType: oss', says: 'triggers.0.triggerType: ' },
    { name: 'two triggers of one name', from: 'triggerName: page', to: 'triggerName: daily', says: 'two triggers have one name' },
    { name: 'five fields', from: FIRST_CRON, to: 'CRON_TZ=UTC 0,15,30,45 * * * *', says: '5 fields in place of six' },
    { name: 'no time zone', from: FIRST_CRON, to: '0 0,15,30,45 * * * *', says: 'no CRON_TZ' },
    { name: 'a time zone that there is not', from: FIRST_CRON, to: 'CRON_TZ=Asia/Hangzhou 0 0,15,30,45 * * * *', says: 'no time zone: Asia/Hangzhou' },
    { name: 'minutes beyond the hour', from: FIRST_CRON, to: 'CRON_TZ=UTC 0 0,15,30,60 * * * *', says: 'no minutes: 0,15,30,60' },
    { name: 'hours beyond the day', from: FIRST_CRON, to: 'CRON_TZ=UTC 0 0 24 * * *', says: 'no hours: 24' },
    { name: 'a day that no month has', from: FIRST_CRON, to: 'CRON_TZ=UTC 0 0 1 32 * *', says: 'no day of month: 32' },
    { name: 'weekdays as numbers', from: FIRST_CRON, to: 'CRON_TZ=UTC 0 0 1 * * 1', says: 'no day of week: 1' },
    { name: 'every second', from: FIRST_CRON, to: 'CRON_TZ=UTC * * * * * *', says: 'more than one second' },
    { name: 'two timers in one minute', from: ' 0 40 3,15 ', to: ' 0 45 3,15 ', says: 'two timers fire in one minute' },
    { name: 'a timer that does not say whether it is on', from: 'enable: true', to: 'payload: "x"', says: 'triggerConfig.enable: ' },
    { name: 'a payload that is an object', from: 'enable: true', to: 'enable: true\n            payload: { a: 1 }', says: 'triggerConfig.payload: ' },
    { name: 'a door that is open to all', from: 'authType: function', to: 'authType: anonymous', says: 'triggerConfig.authType: ' },
    { name: 'a door that takes deletions', from: 'methods: [GET, POST]', to: 'methods: [GET, DELETE]', says: 'triggerConfig.methods.1: ' },
  ])('$name', async ({ from, to, says }) => {
    expect(TEXT).toContain(from);

    const refusals = await refusalsOf(TEXT.replace(from, () => to));

    expect(refusals.join('\n')).toContain(says);
  });

  test('nothing that stands in the file', async () => {
    expect(await refusalsOf(TEXT)).toEqual([]);
  });
});

describe('before a deployment, the environment', () => {
  const GOOD = {
    KEEPER_TABLESTORE_ENDPOINT: 'https://keeper-ledger.cn-hangzhou.ots.aliyuncs.com',
    KEEPER_TABLESTORE_INSTANCE: 'keeper-ledger',
    KEEPER_FAILURE_DESTINATION: 'acs:mns:cn-hangzhou:1111222233334444:/queues/keeper-failures/messages',
  };

  function check(env: Readonly<Record<string, string>>): { readonly isOk: boolean; readonly said: string } {
    try {
      execFileSync(process.execPath, [join(ROOT, 'scripts/check-environment.mjs')], { env, stdio: 'pipe', encoding: 'utf8' });
      return { isOk: true, said: '' };
    } catch (error) {
      return { isOk: false, said: typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error) };
    }
  }

  test('is good when the ledger and the failure destination are named', () => {
    expect(check(GOOD)).toEqual({ isOk: true, said: '' });
  });

  test('is refused as a whole when nothing is named, each variable with its meaning', () => {
    const { isOk, said } = check({});

    expect(isOk).toBe(false);
    for (const name of Object.keys(GOOD)) expect(said).toContain(`${name} is not set: it is `);
    expect(said).toContain('nothing was deployed');
  });

  test.each<{ name: string; env: Readonly<Record<string, string>>; says: string }>([
    { name: 'an endpoint of a local cloud', env: { KEEPER_RDS_ENDPOINT: 'http://127.0.0.1:8080' }, says: 'KEEPER_RDS_ENDPOINT is no https address' },
    {
      name: 'a destination that cannot take messages',
      env: { KEEPER_FAILURE_DESTINATION: 'acs:oss:cn-hangzhou:1111222233334444:b' },
      says: 'KEEPER_FAILURE_DESTINATION is not the queue',
    },
    {
      name: 'a topic, which the roles may not publish to',
      env: { KEEPER_FAILURE_DESTINATION: 'acs:mns:cn-hangzhou:1111222233334444:/topics/keeper-failures/messages' },
      says: 'KEEPER_FAILURE_DESTINATION is not the queue',
    },
    { name: 'a prefix that is no name', env: { KEEPER_FUNCTION_PREFIX: '9 lives' }, says: 'KEEPER_FUNCTION_PREFIX cannot begin' },
    { name: 'half of a key pair', env: { KEEPER_AWS_ACCESS_KEY_ID: 'given' }, says: 'set both, or neither' },
  ])('is refused: $name', ({ env, says }) => {
    expect(check({ ...GOOD, ...env })).toEqual({ isOk: false, said: expect.stringContaining(says) });
  });
});
