// Mistakes in keeper.yaml: each with its place, what is wrong and what to do, and the error that carries them all.
import { KeeperError } from '../base/errors';

export interface ConfigProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Dotted, with indexes: `extraBackups[2].schedule`. Empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A file with more mistakes than this lists the first ones. */
const LISTED = 100;

/** All mistakes of one file. The message lists them, one per line, as `file:line:column: path: message`. */
export class PolicyError extends KeeperError {
  readonly fileName: string;
  readonly problems: readonly ConfigProblem[];

  constructor(fileName: string, problems: readonly ConfigProblem[]) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.slice(0, LISTED).map((problem) => formatProblem(fileName, problem));
    const more = sorted.length > LISTED ? [`and ${sorted.length - LISTED} more`] : [];
    super([`${fileName} has ${sorted.length === 1 ? 'a mistake' : `${sorted.length} mistakes`}`, ...lines, ...more].join('\n'), {
      code: 'policy-invalid',
      exitCode: 2,
      hint: 'correct the file, then run: keeper policy check',
    });
    this.fileName = fileName;
    this.problems = sorted;
  }
}

function formatProblem(fileName: string, { line, column, path, message }: ConfigProblem): string {
  return `${fileName}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
