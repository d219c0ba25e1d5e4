// The local AWS Secrets Manager: the JSON 1.1 protocol over HTTP, signatures and identity policies enforced, faults applied.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { Fault, FaultPlan } from '../kinds';
import { ACTIONS, type AwsAction, type Input } from './actions';
import { authenticate } from './authenticate';
import { AwsError, gatewayError, unknownOperation } from './errors';
import { bodyReply, errorReply, type Reply, send, sendFault } from './reply';
import type { SignedRequest } from './sigv4';
import type { SecretStore } from './store';
import { AWS_ACCOUNT_ID, type AwsUser, refusalOf } from './users';

const TARGET_PREFIX = 'secretsmanager.';
const MAX_BODY_BYTES = 256 * 1024;

export interface SecretsServerOptions {
  readonly now: () => Instant;
  readonly users: readonly AwsUser[];
  readonly secrets: SecretStore;
  /** Faults of the service `secrets`, matched by the parameters that are texts, such as `SecretId`. */
  readonly faults: FaultPlan;
  /** Real milliseconds before each answer, as a network would take. */
  readonly latencyMs: number;
}

/** The server, not yet listening. */
export function makeSecretsServer(options: SecretsServerOptions): Server {
  const server = createServer((message, response) => {
    serve(options, message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0; // closing is left to the clients: an idle connection that the server closes looks like a reset
  return server;
}

async function serve(options: SecretsServerOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  if (options.latencyMs > 0) await delay(options.latencyMs);
  const context = { requestId: randomUUID(), now: options.now() };
  try {
    const call = admit(options, await readRequest(message), context.now);
    if (call.fault === undefined) return send(response, perform(options, call), context);
    const normal = call.fault.effect === 'applied' || call.name === 'GetSecretValue' ? perform(options, call) : bodyReply({});
    sendFault(response, call.fault.reply, normal, context);
  } catch (error) {
    send(response, errorReply(asAwsError(error)), context);
  }
}

/** A call that passed the gateway: known, authenticated, and told which fault hits it. */
interface Call {
  readonly name: string;
  readonly action: AwsAction;
  readonly caller: AwsUser;
  readonly input: Input;
  readonly fault: Fault | undefined;
}

function admit({ users, secrets, faults }: SecretsServerOptions, request: SignedRequest, now: Instant): Call {
  const target = request.headers['x-amz-target'] ?? '';
  const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
  const action = ACTIONS.get(name);
  if (request.method !== 'POST' || action === undefined) throw unknownOperation();
  const caller = authenticate(request, { users, region: secrets.region, now });
  const input = readInput(request.body);
  return { name, action, caller, input, fault: faults.take('secrets', name, textsOf(input)) };
}

/** Asks IAM and runs the operation. */
function perform({ secrets }: SecretsServerOptions, { name, action, caller, input }: Call): Reply {
  try {
    const resource = action.resourceOf(input, secrets, AWS_ACCOUNT_ID);
    const permission = `secretsmanager:${name}`;
    const refusal = refusalOf(caller, permission, resource);
    if (refusal !== undefined) {
      const user = `arn:aws:iam::${AWS_ACCOUNT_ID}:user/${caller.name}`;
      throw new AwsError('AccessDeniedException', `User: ${user} is not authorized to perform: ${permission} on resource: ${resource} ${refusal}`);
    }
    return bodyReply(action.run(input, secrets));
  } catch (error) {
    return errorReply(asAwsError(error));
  }
}

async function readRequest(message: IncomingMessage): Promise<SignedRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  // Read to its end all the same, so that the answer can be delivered.
  if (bytes > MAX_BODY_BYTES) throw new AwsError('RequestEntityTooLargeException', 'The request body is too large.', 413);
  const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]));
  return { method: message.method ?? '', url: message.url ?? '/', headers, body: Buffer.concat(chunks) };
}

function readInput(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.toString('utf8'));
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input };
  } catch {
    throw gatewayError('SerializationException');
  }
  throw gatewayError('SerializationException');
}

function textsOf(input: Input): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(input).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** A defect of the local cloud itself is told to the person who runs it. */
function asAwsError(error: unknown): AwsError {
  return error instanceof AwsError ? error : new AwsError('InternalServiceError', `An error occurred on the server side. (${messageOf(error)})`, 500);
}
