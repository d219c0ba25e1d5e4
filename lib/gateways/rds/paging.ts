// Reads numbered pages to the end while the list underneath may change.

export interface Page<T> {
  readonly items: readonly T[];
  /** How many items there are in all, where the service says so. */
  readonly total: number | undefined;
}

export interface PagingOptions<T> {
  /** Pages start at 1. */
  readonly fetchPage: (pageNumber: number) => Promise<Page<T>>;
  readonly pageSize: number;
  /** The page to begin with; 1 unless told. */
  readonly fromPage?: number;
  readonly idOf: (item: T) => string;
}

/** One more sweep after a shrunken list; a list that keeps shrinking is read as it is. */
const MAX_SWEEPS = 2;

/**
 * Yields each item once, and one page for each page of the service's, so that pages can be counted: a page may be empty. What another sweep finds comes after them.
 * An item that arrives meanwhile pushes others onto the next page, where they are seen twice and dropped; one that goes
 * away pulls others onto a page already read, so the list is swept again when its total has shrunk. A short page is no proof of the end:
 * a service may give smaller pages than asked for.
 */
export async function* readPages<T>(options: PagingOptions<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  for (let sweep = 1; sweep <= MAX_SWEEPS; sweep += 1) {
    const hasShrunk = yield* sweepPages(options, seen, sweep === 1);
    if (!hasShrunk) return;
  }
}

/** Returns whether the total fell on the way. */
async function* sweepPages<T>(options: PagingOptions<T>, seen: Set<string>, yieldsEmpty: boolean): AsyncGenerator<readonly T[], boolean> {
  const { fetchPage, fromPage = 1, pageSize, idOf } = options;
  let read = 0;
  let highestTotal = 0;
  let hasShrunk = false;
  const inThisSweep = new Set<string>();
  for (let pageNumber = fromPage; ; pageNumber += 1) {
    const { items, total } = await fetchPage(pageNumber);
    // The pages before were as large as this one; larger when it is the last, and then one more is asked for, which is empty.
    if (pageNumber === fromPage) read = (fromPage - 1) * items.length;
    read += items.length;
    hasShrunk ||= total !== undefined && total < highestTotal;
    highestTotal = Math.max(highestTotal, total ?? 0);
    const isRepetition = items.every((item) => inThisSweep.has(idOf(item)));
    const fresh: T[] = [];
    for (const item of items) {
      const id = idOf(item);
      inThisSweep.add(id);
      if (seen.has(id)) continue;
      seen.add(id);
      fresh.push(item);
    }
    if (fresh.length > 0 || yieldsEmpty) yield fresh;
    const isEnd = total === undefined ? items.length < pageSize || isRepetition : items.length === 0 || read >= total;
    if (isEnd) return hasShrunk;
  }
}

/** All items of all pages. */
export async function readAll<T>(options: PagingOptions<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of readPages(options)) all.push(...page);
  return all;
}
