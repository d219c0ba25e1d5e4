// The local cloud: one world, one clock, one journal, and the servers that speak the services' own protocols on the loopback.
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import type { Instant } from '../base/instant';
import { CLOCK_FILE, makeOffsetClock } from './clock';
import { makeControlServer } from './control';
import { makeFaultPlan } from './faults';
import type { RunningFcEngine } from './fc/engine';
import { EMPTY_FLEET, type FleetSpec, SAMPLE_FLEET } from './fleet';
import { foundWorld } from './fleet/found';
import { type FunctionComputeOptions, openFunctionCompute } from './function-compute';
import { DEFAULT_USER, type Identities, type IdentitiesOptions, makeIdentities } from './identities';
import { makeMemoryJournal, openJournal } from './journal';
import type { FaultPlan, Journal, WorldClock } from './kinds';
import { closeServer, LOOPBACK, listenOnLoopback } from './loopback';
import { makeRdsServer } from './rds/service';
import { AWS_REGION, DEFAULT_AWS_USER, makeSecretStore, makeSecretsServer, type SecretStore } from './secrets';
import { makeStsServer } from './sts/service';
import { listenTablestore, makeTablestoreService, type TablestoreOptions, type TablestoreService } from './tablestore';
import { completeKnobs, type RdsKnobOptions } from './world/knobs';
import { type JournalledState, makeJournalledState, makeWorld, type World } from './world/world';

export type { FcFault, RunningFcEngine } from './fc';
export type { FcManifest, FcRecord } from './fc/kinds';
export { type ManifestOptions, readManifest } from './fc/manifest';
export { type FleetSpec, type GeneratedFleetOptions, makeFleet } from './fleet';
export type { FunctionComputeOptions } from './function-compute';
export { DEFAULT_ACCOUNT_ID, type RoleSpec } from './identities';
export type { RamPolicy } from './ram';
export type { RdsKnobOptions } from './world/knobs';

/** The Tablestore instance that the local cloud has. */
export const TABLESTORE_INSTANCE = 'keeper-local';

export type ServerName = 'rds' | 'sts' | 'tablestore' | 'secrets' | 'fc' | 'control';

export interface LocalCloudOptions {
  /** Where the world lives; undefined: in memory, and gone with the process. */
  readonly dataFolder?: string;
  /** In place of the clock of the data folder: tests give a virtual one. */
  readonly clock?: WorldClock;
  /** The instances of a new world; the sample fleet unless told. A world that exists keeps its own. */
  readonly fleet?: 'sample' | 'empty' | FleetSpec;
  /** Where the clock of a new world is moved before the world is made; a time that has passed is ignored. The fleet's past then lies before that. */
  readonly beginAt?: (now: Instant) => Instant | undefined;
  readonly rds?: RdsKnobOptions;
  readonly tablestore?: Pick<TablestoreOptions, 'notReadyMs' | 'tableOperationsPerSecond'>;
  /** Users, roles and bearer tokens besides the default user. */
  readonly identities?: Omit<IdentitiesOptions, 'now'>;
  /** Runs the functions of a manifest; none unless told. */
  readonly fc?: FunctionComputeOptions;
  /** The secrets of AWS Secrets Manager that are there from the start, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Real milliseconds per answer, as a network would take; none unless told. */
  readonly latencyMs?: number;
  /** Any free port unless told. */
  readonly ports?: Partial<Record<ServerName, number>>;
}

