// Restores that the rules forbid: a clear error, nothing sent that costs money, and nothing written down.
import { type Instant, parseInstant } from '../../../lib/base/instant';
import type { RestoreWish, TableWish } from '../../../lib/policy/restore-types';
import { BLANK, type RestoreWorld, startRestoreWorld } from './world';

let world: RestoreWorld;
beforeEach(async () => {
  world = await startRestoreWorld();
});
afterEach(() => world.close());

const at = (iso: string): Instant => parseInstant(iso) as Instant; // literals only

const TABLES: Omit<TableWish, 'from'> = {
  kind: 'tables',
  instanceId: 'rm-one',
  copyRegion: undefined,
  into: 'rm-one',
  tables: [{ database: 'orders', newDatabase: 'orders_restored', tables: [] }],
};

test.each<{ name: string; wish: (copyId: string, backupId: string) => RestoreWish | TableWish; says: string }>([
  {
    name: 'storage that is no multiple of 5',
    wish: (copyId) => ({ ...BLANK, from: { kind: 'copy', copyId }, storageGb: 203 }),
    says: '203 GB is no storage size',
  },
  { name: 'a time in the future', wish: () => ({ ...BLANK, from: { kind: 'time', at: at('2026-11-21T01:00:01Z') } }), says: 'is not earlier than now' },
  {
    name: 'a time before the window',
    wish: () => ({ ...BLANK, from: { kind: 'time', at: at('2026-01-01T00:00:00Z') } }),
    says: 'is outside what can be restored',
  },
  {
    name: 'a copied time before the window',
    wish: () => ({ ...BLANK, from: { kind: 'copied-time', at: at('2026-01-01T00:00:00Z') } }),
    says: 'is outside what can be restored',
  },
  { name: 'a set that nobody has', wish: () => ({ ...BLANK, from: { kind: 'set', backupId: '99' } }), says: 'rm-one lists no backup set 99' },
  { name: 'a copy that nobody has', wish: () => ({ ...BLANK, from: { kind: 'copy', copyId: '99' } }), says: 'cn-shanghai has no copy 99 of rm-one' },
  { name: "a set's id for a copy", wish: (_, backupId) => ({ ...BLANK, from: { kind: 'copy', copyId: backupId } }), says: 'has no copy' },
  {
    name: 'a copy in a third region',
    wish: (copyId) => ({ ...BLANK, from: { kind: 'copy', copyId }, region: 'cn-beijing' }),
    says: 'neither where the copies lie',
  },
  {
    name: 'a clone in another region',
    wish: (_, backupId) => ({ ...BLANK, from: { kind: 'set', backupId }, region: 'cn-shanghai' }),
    says: 'in the region of its source',
  },
  {
    name: 'a clone smaller than its source',
    wish: (_, backupId) => ({ ...BLANK, from: { kind: 'set', backupId }, storageGb: 100 }),
    says: 'less than the 200 GB of the source',
  },
  {
    name: 'the copies of an instance without any',
    wish: () => ({ ...BLANK, instanceId: 'rm-two', from: { kind: 'copy', copyId: '1' } }),
    says: 'never been copied',
  },
  {
    name: 'an instance that nobody knows',
    wish: () => ({ ...BLANK, instanceId: 'rm-nowhere', from: { kind: 'copy', copyId: '1' } }),
    says: 'no instance rm-nowhere',
  },
  {
    name: 'a table that the copy does not have',
    wish: (copyId) => ({ ...TABLES, from: { kind: 'copy', copyId }, tables: [{ database: 'gone', newDatabase: 'new', tables: [] }] }),
    says: 'has no database "gone"',
  },
  {
    name: 'a database that is there',
    wish: (copyId) => ({ ...TABLES, from: { kind: 'copy', copyId }, tables: [{ database: 'orders', newDatabase: 'invoices', tables: [] }] }),
    says: 'has a database invoices already',
  },
  {
    name: 'tables into an instance that nobody knows',
    wish: (copyId) => ({ ...TABLES, from: { kind: 'copy', copyId }, into: 'rm-nowhere' }),
    says: 'no instance rm-nowhere',
  },
])('$name', async ({ wish, says }) => {
  const wanted = wish((await world.newestCopy()).id, world.newestSet());

  await expect(world.start(wanted)).rejects.toThrow(says);

  expect(world.made()).toEqual([]);
  expect(await world.status()).toEqual([]);
});

test('a copy of PostgreSQL is not restored at home', async () => {
  const copy = await world.newestCopy('pg-one');

  await expect(world.start({ ...BLANK, instanceId: 'pg-one', from: { kind: 'copy', copyId: copy.id }, region: 'cn-hangzhou' })).rejects.toThrow(
    /restored in cn-shanghai|in the destination region/,
  );

  expect(world.made()).toEqual([]);
});
