// GetRange through the official SDK: order, borders, paging and the cuts of the service.
import TableStore from '@alicloud/tablestore';
import { column, columnsOf, type Harness, ignore, keyOf, long, refusalOf, startTablestore } from './harness';

let tablestore: Harness;

const { INF_MIN, INF_MAX } = TableStore;
const ALL = {
  direction: 'FORWARD' as const,
  inclusiveStartPrimaryKey: [{ instance: INF_MIN }, { at: INF_MIN }],
  exclusiveEndPrimaryKey: [{ instance: INF_MAX }, { at: INF_MAX }],
};
const BACKWARD = { direction: 'BACKWARD' as const, inclusiveStartPrimaryKey: ALL.exclusiveEndPrimaryKey, exclusiveEndPrimaryKey: ALL.inclusiveStartPrimaryKey };
const range = (options: Omit<TableStore.GetRangeParams, 'tableName'>) => tablestore.client.getRange({ tableName: 't', ...options });
const put = (instance: string, at: number, attributeColumns: TableStore.AttributeColumns = []) =>
  tablestore.client.putRow({ tableName: 't', condition: ignore(), primaryKey: [{ instance }, { at: long(at) }], attributeColumns });
const namesOf = (rows: readonly TableStore.Row[]): string[] => rows.map((row) => (keyOf(row) ?? []).join('/'));
const again = (next: readonly TableStore.PrimaryKeyColumn[]): TableStore.PrimaryKeyInput => next.map(({ name, value }) => ({ [name]: value }));

/** Every page of a range until none is left. */
async function pagesOf(options: Omit<TableStore.GetRangeParams, 'tableName'>): Promise<string[][]> {
  const pages: string[][] = [];
  for (let start: TableStore.PrimaryKeyInput | undefined = options.inclusiveStartPrimaryKey; start !== undefined; ) {
    const { rows, nextStartPrimaryKey } = await range({ ...options, inclusiveStartPrimaryKey: start });
    pages.push(namesOf(rows));
    start = nextStartPrimaryKey === null ? undefined : again(nextStartPrimaryKey);
  }
  return pages;
}

beforeAll(async () => {
  tablestore = await startTablestore();
});
afterAll(() => tablestore.close());

beforeEach(async () => {
  await tablestore.createTable('t', [
    { name: 'instance', type: 'STRING' },
    { name: 'at', type: 'INTEGER' },
  ]);
});
afterEach(() => tablestore.client.deleteTable({ tableName: 't' }));

describe('with rows a/-1, a/2, b/1, b/3 and c/0', () => {
  beforeEach(async () => {
    for (const [instance, at] of [
      ['b', 3],
      ['a', 2],
      ['c', 0],
      ['a', -1],
      ['b', 1],
    ] as const)
      await put(instance, at, [{ n: long(at) }]);
  });

  test.each<{ name: string; options: Omit<TableStore.GetRangeParams, 'tableName'>; rows: string[] }>([
    { name: 'everything forward, by instance and then by number', options: ALL, rows: ['a/-1n', 'a/2n', 'b/1n', 'b/3n', 'c/0n'] },
    { name: 'everything backward', options: BACKWARD, rows: ['c/0n', 'b/3n', 'b/1n', 'a/2n', 'a/-1n'] },
    {
      name: 'all of one instance',
      options: { ...ALL, inclusiveStartPrimaryKey: [{ instance: 'b' }, { at: INF_MIN }], exclusiveEndPrimaryKey: [{ instance: 'b' }, { at: INF_MAX }] },
      rows: ['b/1n', 'b/3n'],
    },
    {
      name: 'the start with, the end without',
      options: { ...ALL, inclusiveStartPrimaryKey: [{ instance: 'a' }, { at: long(2) }], exclusiveEndPrimaryKey: [{ instance: 'b' }, { at: long(3) }] },
      rows: ['a/2n', 'b/1n'],
    },
    {
      name: 'the start with, the end without, backward',
      options: { ...BACKWARD, inclusiveStartPrimaryKey: [{ instance: 'b' }, { at: long(3) }], exclusiveEndPrimaryKey: [{ instance: 'a' }, { at: long(2) }] },
      rows: ['b/3n', 'b/1n'],
    },
    {
      name: 'borders that are no rows',
      options: { ...BACKWARD, inclusiveStartPrimaryKey: [{ instance: 'b' }, { at: long(2) }], exclusiveEndPrimaryKey: [{ instance: 'a' }, { at: INF_MIN }] },
      rows: ['b/1n', 'a/2n', 'a/-1n'],
    },
    { name: 'a filter', options: { ...ALL, columnFilter: column('n', 'GREATER_THAN', long(0)) }, rows: ['a/2n', 'b/1n', 'b/3n'] },
    { name: 'columns that no row has', options: { ...ALL, columnsToGet: ['none'] }, rows: [] },
  ])('$name', async ({ options, rows }) => {
    const answer = await range(options);

    expect(namesOf(answer.rows)).toEqual(rows);
    expect(answer.nextStartPrimaryKey).toBeNull();
  });

  test('pages of two hold every row once, forward and backward', async () => {
    expect(await pagesOf({ ...ALL, limit: 2 })).toEqual([['a/-1n', 'a/2n'], ['b/1n', 'b/3n'], ['c/0n']]);
    expect(await pagesOf({ ...BACKWARD, limit: 2 })).toEqual([['c/0n', 'b/3n'], ['b/1n', 'a/2n'], ['a/-1n']]);
  });

  test('a page that ends with the last row has no next', async () => {
    expect((await range({ ...ALL, limit: 5 })).nextStartPrimaryKey).toBeNull();
  });

  test('a walk begun before a write goes on from its place after it', async () => {
    const { nextStartPrimaryKey } = await range({ ...ALL, limit: 2 });
    await put('a', 9);
    await put('b', 2);

    const { rows } = await range({ ...ALL, inclusiveStartPrimaryKey: again(nextStartPrimaryKey ?? []) });

    expect(namesOf(rows)).toEqual(['b/1n', 'b/2n', 'b/3n', 'c/0n']);
  });
});

