// Writes and reads plan files: whole or not at all, readable by their owner only, and believed only when the digest vouches for them.
import { randomUUID } from 'node:crypto';
import { link, lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KeeperError, messageOf, UsageError } from '../base/errors';
import { isSealed, PLAN_FORMAT, PLAN_VERSION, type PlanFile } from '../run/plan-file';
import { renderJson } from './printers/json';

/** About 200,000 steps. */
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

const ALREADY_THERE = 'choose another name, or replace it with --force';

/**
 * Appears under its name at once and complete, for its owner only: a plan names instances and backup sets. Throws a UsageError when there is a file and `isForced` is
 * not given, and a KeeperError `not-written` when it cannot be written.
 */
export async function writePlanFile(path: string, file: PlanFile, isForced: boolean): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(draft, `${renderJson(file)}\n`, { mode: 0o600, flag: 'wx' });
    if (isForced) await rename(draft, path);
    else await link(draft, path); // unlike a rename, never over a file that is there
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') throw new UsageError(`${path} is there already`, ALREADY_THERE);
    throw new KeeperError(`cannot write ${path}: ${messageOf(cause)}`, { code: 'not-written', hint: 'check the folder and its free space', cause });
  } finally {
    await rm(draft, { force: true }).catch(() => undefined); // where it could not be written it cannot be removed either
  }
}

/** Before a long plan is made. Throws a UsageError when there is a file. */
export async function refuseExisting(path: string): Promise<void> {
  if ((await lstat(path).catch(() => undefined)) !== undefined) throw new UsageError(`${path} is there already`, ALREADY_THERE);
}

/**
 * Throws a KeeperError (exit code 2): `plan-unreadable`, `plan-invalid` for what is no plan of this version, `plan-edited` when it was changed after it was written.
 */
export async function readPlanFile(name: string, cwd: string): Promise<PlanFile> {
  const text = await readBounded(resolve(cwd, name), name);
  const document = parseObject(text, name);
  const { format, version } = document;
  if (format !== PLAN_FORMAT) throw invalid(name, `is no plan: its format is not ${PLAN_FORMAT}`);
  if (version !== PLAN_VERSION) throw invalid(name, `is not a plan of version ${PLAN_VERSION}, the one that this keeper reads`);
  if (!isSealed(document)) {
    throw refused(
      'plan-edited',
      `${name} does not match its digest: it was changed after it was written`,
      'a plan is applied as it is, or made anew: keeper plan',
    );
  }
  const { decodePlan } = await import('./plan-schema');
  const decoded = decodePlan(document);
  if ('file' in decoded) return decoded.file;
  throw invalid(name, `is not a plan that a keeper writes: ${decoded.problem}`);
}

async function readBounded(path: string, name: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('it is not a file');
      if (stats.size > MAX_PLAN_BYTES) throw new Error(`it has ${stats.size} bytes, and no plan has more than ${MAX_PLAN_BYTES}`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new KeeperError(`cannot read the plan ${name}: ${messageOf(cause)}`, {
      code: 'plan-unreadable',
      exitCode: 2,
      hint: 'check the path; plans are written by: keeper plan --out plan.json',
      cause,
    });
  }
}

function parseObject(text: string, name: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be anything.
    throw invalid(name, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(name, 'is not a JSON object');
  return { ...value };
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}

function invalid(name: string, what: string): KeeperError {
  return refused('plan-invalid', `${name} ${what}`, 'plans are written by: keeper plan --out plan.json');
}

function refused(code: string, message: string, hint: string): KeeperError {
  return new KeeperError(message, { code, hint, exitCode: 2 });
}
