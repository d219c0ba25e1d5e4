// Cuts several output streams into lines, in the order in which the lines end.
import type { Readable } from 'node:stream';

/** Tells every line as it ends (a child without that stream has none to read). The returned function tells the last ones that have no line break. */
export function readLines(streams: readonly (Readable | null)[], onLine: (line: string) => void): () => void {
  const rests = streams.map(() => '');
  for (const [index, stream] of streams.entries()) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = `${rests[index] ?? ''}${chunk}`.split('\n');
      rests[index] = parts.pop() ?? '';
      for (const part of parts) onLine(part);
    });
  }
  return () => {
    for (const rest of rests.splice(0)) if (rest !== '') onLine(rest);
  };
}
