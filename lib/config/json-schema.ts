// The JSON Schema of keeper.yaml, for editors to complete and check by. docs/keeper.schema.json is this, written to a file.
import * as z from 'zod';
import { policySchema } from './schema';

/** Draft 7, which editors know best. */
export function keeperJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { io: 'input', target: 'draft-07' });
  return {
    $schema,
    title: 'keeper.yaml',
    description: 'The protection policy of rds-backup-keeper.',
    ...schema,
  };
}

/** The text of docs/keeper.schema.json. */
export function formatJsonSchema(): string {
  return `${JSON.stringify(keeperJsonSchema(), undefined, 2)}\n`;
}