describe('the cuts of the service', () => {
  const fill = async (count: number): Promise<void> => {
    for (let from = 0; from < count; from += 200) {
      const rows = Array.from({ length: Math.min(200, count - from) }, (_, index) => ({
        type: 'PUT' as const,
        condition: ignore(),
        primaryKey: [{ instance: 'a' }, { at: long(from + index) }],
        attributeColumns: [{ odd: (from + index) % 2 === 1 }],
      }));
      await tablestore.client.batchWriteRow({ tables: [{ tableName: 't', rows }] });
    }
  };

  test('one answer looks at 5,000 rows', async () => {
    await fill(5_001);

    const pages = await pagesOf(ALL);

    expect(pages.map((page) => page.length)).toEqual([5_000, 1]);
  });

  test('rows that a filter drops count too, so a page may be empty and still have a next', async () => {
    await fill(5_001);

    const first = await range({ ...ALL, columnFilter: column('odd', 'EQUAL', 'never') });

    expect(first.rows).toEqual([]);
    expect(first.nextStartPrimaryKey?.map(({ value }) => String(value))).toEqual(['a', '5000']);
  });

  test('one answer looks at about 4 MB', async () => {
    for (let at = 0; at < 5; at += 1) await put('a', at, [{ text: 'x'.repeat(1_500_000) }]);

    expect((await pagesOf(ALL)).map((page) => page.length)).toEqual([3, 2]);
  });

  test('capacity is counted over the rows looked at', async () => {
    for (let at = 0; at < 3; at += 1) await put('a', at, [{ text: 'x'.repeat(4_000) }]);

    const { consumed } = await range({ ...ALL, columnFilter: column('text', 'EQUAL', 'never') });

    expect(consumed.capacityUnit).toMatchObject({ read: 3, write: 0 });
  });
});

test('rows that a walk returns carry their columns', async () => {
  await put('a', 1, [{ status: 'open' }, { n: long(3) }]);

  const { rows } = await range(ALL);

  expect(rows.map(columnsOf)).toEqual([{ status: 'open', n: '3n' }]);
});

describe('refused', () => {
  test.each<{ name: string; options: Omit<TableStore.GetRangeParams, 'tableName'>; code?: string; message: string }>([
    {
      name: 'a forward range whose start is its end',
      options: { ...ALL, inclusiveStartPrimaryKey: [{ instance: 'a' }, { at: long(1) }], exclusiveEndPrimaryKey: [{ instance: 'a' }, { at: long(1) }] },
      message: 'Begin key must less than end key in FORWARD',
    },
    { name: 'a backward range from low to high', options: { ...ALL, direction: 'BACKWARD' }, message: 'Begin key must more than end key in BACKWARD' },
    { name: 'a negative limit', options: { ...ALL, limit: -1 }, message: 'The limit must be greater than 0.' },
    {
      name: 'a border without its second column',
      options: { ...ALL, inclusiveStartPrimaryKey: [{ instance: INF_MIN }] },
      code: 'OTSInvalidPK',
      message: 'Validate PK size fail. Input: 1, Meta: 2.',
    },
    {
      name: 'a border to be chosen by the service',
      options: { ...ALL, inclusiveStartPrimaryKey: [{ instance: 'a' }, { at: TableStore.PK_AUTO_INCR }] },
      message: "PKAutoIncr can't be used for read operations.",
    },
    { name: 'a time range without an end', options: { ...ALL, timeRange: { startTime: 5 } }, message: 'Start and end time must be given at the same time.' },
  ])('$name', async ({ options, code = 'OTSParameterInvalid', message }) => {
    expect(await refusalOf(range(options))).toEqual({ status: 400, code, message });
  });
});
