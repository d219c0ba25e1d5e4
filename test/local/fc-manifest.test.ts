// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of s.yaml look like that
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ManifestOptions, readManifest } from '../../lib/local/fc/manifest';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-manifest-'));
  mkdirSync(join(folder, 'dist'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A manifest of one function; `more` are lines of its props. */
function write(more: readonly string[], rest: readonly string[] = []): string {
  const file = join(folder, 's.yaml');
  const lines = ['edition: 3.0.0', 'resources:', '  one:', '    component: fc3', '    props:', '      region: cn-hangzhou', '      functionName: keeper-one'];
  const props = ['      runtime: nodejs20', '      code: ./dist', '      handler: one.handler', ...more.map((line) => `      ${line}`)];
  writeFileSync(file, [...lines, ...props, ...rest, ''].join('\n'));
  return file;
}

function functionOf(more: readonly string[], rest: readonly string[] = [], options: ManifestOptions = {}) {
  const [first] = readManifest(write(more, rest), options).functions;
  if (first === undefined) throw new Error('the manifest has no function');
  return first;
}

function mistakeIn(more: readonly string[], rest: readonly string[] = []): string {
  try {
    readManifest(write(more, rest));
  } catch (error) {
    expect(error).toMatchObject({ code: 'manifest-invalid', exitCode: 2 });
    return (error as Error).message.replace(folder, '');
  }
  throw new Error('the manifest was read');
}

describe('the manifest of this repository', () => {
  const manifest = readManifest(join(__dirname, '../../s.yaml'), { codeFolder: tmpdir(), env: { KEEPER_FUNCTION_PREFIX: 'test' } });

  test('has its seven functions, named by the prefix of the environment', () => {
    expect(manifest).toMatchObject({ region: 'cn-hangzhou', accountId: '1234567890123456' });
    expect(manifest.functions.map(({ name }) => name).sort()).toEqual([
      'test-extend-expiry',
      'test-extra-backup',
      'test-pre-release-backup',
      'test-reconcile',
      'test-report',
      'test-retention-hygiene',
      'test-verify-cross-region',
    ]);
  });

  test('gives every function a role, a timeout, task mode, and a timer or a door', () => {
    for (const each of manifest.functions) {
      expect(each.role).toMatch(/^keeper-(observe-and-create|purge-capable)$/);
      expect(each.timeoutMs).toBeGreaterThanOrEqual(60_000);
      expect(each.async.isTask).toBe(true);
      expect(each.timers.length + each.http.length).toBeGreaterThan(0);
      expect(each.env['KEEPER_FUNCTION_PREFIX']).toBe('test');
    }
  });
});

test('what the manifest leaves out has the defaults of the component', () => {
  expect(functionOf([])).toEqual({
    name: 'keeper-one',
    codeFolder: join(folder, 'dist'),
    handler: 'one.handler',
    initializer: undefined,
    memoryMb: 512,
    timeoutMs: 3_000,
    env: {},
    role: undefined,
    maxInstances: 4,
    async: { maxRetries: 3, maxAgeMs: 86_400_000, isTask: false, onFailureFunction: undefined, onSuccessFunction: undefined },
    timers: [],
    http: [],
  });
});

test('reads memory, times, limits, hooks, destinations and triggers', () => {
  const more = [
    'memorySize: 1024',
    'timeout: 60',
    'role: Keeper-Role',
    'environmentVariables: { A: b }',
    'instanceLifecycleConfig: { initializer: { handler: one.start, timeout: 30 } }',
    'concurrencyConfig: { reservedConcurrency: 7 }',
    'asyncInvokeConfig:',
    '  maxAsyncRetryAttempts: 1',
    '  maxAsyncEventAgeInSeconds: 600',
    '  asyncTask: true',
    '  destinationConfig: { onFailure: { destination: "acs:fc:cn-hangzhou:${config(\'AccountID\')}:functions/keeper-two" }, onSuccess: { destination: acs:mns:x } }',
    'triggers:',
    '  - { triggerName: tick, triggerType: timer, triggerConfig: { cronExpression: "0 * * * * *", enable: false, payload: hello } }',
    '  - { triggerName: door, triggerType: http, triggerConfig: { authType: anonymous, methods: [GET] } }',
    '  - { triggerName: bus, triggerType: eventbridge, triggerConfig: { triggerEnable: true } }',
  ];

  expect(functionOf(more)).toMatchObject({
    initializer: 'one.start',
    memoryMb: 1024,
    timeoutMs: 60_000,
    env: { A: 'b' },
    role: 'keeper-role',
    maxInstances: 7,
    async: { maxRetries: 1, maxAgeMs: 600_000, isTask: true, onFailureFunction: 'keeper-two', onSuccessFunction: undefined },
    timers: [{ name: 'tick', cron: '0 * * * * *', isEnabled: false, payload: 'hello' }],
    http: [{ name: 'door', authType: 'anonymous', methods: ['GET'] }],
  });
});

describe('variables', () => {
  test.each([
    { name: 'an environment variable', text: "${env('SET','default')}", value: 'set' },
    { name: 'the default of one that is not set', text: "${env('UNSET','default')}", value: 'default' },
    { name: 'the default of one that is empty', text: "${env('EMPTY','default')}", value: 'default' },
    { name: 'an empty default', text: "${env('UNSET','')}", value: '' },
    { name: 'a default without quotes', text: "${env('UNSET', 30)}", value: '30' },
    { name: 'a part of a text', text: "a-${env('SET')}-b", value: 'a-set-b' },
    { name: 'vars', text: '${vars.deep.er}', value: 'from vars' },
    { name: 'a variable behind a variable', text: '${vars.again}', value: 'set' },
    { name: 'a property of the same resource', text: '${this.props.functionName}', value: 'keeper-one' },
    { name: 'a property of a named resource', text: '${resources.one.props.runtime}', value: 'nodejs20' },
    { name: 'the account', text: "${config('AccountID')}", value: '42' },
  ])('$name', ({ text, value }) => {
    const vars = ['vars:', '  deep: { er: from vars }', "  again: ${env('SET')}"];

    const { env } = functionOf(['environmentVariables:', `  X: ${JSON.stringify(text)}`], vars, { env: { SET: 'set', EMPTY: '' }, accountId: '42' });

    expect(env['X']).toBe(value);
  });

  test('a path is one beside the manifest', () => {
    expect(functionOf(['environmentVariables:', "  X: ${path('./data')}"]).env['X']).toBe(join(folder, 'data'));
  });

  test('a whole value may be an object', () => {
    expect(functionOf(['environmentVariables: ${vars.all}'], ['vars: { all: { A: b } }']).env).toEqual({ A: 'b' });
  });

  test.each([
    { name: 'one that is not set', text: "${env('UNSET')}", message: 'the environment variable UNSET is not set' },
    { name: 'one that leads nowhere', text: '${vars.nothing}', message: '${vars.nothing} stands for nothing' },
    { name: 'a kind that is not known', text: "${file('x')}", message: "does not know the variable ${file('x')}" },
    { name: 'another value of the access', text: "${config('AccessKeySecret')}", message: "has no ${config('AccessKeySecret')}" },
    { name: 'one that leads to itself', text: '${this.props.environmentVariables.X}', message: 'lead to themselves' },
  ])('$name is a mistake in its line', ({ text, message }) => {
    const mistake = mistakeIn(['environmentVariables:', `  X: ${JSON.stringify(text)}`]);

    expect(mistake).toMatch(/^\/s\.yaml:12: /);
    expect(mistake).toContain(message);
  });
});

test('a template gives what the resource leaves out', () => {
  const file = write(
    ['timeout: 9', 'environmentVariables: { A: own }'],
    ['template:', '  base: { timeout: 5, memorySize: 256, environmentVariables: { A: base, B: base } }'],
  );
  const text = readFileSync(file, 'utf8').replace('    component: fc3', '    component: fc3\n    extend: { name: base }');
  writeFileSync(file, text);

  expect(readManifest(file).functions[0]).toMatchObject({ timeoutMs: 9_000, memoryMb: 256, env: { A: 'own', B: 'base' } });
});

test('code and variables can be given in place of those of the manifest', () => {
  const options = { codeFolder: tmpdir(), functionEnv: { A: 'given', B: 'more' } };

  expect(functionOf(['environmentVariables: { A: own, C: own }'], [], options)).toMatchObject({
    codeFolder: tmpdir(),
    env: { A: 'given', B: 'more', C: 'own' },
  });
});

describe('mistakes name file and line', () => {
  test.each([
    { name: 'an unknown key', more: ['memory: 512'], line: 11, message: 'resources.one.props: the local cloud does not know "memory"' },
    { name: 'a number that is a text', more: ["timeout: ${env('T','5')}"], line: 11, message: 'resources.one.props.timeout: ' },
    { name: 'memory in odd sizes', more: ['memorySize: 500'], line: 11, message: 'resources.one.props.memorySize: ' },
    { name: 'a variable of the function that is no text', more: ['environmentVariables:', '  A: 5'], line: 12, message: 'environmentVariables.A' },
    { name: 'an unknown kind of trigger', more: ['triggers:', '  - triggerName: x', '    triggerType: cron'], line: 13, message: 'triggerType' },
    {
      name: 'a timer without enable',
      more: ['triggers:', '  - triggerName: x', '    triggerType: timer', '    triggerConfig: { cronExpression: "0 * * * * *" }'],
      line: 14,
      message: 'triggerConfig.enable',
    },
    { name: 'too many retries', more: ['asyncInvokeConfig:', '  maxAsyncRetryAttempts: 9'], line: 12, message: 'maxAsyncRetryAttempts' },
  ])('$name', ({ more, line, message }) => {
    const mistake = mistakeIn(more);

    expect(mistake).toMatch(new RegExp(`^/s\\.yaml:${line}: `));
    expect(mistake).toContain(message);
  });

  test('code that is not there', () => {
    rmSync(join(folder, 'dist'), { recursive: true });

    expect(mistakeIn([])).toMatch(/^\/s\.yaml:9: there is no .*dist: run npm run build$/);
  });

  test('two functions of one name', () => {
    const second = [
      '  two:',
      '    component: fc3',
      '    props: { region: cn-hangzhou, functionName: keeper-one, runtime: nodejs20, code: ./dist, handler: two.handler }',
    ];

    expect(mistakeIn([], second)).toMatch(/^\/s\.yaml:13: there are two functions of the name keeper-one$/);
  });

  test('a component that is no function', () => {
    expect(mistakeIn([], ['  two: { component: fc3-domain, props: {} }'])).toContain(
      'resources.two.component: the local cloud runs functions of the component fc3 only',
    );
  });

  test('text that is no YAML', () => {
    expect(mistakeIn(['timeout: [1'])).toMatch(/^\/s\.yaml:\d+: not YAML: /);
  });

  test.each([
    { name: 'nothing', more: ['environmentVariables: *nowhere'], message: 'Unresolved alias' },
    { name: 'itself', more: ['environmentVariables: &self [*self]'], message: 'circular' },
    {
      name: 'more than anybody would write',
      more: ['x: &x [1,1,1,1,1,1,1,1,1]', 'y: &y [*x,*x,*x,*x,*x,*x,*x,*x]', 'z: &z [*y,*y,*y,*y,*y,*y,*y,*y]', 'w: [*z,*z,*z,*z]'],
      message: 'Excessive alias count',
    },
  ])('an alias that leads to $name', ({ more, message }) => {
    expect(mistakeIn(more)).toMatch(new RegExp(`^/s\\.yaml:1: not a manifest: .*${message}`));
  });

  test('a file that is not there', () => {
    expect(() => readManifest(join(folder, 'nothing.yaml'))).toThrow(expect.objectContaining({ code: 'manifest-unreadable', exitCode: 2 }));
  });
});
