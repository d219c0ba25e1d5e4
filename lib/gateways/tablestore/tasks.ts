// Open tasks in the ledger: one versioned row per piece of work, changed by compare-and-swap, and gone when the work is done.
//
// A signed request stays valid for 15 minutes, so a creation that the network held back may bring back a task that is done: whoever finds a task must be able
// to tell. The other way round nothing is lost: a removal names the very row that it has read.
import type { OpenTask } from '../../domain/open-task';
import type { Ledger } from '../../domain/ports';
import { atVersion } from './rows/intents';
import { readTask, taskDelete, taskPut } from './rows/tasks';
import { HIGHEST, LOWEST } from './sdk-rows';
import type { Store } from './store';

type Tasks = Pick<Ledger, 'getTask' | 'putTask' | 'removeTask' | 'listTasks'>;

/** Each carries an event of up to 128 KB: a page stays small. */
const PAGE_SIZE = 100;

export function makeTasks(store: Store, newId: () => string): Tasks {
  const removeTask: Tasks['removeTask'] = async ({ kind, id }) => {
    for (let row = await store.get('tasks', [kind, id]); row !== undefined; row = await store.get('tasks', [kind, id])) {
      const [outcome] = await store.write([taskDelete(row)]);
      if (outcome === 'won') return;
    }
  };

  return {
    getTask: async (kind, id) => {
      const row = await store.get('tasks', [kind, id]);
      return row === undefined ? undefined : readTask(row);
    },
    putTask: async (current, next) => {
      const version = current?.version ?? 0;
      const stored: OpenTask = { ...next, version: version + 1 };
      const [outcome] = await store.write([taskPut(stored, newId(), version === 0 ? { row: 'absent' } : atVersion(version))]);
      return outcome === 'won' ? stored : undefined;
    },
    removeTask,
    listTasks: async function* (kind) {
      for await (const rows of store.scan({ table: 'tasks', from: [kind, LOWEST], to: [kind, HIGHEST], pageSize: PAGE_SIZE })) yield rows.map(readTask);
    },
  };
}
