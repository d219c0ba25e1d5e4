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
  readonly idOf: (item: T) => string;
}

/** One more sweep after a shrunken list; a list that keeps shrinking is read as it is. */
const MAX_SWEEPS = 2;

/**
 * Yields each item once. An item that arrives meanwhile pushes others onto the next page, where they are seen twice and dropped; one that goes
 * away pulls others onto a page already read, so the list is swept again when its total has shrunk. A short page is no proof of the end:
 * a service may give smaller pages than asked for.
 */
export async function* readPages<T>(options: PagingOptions<T>): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  for (let sweep = 1; sweep <= MAX_SWEEPS; sweep += 1) {
    const hasShrunk = yield* sweepPages(options, seen);
    if (!hasShrunk) return;
  }
}

/** Returns whether the total fell on the way. */
async function* sweepPages<T>(options: PagingOptions<T>, seen: Set<string>): AsyncGenerator<readonly T[], boolean> {
  let read = 0;
  let highestTotal = 0;
  let hasShrunk = false;
  const inThisSweep = new Set<string>();
  for (let pageNumber = 1; ; pageNumber += 1) {
    const { items, total } = await options.fetchPage(pageNumber);
    read += items.length;
    hasShrunk ||= total !== undefined && total < highestTotal;
    highestTotal = Math.max(highestTotal, total ?? 0);
    const isRepetition = items.every((item) => inThisSweep.has(options.idOf(item)));
    const fresh: T[] = [];
    for (const item of items) {
      const id = options.idOf(item);
      inThisSweep.add(id);
      if (seen.has(id)) continue;
      seen.add(id);
      fresh.push(item);
    }
    if (fresh.length > 0) yield fresh;
    const isEnd = total === undefined ? items.length < options.pageSize || isRepetition : items.length === 0 || read >= total;
    if (isEnd) return hasShrunk;
  }
}

/** All items of all pages. */
export async function readAll<T>(options: PagingOptions<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of readPages(options)) all.push(...page);
  return all;
}
