import fc from 'fast-check';
import { type Page, readAll, readPages } from '../../../lib/gateways/rds/paging';

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

/** The pages as they are yielded, from the given one on. */
async function pagesFrom(fromPage: number, fetchPage: (pageNumber: number) => Promise<Page<string>>, pageSize = 10): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  for await (const page of readPages({ fetchPage, pageSize, fromPage, idOf })) pages.push(page);
  return pages;
}

test.each([
  { name: 'the first page is everything', count: 25, from: 1, fetched: [1, 2, 3], sizes: [10, 10, 5] },
  { name: 'a later page leaves those before it out', count: 25, from: 2, fetched: [2, 3], sizes: [10, 5] },
  { name: 'a short last page is followed by a look behind it', count: 25, from: 3, fetched: [3, 4], sizes: [5, 0] },
  { name: 'a full last page is known to be the end', count: 30, from: 3, fetched: [3], sizes: [10] },
  { name: 'a page past the end is empty', count: 25, from: 9, fetched: [9], sizes: [0] },
  { name: 'an empty list has one empty page', count: 0, from: 1, fetched: [1], sizes: [0] },
])('pages from $from on, one for one: $name', async ({ count, from, fetched, sizes }) => {
  const list = scripted(items(count), 10);

  const pages = await pagesFrom(from, list.fetchPage);

  expect(list.fetched).toEqual(fetched);
  expect(pages.map((page) => page.length)).toEqual(sizes);
  expect(pages.flat()).toEqual(items(count).slice((from - 1) * 10));
});

test('from a later page on, a service that gives smaller pages than asked for is read to its total', async () => {
  const { fetchPage, fetched } = scripted(items(45), 10);

  const pages = await pagesFrom(3, fetchPage, 100);

  expect(pages.flat()).toEqual(items(45).slice(20));
  expect(fetched).toEqual([3, 4, 5]);
});

test('a page whose items all came before is yielded empty, so that pages can be counted', async () => {
  const fetchPage = async (pageNumber: number): Promise<Page<string>> => ({
    items: items(10).map((item) => (pageNumber === 3 ? `new-${item}` : item)),
    total: 30,
  });

  const pages = await pagesFrom(1, fetchPage);

  expect(pages.map((page) => page.length)).toEqual([10, 0, 10]);
});

test('what another sweep finds comes after the pages of the first', async () => {
  const { fetchPage } = scripted(items(25), 10, { 2: (list) => list.shift() });

  const pages = await pagesFrom(1, fetchPage);

  expect(pages.map((page) => page.length)).toEqual([10, 10, 4, 1]);
  expect(pages[3]).toEqual(['item-10']);
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
