// Reads the YAML of keeper.yaml with the place of everything in it, and refuses what no policy needs: several documents, tags, floods of aliases.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { messageOf } from '../base/errors';
import type { ConfigProblem } from './problem';
import { looksSecret } from './shown';
import { isNestedDeeperThan } from './yaml-depth';

export type Path = readonly (string | number)[];

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  readonly value: unknown;
  /** Where the value at the path stands, or the nearest thing around it. */
  readonly positionOf: (path: Path) => Place;
  /** Where the key stands, for keys that should not be there. */
  readonly positionOfKey: (path: Path, key: string) => Place;
  readonly has: (path: Path) => boolean;
}

export type YamlReading = { readonly ok: true; readonly source: YamlSource } | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export const MAX_POLICY_BYTES = 1024 * 1024;
const MAX_ALIASES = 50;
/** A policy nests about ten deep. */
const MAX_DEPTH = 50;
const START: Place = { line: 1, column: 1 };

/** Our words where the library's are for programmers, or quote the file. */
const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  MULTIPLE_DOCS: 'a second document begins here; one file holds one policy',
  DUPLICATE_KEY: 'this key stands here for the second time; keep one',
  BAD_INDENT: 'the indentation does not fit the lines above',
  NON_STRING_KEY: 'keys must be plain texts; put it in quotes',
  TAG_RESOLVE_FAILED: 'tags (!...) are not known here; take it out',
};

/** Never throws on bad text: what is wrong comes back as problems. */
export function readYaml(text: string): YamlReading {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) return refused(`the file is larger than ${MAX_POLICY_BYTES} bytes; no policy needs that`);
  if (isNestedDeeperThan(text, MAX_DEPTH)) return refused(`nested more than ${MAX_DEPTH} deep; no policy needs that`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' });
  const place = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const complaints = [...document.errors, ...document.warnings].map((error) => ({ ...place(error.pos[0]), path: '', message: wordsOf(error) }));
  const problems = [...unique(complaints), ...forbiddenKeys(document, place)];
  if (problems.length > 0) return { ok: false, problems };
  const read = readValue(document);
  if (!read.ok) return refused(read.problem);
  const source: YamlSource = {
    value: read.value,
    positionOf: (path) => place(offsetOf(document, path)),
    positionOfKey: (path, key) => place(keyOffsetOf(document, path, key) ?? offsetOf(document, path)),
    has: (path) => document.hasIn(path),
  };
  return { ok: true, source };
}

function refused(message: string): YamlReading {
  return { ok: false, problems: [{ ...START, path: '', message }] };
}

type ValueReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function readValue(document: Document.Parsed): ValueReading {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { ok: false, problem: 'the file is empty; a policy needs at least regions and a rule in extraBackups' };
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // The library reports aliases so; everything else would be its mistake or ours.
    if (!(error instanceof ReferenceError)) throw error;
    const isFlood = messageOf(error).startsWith('Excessive');
    return {
      ok: false,
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
function forbiddenKeys(document: Document.Parsed, place: (offset: number | undefined) => Place): readonly ConfigProblem[] {
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
  return WORDS[error.code] ?? `not valid YAML${looksSecret(error.message) ? ' here' : `: ${error.message}`}`;
}
