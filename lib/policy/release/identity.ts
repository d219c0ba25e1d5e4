// Names releases: the key that source and release come to whichever door they come through, and the task that stands for an attempt.
import { canonicalJson, shortHash } from '../../base/hash';
import type { Release } from '../../domain/release';

const READABLE_CHARACTERS = 40;

/** `v2-41-0-3f9c1a...`: what can be read of the release, and a digest of both. Letters, digits, `_` and `-`, so that it fits slots, tasks and `keeper hold add --release`. */
export function releaseKey(source: string, release: string): string {
  const readable = release
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, READABLE_CHARACTERS);
  const digest = shortHash(canonicalJson([source, release]), 20);
  return readable === '' ? digest : `${readable}-${digest}`;
}

/** Every attempt has a task of its own: the end of one never takes away the next one's. */
export function releaseTaskId({ key, attempt }: Pick<Release, 'key' | 'attempt'>): string {
  return `${key}_a${attempt}`;
}

/** The key that a task's id begins with. */
export function keyOfTask(taskId: string): string {
  return taskId.replace(/_a\d+$/, '');
}
