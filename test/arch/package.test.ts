// The package: it must install on other machines than the one that locked it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FUNCTION_NAMES } from '../../lib/domain/run';

const ROOT = resolve(__dirname, '../..');

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as T; // npm writes these files
}

const lock = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json').packages;
const manifest = readJson<{ dependencies: Record<string, string>; devDependencies: Record<string, string> }>('package.json');

const PLATFORM_BINARIES: Readonly<Record<string, readonly string[]>> = {
  '@biomejs/cli-': ['linux-x64', 'linux-arm64', 'linux-x64-musl', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'win32-x64'],
  '@swc/core-': ['linux-x64-gnu', 'linux-arm64-gnu', 'linux-x64-musl', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'],
  '@esbuild/': ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'],
  '@typescript/typescript-': ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'],
  '@unrs/resolver-binding-': ['linux-x64-gnu', 'linux-x64-musl', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'],
};

test.each(Object.entries(PLATFORM_BINARIES))('the lockfile holds %s for Linux (glibc and musl), macOS and Windows', (prefix, platforms) => {
  const missing = platforms.filter((platform) => lock[`node_modules/${prefix}${platform}`] === undefined);

  expect(missing).toEqual([]);
});

test('the lockfile names no download address', () => {
  const addressed = Object.entries(lock).filter(([, { resolved }]) => resolved?.startsWith('http') === true);

  expect(addressed).toEqual([]);
});

test('every version is pinned', () => {
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version),
  );

  expect(loose).toEqual([]);
});

test('the message library of the Tablestore SDK is a version without known holes', () => {
  const version = lock['node_modules/protobufjs']?.version ?? '0.0.0';
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);

  expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(7_005_006);
});

test('nothing at run time is built or fetched at installation', () => {
  // openapi-core's script picks a file of its own package; those of core-js (which @alicloud/fc2 brings) and protobufjs only print a notice. None compiles or downloads.
  const scripted = Object.entries(lock).filter(([, entry]) => entry.hasInstallScript === true && entry.dev !== true);

  expect(scripted.map(([name]) => name).sort()).toEqual(['node_modules/@alicloud/openapi-core', 'node_modules/core-js', 'node_modules/protobufjs']);
});

test('every deployed function has its file, and every file is a function that the command line knows', () => {
  const files = readdirSync(join(ROOT, 'functions')).map((file) => file.replace(/\.ts$/, ''));

  expect(files.sort()).toEqual([...FUNCTION_NAMES].sort());
});
