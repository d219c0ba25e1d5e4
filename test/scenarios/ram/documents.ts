// The RAM documents of docs/ram, as the local cloud's roles get them.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RamPolicy, RamStatement } from '../../../lib/local/ram';

export const ROLES = { observe: 'observe-and-create', purge: 'purge-capable' } as const;
export type RoleDocument = (typeof ROLES)[keyof typeof ROLES];

const FOLDER = resolve(__dirname, '../../../docs/ram');

export function readDocument(name: RoleDocument | 'operator'): RamPolicy {
  return JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8')) as RamPolicy; // test/arch/ram.test.ts checks its shape
}

/** All actions that it allows, sorted. */
export function actionsIn({ Statement }: RamPolicy): readonly string[] {
  return Statement.flatMap(actionsOf).sort();
}

/** The document without one action. */
export function without({ Version, Statement }: RamPolicy, action: string): RamPolicy {
  const left = Statement.map((statement) => ({ ...statement, Action: actionsOf(statement).filter((each) => each !== action) }));
  return { Version, Statement: left.filter(({ Action }) => Action.length > 0) };
}

function actionsOf({ Action }: RamStatement): readonly string[] {
  return typeof Action === 'string' ? [Action] : Action;
}
