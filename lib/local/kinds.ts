// What the servers of the local cloud share: one world clock, one journal, faults as data. Restates nothing of the product's gateways.
import type { Instant } from '../base/instant';

/** The world's clock: host time plus an offset that only grows. In tests: a virtual clock that stands still until told. */
export interface WorldClock {
  now(): Instant;
  /** Moves the world forward. Throws a RangeError on a negative number. */
  advance(ms: number): void;
}

/** The streams that share one journal, so that a restart knows both the slots and the backups. */
export type JournalStream = 'clock' | 'rds' | 'tablestore';

/** One change, as plain JSON. What it means is the stream owner's affair. */
export interface JournalRecord {
  readonly stream: JournalStream;
  readonly data: unknown;
}

/** Durable, ordered, atomic per call. */
export interface Journal {
  /** Writes the records as one atomic batch; they are on disk (fdatasync) when this returns. */
  append(records: readonly JournalRecord[]): void;
  close(): void;
}

/** A part of the world that lives in the journal. */
export interface JournalOwner {
  readonly stream: JournalStream;
  /** Replays one record, in the order it was written. */
  apply(data: unknown): void;
  /** The whole state as records that rebuild it from nothing; used when the journal is compacted at start. */
  snapshot(): Iterable<unknown>;
}

export type ServiceName = 'rds' | 'sts' | 'tablestore' | 'fc' | 'secrets';

/** When the call takes effect, seen from the moment of the fault: never, at once, or that much later on the world's clock. */
export type FaultEffect = 'none' | 'applied' | { readonly appliedAfterMs: number };

/** What the caller sees. */
export type FaultReply =
  | { readonly kind: 'normal' }
  | { readonly kind: 'throttle'; readonly retryAfterMs?: number }
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string }
  /** HTTP 200 with `Success: false`, as the operations answer that report by such a field. Nothing says so in the status. */
  | { readonly kind: 'unsuccessful'; readonly code: string; readonly message: string }
  /** A proxy's HTML page in place of the service's answer. */
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'empty'; readonly status: number }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** Nothing is ever answered; the connection stays open. */
  | { readonly kind: 'stall' }
  /** Headers and half a body, then the connection drops. */
  | { readonly kind: 'partial' }
  /** A list as it was `byMs` ago. */
  | { readonly kind: 'stale'; readonly byMs: number };

/** One planned fault. */
export interface Fault {
  readonly service: ServiceName;
  /** The operation's name on the wire, or `*`. */
  readonly operation: string;
  /** Only calls whose named parameter has this value (RDS: query parameters; Tablestore: `table`). */
  readonly match?: Readonly<Record<string, string>>;
  /** Let this many matching calls pass first. */
  readonly skip?: number;
  /** How many calls it hits; 1 unless told. */
  readonly times?: number;
  readonly effect: FaultEffect;
  readonly reply: FaultReply;
}

export interface FaultPlan {
  add(fault: Fault): void;
  clear(): void;
  /** The fault that hits this call, used up by one; undefined when none does. */
  take(service: ServiceName, operation: string, parameters: Readonly<Record<string, string>>): Fault | undefined;
}