export interface LocalCloud {
  /** `host:port` for RDS and STS, as their SDK takes them; URLs for the others. */
  readonly endpoints: Readonly<Record<Exclude<ServerName, 'fc'>, string>> & { readonly fc?: string };
  readonly tablestoreInstance: string;
  readonly credentials: { readonly accessKeyId: string; readonly accessKeySecret: string };
  /** What every request to the control endpoint must carry in the header `x-keeper-control`. */
  readonly controlToken: string;
  readonly clock: WorldClock;
  readonly world: World;
  readonly faults: FaultPlan;
  readonly identities: Identities;
  readonly secrets: SecretStore;
  /** Runs the functions, if there are any: fires timers as time is passed, or by itself once its pump is started. */
  readonly fc: RunningFcEngine | undefined;
  /** The URLs of functions that have an HTTP trigger, by function. */
  readonly httpTriggers: Readonly<Record<string, string>>;
  /** The variables that a keeper process needs to work against this cloud. */
  readonly environment: Readonly<Record<string, string>>;
  /** Stops every server and closes the journal. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the local cloud on 127.0.0.1. Throws KeeperErrors: those of the journal (`data-folder-locked` and the like) and `local-port`.
 * What was started is closed again when a later part fails.
 */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const inhabitants = openWorld(options);
  try {
    return await openDoors(inhabitants, options);
  } catch (error) {
    inhabitants.journal.close();
    throw error;
  }
}

/** Everything but the servers. */
interface Inhabitants {
  readonly clock: WorldClock;
  readonly world: World;
  readonly faults: FaultPlan;
  readonly identities: Identities;
  readonly secrets: SecretStore;
  readonly tablestore: TablestoreService;
  readonly journal: Journal;
}

function openWorld(options: LocalCloudOptions): Inhabitants {
  // This is a composition root: it alone reads the host's clock. The clock's records are kept even while a caller's own clock is in use.
  const ownClock = makeOffsetClock({ hostNow: Date.now, dataFolder: options.dataFolder });
  const clock = options.clock ?? ownClock;
  const faults = makeFaultPlan();
  const identities = makeIdentities({ now: () => clock.now(), ...options.identities });
  const tablestore = makeTablestoreService({ clock, faults, credentials: identities, instanceName: TABLESTORE_INSTANCE, ...options.tablestore });
  const rds = makeJournalledState();
  const owners = [ownClock.owner, rds.owner, tablestore.owner];
  const journal = options.dataFolder === undefined ? makeMemoryJournal() : openJournal(options.dataFolder, owners);
  try {
    if (options.clock === undefined) ownClock.attach(journal);
    tablestore.attach(journal);
    const world = populate(rds, journal, clock, options);
    const secrets = makeSecretStore({ now: () => clock.now(), ...(options.secrets === undefined ? {} : { secrets: options.secrets }) });
    return { clock, world, faults, identities, secrets, tablestore, journal };
  } catch (error) {
    journal.close();
    throw error;
  }
}

function populate(rds: JournalledState, journal: Journal, clock: WorldClock, options: LocalCloudOptions): World {
  const { state } = rds;
  const knobs = completeKnobs(options.rds);
  const world = makeWorld({ state, journal, knobs, now: () => clock.now() });
  if (world.createdAt() === undefined) {
    const beginAt = options.beginAt?.(clock.now()) ?? clock.now();
    if (beginAt > clock.now()) clock.advance(beginAt - clock.now());
    const { lastJobId: firstJobId, lastBackupId: firstBackupId, lastCopyId: firstCopyId } = state;
    const founding = { now: clock.now(), knobs, firstJobId, firstBackupId, firstCopyId };
    for (const batch of foundWorld(fleetOf(options.fleet), founding)) world.commit(batch);
  }
  return world;
}

function fleetOf(fleet: LocalCloudOptions['fleet'] = 'sample'): FleetSpec {
  if (fleet === 'sample') return SAMPLE_FLEET;
  return fleet === 'empty' ? EMPTY_FLEET : fleet;
}

