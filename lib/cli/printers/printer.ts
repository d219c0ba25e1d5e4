// One result per command, as text for people or as one JSON document for programs. Logs, progress and hints go to stderr.
import type { CliIo } from '../io';
import { renderJson } from './json';
import { type Style, styleOf } from './style';

/** Both forms of a result; only the one that is asked for is made. */
export interface Result {
  readonly json: () => unknown;
  readonly text: (style: Style) => string;
}

export interface Printer {
  readonly isJson: boolean;
  result(result: Result): void;
}

export function makePrinter(io: CliIo, isJson: boolean): Printer {
  return {
    isJson,
    result: ({ json, text }) => {
      const body = isJson ? renderJson(json()) : text(styleOf(io));
      io.stdout.write(body.endsWith('\n') ? body : `${body}\n`);
    },
  };
}
