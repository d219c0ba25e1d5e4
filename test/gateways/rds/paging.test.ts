import fc from 'fast-check';
import { type Page, readAll } from '../../../lib/gateways/rds/paging';

/** A list that changes as scripted before the given fetch (counted from 1). */
function scripted(start: readonly string[], pageSize: number, changes: Readonly<Record<number, (list: string[]) => void>> = {}, hasTotal = true) {
  const list = [...start];
  const fetched: number[] = [];
  const fetchPage = async (pageNumber: number): Promise<Page<string>> => {
    fetched.push(pageNumber);
    changes[fetched.length]?.(list);
    return { items: list.slice((pageNumber - 1) * pageSize, pageNumber * pageSize), total: hasTotal ? list.length : undefined };
  };
  return { fetchPage, fetched };
}

const idOf = (item: string): string => item;
const items = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `item-${index}`);

test.each([
  { name: 'an empty list takes one page', count: 0, hasTotal: true, pages: [1] },
  { name: 'a short list takes one page', count: 3, hasTotal: true, pages: [1] },
  { name: 'a total spares the empty last page', count: 20, hasTotal: true, pages: [1, 2] },
  { name: 'without a total a short page is the end', count: 25, hasTotal: false, pages: [1, 2, 3] },
  { name: 'without a total a full last page needs another look', count: 20, hasTotal: false, pages: [1, 2, 3] },
])('$name', async ({ count, hasTotal, pages }) => {
  const { fetchPage, fetched } = scripted(items(count), 10, {}, hasTotal);

  const all = await readAll({ fetchPage, pageSize: 10, idOf });

  expect(all).toEqual(items(count));
  expect(fetched).toEqual(pages);
});

test('a service that gives smaller pages than asked for is read to its total', async () => {
  const { fetchPage, fetched } = scripted(items(25), 10);

  const all = await readAll({ fetchPage, pageSize: 100, idOf });

  expect(all).toHaveLength(25);
  expect(fetched).toEqual([1, 2, 3]);
});

test('an item that arrives in front meanwhile yields no duplicate', async () => {
  const { fetchPage } = scripted(items(25), 10, { 2: (list) => list.unshift('newcomer') });

  const all = await readAll({ fetchPage, pageSize: 10, idOf });

  expect(all).toEqual(items(25));
});

test('an item that goes away in front meanwhile hides no other', async () => {
  const { fetchPage } = scripted(items(25), 10, { 2: (list) => list.shift() });

  const all = await readAll({ fetchPage, pageSize: 10, idOf });

  expect([...all].sort()).toEqual([...items(25)].sort());
});

test('a service that ignores the paging is read once', async () => {
  const fetchPage = async (): Promise<Page<string>> => ({ items: items(30), total: undefined });

  const all = await readAll({ fetchPage, pageSize: 10, idOf });

  expect(all).toEqual(items(30));
});

test('a total that promises too much ends with the items', async () => {
  const fetched: number[] = [];
  const fetchPage = async (pageNumber: number): Promise<Page<string>> => {
    fetched.push(pageNumber);
    return { items: pageNumber === 1 ? items(3) : [], total: 9 };
  };

  const all = await readAll({ fetchPage, pageSize: 10, idOf });

  expect(all).toEqual(items(3));
  expect(fetched).toEqual([1, 2]);
});

test('whatever arrives in front or goes away once: nothing that stays is missed, nothing comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 2, max: 5 }),
      fc.boolean(),
      async (count, pageSize, when, isArrival) => {
        const gone: string[] = [];
        const change = (list: string[]): void => {
          if (isArrival) list.unshift('newcomer');
          else gone.push(...list.splice(0, 1));
        };
        const { fetchPage } = scripted(items(count), pageSize, { [when]: change });

        const all = await readAll({ fetchPage, pageSize, idOf });

        expect(new Set(all).size).toBe(all.length);
        for (const item of items(count)) if (!gone.includes(item)) expect(all).toContain(item);
      },
    ),
  );
});
