// A map whose keys can be walked in order from any point; made for many point accesses and walks in between.

/** Keys are ordered as JavaScript orders strings. */
export interface SortedMap<V extends object> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  values(): IterableIterator<V>;
  /** Values of the keys with `from` <= key < `to`, ascending. The map must not change during the walk. */
  ascend(from: string, to: string): IterableIterator<V>;
  /** Values of the keys with `from` >= key > `to`, descending. The map must not change during the walk. */
  descend(from: string, to: string): IterableIterator<V>;
}

/** Up to this many new keys are put in their places one by one; more are sorted in one go. */
const MAX_SINGLE_INSERTS = 32;

export function makeSortedMap<V extends object>(): SortedMap<V> {
  const values = new Map<string, V>();
  let sorted: string[] = [];
  /** New keys wait here until a walk needs them, so that a replay sorts once. */
  const added = new Set<string>();
  const settle = (): readonly string[] => {
    if (added.size > MAX_SINGLE_INSERTS) sorted = [...sorted, ...added].sort(compareText);
    else for (const key of added) sorted.splice(lowerBound(sorted, key), 0, key);
    added.clear();
    return sorted;
  };
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      if (!values.has(key)) added.add(key);
      values.set(key, value);
    },
    delete: (key) => {
      if (values.delete(key) && !added.delete(key)) sorted.splice(lowerBound(sorted, key), 1);
    },
    values: () => values.values(),
    *ascend(from, to) {
      const keys = settle();
      for (let at = lowerBound(keys, from); at < keys.length; at += 1) {
        const key = keys[at] ?? to;
        if (key >= to) return;
        const value = values.get(key);
        if (value !== undefined) yield value;
      }
    },
    *descend(from, to) {
      const keys = settle();
      const start = lowerBound(keys, from);
      for (let at = keys[start] === from ? start : start - 1; at >= 0; at -= 1) {
        const key = keys[at] ?? to;
        if (key <= to) return;
        const value = values.get(key);
        if (value !== undefined) yield value;
      }
    },
  };
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Index of the first key that is not below `wanted`. */
function lowerBound(keys: readonly string[], wanted: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
