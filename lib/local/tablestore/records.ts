// Changes as plain JSON, the form in which the journal keeps them.
import * as z from 'zod';
import { instant } from '../../base/instant';
import { KEY_TYPES } from './keys';
import type { Cell, Row } from './rows';
import type { Change, TableInfo } from './state';
import { keyValueSchema, valueSchema, valueToJson } from './values';

const instantSchema = z.number().transform(instant);

const optionsSchema = z.object({
  ttlSeconds: z
    .number()
    .nullable()
    .transform((seconds) => seconds ?? undefined),
  maxVersions: z.number(),
  deviationSeconds: z.number(),
  allowUpdate: z.boolean(),
});

const tableSchema = z.object({
  name: z.string(),
  schema: z.array(z.object({ name: z.string(), type: z.enum(KEY_TYPES), isAutoIncrement: z.boolean() })),
  options: optionsSchema,
  createdAt: instantSchema,
  lastAutoIncrement: z.string().transform(BigInt),
});

const cellsSchema = z.array(z.tuple([z.number(), valueSchema]).transform(([versionMs, value]): Cell => ({ versionMs, value })));

const rowSchema = z.object({
  key: z.array(keyValueSchema),
  columns: z.record(z.string(), cellsSchema).transform((columns): Row['columns'] => new Map(Object.entries(columns))),
  writtenAt: instantSchema,
});

const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create-table'), table: tableSchema }),
  z.object({ kind: z.literal('update-table'), name: z.string(), options: optionsSchema }),
  z.object({ kind: z.literal('delete-table'), name: z.string() }),
  z.object({ kind: z.literal('put-row'), table: z.string(), row: rowSchema }),
  z.object({ kind: z.literal('delete-row'), table: z.string(), key: z.array(keyValueSchema) }),
]);

/** Throws when the record is none of ours. */
export function changeFromJson(data: unknown): Change {
  return changeSchema.parse(data);
}

export function changeToJson(change: Change): unknown {
  switch (change.kind) {
    case 'create-table':
      return { kind: change.kind, table: tableToJson(change.table) };
    case 'update-table':
      return { kind: change.kind, name: change.name, options: { ...change.options, ttlSeconds: change.options.ttlSeconds ?? null } };
    case 'delete-table':
      return change;
    case 'put-row':
      return { kind: change.kind, table: change.table, row: rowToJson(change.row) };
    case 'delete-row':
      return { kind: change.kind, table: change.table, key: change.key.map(valueToJson) };
  }
}

function tableToJson(table: TableInfo): unknown {
  return {
    ...table,
    options: { ...table.options, ttlSeconds: table.options.ttlSeconds ?? null },
    lastAutoIncrement: table.lastAutoIncrement.toString(),
  };
}

function rowToJson(row: Row): unknown {
  const columns = [...row.columns].map(([name, cells]) => [name, cells.map((cell) => [cell.versionMs, valueToJson(cell.value)])]);
  return { key: row.key.map(valueToJson), columns: Object.fromEntries(columns), writtenAt: row.writtenAt };
}
