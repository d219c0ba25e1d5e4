// Loads keeper.yaml: text in, compiled policy out, or one error with every mistake in its place. For the command line only; functions read the compiled form.

import type * as z from 'zod';
import type { CompiledPolicy } from '../domain/protection-policy';
import { compilePolicy } from './compile';
import { crossProblems } from './cross-checks';
import { wordsOf } from './issue-words';
import { type ConfigProblem, PolicyError } from './problem';
import { policySchema } from './schema';
import { looksSecret, shown } from './shown';
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
  const found = parsed.success ? crossProblems(parsed.data).map(({ path, message }) => problemAt(source, path, message)) : schemaProblems(source, parsed.error);
  if (!parsed.success || found.length > 0) throw new PolicyError(fileName, found);
  const positionOf = (path: Path): string | undefined => {
    if (!source.has(path)) return undefined;
    const { line, column } = source.positionOf(path);
    return `${fileName}:${line}:${column}`;
  };
  return { policy: compilePolicy(parsed.data, positionOf) };
}

function schemaProblems(source: YamlSource, error: z.ZodError): readonly ConfigProblem[] {
  return error.issues.flatMap((issue) => problemsOf(source, issue));
}

function problemsOf(source: YamlSource, issue: z.core.$ZodIssue): readonly ConfigProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    // The schema words one line per key.
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ ...source.positionOfKey(path, key), path: formatPath(path), message: messages[index] ?? 'unknown key' }));
  }
  if (issue.code === 'invalid_key') {
    const [around, key] = [path.slice(0, -1), String(path.at(-1))];
    const message = `the key ${shown(key)} ${issue.issues.map((inner) => inner.message).join(', ')}`;
    return [{ ...source.positionOfKey(around, key), path: formatPath(around), message }];
  }
  return [problemAt(source, path, issue.message)];
}

function problemAt(source: YamlSource, path: Path, message: string): ConfigProblem {
  return { ...source.positionOf(path), path: formatPath(path), message };
}

function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${looksSecret(part) ? '(not shown)' : part}`;
  }
  return text;
}
