// Bundles the functions, the command line and the local cloud's preloads into dist/, and says what it built on stderr.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { BUNDLES, entriesOf, leaveOut, ROOT, useVendor } from './bundles.mjs';

const DIST = join(ROOT, 'dist');

/** What both steps are told. */
const FOR_NODE = { platform: 'node', target: 'node20', sourcesContent: false, legalComments: 'none' };

/** With DEBUG set, the vendors' packages print whole requests, with their signatures, tokens and bodies. In a built file nothing hears of that variable. */
const WITHOUT_DEBUG = { define: { 'process.env.DEBUG': 'undefined' }, logOverride: { 'assign-to-define': 'silent' } };

/** A dynamic import becomes a `require` where it stands. */
const LATE_REQUIRE = { 'dynamic-import': false };

/** Builds one bundle in memory: its files, and what went into them for `dist/meta`. Names are kept: error types are told by their class names, in logs and in what a function returns. */
async function bundle(spec, entryPoints) {
  if (Object.keys(entryPoints).length === 0) return [];
  const isSplit = spec.parts !== undefined;
  const result = await build({
    ...FOR_NODE,
    ...WITHOUT_DEBUG,
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    bundle: true,
    minify: spec.minify ?? false,
    keepNames: true,
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: spec.usesVendor === true ? [useVendor, leaveOut] : [leaveOut],
    tsconfigRaw: { compilerOptions: { target: 'ES2023', verbatimModuleSyntax: true, alwaysStrict: false } },
    ...(isSplit
      ? { format: 'esm', splitting: true, chunkNames: `${spec.parts}/[name]-[hash]`, sourcemap: 'inline' }
      : { format: 'cjs', sourcemap: 'linked', supported: LATE_REQUIRE, ...(spec.banner === undefined ? {} : { banner: { js: spec.banner } }) }),
  });
  const files = isSplit ? (await Promise.all(result.outputFiles.map((file) => asCommonJs(file, spec)))).flat() : result.outputFiles;
  return [...files, { path: join(DIST, 'meta', `${spec.name}.json`), contents: Buffer.from(JSON.stringify(result.metafile)) }];
}

/**
 * The bundler splits ES modules only, so that each part is translated afterwards. The map lies outside of the folder: what is deployed is code alone.
 */
async function asCommonJs({ path, text }, spec) {
  const { code, map } = await transform(text, {
    ...FOR_NODE,
    logLevel: 'error', // the vendors' code was warned of when it was bundled
    format: 'cjs',
    minify: spec.minify ?? false,
    sourcefile: path,
    sourcemap: 'external',
    supported: LATE_REQUIRE,
    banner: spec.banner ?? '',
  });
  const mapPath = join(DIST, 'maps', `${relative(DIST, path)}.map`);
  const link = `//# sourceMappingURL=${relative(dirname(path), mapPath)}\n`;
  return [
    { path, contents: Buffer.from(code + link) },
    { path: mapPath, contents: Buffer.from(movedMap(map, dirname(path), dirname(mapPath))) },
  ];
}

/** The sources of a map are told relative to where it lies. */
function movedMap(text, from, to) {
  const map = JSON.parse(text);
  return JSON.stringify({ ...map, sources: map.sources.map((source) => relative(to, resolve(from, source))) });
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

/** How long a part of an earlier build is kept: a process that has begun may still load it. With --clean, which is for deployments, not at all. */
const PART_KEPT_MS = process.argv.includes('--clean') ? 0 : 60 * 60 * 1000;
/** The compiled policy, which a deployment writes beside the functions. */
const POLICY = join(DIST, 'functions', 'keeper.json');

/** A bundle whose source is gone must not be deployed by accident. */
async function removeStale(built) {
  const partFolders = BUNDLES.flatMap(({ parts }) => (parts === undefined ? [] : [join(DIST, parts)]));
  for (const folder of ['functions', 'cli', 'local', 'bench', 'meta', 'maps']) {
    const root = join(DIST, folder);
    if (!existsSync(root)) continue;
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory() || built.has(path) || path === POLICY || path.endsWith('.new')) continue;
      const isPart = partFolders.includes(entry.parentPath) && /-[A-Z0-9]{8}\.js$/.test(entry.name);
      if (isPart && Date.now() - (await stat(path)).mtimeMs < PART_KEPT_MS) continue;
      await rm(path);
    }
  }
}

function describe(file) {
  return `  ${relative(ROOT, file.path).padEnd(48)} ${(file.contents.length / 1024).toFixed(0).padStart(6)} KB`;
}

/** What can be built is built, also when something else cannot. Parts are published before the files that load them. */
async function buildAll() {
  const outcomes = await Promise.allSettled(BUNDLES.map(async (spec) => bundle(spec, await entriesOf(spec))));
  const files = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  const depthOf = (file) => (/-[A-Z0-9]{8}\.js$/.test(file.path) ? 0 : 1);
  for (const file of [...files].sort((one, other) => depthOf(one) - depthOf(other))) await publish(file);
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
