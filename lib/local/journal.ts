// The one journal of the local cloud: every change of the clock, the RDS world and the tables, durable before it is acknowledged.
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KeeperError, messageOf } from '../base/errors';
import { batchLine, type Replay, replayFile, rewriteFile, syncFolder, VERSION_LINE, writeAll } from './journal-file';
import { type FolderLock, lockFolder } from './journal-lock';
import type { Journal, JournalOwner, JournalRecord } from './kinds';

export const JOURNAL_FILE = 'journal.jsonl';

/** A file that has grown by less than this since its last compaction is left as it is. */
const COMPACT_AFTER_BYTES = 1 << 20;

/** The calls that can fail on a full disk; a test gives its own. */
export interface JournalDisk {
  writeSync(fd: number, bytes: Buffer, offset: number): number;
  fdatasyncSync(fd: number): void;
}

export interface JournalOptions {
  /** Compact at start once the file has grown by this and has doubled; 1 MiB unless told. */
  readonly compactAfterBytes?: number;
  readonly disk?: JournalDisk;
}

/**
 * Opens the journal of a data folder, making both when they are not there: locks the folder to this process, replays what the file
 * holds into the owners, cuts off a torn last line, and compacts a file that has grown.
 *
 * Append before you apply: `append` returns once the batch is on disk, and throws when it is not, so the state in memory never runs
 * ahead of the disk. After a failed write every further append throws (`journal-failed`), until the folder is opened anew.
 *
 * Throws KeeperErrors: `data-folder-unwritable`, `data-folder-locked`, `journal-broken`, `journal-version`.
 */
export function openJournal(folder: string, owners: readonly JournalOwner[], options: JournalOptions = {}): Journal {
  const lock = takeFolder(folder);
  try {
    const path = join(folder, JOURNAL_FILE);
    const fd = openFile(folder, path, owners, options.compactAfterBytes ?? COMPACT_AFTER_BYTES);
    return makeFileJournal(path, fd, lock, options.disk ?? { writeSync, fdatasyncSync });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** A journal that keeps nothing, for worlds that live as long as their process. */
export function makeMemoryJournal(): Journal {
  let isClosed = false;
  return {
    append: () => {
      if (isClosed) throw closedError('the journal in memory');
    },
    close: () => {
      isClosed = true;
    },
  };
}

function takeFolder(folder: string): FolderLock {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFolder(folder);
  } catch (cause) {
    throw cause instanceof KeeperError ? cause : unwritableError(folder, cause);
  }
}

function openFile(folder: string, path: string, owners: readonly JournalOwner[], compactAfterBytes: number): number {
  const byStream = new Map<string, JournalOwner>(owners.map((owner) => [owner.stream, owner]));
  let fd: number | undefined;
  try {
    fd = openSync(path, 'a+', 0o600);
    const replay = replayFile(path, fd, byStream);
    cutTornEnd(fd, folder, replay);
    if (!needsCompaction(replay, compactAfterBytes)) return fd;
    closeSync(fd);
    fd = undefined;
    rewriteFile(path, owners);
    return openSync(path, 'a');
  } catch (cause) {
    if (fd !== undefined) closeSync(fd);
    throw cause instanceof KeeperError ? cause : unwritableError(folder, cause);
  }
}

/** A new file gets its version line; a torn one ends again with its last acknowledged batch. */
function cutTornEnd(fd: number, folder: string, replay: Replay): void {
  if (fstatSync(fd).size !== replay.goodBytes) ftruncateSync(fd, replay.goodBytes);
  if (replay.goodBytes === 0) writeAll(fd, Buffer.from(VERSION_LINE, 'utf8'));
  fsyncSync(fd);
  syncFolder(folder);
}

function needsCompaction({ goodBytes, snapshotBytes }: Replay, compactAfterBytes: number): boolean {
  return goodBytes - snapshotBytes > Math.max(compactAfterBytes, snapshotBytes);
}

function makeFileJournal(path: string, fd: number, lock: FolderLock, disk: JournalDisk): Journal {
  let goodBytes = fstatSync(fd).size;
  let state: 'open' | 'failed' | 'closed' = 'open';
  const write = (bytes: Buffer): void => {
    try {
      writeAll(fd, bytes, disk.writeSync);
      disk.fdatasyncSync(fd);
    } catch (cause) {
      state = 'failed';
      dropUnacknowledged(fd, goodBytes);
      throw writeError(path, cause);
    }
  };
  return {
    append: (records: readonly JournalRecord[]): void => {
      if (state === 'closed') throw closedError(path);
      if (state === 'failed') throw failedError(path);
      if (records.length === 0) return;
      const bytes = Buffer.from(batchLine(records), 'utf8');
      write(bytes);
      goodBytes += bytes.length;
    },
    close: () => {
      if (state === 'closed') return;
      state = 'closed';
      closeSync(fd);
      lock.release();
    },
  };
}

/** A batch that was refused must not come back at the next start. Where even this fails, a torn line is left, which a replay drops. */
function dropUnacknowledged(fd: number, goodBytes: number): void {
  try {
    ftruncateSync(fd, goodBytes);
    fsyncSync(fd);
  } catch {
    return;
  }
}

function unwritableError(folder: string, cause: unknown): KeeperError {
  return new KeeperError(`the data folder ${folder} cannot be used: ${messageOf(cause)}`, {
    code: 'data-folder-unwritable',
    hint: 'make it writable for this user and check the free space, or choose another data folder',
    cause,
  });
}

function writeError(path: string, cause: unknown): KeeperError {
  return new KeeperError(`cannot write to ${path}: ${messageOf(cause)}`, {
    code: 'journal-failed',
    hint: 'free some space or repair the folder, then start again; nothing acknowledged is lost',
    cause,
  });
}

function failedError(path: string): KeeperError {
  return new KeeperError(`${path} takes no more changes after a failed write`, {
    code: 'journal-failed',
    hint: 'repair the cause, then start again',
  });
}

function closedError(path: string): KeeperError {
  return new KeeperError(`${path} is closed`, { code: 'journal-closed', hint: 'open the data folder again' });
}
