// What happens next: a heap of moments by key, so that the world is settled without looking at every instance.
import type { Instant } from '../../base/instant';

interface Entry {
  readonly at: Instant;
  readonly key: string;
}

/** At most one moment per key counts: the one set last. */
export interface Agenda {
  /** Sets, moves or (undefined) cancels the moment of a key. */
  set(key: string, at: Instant | undefined): void;
  peek(): Entry | undefined;
  /** Takes the earliest entry off. Equal moments come in the order of their keys, so that a replay is the same. */
  pop(): Entry | undefined;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.key < b.key);
}

/** A binary heap; entries that were moved or cancelled are dropped when they come to the top. */
export function makeAgenda(): Agenda {
  const heap: Entry[] = [];
  const current = new Map<string, Instant>();

  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const precedes = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    return a !== undefined && b !== undefined && isBefore(a, b);
  };
  const rise = (from: number): void => {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!precedes(child, parent)) return;
      swap(child, parent);
      child = parent;
    }
  };
  const sink = (from: number): void => {
    for (let parent = from; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) if (precedes(child, least)) least = child;
      if (least === parent) return;
      swap(parent, least);
      parent = least;
    }
  };
  const removeTop = (): void => {
    swap(0, heap.length - 1);
    heap.pop();
    sink(0);
  };
  const peek = (): Entry | undefined => {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (current.get(top.key) === top.at) return top;
      removeTop();
    }
    return undefined;
  };
  return {
    set: (key, at) => {
      if (at === undefined) {
        current.delete(key);
        return;
      }
      if (current.get(key) === at) return;
      current.set(key, at);
      heap.push({ at, key });
      rise(heap.length - 1);
    },
    peek,
    pop: () => {
      const top = peek();
      if (top === undefined) return undefined;
      current.delete(top.key);
      removeTop();
      return top;
    },
  };
}
