// What is bundled into dist/, and what is left out of the vendors' packages on the way.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * The Tablestore SDK assigns variables that it never declares. A bundle in strict mode dies there ("pro is not defined"), so the names
 * are declared at the top, and strict mode is not asked for.
 */
const TABLESTORE_GLOBALS =
  // Outside node_modules, Node warns of the SDK's use of Buffer() at every cold start: there is nothing that a reader of logs can do about it.
  'process.noDeprecation=true;var pro,key,sub,size,prefix_length,cell_type;';

/** The seldom-used SDKs: files of their own beside the functions, loaded by whoever needs one for the first time. By name: what is imported. */
const VENDOR = {
  fc2: 'lib/gateways/fc/fc2.ts',
  fc20230330: 'lib/gateways/fc/fc20230330.ts',
  'secrets-manager': '@aws-sdk/client-secrets-manager',
};
const VENDOR_FOLDER = 'functions/vendor';

/**
 * What goes where: every `.ts` file of a folder, or one file under a new name. Only what is optional may be missing. Where `parts` is given, what several files
 * share, and what is imported dynamically, becomes a file of its own in that folder, which is loaded when it is first needed. `usesVendor`: takes the seldom-used
 * SDKs from the functions.
 */
export const BUNDLES = [
  {
    name: 'functions',
    folder: 'functions',
    out: 'functions',
    banner: TABLESTORE_GLOBALS,
    minify: true,
    parts: 'functions/parts',
    more: Object.fromEntries(Object.entries(VENDOR).map(([name, source]) => [`${VENDOR_FOLDER}/${name}`, source])),
  },
  { name: 'cli', file: 'lib/cli/main.ts', out: 'cli/keeper', banner: `#!/usr/bin/env node\n${TABLESTORE_GLOBALS}`, minify: true, usesVendor: true },
  { name: 'clock-shim', file: 'lib/local/clock-shim.ts', out: 'local/clock-shim' },
  { name: 'fc-bootstrap', file: 'lib/local/fc/bootstrap.ts', out: 'local/fc-bootstrap' },
  { name: 'bench', folder: 'bench', out: 'bench', banner: TABLESTORE_GLOBALS, isOptional: true, usesVendor: true },
];

/** Output path without extension → source. Throws when a source that must be there is missing. */
export async function entriesOf({ name, file, folder, out, more = {}, isOptional = false }) {
  if (file !== undefined) {
    if (!existsSync(join(ROOT, file))) throw new Error(`${name}: ${file} is missing`);
    return { [out]: join(ROOT, file), ...more };
  }
  const names = existsSync(join(ROOT, folder)) ? await readdir(join(ROOT, folder)) : [];
  const sources = names.filter((source) => source.endsWith('.ts') && !source.endsWith('.d.ts')).sort();
  if (sources.length === 0 && !isOptional) throw new Error(`${name}: there is no .ts file in ${folder}/`);
  return { ...Object.fromEntries(sources.map((source) => [`${out}/${basename(source, '.ts')}`, join(ROOT, folder, source)])), ...more };
}

/** Packages that @alicloud/fc2 loads to upload code and to open shells in instances: 1 MB that no invocation needs. */
const NOT_FOR_INVOCATIONS = /^(ali-oss|axios|ws)$/;

/** Leaves out of the vendors' packages what we never call. */
export const leaveOut = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: NOT_FOR_INVOCATIONS }, ({ importer, path }) =>
      importer.includes(join('@alicloud', 'fc2', '/')) ? { path, namespace: 'left-out' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = function () { throw new Error(${JSON.stringify(`${path} is not part of this build`)}); };`,
    }));
    // One of its commands is used, and only its ES modules can be taken apart.
    build.onResolve({ filter: new RegExp(`^${VENDOR['secrets-manager']}$`) }, ({ path }) => ({ path, namespace: 'one-command' }));
    build.onLoad({ filter: /.*/, namespace: 'one-command' }, ({ path }) => ({
      contents: `export { GetSecretValueCommand, SecretsManagerClient } from '${path}/dist-es/index.js';`,
      resolveDir: ROOT,
    }));
  },
};

/** Turns the imports of the seldom-used SDKs into those of the functions' files, seen from a folder beside theirs. */
export const useVendor = {
  name: 'use-vendor',
  setup(build) {
    build.onResolve({ filter: /^\.\/fc2|^\.\/fc20230330|^@aws-sdk\// }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = path.startsWith('.') ? `${relative(ROOT, resolve(resolveDir, path))}.ts` : path;
      const name = Object.keys(VENDOR).find((each) => VENDOR[each] === source);
      return name === undefined ? undefined : { path: `../${VENDOR_FOLDER}/${name}.js`, external: true };
    });
  },
};
