// What every deployed function may ask of RAM: the methods of the ports that its source can reach, and the actions that the gateways declare for them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DeployedFunction } from '../../../lib/domain/run';
import { INVOKER_ACTIONS } from '../../../lib/gateways/fc/ram';
import { RDS_ACTIONS } from '../../../lib/gateways/rds';
import { LEDGER_ACTIONS } from '../../../lib/gateways/tablestore/ram';

const ROOT = resolve(__dirname, '../../..');

/** Only use cases, and the doors before them, call ports; the rest of the wiring passes them on. */
const CALLERS = /^(functions|lib\/run|lib\/wire)\//;
const PASSES_ON: readonly string[] = ['lib/wire/lazy-gateway.ts', 'lib/wire/house.ts', 'lib/wire/invoker.ts'];

/** verify-cross-region writes settings, after reading them once more, in `mode: enforce` only, and s.yaml asks for the purge-capable role then. */
const ONLY_PURGE_CAPABLE: readonly string[] = ['readCrossRegionSettings', 'writeCrossRegionSettings'];

export type RoleName = 'observe-and-create' | 'purge-capable';

/** Which functions may have which role: s.yaml is held against it. */
export const ROLE_FUNCTIONS: Readonly<Record<RoleName, readonly DeployedFunction[]>> = {
  'observe-and-create': ['extra-backup', 'extend-expiry', 'verify-cross-region', 'pre-release-backup', 'reconcile', 'report'],
  'purge-capable': ['retention-hygiene', 'verify-cross-region'],
};

/** An account may name a role to assume; the credentials room asks for it. */
const CREDENTIAL_ACTIONS = ['sts:AssumeRole'];

/** "Function Compute, Destinations for asynchronous invocations": the function's role must be allowed to send to the queue. */
export const DELIVERY_ACTION = 'mns:SendMessage';

const METHOD_ACTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ...Object.entries(RDS_ACTIONS),
  ...Object.entries(LEDGER_ACTIONS),
  ...Object.entries(INVOKER_ACTIONS),
]);

/** The methods of the ports that a function can call. */
export function methodsOf(name: DeployedFunction): readonly string[] {
  const callers = [...reachableFrom(`functions/${name}.ts`)].filter((file) => CALLERS.test(file) && !PASSES_ON.includes(file));
  const texts = callers.map((file) => readFileSync(join(ROOT, file), 'utf8'));
  return [...METHOD_ACTIONS.keys()].filter((method) => texts.some((text) => new RegExp(`\\.${method}\\(`).test(text)));
}

/** Every action that a role needs for its functions, and for Function Compute itself, which delivers failures in its name. Sorted. */
export function actionsOfRole(role: RoleName): readonly string[] {
  const methods = ROLE_FUNCTIONS[role].flatMap(methodsOf);
  const granted = role === 'purge-capable' ? methods : methods.filter((method) => !ONLY_PURGE_CAPABLE.includes(method));
  return [...new Set([...CREDENTIAL_ACTIONS, DELIVERY_ACTION, ...actionsOf(granted)])].sort();
}

/** Every action of every method: what people may need at the command line. Sorted. */
export function actionsOfPeople(): readonly string[] {
  return [...new Set([...CREDENTIAL_ACTIONS, ...actionsOf([...METHOD_ACTIONS.keys()])])].sort();
}

function actionsOf(methods: readonly string[]): readonly string[] {
  return methods.flatMap((method) => METHOD_ACTIONS.get(method) ?? []);
}

const IMPORTS = [/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm, /import\('(\.[^']+)'\)/g];

function reachableFrom(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(ROOT, file), 'utf8');
  for (const [, specifier = ''] of IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)])) {
    const target = join(dirname(file), specifier);
    const source = [`${target}.ts`, join(target, 'index.ts')].find((path) => existsSync(join(ROOT, path)));
    if (source !== undefined) reachableFrom(source, seen);
  }
  return seen;
}
