// Reads the YAML of keeper.yaml with the place of everything in it, and refuses what no policy needs: several documents, tags, floods of aliases.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { messageOf } from '../base/errors';
import type { ConfigProblem } from './problem';
import { shown } from './shown';
import { isNestedDeeperThan } from './yaml-depth';

export type Path = readonly (string | number)[];

export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** Where the value at the path stands, or the nearest thing around it. */
  readonly positionOf: (path: Path) => { readonly line: number; readonly column: number };
  /** Where the key stands, for keys that should not be there. */
  readonly positionOfKey: (path: Path, key: string) => { readonly line: number; readonly column: number };
  readonly has: (path: Path) => boolean;
}

export const MAX_POLICY_BYTES = 1024 * 1024;
const MAX_ALIASES = 50;
/** A policy nests about ten deep. */
const MAX_DEPTH = 50;
const START = { line: 1, column: 1 };

/** Our words where the library's are for programmers, or quote the file. */
const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'a second document begins here; one file holds one policy',
  DUPLICATE_KEY: 'this key stands here for the second time; keep one',
  BAD_INDENT: 'the indentation does not fit the lines above',
  NON_STRING_KEY: 'keys must be plain texts; put it in quotes',
  TAG_RESOLVE_FAILED: 'tags (!...) are not known here; take it out',
};

/** Never throws on bad text: what is wrong is in `problems`, and `value` is then undefined. */
export function readYaml(text: string): YamlSource {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) return broken(`the file is larger than ${MAX_POLICY_BYTES} bytes; no policy needs that`);
  if (isNestedDeeperThan(text, MAX_DEPTH)) return broken(`nested more than ${MAX_DEPTH} deep; no policy needs that`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' });
  const place = (offset: number | undefined): { line: number; column: number } => {
    if (offset === undefined) return START;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = unique([...document.errors, ...document.warnings].map((error) => ({ ...place(error.pos[0]), path: '', message: wordsOf(error) })));
  const read = problems.length === 0 ? readValue(document) : { problem: undefined, value: undefined };
  const value = read.value;
  if (read.problem !== undefined) problems.push({ ...START, path: '', message: read.problem });
  return {
    value,
    problems: [...problems, ...forbiddenKeys(document, place)],
    positionOf: (path) => place(offsetOf(document, path)),
    positionOfKey: (path, key) => place(keyOffsetOf(document, path, key) ?? offsetOf(document, path)),
    has: (path) => document.hasIn(path),
  };
}

function readValue(document: Document.Parsed): { readonly value: unknown; readonly problem: string | undefined } {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { value: undefined, problem: 'the file is empty; a policy needs at least regions and a rule in extraBackups' };
  }
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }), problem: undefined };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const isFlood = messageOf(error).startsWith('Excessive');
    return {
      value: undefined,
      problem: isFlood ? 'aliases unfold to too much; write the values out' : 'an alias (*...) stands before its anchor (&...), or has none',
    };
  }
}

/** One slip makes the parser complain of everything behind it; the same complaint in one line is made once. */
function unique(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.line} ${problem.message}`, problem]));
  return [...seen.values()];
}

/** A key that would reach into the runtime instead of the policy. */
function forbiddenKeys(document: Document.Parsed, place: (offset: number | undefined) => { line: number; column: number }): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Pair: (_index, pair) => {
      if (isScalar(pair.key) && pair.key.value === '__proto__') problems.push({ ...place(pair.key.range?.[0]), path: '', message: 'unknown key "__proto__"' });
    },
  });
  return problems;
}

function offsetOf(document: Document.Parsed, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function keyOffsetOf(document: Document.Parsed, path: Path, key: string): number | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(map)) return undefined;
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  return pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}

function wordsOf(error: YAMLError): string {
  return WORDS[error.code] ?? `not valid YAML: ${error.message.replace(/"[^"]*"|'[^']*'/g, (quoted) => shown(quoted.slice(1, -1)))}`;
}

function broken(message: string): YamlSource {
  return { value: undefined, problems: [{ ...START, path: '', message }], positionOf: () => START, positionOfKey: () => START, has: () => false };
}
