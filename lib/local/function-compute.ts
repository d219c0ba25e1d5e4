// Function Compute as a part of the local cloud: its roles, its engine, and the server in front of both.
import type { Server } from 'node:http';
import { KeeperError } from '../base/errors';
import { HOUR_MS, plusMs } from '../base/instant';
import { makeFcEngine, type RunningFcEngine } from './fc/engine';
import type { FcStarted } from './fc/executor';
import { httpTriggerUrl } from './fc/http-trigger';
import type { FcManifest, FcRecord } from './fc/kinds';
import { readManifest } from './fc/manifest';
import { makeFcListener, makeQuietServer } from './fc/server';
import type { FcCredentials } from './fc/types';
import type { Identities, RoleSpec } from './identities';
import type { FaultPlan, WorldClock } from './kinds';
import { closeServer, LOOPBACK, listenOnLoopback } from './loopback';

/** How long the credentials of a role are valid that Function Compute gives to a function ("Grant permissions across Alibaba Cloud accounts", function roles). */
const ROLE_CREDENTIALS_MS = 36 * HOUR_MS;

export interface FunctionComputeOptions {
  /** An s.yaml, or what it would say. */
  readonly manifest: string | FcManifest;
  /** What `${env()}` in the s.yaml reads; nothing of the process's own. */
  readonly manifestEnv?: Readonly<Record<string, string | undefined>>;
  /** In place of the `code` of every function. */
  readonly codeFolder?: string;
  /** The roles of the functions, with what they may do. */
  readonly roles?: readonly RoleSpec[];
  /** Variables of every function, over those of the manifest and of the local cloud. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the built bootstrap is (`dist/local/fc-bootstrap.js`). */
  readonly bootstrap: string;
  /** The one service that the older API knows; `keeper` unless told. */
  readonly serviceName?: string;
  /** Whether the newer API takes the signature of `@alicloud/fc2`; true unless told. */
  readonly acceptsLegacyOn2023?: boolean;
  readonly maxParallel?: number;
  readonly onStart?: (started: FcStarted) => void;
  readonly onRecord?: (record: FcRecord) => void;
}

export interface FunctionComputeSurroundings {
  readonly clock: WorldClock;
  readonly identities: Identities;
  readonly faults: FaultPlan;
  readonly latencyMs: number;
  readonly port: number | undefined;
  /** Where the rest of the local cloud is, for the functions. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface FunctionCompute {
  readonly engine: RunningFcEngine;
  readonly endpoint: string;
  /** What a caller of the functions needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** The URLs of functions that have an HTTP trigger, by function. */
  readonly httpTriggers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Throws KeeperErrors: those of the manifest and the engine, `fc-role-unknown` and `local-port`. */
export async function openFunctionCompute(options: FunctionComputeOptions, around: FunctionComputeSurroundings): Promise<FunctionCompute> {
  const { identities, port } = around;
  const manifest = manifestOf(options);
  for (const role of options.roles ?? []) identities.addRole(role);
  checkRoles(manifest, options.roles ?? [], identities);
  const server = makeQuietServer();
  const endpoint = `http://${LOOPBACK}:${await listenOnLoopback(server, port === undefined ? {} : { port })}`;
  try {
    return serveFunctions(server, endpoint, manifest, options, around);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

/** The functions are told where the server is, so it listens before there is an engine behind it. */
function serveFunctions(
  server: Server,
  endpoint: string,
  manifest: FcManifest,
  options: FunctionComputeOptions,
  around: FunctionComputeSurroundings,
): FunctionCompute {
  const { clock, identities, faults, latencyMs } = around;
  const { serviceName, acceptsLegacyOn2023, maxParallel, onStart, onRecord } = options;
  const now = (): ReturnType<WorldClock['now']> => clock.now();
  const engine = makeFcEngine({
    manifest,
    clock,
    bootstrap: options.bootstrap,
    env: { ...around.environment, KEEPER_FC_ENDPOINT: endpoint, ...options.env },
    credentialsOf: (role, functionName) => credentialsOf(identities, manifest.accountId, role, functionName, clock),
    ...definedOnly({ maxParallel, onStart, onRecord }),
  });
  const listener = makeFcListener({
    engine,
    engineFaults: engine.faults,
    identities,
    faults,
    now,
    latencyMs,
    ...definedOnly({ serviceName, acceptsLegacyOn2023 }),
  });
  server.on('request', listener);
  return {
    engine,
    endpoint,
    environment: { KEEPER_FC_ENDPOINT: endpoint, KEEPER_FC_ACCOUNT_ID: manifest.accountId, KEEPER_FC_REGION: manifest.region },
    httpTriggers: Object.fromEntries(manifest.functions.filter(({ http }) => http.length > 0).map(({ name }) => [name, httpTriggerUrl(endpoint, name)])),
    close: async () => {
      await engine.close();
      await closeServer(server);
    },
  };
}

function manifestOf({ manifest, manifestEnv, codeFolder }: FunctionComputeOptions): FcManifest {
  return typeof manifest === 'string' ? readManifest(manifest, definedOnly({ env: manifestEnv, codeFolder })) : manifest;
}

function checkRoles({ functions, accountId }: FcManifest, roles: readonly RoleSpec[], identities: Identities): void {
  for (const { name, role } of functions) {
    if (role === undefined || identities.hasRole(accountId, role)) continue;
    throw new KeeperError(`the function ${name} wants the role ${role}, which the local cloud does not know`, {
      code: 'fc-role-unknown',
      hint: `it has ${roles.map((each) => each.name).join(' and ') || 'no roles'}: unset the variable of the manifest that names another`,
    });
  }
}

function credentialsOf(identities: Identities, accountId: string, role: string, functionName: string, clock: WorldClock): FcCredentials | undefined {
  const assumed = identities.assume(accountId, role, functionName, plusMs(clock.now(), ROLE_CREDENTIALS_MS));
  if (assumed === undefined) return undefined;
  return { accessKeyId: assumed.accessKeyId, accessKeySecret: assumed.secret, securityToken: assumed.securityToken };
}

/** Optional properties are left out rather than undefined. */
function definedOnly<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the keys are those of T
}
