// Writes and reads the compiled policy (keeper.json), the only form that functions read: no YAML and no schema library in their cold path.

import { KeeperError } from '../base/errors';
import { canonicalJson, digestOf } from '../base/hash';
import type { CompiledPolicy } from '../domain/protection-policy';

/** 2: settings, retention and their limits. 3: crossRegion and the monthly budget of calls. 4: preRelease and limits.instancesPerWorker. */
export const COMPILED_VERSION = 4;
const COMPILE_HINT = 'run: keeper policy compile';

/** Completes a policy with the digest over everything else in it. */
export function withDigest(policy: Omit<CompiledPolicy, 'digest'>): CompiledPolicy {
  return { ...policy, digest: digestOf(policy) };
}

/** The text of keeper.json: canonical, so that equal policies are equal files. */
export function formatCompiledPolicy(policy: CompiledPolicy): string {
  return `${canonicalJson(policy)}\n`;
}

/**
 * Reads keeper.json. Throws a KeeperError `policy-invalid` (exit code 2) when it is not one, of another version, or was changed after it was compiled: the digest
 * vouches for everything else, so nothing more needs to be checked.
 */
export function readCompiledPolicy(text: string, fileName: string): CompiledPolicy {
  const value = parseJson(text, fileName);
  if (!isRecord(value)) throw invalid(fileName, 'is not a compiled policy');
  if (value['version'] !== COMPILED_VERSION) throw invalid(fileName, ageOf(value['version']));
  if (!isSealed(value)) throw invalid(fileName, 'does not match its digest: it was changed after it was compiled');
  return value;
}

function ageOf(version: unknown): string {
  if (typeof version !== 'number') return `says no version, and this keeper reads version ${COMPILED_VERSION}`;
  return `was compiled by ${version < COMPILED_VERSION ? 'an older' : 'a newer'} keeper (version ${version}; this one reads version ${COMPILED_VERSION})`;
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be anything, a secret too.
    throw invalid(fileName, 'is not JSON');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSealed(value: Record<string, unknown>): value is Record<string, unknown> & CompiledPolicy {
  const { digest, ...rest } = value;
  return digest === digestOf(rest);
}

function invalid(fileName: string, what: string): KeeperError {
  return new KeeperError(`${fileName} ${what}`, { code: 'policy-invalid', exitCode: 2, hint: COMPILE_HINT });
}
