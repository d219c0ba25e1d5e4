// Rows of `tasks`: one versioned row per piece of work that is taken on and not yet done.
import type { OpenTask } from '../../../domain/open-task';
import type { DeployedFunction } from '../../../domain/run';
import { type Decoder, integer, objectOf, pointInTime, text, wordOf } from '../decode';
import { COLUMN } from '../layout';
import type { Row, RowCondition, RowDelete, RowPut } from '../sdk-rows';
import { readColumns, readDocument, writeDocument } from './document';

const KINDS: Readonly<Record<OpenTask['kind'], true>> = { shard: true, release: true };

const FUNCTIONS: Readonly<Record<DeployedFunction, true>> = {
  'extra-backup': true,
  'retention-hygiene': true,
  'extend-expiry': true,
  'verify-cross-region': true,
  'pre-release-backup': true,
  reconcile: true,
  report: true,
};

const task: Decoder<OpenTask> = objectOf({
  kind: wordOf(KINDS),
  id: text,
  version: integer,
  attempt: integer,
  createdAt: pointInTime,
  updatedAt: pointInTime,
  function: wordOf(FUNCTIONS),
  target: text,
  event: text,
});

export function taskPut(stored: OpenTask, token: string, when: RowCondition): RowPut {
  const { kind, id, version, ...document } = stored;
  const key = [kind, id];
  const columns = {
    [COLUMN.version]: version,
    [COLUMN.token]: token,
    [COLUMN.document]: writeDocument('tasks', key, document),
  };
  return { kind: 'put', table: 'tasks', key, columns, when };
}

/** Only this very row goes, not one that was written since. */
export function taskDelete(row: Row): RowDelete {
  const token = readColumns('tasks', row, (columns) => columns.text(COLUMN.token));
  return { kind: 'delete', table: 'tasks', key: row.key, when: { row: 'present', columns: [{ column: COLUMN.token, is: 'equal', value: token }] } };
}

export function readTask(row: Row): OpenTask {
  const [kind, id] = row.key;
  return readDocument('tasks', row, task, (columns) => ({ kind, id, version: columns.integer(COLUMN.version) }));
}
