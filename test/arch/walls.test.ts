// The rooms and who may import whom, read from the import lines themselves: what the linter enforces, proved once more without it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  policy: ['domain', 'base'],
  config: ['domain', 'base'],
  gateways: ['domain', 'base'],
  run: ['policy', 'config', 'domain', 'base'],
  report: ['domain', 'policy'],
  local: ['base'],
  wire: ['run', 'gateways', 'config', 'policy', 'domain', 'base'],
  cli: ['wire', 'run', 'report', 'gateways', 'config', 'policy', 'domain', 'base', 'local'],
  types: [],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly isOurs: boolean;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const room = file.split('/')[1] ?? '';
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => {
    const specifier = match[1] ?? '';
    const isOurs = specifier.startsWith('.');
    return { file, room, target: isOurs ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier, isOurs };
  });
}

const libImports = sourcesIn('lib').flatMap(importsOf);

test('every room of lib is known', () => {
  const rooms = readdirSync(join(ROOT, 'lib'));

  expect(rooms.filter((room) => MAY_IMPORT[room] === undefined)).toEqual([]);
});

test('rooms import only what their place in the house allows', () => {
  const wrong = libImports.filter(({ isOurs, room, target }) => {
    const targetRoom = target.split('/')[1] ?? '';
    return isOurs && target !== 'package.json' && (!target.startsWith('lib/') || (targetRoom !== room && MAY_IMPORT[room]?.includes(targetRoom) !== true));
  });

  expect(wrong).toEqual([]);
});

test('policy and report are pure: no Node module, no host clock, no environment', () => {
  const pure = sourcesIn('lib').filter((file) => /^lib\/(policy|report)\//.test(file));
  const impure = pure.filter((file) => /\bnode:|\bDate\b|\bprocess\b|\bfetch\(/.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))));

  expect(pure.length).toBeGreaterThan(0);
  expect(impure).toEqual([]);
});

test('only gateways and the declarations for them name a vendor package', () => {
  const vendor = libImports.filter(({ target, file }) => /^@(alicloud|darabonba|aws-sdk)\//.test(target) && !/^lib\/(gateways|types)\//.test(file));

  // The local Tablestore server takes the SDK's message definitions, and nothing else of it: the wire's bytes are decoded by a codec of its own.
  expect(vendor.filter(({ file, target }) => !(file.startsWith('lib/local/tablestore/') && target.endsWith('tablestore_compiled_proto.js')))).toEqual([]);
});

test('functions know nothing of the local cloud and stay small', () => {
  const files = sourcesIn('functions');
  const wrong = files.flatMap(importsOf).filter(({ target }) => target.startsWith('lib/local'));
  const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 41);

  expect(files.length).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
  expect(long).toEqual([]);
});

test('nothing of ours branches on being local', () => {
  const files = sourcesIn('lib').filter((file) => /^lib\/(run|policy|gateways|wire|config|domain|base)\//.test(file));
  const branching = files.filter((file) =>
    /\bisLocalCloud\b|\bKEEPER_LOCAL|\bKEEPER_CLOCK_FILE\b/.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))),
  );

  expect(branching).toEqual([]);
});

test('every room says in one sentence what it decides or talks to', () => {
  const silent = readdirSync(join(ROOT, 'lib')).filter((room) => readFileSync(join(ROOT, 'lib', room, 'README.md'), 'utf8').split('\n').length < 3);

  expect(silent).toEqual([]);
});

test('every source file begins with a sentence that says what it decides or talks to', () => {
  const files = [...sourcesIn('lib'), ...sourcesIn('functions')].filter((file) => !file.endsWith('.d.ts'));
  const silent = files.filter((file) => !/^(#!.*\n)?\/\/ [\w`]/.test(readFileSync(join(ROOT, file), 'utf8')));

  expect(silent).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
