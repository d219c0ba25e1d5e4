// Gathers the lines of several output streams in the order in which they end.
import type { Readable } from 'node:stream';

/** Starts reading (a child without that stream has none to read); the returned function gives the lines so far, a last one without its line break included. */
export function collectLines(streams: readonly (Readable | null)[]): () => readonly string[] {
  const lines: string[] = [];
  const rests = streams.map(() => '');
  for (const [index, stream] of streams.entries()) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = `${rests[index] ?? ''}${chunk}`.split('\n');
      rests[index] = parts.pop() ?? '';
      lines.push(...parts);
    });
  }
  return () => [...lines, ...rests.filter((rest) => rest !== '')];
}
