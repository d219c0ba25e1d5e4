// Turns s.yaml into the functions that the local Function Compute runs.
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { SECOND_MS } from '../../base/instant';
import { DEFAULT_ACCOUNT_ID } from '../identities';
import type { FcFunction, FcManifest } from './kinds';
import { type ManifestProps, manifestSchema } from './manifest-schema';
import { type ManifestPath, type ManifestSource, readManifestSource } from './manifest-source';
import { resolveVariables } from './manifest-variables';

export interface ManifestOptions {
  /** What `${env()}` reads; nothing else of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What `${config('AccountID')}` says; the account of the local cloud unless told. */
  readonly accountId?: string;
  /** In place of the `code` of every function. */
  readonly codeFolder?: string;
  /** Variables of every function, over those of the manifest. */
  readonly functionEnv?: Readonly<Record<string, string>>;
}

/** How many instances of a function run at once where it reserves none. The service has 100 for a whole region; this machine has not. */
const DEFAULT_INSTANCES = 4;

/**
 * Reads an s.yaml of edition 3 whose resources are functions (component `fc3`). Throws KeeperErrors `manifest-unreadable` and `manifest-invalid`, the latter
 * with file and line.
 */
export function readManifest(file: string, options: ManifestOptions = {}): FcManifest {
  const path = resolve(file);
  const { env = {}, accountId = DEFAULT_ACCOUNT_ID } = options;
  const source = readManifestSource(path);
  const document = withTemplates(resolveVariables(source, { file: path, env, accountId }));
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) throw mistakeOf(source, parsed.error);
  const entries = Object.entries(parsed.data.resources);
  const [first] = entries;
  if (first === undefined) throw source.mistake(['resources'], 'the manifest has no function');
  const { region } = first[1].props;
  const names = new Set<string>();
  const functions = entries.map(([resource, { props }]) => {
    const mistake = (key: string, message: string): Error => source.mistake(['resources', resource, 'props', key], message);
    if (props.region !== region) throw mistake('region', `all functions of the local cloud are in one region, and the first is in ${region}`);
    if (names.has(props.functionName)) throw mistake('functionName', `there are two functions of the name ${props.functionName}`);
    names.add(props.functionName);
    return functionOf(props, dirname(path), options, mistake);
  });
  return { region, accountId, functions };
}

/** `extend: { name }` of a resource: what the template says holds where the resource says nothing; objects are put together. */
function withTemplates(document: unknown): unknown {
  if (!isRecord(document) || !isRecord(document['resources'])) return document;
  const templates = isRecord(document['template']) ? document['template'] : {};
  const resources = Object.entries(document['resources']).map(([name, resource]) => {
    if (!isRecord(resource) || !isRecord(resource['extend'])) return [name, resource];
    const template = templates[String(resource['extend']['name'])];
    return [name, { ...resource, props: merged(template, resource['props']) }];
  });
  return { ...document, resources: Object.fromEntries(resources) };
}

function merged(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over ?? under;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(under[key], over[key])]));
}

function mistakeOf(source: ManifestSource, error: z.ZodError): Error {
  const [issue] = error.issues;
  const path: ManifestPath = (issue?.path ?? []).filter((part) => typeof part !== 'symbol');
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  if (issue?.code === 'unrecognized_keys') {
    return source.mistake([...path, issue.keys[0] ?? ''], `${where}the local cloud does not know ${issue.keys.map((key) => `"${key}"`).join(', ')}`);
  }
  return source.mistake(path, `${where}${issue?.message ?? 'not a manifest'}`);
}

function functionOf(props: ManifestProps, folder: string, options: ManifestOptions, mistake: (key: string, message: string) => Error): FcFunction {
  const { asyncInvokeConfig, triggers } = props;
  const codeFolder = options.codeFolder ?? resolve(folder, props.code);
  if (!existsSync(codeFolder)) throw mistake('code', `there is no ${codeFolder}: run npm run build`);
  const { onFailure, onSuccess } = asyncInvokeConfig.destinationConfig;
  return {
    name: props.functionName,
    codeFolder,
    handler: props.handler,
    initializer: props.instanceLifecycleConfig.initializer?.handler,
    memoryMb: props.memorySize,
    timeoutMs: props.timeout * SECOND_MS,
    env: { ...props.environmentVariables, ...options.functionEnv },
    role: props.role === undefined ? undefined : roleName(props.role),
    maxInstances: props.concurrencyConfig?.reservedConcurrency ?? DEFAULT_INSTANCES,
    async: {
      maxRetries: asyncInvokeConfig.maxAsyncRetryAttempts,
      maxAgeMs: asyncInvokeConfig.maxAsyncEventAgeInSeconds * SECOND_MS,
      isTask: asyncInvokeConfig.asyncTask,
      onFailureFunction: functionOfArn(onFailure?.destination),
      onSuccessFunction: functionOfArn(onSuccess?.destination),
    },
    timers: triggers.flatMap((trigger) => {
      if (trigger.triggerType !== 'timer') return [];
      const { cronExpression: cron, enable: isEnabled, payload } = trigger.triggerConfig;
      return [{ name: trigger.triggerName, cron, isEnabled, payload }];
    }),
    http: triggers.flatMap((trigger) => {
      if (trigger.triggerType !== 'http') return [];
      const { authType, methods } = trigger.triggerConfig;
      return [{ name: trigger.triggerName, authType, methods }];
    }),
  };
}

/** `acs:ram::<account>:role/<name>` or the bare name, which the component turns into lower case. */
function roleName(role: string): string {
  return role.includes('/') ? role.slice(role.lastIndexOf('/') + 1) : role.toLowerCase();
}

/** The function that a destination names; undefined for queues, topics and buses. */
function functionOfArn(arn: string | undefined): string | undefined {
  return /^acs:fc:[^:]*:[^:]*:functions\/([^/]+)$/.exec(arn ?? '')?.[1];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
