// How text looks on this terminal: colours where they are wanted, and how wide a line may be.
import pc from 'picocolors';
import type { Tone } from '../../report/verdict-view';
import type { CliIo } from '../io';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Style {
  readonly colors: Colors;
  readonly width: number;
}

const DEFAULT_WIDTH = 120;
const MIN_WIDTH = 80;
const MAX_WIDTH = 180;

/** Colours are for terminals only, and for nobody who has set NO_COLOR (no-color.org). */
export function styleOf(io: Pick<CliIo, 'stdout' | 'env'>): Style {
  const { isTTY = false, columns } = io.stdout;
  const width = isTTY && columns !== undefined ? Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns)) : DEFAULT_WIDTH;
  return { colors: pc.createColors(isTTY && (io.env['NO_COLOR'] ?? '') === ''), width };
}

export function paint(colors: Colors, tone: Tone, text: string): string {
  switch (tone) {
    case 'good':
      return colors.green(text);
    case 'active':
      return colors.cyan(text);
    case 'waiting':
      return colors.yellow(text);
    case 'bad':
      return colors.red(text);
    case 'idle':
      return colors.dim(text);
  }
}
