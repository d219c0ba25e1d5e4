// Two deployed functions over two accounts, one of which has its key in a secret, and what can be taken away from them.
import { OpenApiUtil } from '@alicloud/openapi-core';
import { type CommandResult, openShell } from '../../cli/harness';
import { type Deployed, deploy, ramDocument } from '../../support/function-compute';
import { without } from '../ram/documents';

const GAMES = { accessKeyId: 'AK-games', secret: 'canary-games', name: 'games', accountId: '2222222222222222' };
const SECRET = 'keeper/games';
const ROLE = 'observe-and-create';
const CHAIN = ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'] as const;

/** May do nothing at all. */
export const STRANGER = { accessKeyId: 'AK-stranger', secret: 'canary-stranger', name: 'stranger', policy: { Version: '1', Statement: [] } } as const;
export const SECRET_GONE = `cannot resolve secret://aws/${SECRET}#id: AWS Secrets Manager in us-east-1 has no such secret`;
export const KEY_DISABLED = `InvalidAccessKeyId.Inactive); they are from secret://aws/${SECRET}#id and secret://aws/${SECRET}#secret`;

const POLICY = `
timezone: UTC
accounts:
  - { name: own }
  - name: games
    credentials: { type: ak, accessKeyId: "secret://aws/${SECRET}#id", accessKeySecret: "secret://aws/${SECRET}#secret" }
regions: [cn-hangzhou]
extraBackups:
  - { name: daily, schedule: "0 12 * * *" }
`;

const FLEET = [
  { id: 'rm-own', engine: 'MySQL', usedGb: 1 },
  { id: 'rm-sql', engine: 'SQLServer', usedGb: 1 },
  { id: 'rm-games', engine: 'MySQL', usedGb: 1, accountId: GAMES.accountId },
] as const;

export interface Key {
  readonly accessKeyId: string;
  readonly secret: string;
}

export interface Traced<T> {
  readonly answer: T;
  /** How its run ended, in the ledger; else the function could not tell it, or was not even woken. */
  readonly trace: string;
  /** The summary of its run, as text. */
  readonly ledger: string;
}

export interface BadInputWorld {
  readonly deployed: Deployed;
  /** The key that may do everything. */
  readonly owner: Key;
  /** One command, with the event in a file. */
  keeper(args: readonly string[], event: unknown): Promise<CommandResult>;
  /** What a call leaves behind, besides its answer. */
  traceOf<T>(call: () => Promise<T>): Promise<Traced<T>>;
  /** When manual backups started. */
  created(): string[];
  /** Whose key the command line signs with. */
  signAs(key: Key): void;
  forbid(action: string): void;
  disableKey(): void;
  removeSecret(): void;
  /** Everything is as it was at the start. */
  restore(): void;
  close(): Promise<void>;
}

export async function startBadInputWorld(): Promise<BadInputWorld> {
  const deployed = await deploy({
    fleet: FLEET,
    policy: POLICY,
    start: '2026-11-21T01:05:00Z',
    only: ['extra-backup', 'pre-release-backup'],
    env: { KEEPER_SECRET_CACHE_SECONDS: '0' },
    cloud: { identities: { users: [GAMES, STRANGER] } },
  });
  const { identities, secrets, credentials, environment } = deployed.cloud;
  const owner = { accessKeyId: credentials.accessKeyId, secret: credentials.accessKeySecret };
  const shell = openShell();
  shell.clock = deployed.clock;
  Object.assign(shell.env, environment);
  const give = (policy = ramDocument(ROLE)): void => identities.addRole({ name: `keeper-${ROLE}`, policy });
  const signAs = ({ accessKeyId, secret }: Key): void => {
    process.env[CHAIN[0]] = accessKeyId;
    process.env[CHAIN[1]] = secret;
  };
  return {
    deployed,
    owner,
    keeper: (args, event) => {
      shell.write('event', typeof event === 'string' ? event : JSON.stringify(event));
      return shell.keeper(...args, '--event', 'event');
    },
    traceOf: (call) => traceOf(deployed, call),
    created: () => FLEET.flatMap(({ id }) => deployed.manualStarts(id)),
    signAs,
    forbid: (action) => give(without(ramDocument(ROLE), action)),
    disableKey: () => identities.addUser({ ...GAMES, isActive: false }),
    removeSecret: () => secrets.delete(SECRET),
    restore: () => {
      identities.addUser(GAMES);
      secrets.put(SECRET, JSON.stringify({ id: GAMES.accessKeyId, secret: GAMES.secret }));
      give();
      signAs(owner);
    },
    close: async () => {
      for (const name of CHAIN) delete process.env[name];
      shell.close();
      await deployed.close();
    },
  };
}

async function traceOf<T>({ runs, fc }: Deployed, call: () => Promise<T>): Promise<Traced<T>> {
  const known = new Set((await runs()).map(({ runId }) => runId));
  const records = fc.records().length;
  const answer = await call();
  const added = (await runs()).filter(({ runId }) => !known.has(runId)).map(({ summary }) => summary);
  const silent = fc.records().length > records ? 'not recorded' : 'not woken';
  return { answer, trace: added.map((summary) => summary?.status ?? 'unfinished').join(' ') || silent, ledger: JSON.stringify(added[0] ?? {}) };
}

/** As the documents of HTTP triggers have it: ACS3, over the date alone. */
export function signatureOf(method: string, url: string, { accessKeyId, secret }: Key, at: number): Record<string, string> {
  const headers = { 'x-acs-date': new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z') };
  const request = { method, pathname: new URL(url).pathname, headers, query: {} } as unknown as Parameters<typeof OpenApiUtil.getAuthorization>[0]; // the signer reads no more of it
  return { ...headers, authorization: OpenApiUtil.getAuthorization(request, 'ACS3-HMAC-SHA256', '', accessKeyId, secret) };
}
