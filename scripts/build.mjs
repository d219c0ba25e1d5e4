// Bundles the functions, the command line and the local cloud's preloads into dist/, and says what it built on stderr.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * The Tablestore SDK assigns variables that it never declares. A bundle in strict mode dies there ("pro is not defined"), so the names
 * are declared at the top, and strict mode is not asked for.
 */
const TABLESTORE_GLOBALS =
  // Outside node_modules, Node warns of the SDK's use of Buffer() at every cold start: there is nothing that a reader of logs can do about it.
  'process.noDeprecation=true;var pro,key,sub,size,prefix_length,cell_type;';

/** What goes where: every `.ts` file of a folder, or one file under a new name. Only what is optional may be missing. */
const BUNDLES = [
  { name: 'functions', folder: 'functions', out: 'functions', banner: TABLESTORE_GLOBALS, minify: true },
  { name: 'cli', file: 'lib/cli/main.ts', out: 'cli/keeper', banner: `#!/usr/bin/env node\n${TABLESTORE_GLOBALS}`, minify: true },
  { name: 'clock-shim', file: 'lib/local/clock-shim.ts', out: 'local/clock-shim' },
  { name: 'fc-bootstrap', file: 'lib/local/fc/bootstrap.ts', out: 'local/fc-bootstrap' },
  { name: 'bench', folder: 'bench', out: 'bench', banner: TABLESTORE_GLOBALS, isOptional: true },
];

/** Output path without extension → source file. Throws when a source that must be there is missing. */
async function entriesOf({ name, file, folder, out, isOptional = false }) {
  if (file !== undefined) {
    if (!existsSync(join(ROOT, file))) throw new Error(`${name}: ${file} is missing`);
    return { [out]: join(ROOT, file) };
  }
  const names = existsSync(join(ROOT, folder)) ? await readdir(join(ROOT, folder)) : [];
  const sources = names.filter((source) => source.endsWith('.ts') && !source.endsWith('.d.ts')).sort();
  if (sources.length === 0 && !isOptional) throw new Error(`${name}: there is no .ts file in ${folder}/`);
  return Object.fromEntries(sources.map((source) => [`${out}/${basename(source, '.ts')}`, join(ROOT, folder, source)]));
}

/** Builds one bundle in memory: its files, and what went into them for `dist/meta`. Names are kept: error types are told by their class names, in logs and in what a function returns. */
async function bundle(spec, entryPoints) {
  if (Object.keys(entryPoints).length === 0) return [];
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: spec.minify ?? false,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    tsconfigRaw: { compilerOptions: { target: 'ES2023', verbatimModuleSyntax: true, alwaysStrict: false } },
    ...(spec.banner === undefined ? {} : { banner: { js: spec.banner } }),
  });
  return [...result.outputFiles, { path: join(ROOT, 'dist/meta', `${spec.name}.json`), contents: Buffer.from(JSON.stringify(result.metafile)) }];
}

/** Beside and renamed, and only when it differs: another process may be running the file right now. */
async function publish({ path, contents }) {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, contents, { mode: contents[0] === 0x23 && contents[1] === 0x21 ? 0o755 : 0o644 });
  await rename(beside, path);
}

/** A bundle whose source is gone must not be deployed by accident. */
async function removeStale(built) {
  for (const folder of ['functions', 'cli', 'local', 'bench', 'meta']) {
    const path = join(ROOT, 'dist', folder);
    if (!existsSync(path)) continue;
    for (const name of await readdir(path)) {
      const isOurs = built.has(join(path, name)) || name.endsWith('.new');
      if (!isOurs) await rm(join(path, name), { recursive: true });
    }
  }
}

function describe(file) {
  return `  ${relative(ROOT, file.path).padEnd(34)} ${(file.contents.length / 1024).toFixed(0).padStart(6)} KB`;
}

/** What can be built is built, also when something else cannot. */
async function buildAll() {
  const outcomes = await Promise.allSettled(BUNDLES.map(async (spec) => bundle(spec, await entriesOf(spec))));
  const files = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  for (const file of files) await publish(file);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [firstLine(outcome.reason)] : []));
  if (failures.length === 0) await removeStale(new Set(files.map((file) => file.path)));
  return { files, failures };
}

function firstLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n')[0];
}

const { files, failures } = await buildAll();
if (process.argv.includes('--verbose')) {
  const scripts = files.filter((file) => file.path.endsWith('.js'));
  process.stderr.write(`built for Node 20:\n${scripts.map(describe).join('\n')}\n`);
}
for (const failure of failures) process.stderr.write(`error: the build failed: ${failure}\n`);
if (failures.length > 0) {
  process.stderr.write('hint: run npm ci if a package is not found; the lines above name the file\n');
  process.exitCode = 1;
}
