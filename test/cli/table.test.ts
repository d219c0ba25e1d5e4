import { Writable } from 'node:stream';
import { type Style, styleOf } from '../../lib/cli/printers/style';
import { type Column, renderTable } from '../../lib/cli/printers/table';

interface Row {
  readonly id: string;
  readonly reason: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'id', text: (row) => row.id },
  { head: 'reason', text: (row) => row.reason, isWide: true },
];

const PLAIN = styleOf({ stdout: new Writable(), env: {} });

function linesOf(rows: readonly Row[], style: Style = PLAIN): string[] {
  return renderTable(rows, COLUMNS, style).split('\n');
}

test('columns are as wide as they need', () => {
  expect(
    linesOf([
      { id: 'rm-1', reason: 'fine' },
      { id: 'rm-22', reason: 'also fine' },
    ]),
  ).toEqual(['ID     REASON', 'rm-1   fine', 'rm-22  also fine']);
});

test('a long reason wraps between words, and no line is longer than the terminal', () => {
  const lines = linesOf([{ id: 'rm-1', reason: 'the quick brown fox jumps over the lazy dog '.repeat(6).trim() }]);

  expect(lines.length).toBeGreaterThan(2);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(PLAIN.width);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('over the lazy dog the quick');
});

test('a word longer than the line is broken, not cut off', () => {
  const word = 'OperationDenied.'.repeat(20);

  const lines = linesOf([{ id: 'rm-1', reason: `refused: ${word} (really)` }]);

  expect(lines.slice(1).join('').replace(/\s/g, '')).toBe(`rm-1refused:${word}(really)`);
});

test('wide characters take two columns', () => {
  const lines = linesOf([
    { id: '商品目录', reason: 'x' },
    { id: 'rm-1', reason: 'y' },
  ]);

  expect(lines).toEqual(['ID        REASON', '商品目录  x', 'rm-1      y']);
});

test('cells are made safe', () => {
  expect(linesOf([{ id: 'rm\u001b[2J-1', reason: 'a\nb' }])[1]).toBe('rm-1  a b');
});

describe('colours', () => {
  const terminal = Object.assign(new Writable(), { isTTY: true, columns: 100 });

  test('are for terminals', () => {
    expect(styleOf({ stdout: terminal, env: {} }).colors.red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(styleOf({ stdout: new Writable(), env: {} }).colors.red('x')).toBe('x');
  });

  test('are left out with NO_COLOR', () => {
    expect(styleOf({ stdout: terminal, env: { NO_COLOR: '1' } }).colors.red('x')).toBe('x');
  });
});

test.each([
  { name: 'a terminal says how wide it is', columns: 100, width: 100 },
  { name: 'a very narrow one is not followed', columns: 20, width: 80 },
  { name: 'a very wide one is not filled', columns: 400, width: 180 },
])('$name', ({ columns, width }) => {
  expect(styleOf({ stdout: Object.assign(new Writable(), { isTTY: true, columns }), env: {} }).width).toBe(width);
});
