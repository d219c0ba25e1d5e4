// Keeps a data folder to one process: a lock file that names its holder, taken over when that process is gone.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeeperError } from '../base/errors';

export const LOCK_FILE = 'journal.lock';

/** Who holds a folder. `start` tells a process from a later one with the same id; null where the system does not say. */
interface Holder {
  readonly pid: number;
  readonly start: string | null;
}

/** The held lock of one folder. */
export interface FolderLock {
  release(): void;
}

/** Locks held by this very process: its own id in a lock file proves nothing about who wrote it. */
const heldHere = new Set<string>();

/**
 * Takes the folder for this process. Throws a KeeperError `data-folder-locked` while another living process, or another part of this
 * one, holds it.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, LOCK_FILE);
  if (heldHere.has(path)) throw lockedError(folder, process.pid);
  const mine = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, start: processStart(process.pid) };
  writeFileSync(mine, `${JSON.stringify(me)}\n`);
  try {
    if (!tryLink(mine, path)) takeOver(folder, path, mine);
  } finally {
    rmSync(mine, { force: true });
  }
  heldHere.add(path);
  return {
    release: () => {
      if (heldHere.delete(path)) rmSync(path, { force: true });
    },
  };
}

/** A hard link appears with its whole content or not at all, and fails when the name is taken. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead process's lock away and takes its place. Of several processes that try at once, one wins. */
function takeOver(folder: string, path: string, mine: string): void {
  const seen = readText(path);
  const holder = seen === undefined ? undefined : parseHolder(seen);
  if (holder !== undefined && isAlive(holder)) throw lockedError(folder, holder.pid);
  const aside = `${mine}.stale`;
  if (seen !== undefined && tryRename(path, aside)) {
    const moved = readText(aside);
    if (moved !== seen) tryLink(aside, path); // another process was faster and this is its lock: put it back
    rmSync(aside, { force: true });
  }
  if (tryLink(mine, path)) return;
  throw lockedError(folder, parseHolder(readText(path) ?? '')?.pid);
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Undefined for content that names no process: nothing alive can be behind it, because locks appear whole. */
function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('start' in value)) return undefined;
    const { pid, start } = value;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, start: typeof start === 'string' ? start : null };
  } catch {
    return undefined;
  }
}

/** Where the system tells starts, they decide; elsewhere only whether a process of that id can be asked. */
function isAlive(holder: Holder): boolean {
  const canTellStarts = holder.start !== null && processStart(process.pid) !== null;
  if (canTellStarts) return processStart(holder.pid) === holder.start;
  return holder.pid !== process.pid && answersSignals(holder.pid);
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Boot id and start tick of a process where the system has them (Linux). Null elsewhere, and for a process that is gone or only waits to be reaped. */
function processStart(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on: the name before them may hold anything
    const [state] = fields;
    const ticks = fields[19];
    return ticks === undefined || state === 'Z' || state === 'X' ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}

function lockedError(folder: string, pid: number | undefined): KeeperError {
  return new KeeperError(`the data folder ${folder} is in use by process ${pid ?? 'unknown'}`, {
    code: 'data-folder-locked',
    hint: 'stop that process, or choose another data folder',
  });
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
