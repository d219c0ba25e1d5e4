// Reads the YAML of s.yaml with the line of everything in it, and words what is wrong there.
import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { KeeperError, messageOf } from '../../base/errors';

export type ManifestPath = readonly (string | number)[];

export interface ManifestSource {
  readonly value: unknown;
  /** The error of a mistake at a place: a KeeperError `manifest-invalid` that names file and line. */
  mistake(path: ManifestPath, message: string, hint?: string): KeeperError;
}

/** Throws KeeperErrors `manifest-unreadable` and `manifest-invalid`. */
export function readManifestSource(file: string): ManifestSource {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const refuse = (line: number, message: string, hint?: string): KeeperError =>
    new KeeperError(`${file}:${line}: ${message}`, { code: 'manifest-invalid', exitCode: 2, hint: hint ?? 'correct the manifest of the functions' });
  const [broken] = document.errors;
  if (broken !== undefined) throw refuse(lineAt(broken.pos[0]), `not YAML: ${broken.message}`);
  const lineOf = (path: ManifestPath): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lineAt(node.range[0]);
    }
    return 1;
  };
  return { value: readValue(document, (message) => refuse(1, message)), mistake: (path, message, hint) => refuse(lineOf(path), message, hint) };
}

/** An alias may lead to nothing, to itself, or to more than anybody would write. */
function readValue(document: Document, refuse: (message: string) => KeeperError): unknown {
  try {
    const value: unknown = document.toJS();
    JSON.stringify(value); // throws for what contains itself
    return value;
  } catch (error) {
    throw refuse(`not a manifest: ${messageOf(error).split('\n', 1)[0]}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KeeperError(`cannot read the manifest of the functions: ${messageOf(cause)}`, {
      code: 'manifest-unreadable',
      exitCode: 2,
      hint: 'name an s.yaml with --manifest',
      cause,
    });
  }
}
