// Puts in what the variables of s.yaml stand for: ${env()}, ${vars.x}, ${this.props.x}, ${resources.m.props.x}, ${path()} and ${config('AccountID')} (Serverless Devs, YAML specification).
import { dirname, resolve } from 'node:path';
import type { ManifestPath, ManifestSource } from './manifest-source';

export interface VariableScope {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly accountId: string;
}

/** A variable that leads to another, that leads to another: no manifest nests so deep unless it goes round in circles. */
const MAX_DEPTH = 20;

const WHOLE = /^\$\{([^{}]+)\}$/;
const PART = /\$\{([^{}]+)\}/g;
const CALL = /^(env|path|config)\(\s*(?:'([^']*)'|"([^"]*)")\s*(?:,\s*(?:'([^']*)'|"([^"]*)"|([^'")]*?))\s*)?\)$/;
const REFERENCE = /^(vars|this|resources)\.([\w.-]+)$/;

/** The same document without variables. Throws a KeeperError `manifest-invalid` for a variable that stands for nothing. */
export function resolveVariables(source: ManifestSource, scope: VariableScope): unknown {
  const walk = (value: unknown, path: ManifestPath, depth: number): unknown => {
    if (typeof value === 'string') return resolveText(value, path, depth);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], depth));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], depth)]));
  };
  const resolveText = (text: string, path: ManifestPath, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw source.mistake(path, `the variables in ${JSON.stringify(text)} lead to themselves`);
    const whole = WHOLE.exec(text)?.[1];
    if (whole !== undefined) return valueOfExpression(whole, path, depth);
    return text.replace(PART, (_, expression: string) => String(valueOfExpression(expression, path, depth)));
  };
  const valueOfExpression = (expression: string, path: ManifestPath, depth: number): unknown => {
    const trimmed = expression.trim();
    const call = CALL.exec(trimmed);
    if (call !== null) return callOf(call, path);
    const [, root, rest] = REFERENCE.exec(trimmed) ?? [];
    if (root === undefined || rest === undefined) throw source.mistake(path, `the local cloud does not know the variable \${${trimmed}}`);
    const target = targetOf(root, rest.split('.'), path);
    const found = target.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), source.value);
    if (found === undefined) throw source.mistake(path, `the variable \${${trimmed}} stands for nothing`);
    return walk(found, target, depth + 1);
  };
  const callOf = ([, name, single, double, ...defaults]: RegExpExecArray, path: ManifestPath): string => {
    const argument = single ?? double ?? '';
    if (name === 'path') return resolve(dirname(scope.file), argument);
    if (name === 'config' && argument === 'AccountID') return scope.accountId;
    if (name === 'config') throw source.mistake(path, `the local cloud has no \${config('${argument}')}`);
    const fallback = defaults.find((each) => each !== undefined);
    const value = scope.env[argument] ?? fallback;
    // As the deploying program reads it: an empty variable is none where there is a default.
    if (value !== undefined) return value === '' ? (fallback ?? '') : value;
    throw source.mistake(path, `the environment variable ${argument} is not set, and \${env('${argument}')} has no default`, `set ${argument}`);
  };
  return walk(source.value, [], 0);
}

/** Where in the document a reference leads; `this` is the resource around the variable. */
function targetOf(root: string, keys: readonly string[], path: ManifestPath): readonly string[] {
  return root === 'this' ? ['resources', String(path[1]), ...keys] : [root, ...keys];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