async function openDoors(inhabitants: Inhabitants, options: LocalCloudOptions): Promise<LocalCloud> {
  const { clock, world, faults, identities, secrets, journal } = inhabitants;
  const { latencyMs = 0, ports = {} } = options;
  const doors = makeDoors(ports);
  try {
    const services = await openServices(inhabitants, doors, options);
    const around = { clock, identities, faults, latencyMs, port: ports.fc, environment: servicesOf(services) };
    const fc = options.fc === undefined ? undefined : await openFunctionCompute(options.fc, around);
    if (fc !== undefined) doors.onClose(() => fc.close());
    const controlToken = randomBytes(16).toString('hex');
    const control = await doors.open('control', makeControlServer({ token: controlToken, clock, faults, world, fc: fc?.engine }));
    return {
      endpoints: { ...services, control: `http://${control}`, ...(fc === undefined ? {} : { fc: fc.endpoint }) },
      tablestoreInstance: TABLESTORE_INSTANCE,
      credentials: { accessKeyId: DEFAULT_USER.accessKeyId, accessKeySecret: DEFAULT_USER.secret },
      controlToken,
      clock,
      world,
      faults,
      identities,
      secrets,
      fc: fc?.engine,
      httpTriggers: fc?.httpTriggers ?? {},
      environment: { ...servicesOf(services), ...ownerOf(options), ...fc?.environment },
      close: async () => {
        await doors.closeAll();
        journal.close();
      },
    };
  } catch (error) {
    await doors.closeAll();
    throw error;
  }
}

interface Doors {
  /** Listens, and returns `host:port`. */
  open(name: ServerName, server: Server): Promise<string>;
  onClose(close: () => Promise<void>): void;
  /** The last one first. Safe to call twice. */
  closeAll(): Promise<void>;
}

function makeDoors(ports: NonNullable<LocalCloudOptions['ports']>): Doors {
  const closers: (() => Promise<void>)[] = [];
  return {
    open: async (name, server) => {
      const port = await listenOnLoopback(server, portOption(ports[name]));
      closers.push(() => closeServer(server));
      return `${LOOPBACK}:${port}`;
    },
    onClose: (close) => {
      closers.push(close);
    },
    closeAll: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

type ServiceEndpoints = Readonly<Record<'rds' | 'sts' | 'tablestore' | 'secrets', string>>;

async function openServices(inhabitants: Inhabitants, doors: Doors, { latencyMs = 0, ports = {} }: LocalCloudOptions): Promise<ServiceEndpoints> {
  const { clock, world, faults, identities, secrets, tablestore } = inhabitants;
  const now = (): ReturnType<WorldClock['now']> => clock.now();
  const tables = await listenTablestore(tablestore, { latencyMs, ...portOption(ports.tablestore) });
  doors.onClose(() => tables.close());
  return {
    rds: await doors.open('rds', makeRdsServer({ world, identities, faults, now, latencyMs })),
    sts: await doors.open('sts', makeStsServer({ identities, faults, now, latencyMs })),
    tablestore: tables.endpoint,
    secrets: `http://${await doors.open('secrets', makeSecretsServer({ now, users: [DEFAULT_AWS_USER], secrets, faults, latencyMs }))}`,
  };
}

function portOption(port: number | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port };
}

/** Where the services are. The key of AWS is not the caller's, as that of Alibaba Cloud is: it only opens secrets. */
function servicesOf(endpoints: ServiceEndpoints): Readonly<Record<string, string>> {
  return {
    KEEPER_RDS_ENDPOINT: `http://${endpoints.rds}`,
    KEEPER_STS_ENDPOINT: `http://${endpoints.sts}`,
    KEEPER_TABLESTORE_ENDPOINT: endpoints.tablestore,
    KEEPER_TABLESTORE_INSTANCE: TABLESTORE_INSTANCE,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
    AWS_REGION,
    AWS_ACCESS_KEY_ID: DEFAULT_AWS_USER.accessKeyId,
    AWS_SECRET_ACCESS_KEY: DEFAULT_AWS_USER.secretAccessKey,
  };
}

/** Who a process is, and in which time it lives. A clock of the caller's own moves no file: its processes share its time by other means. */
function ownerOf({ dataFolder, clock }: LocalCloudOptions): Readonly<Record<string, string>> {
  return {
    ALIBABA_CLOUD_ACCESS_KEY_ID: DEFAULT_USER.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: DEFAULT_USER.secret,
    ...(dataFolder === undefined || clock !== undefined ? {} : { KEEPER_CLOCK_FILE: resolve(join(dataFolder, CLOCK_FILE)) }),
  };
}
