// The control endpoint: moves the clock, plans faults, fires timers, orders backups and releases instances as a human would, spoils copies, and tells what the world looks like.
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { messageOf } from '../base/errors';
import { formatInstant, type Instant, plusMs } from '../base/instant';
import { functionRoutes } from './control-functions';
import { advanceSchema, copyFaultSchema, faultSchema, humanBackupSchema, releaseSchema } from './control-schema';
import type { RunningFcEngine } from './fc/engine';
import type { FaultPlan, WorldClock } from './kinds';
import { RpcError } from './rpc/errors';
import { isThere } from './world/copies';
import { isGone } from './world/deletion-rules';
import type { World } from './world/world';

/** Every request must carry the token that was printed at the start. */
export const CONTROL_HEADER = 'x-keeper-control';

const MAX_BODY_BYTES = 64 * 1024;

export interface ControlOptions {
  readonly token: string;
  readonly clock: WorldClock;
  readonly faults: FaultPlan;
  readonly world: World;
  /** Undefined: no functions run. */
  readonly fc: RunningFcEngine | undefined;
}

/** What a route answers. */
export type ControlDocument = Readonly<Record<string, unknown>>;

type Route = (body: unknown, options: ControlOptions) => ControlDocument | Promise<ControlDocument>;

const ROUTES: Readonly<Record<string, Route>> = {
  'POST /clock/advance': async (body, { clock, world, fc }) => {
    const { ms, timers = true } = advanceSchema.parse(body);
    if (fc === undefined || !timers) clock.advance(ms);
    else await fc.passTime(plusMs(clock.now(), ms));
    world.settle(clock.now());
    return { now: formatInstant(clock.now()) };
  },
  'POST /faults': (body, { faults }) => {
    faults.add(faultSchema.parse(body));
    return {};
  },
  'DELETE /faults': (_body, { faults, fc }) => {
    faults.clear();
    fc?.faults.clear();
    return {};
  },
  'POST /world/human-backup': (body, { world }) => {
    const { instanceId, ...order } = humanBackupSchema.parse(body);
    return { jobId: world.humanBackup(instanceId, order) };
  },
  'POST /world/release': (body, { world }) => {
    world.releaseInstance(releaseSchema.parse(body).instanceId);
    return {};
  },
  'POST /world/copy-fault': (body, { world }) => {
    const { instanceId, backupId, fault } = copyFaultSchema.parse(body);
    world.plantCopyFault(instanceId, backupId, fault);
    return {};
  },
  'GET /world': (_body, { clock, world }) => {
    world.settle(clock.now());
    return { now: formatInstant(clock.now()), ...summarise(world, clock.now()) };
  },
};

/** The control server, not yet listening. */
export function makeControlServer(options: ControlOptions): Server {
  return createServer((message, response) => {
    answer(message, options).then(
      ({ status, body }) => sendJson(response, status, body),
      () => response.destroy(),
    );
  });
}

interface Answer {
  readonly status: number;
  readonly body: ControlDocument;
}

async function answer(message: IncomingMessage, options: ControlOptions): Promise<Answer> {
  if (!isToken(message.headers[CONTROL_HEADER], options.token)) return refuse(403, `the header ${CONTROL_HEADER} is missing or wrong`);
  const name = `${message.method} ${(message.url ?? '').split('?')[0]}`;
  const routes: Readonly<Record<string, Route>> = options.fc === undefined ? ROUTES : { ...ROUTES, ...functionRoutes(options.fc) };
  const route = routes[name];
  if (route === undefined) return refuse(404, `there is no ${name}; there are: ${Object.keys(routes).join(', ')}`);
  try {
    return { status: 200, body: await route(await readJson(message), options) };
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error));
    if (error instanceof RpcError) return refuse(409, `${error.code}: ${error.message}`);
    if (error instanceof RangeError || error instanceof SyntaxError) return refuse(400, error.message);
    return refuse(500, messageOf(error));
  }
}

function refuse(status: number, error: string): Answer {
  return { status, body: { error } };
}

function isToken(given: string | string[] | undefined, token: string): boolean {
  const [left, right] = [Buffer.from(String(given)), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same, so that the answer can be delivered.
  if (bytes > MAX_BODY_BYTES) throw new RangeError(`the body is larger than ${MAX_BODY_BYTES} bytes`);
  return bytes === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function sendJson(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function summarise(world: World, now: Instant): Readonly<Record<string, unknown>> {
  const instances = [...world.all()].map(({ spec, job, sets, copies, logsSince, releasedAt }) => {
    const kept = sets.filter((set) => !isGone(set, now));
    return {
      id: spec.id,
      region: spec.regionId,
      engine: spec.engine,
      status: spec.status,
      job: job === undefined ? null : { id: job.id, mode: job.mode, startedAt: formatInstant(job.startedAt) },
      manualSets: kept.filter((set) => set.mode === 'Manual').length,
      automatedSets: kept.filter((set) => set.mode === 'Automated').length,
      copies: copies.filter((copy) => isThere(copy, now)).length,
      logsSince: logsSince === undefined ? null : formatInstant(logsSince),
      ...(releasedAt === undefined ? {} : { releasedAt: formatInstant(releasedAt) }),
    };
  });
  return { instances };
}
