// What a copy holds: its databases, and tables of theirs that are made up, the same for the same database for ever.
import { diceOf } from './automatic';
import { databasesIn, type OwnedCopy } from './restore-rules';

export interface DatabaseContents {
  readonly name: string;
  readonly sizeKb: number;
  readonly tables: readonly string[];
}

const TABLES = ['accounts', 'entries', 'events', 'items', 'orders', 'users'];

export function copyContents({ instance, copy }: OwnedCopy): readonly DatabaseContents[] {
  return databasesIn(instance, copy).map(({ name }) => ({
    name,
    sizeKb: 64 + diceOf(`${instance.spec.id}:${name}:size`, 1_000_000),
    tables: TABLES.slice(0, 2 + diceOf(`${instance.spec.id}:${name}:tables`, TABLES.length - 1)),
  }));
}
