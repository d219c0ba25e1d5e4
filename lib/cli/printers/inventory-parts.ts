// The parts that the lists of the service's objects have in common: times, sizes, facts in two columns, and what stands where there is nothing.
import { formatInstant, type Instant } from '../../base/instant';
import { sanitise } from '../sanitise';
import type { Style } from './style';
import { type Column, renderTable } from './table';
import { lines } from './text';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1.5 GiB` */
export function sizeText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1024 ** power;
  return `${power === 0 ? size : size.toFixed(1)} ${UNITS[power]}`;
}

export function timeText(at: Instant | undefined): string {
  return at === undefined ? '-' : formatInstant(at);
}

/** For documents. */
export function jsonOfTime(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : formatInstant(at);
}

/** A table, or what stands for an empty one. */
export function listText<T>(rows: readonly T[], columns: readonly Column<T>[], none: string, style: Style): string {
  return rows.length === 0 ? lines(none) : lines(renderTable(rows, columns, style));
}

/** One fact a line, the values under each other. */
export function factLines(facts: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${sanitise(value)}`);
}
