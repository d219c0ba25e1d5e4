// Plain tables: columns as wide as they need, one column that takes the rest and wraps, no lines but the one under the head.
import Table from 'cli-table3';
import { sanitise } from '../sanitise';
import type { Style } from './style';

export interface Column<T> {
  readonly head: string;
  readonly text: (row: T) => string;
  readonly paint?: (row: T, text: string) => string;
  /** Takes what the other columns leave, and wraps. */
  readonly isWide?: boolean;
}

const GAP = 2;
const MIN_WIDE = 24;
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const;

/** The table as text. Every cell is made safe for the terminal. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], style: Style): string {
  const cells = rows.map((row) => columns.map((column) => sanitise(column.text(row))));
  const widths = widthsOf(cells, columns, style.width);
  const table = new Table({
    head: columns.map((column) => style.colors.bold(column.head.toUpperCase())),
    colWidths: widths.map((width) => width + GAP),
    wordWrap: true,
    wrapOnWordBoundary: true,
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
  });
  for (const [index, row] of rows.entries()) {
    const texts = cells[index] ?? [];
    table.push(columns.map((column, at) => cellText(column, row, texts[at] ?? '', widths[at] ?? 0)));
  }
  return table.toString().replace(/[ \t]+$/gm, '');
}

function cellText<T>(column: Column<T>, row: T, text: string, width: number): string {
  const whole = column.isWide === true ? breakLongWords(text, width) : text;
  return column.paint === undefined || whole === '' ? whole : column.paint(row, whole);
}

/** The table cuts off what does not fit a line; an error code longer than its column goes on in the next line instead. */
function breakLongWords(text: string, width: number): string {
  return text.replace(/\S+/g, (word) =>
    displayWidth(word) <= width ? word : [...word].reduce((broken, character) => appendBroken(broken, character, width), ''),
  );
}

function appendBroken(broken: string, character: string, width: number): string {
  const line = broken.slice(broken.lastIndexOf('\n') + 1);
  return displayWidth(line) + displayWidth(character) > width ? `${broken}\n${character}` : `${broken}${character}`;
}

/** Content decides, the wide column gets the rest of the line. */
function widthsOf<T>(cells: readonly (readonly string[])[], columns: readonly Column<T>[], lineWidth: number): number[] {
  const natural = columns.map((column, at) => Math.max(column.head.length, ...cells.map((row) => displayWidth(row[at] ?? ''))));
  const taken = columns.reduce((sum, column, at) => sum + GAP + (column.isWide === true ? 0 : (natural[at] ?? 0)), 0);
  return natural.map((width, at) => (columns[at]?.isWide === true ? Math.max(MIN_WIDE, Math.min(width, lineWidth - taken)) : width));
}

/** East Asian wide characters take two columns. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(character) ? 2 : 1;
  return width;
}
