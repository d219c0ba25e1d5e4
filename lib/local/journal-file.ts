// The journal's file format: a version line, then one line of JSON per batch; reading, checking and rewriting it.
import { closeSync, fsyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { KeeperError, messageOf } from '../base/errors';
import type { JournalOwner, JournalRecord } from './kinds';

const FORMAT = 'rds-backup-keeper-journal';
const VERSION = 1;
/** Stands on a line of its own after the records of a compaction. */
const SNAPSHOT_END = '"snapshot-end"';
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

export const VERSION_LINE = `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`;

/** What a replay found. */
export interface Replay {
  /** Bytes up to the end of the last whole line; what follows is a torn write. 0: there is no journal yet. */
  readonly goodBytes: number;
  /** Bytes that the last compaction wrote. */
  readonly snapshotBytes: number;
}

interface Line {
  readonly text: string;
  readonly number: number;
  /** Offset of the first byte after this line. */
  readonly endsAt: number;
}

/**
 * Applies every batch of the file to the owners. A last line that is cut off or unreadable was never acknowledged and is left out.
 * Throws a KeeperError `journal-broken` for an unreadable line with others behind it, `journal-version` for another program's file.
 */
export function replayFile(path: string, fd: number, owners: ReadonlyMap<string, JournalOwner>): Replay {
  let goodBytes = 0;
  let snapshotBytes = 0;
  let unreadable: Line | undefined;
  for (const line of readLines(fd)) {
    if (unreadable !== undefined) throw brokenError(path, unreadable.number, 'the line is not valid JSON');
    const value = parseJson(line.text);
    if (value === undefined) {
      unreadable = line;
      continue;
    }
    if (line.number === 1) checkVersion(path, value);
    else if (value === 'snapshot-end') snapshotBytes = line.endsAt;
    else applyBatch(path, line.number, value, owners);
    goodBytes = line.endsAt;
  }
  return { goodBytes, snapshotBytes };
}

/** Whole lines only: bytes after the last newline are not a line. */
function* readLines(fd: number): Generator<Line> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let pieces: Buffer[] = [];
  let number = 0;
  let position = 0;
  for (;;) {
    const count = readSync(fd, chunk, 0, CHUNK_BYTES, position);
    if (count === 0) return;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1 && at < count; at = chunk.indexOf(NEWLINE, from)) {
      pieces.push(Buffer.from(chunk.subarray(from, at)));
      number += 1;
      from = at + 1;
      yield { text: Buffer.concat(pieces).toString('utf8'), number, endsAt: position + from };
      pieces = [];
    }
    pieces.push(Buffer.from(chunk.subarray(from, count)));
    position += count;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkVersion(path: string, value: unknown): void {
  const isOurs = typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT;
  if (isOurs && 'version' in value && value.version === VERSION) return;
  throw new KeeperError(`${path} is not a journal of version ${VERSION}`, {
    code: 'journal-version',
    hint: 'use the release that wrote it, or move the file away to begin with an empty world',
  });
}

function applyBatch(path: string, number: number, value: unknown, owners: ReadonlyMap<string, JournalOwner>): void {
  if (!Array.isArray(value)) throw brokenError(path, number, 'the line is not a batch of records');
  for (const record of value) {
    if (!isRecord(record)) throw brokenError(path, number, 'a record has no stream');
    const owner = owners.get(record.stream);
    if (owner === undefined) throw brokenError(path, number, `nothing here owns the stream ${JSON.stringify(record.stream)}`);
    try {
      owner.apply(record.data);
    } catch (cause) {
      throw brokenError(path, number, messageOf(cause), cause);
    }
  }
}

function isRecord(value: unknown): value is { readonly stream: string; readonly data: unknown } {
  return typeof value === 'object' && value !== null && 'stream' in value && typeof value.stream === 'string' && 'data' in value;
}

function brokenError(path: string, number: number, reason: string, cause?: unknown): KeeperError {
  return new KeeperError(`${path}, line ${number}: ${reason}`, {
    code: 'journal-broken',
    hint: 'restore the file from a copy, or move it away to begin with an empty world',
    cause,
  });
}

/** One batch as it stands in the file. */
export function batchLine(records: readonly JournalRecord[]): string {
  return `${JSON.stringify(records.map(({ stream, data }) => ({ stream, data })))}\n`;
}

/** Writes the owners' whole state beside the journal, makes it durable and puts it in the journal's place in one step. */
export function rewriteFile(path: string, owners: Iterable<JournalOwner>): void {
  const draft = `${path}.new`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    let pending = VERSION_LINE;
    for (const owner of owners) {
      for (const data of owner.snapshot()) {
        pending += batchLine([{ stream: owner.stream, data }]);
        if (pending.length < CHUNK_BYTES) continue;
        writeAll(fd, Buffer.from(pending, 'utf8'));
        pending = '';
      }
    }
    writeAll(fd, Buffer.from(`${pending}${SNAPSHOT_END}\n`, 'utf8'));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** Makes a created or renamed file's name durable. Windows cannot open a folder and needs no such step. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** A write may take only a part of the bytes. */
export function writeAll(fd: number, bytes: Buffer, write: (fd: number, bytes: Buffer, offset: number) => number = writeSync): void {
  for (let done = 0; done < bytes.length; ) done += write(fd, bytes, done);
}
