// Reads TableMeta: which databases and tables of a copy are restored, and how they are called afterwards.
import * as z from 'zod';

const table = z.object({ type: z.literal('table'), name: z.string().min(1), newname: z.string().min(1) });

const schema = z.array(z.object({ type: z.literal('db'), name: z.string().min(1), newname: z.string().min(1), tables: z.array(table).optional() })).min(1);

export interface RestoredDatabase {
  readonly name: string;
  readonly newName: string;
  /** Names in the copy; none: the whole database. */
  readonly tables: readonly string[];
}

/** Undefined for a text that is not of the documented form. */
export function parseTableMeta(json: string): readonly RestoredDatabase[] | undefined {
  const parsed = schema.safeParse(parseJson(json));
  return parsed.success
    ? parsed.data.map(({ name, newname, tables = [] }) => ({ name, newName: newname, tables: tables.map((each) => each.name) }))
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
