// Loads keeper.yaml: text in, compiled policy out, or one error with every mistake in its place. For the command line only; functions read the compiled form.

import type * as z from 'zod';
import type { CompiledPolicy } from '../domain/protection-policy';
import { compilePolicy } from './compile';
import { crossProblems } from './cross-checks';
import { wordsOf } from './issue-words';
import { type ConfigProblem, PolicyError } from './problem';
import { policySchema } from './schema';
import { shown } from './shown';
import { type Path, readYaml, type YamlSource } from './yaml-document';

export { type ConfigProblem, PolicyError } from './problem';
export { MAX_POLICY_BYTES } from './yaml-document';

export interface LoadedPolicy {
  readonly policy: CompiledPolicy;
}

/**
 * Reads the text of a keeper.yaml. `fileName` is what messages and origins call it. Throws a PolicyError that lists all mistakes; no message shows what may be a secret.
 *
 * @example loadPolicyText('regions: [cn-hangzhou]', 'keeper.yaml').policy.regions // ['cn-hangzhou']
 */
export function loadPolicyText(text: string, fileName: string): LoadedPolicy {
  const reading = readYaml(text);
  if (!reading.ok) throw new PolicyError(fileName, reading.problems);
  const { source } = reading;
  const parsed = policySchema.safeParse(source.value, { error: wordsOf });
  if (!parsed.success)
    throw new PolicyError(
      fileName,
      parsed.error.issues.flatMap((issue) => problemsOf(source, issue)),
    );
  const crossed = crossProblems(parsed.data);
  if (crossed.length > 0) {
    throw new PolicyError(
      fileName,
      crossed.map(({ path, message }) => ({ ...source.positionOf(path), path: formatPath(path), message })),
    );
  }
  const positionOf = (path: Path): string | undefined => {
    if (!source.has(path)) return undefined;
    const { line, column } = source.positionOf(path);
    return `${fileName}:${line}:${column}`;
  };
  return { policy: compilePolicy(parsed.data, positionOf) };
}

function problemsOf(source: YamlSource, issue: z.core.$ZodIssue): readonly ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ ...source.positionOfKey(path, key), path: formatPath(path), message: messages[index] ?? 'unknown key' }));
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    const message = `the key ${shown(key)} ${issue.issues.map((inner) => inner.message).join(', ')}`;
    return [{ ...source.positionOfKey(path.slice(0, -1), key), path: formatPath(path.slice(0, -1)), message }];
  }
  return [{ ...source.positionOf(path), path: formatPath(path), message: issue.message }];
}

function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}
