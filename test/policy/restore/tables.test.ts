// Single tables of a copy: into which instance, under which names, and which rule forbids it.

import { decideTables } from '../../../lib/policy/restore-tables';
import type { FoundSource, FoundTarget, TableWish } from '../../../lib/policy/restore-types';
import { at, makeCopy, makeInstance, NOW } from '../fixtures';
import { makeFound, makeFoundTarget, makeTableWish, refusalsOf } from './fixtures';

const API = 'RDS API, RestoreDdrTable';

/** A whole database, or these tables of it. */
function named(database: string, newDatabase: string, ...tables: readonly (readonly [name: string, newName: string])[]): TableWish['tables'][number] {
  return { database, newDatabase, tables: tables.map(([name, newName]) => ({ name, newName })) };
}

test('tables of a copy go into the instance that they are of, under new names', () => {
  expect(decideTables(makeTableWish(), makeFound(), makeFoundTarget(), NOW)).toEqual({
    kind: 'possible',
    source: { kind: 'copy', copyId: '14377', copyRegion: 'cn-shanghai' },
    notes: ['orders is there already: make sure that it has no tables of the new names, which may be written over'],
  });
});

test.each<{ name: string; wish: TableWish; found?: FoundSource; target?: FoundTarget }>([
  { name: 'a whole database under a new name', wish: makeTableWish({ tables: [named('orders', 'orders_restored')] }) },
  { name: 'a table under its own name in a new database', wish: makeTableWish({ tables: [named('orders', 'orders_2', ['items', 'items'])] }) },
  {
    name: 'an instance in the region of the copies',
    wish: makeTableWish({ into: 'rm-2' }),
    target: makeFoundTarget({ instance: makeInstance({ id: 'rm-2', region: 'cn-shanghai' }) }),
  },
  { name: 'a copy whose method the service does not say', wish: makeTableWish(), found: makeFound({ copy: makeCopy({ method: undefined }) }) },
  { name: 'the copy of a released instance', wish: makeTableWish(), found: makeFound({ instance: undefined, details: undefined }) },
  {
    name: 'a point in time',
    wish: makeTableWish({ from: { kind: 'copied-time', at: at('2026-11-20T12:00:00Z') } }),
    target: makeFoundTarget({ contents: undefined }),
  },
])('$name is fine', ({ wish, found = makeFound(), target = makeFoundTarget() }) => {
  expect(decideTables(wish, found, target, NOW).kind).toBe('possible');
});

test('where the service does not say what the copy holds, that is noted', () => {
  const wish = makeTableWish({ tables: [named('orders', 'new', ['items', 'items'])] });

  expect(decideTables(wish, makeFound(), makeFoundTarget({ contents: undefined }), NOW)).toMatchObject({
    notes: ['the service does not say what the copy holds: it may refuse the names'],
  });
});

