// What the documents name must be there: files, links, verdicts, functions, commands, and examples that load.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadPolicyText } from '../../lib/config/load';
import { FUNCTION_NAMES } from '../../lib/domain/run';
import { openShell } from '../cli/harness';

const ROOT = join(__dirname, '..', '..');
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  'docs/capabilities.md',
  'docs/cross-region.md',
  'docs/hygiene.md',
  'docs/reference.md',
  'docs/secrets.md',
  'docs/deploy.md',
  'docs/pre-release.md',
  'docs/report.md',
  'docs/ram/README.md',
  'examples/eventbridge/README.md',
  'examples/pipelines/README.md',
] as const;

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

function found(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap(([, first]) => (first === undefined ? [] : [first]));
}

test.each(DOCUMENTS)('%s links and points to what exists', (name) => {
  const text = read(name);
  const links = found(text, /\]\((?!https?:|#)([^)#]+)/g).map((link) => join(dirname(name), link));
  const paths = found(text, /`((?:test|lib|docs|examples|functions)\/[\w./-]*)`/g);

  expect([...links, ...paths].filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

function anchorsOf(name: string): readonly string[] {
  return found(read(name), /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each(DOCUMENTS)('anchors in %s lead to headings', (name) => {
  const links = [...read(name).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)]+)\)/g)];

  const lost = links.filter(([, file, anchor]) => !anchorsOf(file ? join(dirname(name), file) : name).includes(anchor ?? ''));

  expect(lost.map(([link]) => link)).toEqual([]);
});

test.each(['README.md', 'docs/cross-region.md', 'docs/hygiene.md', 'docs/secrets.md', 'docs/pre-release.md'])('the policies in %s load', (name) => {
  const blocks = found(read(name), /```yaml\n([\s\S]*?)```/g);

  const policies = blocks.map((block) => loadPolicyText(/^regions:/m.test(block) ? block : `regions: [cn-hangzhou]\n${block}`, name));

  expect(policies.length).toBeGreaterThan(0);
});

test('every verdict is explained, and none that there is not', () => {
  const types = read('lib/domain/verdict.ts');
  const verdicts = new Set(found(types.slice(0, types.indexOf('export interface SlotVerdict')), /'([a-z-]+)'/g));

  const rows = (read('docs/reference.md').split('## Events')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));

  const listed = new Set(found(rows.join('\n'), /`([a-z-]+)`/g));

  expect([...verdicts].filter((verdict) => !listed.has(verdict))).toEqual([]);
  expect([...listed].filter((verdict) => !verdicts.has(verdict))).toEqual([]);
});

test('the README knows every function and every environment variable', () => {
  const text = read('README.md');
  const variables = found(read('lib/wire/settings.ts'), /'(KEEPER_[A-Z_]+)'/g);

  expect([...FUNCTION_NAMES, ...variables].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('docs/deploy.md knows every variable that s.yaml takes', () => {
  const text = read('docs/deploy.md');
  const variables = new Set(found(read('s.yaml'), /\$\{env\('((?:KEEPER_|LOG_)[A-Z_]+)'/g));

  expect(variables.size).toBeGreaterThan(10);
  expect([...variables].filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});

const COMMANDS = [...new Set(DOCUMENTS.flatMap((name) => found(read(name), /(?:`|^|node dist\/cli\/)keeper(?:\.js)? ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/gm)))];

test('the command line has every command that the documents name', async () => {
  const shell = openShell();
  const unknown: string[] = [];

  for (const words of COMMANDS) {
    const { stdout } = await shell.keeper(...words.split(' '), '--help');
    const group = words.split(' ')[0];
    // A second word may be an argument, but not where there are commands to choose from.
    if (!stdout.startsWith(`Usage: keeper ${words} `) && !new RegExp(`^Usage: keeper ${group} (?!\\[options\\] \\[command\\])`).test(stdout))
      unknown.push(words);
  }
  shell.close();

  expect(COMMANDS.length).toBeGreaterThan(50);
  expect(unknown).toEqual([]);
});
