// Releases: what a pipeline asks the pre-release gate for, what has become of it, and the receipt that the pipeline gets.
import type { Instant } from '../base/instant';
import type { AccountRegion, Engine } from './instance';
import type { Selector } from './protection-policy';

/** What a release asks for. Source and release together are its identity, whichever door they come through. */
export interface ReleaseWish {
  /** Who releases: a repository, a pipeline, the source of a CloudEvent. */
  readonly source: string;
  /** Which release: a tag, a commit, the id of a pipeline's run. */
  readonly release: string;
  /** Undefined: those that `select` chooses. Exactly one of the two is given. */
  readonly instances: readonly string[] | undefined;
  readonly select: Selector | undefined;
  /** Undefined: whole instances. */
  readonly databases: readonly string[] | undefined;
  /** A backup that started at most this long before the request will do. 0: only one that starts after it. Undefined: as the policy says. */
  readonly freshForMs: number | undefined;
  /** What is not passed by then has failed. Undefined: as the policy says. */
  readonly deadlineAt: Instant | undefined;
  /** How long the sets are held, from the moment of passing. Undefined: as the policy says. */
  readonly holdForMs: number | undefined;
}

/** Of a release as a whole: `failed` as soon as one instance has, `passed` once all have. */
export type ReleaseStatus = 'pending' | 'passed' | 'failed';

/** What one instance has come to in the present attempt. In an attempt that another instance has failed it stays `pending`, or `passed` under its hold: nobody waits for it any longer. */
export interface ReleaseInstance extends AccountRegion {
  readonly instanceId: string;
  readonly engine: Engine;
  readonly status: ReleaseStatus;
  /** Why, in one sentence with the figures. */
  readonly reason: string;
  /** The slot of this attempt: a backup that is reused leaves it without an intent, or with one that was never sent. */
  readonly slotId: string;
  readonly backupId: string | undefined;
  readonly jobId: string | undefined;
  /** The backup was there, or under way, without this release. */
  readonly isReused: boolean;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly holdId: string | undefined;
  readonly heldUntil: Instant | undefined;
  /** Until when the set surely stays: the service's own expiry may come before the end of the hold. */
  readonly effectiveUntil: Instant | 'never' | undefined;
}

/** A row of the ledger's `releases`: every write is conditional on the version. */
export interface Release {
  /** `releaseKey(source, release)` */
  readonly key: string;
  /** 0 for one that is not stored yet. */
  readonly version: number;
  /** As first asked for: another wish under the same key is refused, except for its deadline. */
  readonly wish: ReleaseWish;
  /** From 1; a new one opens only when the last one has failed, or has passed and is no longer valid. */
  readonly attempt: number;
  readonly status: ReleaseStatus;
  readonly createdAt: Instant;
  /** When this attempt was opened: freshness counts back from here. */
  readonly attemptAt: Instant;
  readonly updatedAt: Instant;
  readonly deadlineAt: Instant;
  readonly freshForMs: number;
  readonly holdForMs: number;
  /** Fixed when the attempt opens, in the order of their ids. */
  readonly instances: readonly ReleaseInstance[];
}

/** What the pipeline gets: machine-readable, times as ISO 8601 in UTC, nothing secret. */
export interface ReleaseReceipt {
  readonly version: 1;
  readonly key: string;
  readonly source: string;
  readonly release: string;
  readonly status: ReleaseStatus;
  /** In one sentence. */
  readonly reason: string;
  readonly attempt: number;
  readonly asOf: string;
  readonly deadline: string;
  /**
   * Of `passed` only: oldest backup start + freshFor; the deadline, where that was over before it passed; never longer than the sets surely stay. From then on the receipt
   * says `failed`, and a request evaluates the release anew.
   */
  readonly validUntil?: string;
  readonly instances: readonly {
    readonly instanceId: string;
    readonly account: string;
    readonly region: string;
    readonly status: ReleaseStatus;
    readonly reason: string;
    readonly reused: boolean;
    readonly backupId?: string;
    readonly jobId?: string;
    readonly startedAt?: string;
    readonly endedAt?: string;
    readonly holdId?: string;
    readonly heldUntil?: string;
    readonly effectiveUntil?: string;
  }[];
}
