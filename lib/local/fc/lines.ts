// Cuts several output streams into lines, in the order in which the lines end.
import type { Readable } from 'node:stream';

/** The service's limit of one record of a log (Function Compute, limits). */
const MAX_LINE_CHARACTERS = 32 * 1024;

/** Tells every line as it ends, a long one in pieces (a child without that stream has none to read). The returned function tells the last ones that have no line break. */
export function readLines(streams: readonly (Readable | null)[], onLine: (line: string) => void): () => void {
  const rests = streams.map(() => '');
  const tell = (line: string): void => {
    for (let at = 0; at === 0 || at < line.length; at += MAX_LINE_CHARACTERS) onLine(line.slice(at, at + MAX_LINE_CHARACTERS));
  };
  for (const [index, stream] of streams.entries()) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = `${rests[index] ?? ''}${chunk}`.split('\n');
      const rest = parts.pop() ?? '';
      for (const part of parts) tell(part);
      const isLong = rest.length >= MAX_LINE_CHARACTERS;
      if (isLong) tell(rest);
      rests[index] = isLong ? '' : rest;
    });
  }
  return () => {
    for (const rest of rests.splice(0)) if (rest !== '') onLine(rest);
  };
}