test.each<{ name: string; wish?: TableWish; found?: FoundSource; target?: FoundTarget; says: readonly string[] }>([
  {
    name: 'a local set',
    wish: makeTableWish({ from: { kind: 'set', backupId: '9001' } }),
    says: [`copy: single tables are restored from copies only (${API}: BackupId is a cross-region backup set)`],
  },
  { name: 'no table', wish: makeTableWish({ tables: [] }), says: [`table: no table and no database is named (${API}: TableMeta is required)`] },
  {
    name: 'two databases into one',
    wish: makeTableWish({ tables: [named('orders', 'both'), named('invoices', 'both')] }),
    target: makeFoundTarget({ contents: undefined }),
    says: [`database: "both" is named twice (${API}: TableMeta, every name once)`],
  },
  {
    name: 'one database twice',
    wish: makeTableWish({ tables: [named('orders', 'one'), named('orders', 'two')] }),
    says: [`database: "orders" is named twice (${API}: TableMeta, every name once)`],
  },
  {
    name: 'one table twice',
    wish: makeTableWish({ tables: [named('orders', 'new', ['items', 'a'], ['items', 'b'])] }),
    says: [`table: "items" is named twice (${API}: TableMeta, every name once)`],
  },
  {
    name: 'two tables into one',
    wish: makeTableWish({ tables: [named('orders', 'new', ['items', 'a'], ['lines', 'a'])] }),
    says: [`table: "a" is named twice (${API}: TableMeta, every name once)`],
  },
  {
    name: 'a database name that is none',
    wish: makeTableWish({ tables: [named('orders', 'Orders!')] }),
    says: [expect.stringMatching(/^database: "Orders!" cannot be the name of a database \(RDS API, CreateDatabase: 2 to 64 characters/)],
  },
  {
    name: "one of the server's own databases",
    wish: makeTableWish({ tables: [named('orders', 'mysql')] }),
    says: [`database: mysql is the server's own (${API}: TableMeta names databases of users)`],
  },
  {
    name: 'a table name that is none',
    wish: makeTableWish({ tables: [named('orders', 'new', ['items', 'a/b'])] }),
    says: [`table: "a/b" cannot be the name of a table (${API}: TableMeta, newname; MySQL has 1 to 64 characters)`],
  },
  {
    name: 'a table name with a space at its end',
    wish: makeTableWish({ tables: [named('orders', 'new', ['items', 'a '])] }),
    says: [expect.stringContaining('cannot be the name of a table')],
  },
  {
    name: 'a database that is there',
    wish: makeTableWish({ tables: [named('orders', 'orders')] }),
    says: [`database: rm-1 has a database orders already: name another (${API}: InvalidDBName.Duplicate)`],
  },
  {
    name: 'a table over itself',
    wish: makeTableWish({ tables: [named('orders', 'orders', ['items', 'items'])] }),
    says: [`table: orders.items may be there already: give it another name (${API}: TableMeta, newname)`],
  },
  {
    name: 'a table over one of another database',
    wish: makeTableWish({ tables: [named('orders', 'invoices', ['items', 'bills'])] }),
    target: makeFoundTarget({
      databases: ['orders', 'invoices'],
      contents: [
        { database: 'orders', sizeKb: 1, tables: ['items'] },
        { database: 'invoices', sizeKb: 1, tables: ['bills'] },
      ],
    }),
    says: [`table: invoices.bills may be there already: give it another name (${API}: TableMeta, newname)`],
  },
  {
    name: 'a table over itself, when the service does not say what the copy holds',
    wish: makeTableWish({ tables: [named('orders', 'orders', ['items', 'items'])] }),
    target: makeFoundTarget({ contents: undefined }),
    says: [`table: orders.items may be there already: give it another name (${API}: TableMeta, newname)`],
  },
  {
    name: 'a database that the copy does not have',
    wish: makeTableWish({ tables: [named('invoices', 'new')] }),
    says: ['database: the copy has no database "invoices" (RDS API, DescribeCrossBackupMetaList: it is not in the list)'],
  },
  {
    name: 'a table that the copy does not have',
    wish: makeTableWish({ tables: [named('orders', 'new', ['gone', 'gone'])] }),
    says: ['table: the copy has no table "gone" in orders (RDS API, DescribeCrossBackupMetaList: it is not in the list)'],
  },
  {
    name: 'a copy of a dump',
    found: makeFound({ copy: makeCopy({ method: 'logical' }) }),
    says: [`copy: copy 14377 is of a logical backup (${API}: physical backups in xbstream format only (IncorrectBackupSetMethod))`],
  },
  {
    name: 'another engine',
    target: makeFoundTarget({ instance: makeInstance({ engine: 'postgresql' }) }),
    found: makeFound({ instance: makeInstance({ engine: 'postgresql' }) }),
    says: [`into: rm-1 is not MySQL (${API}: MySQL only)`, `into: rm-1 is not MySQL (${API}: MySQL only)`],
  },
  {
    name: 'an instance on cloud disks',
    target: makeFoundTarget({ instance: makeInstance({ storage: 'cloud-disk' }) }),
    says: [`into: rm-1 is on cloud disks, where copies become new instances only (${API}: existing instances on local disks only)`],
  },
  {
    name: 'a read-only, stopped, locked instance of another account, far away',
    target: makeFoundTarget({ instance: makeInstance({ role: 'read-only', status: 'Stopped', isLocked: true, account: 'other', region: 'cn-beijing' }) }),
    says: [
      expect.stringContaining('primary instances only'),
      expect.stringContaining('only while the instance is Running'),
      expect.stringContaining('only while the instance can be written to'),
      expect.stringContaining('within one account'),
      expect.stringContaining('in the destination or the source region only'),
    ],
  },
  {
    name: 'an instance that was never copied',
    found: makeFound({ copyRegion: undefined, copy: undefined }),
    says: [expect.stringContaining('never been copied')],
  },
])('$name is refused, by name of the rule', ({ wish = makeTableWish(), found = makeFound(), target = makeFoundTarget(), says }) => {
  expect(refusalsOf(decideTables(wish, found, target, NOW))).toEqual(says);
});
