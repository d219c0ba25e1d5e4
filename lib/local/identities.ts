// Who may call the local cloud: users, roles, temporary credentials and bearer tokens, and what each is allowed.
import { createHmac, randomBytes } from 'node:crypto';
import { type Instant, instant } from '../base/instant';
import { ALLOW_ALL, evaluatePolicy, type RamPolicy, type RamVerdict } from './ram';

/** The account that owns everything unless told otherwise. */
export const DEFAULT_ACCOUNT_ID = '1234567890123456';

/** The user of the embedded default: it may do everything. No secret of anybody: the local cloud listens on the loopback only. */
export const DEFAULT_USER = { accessKeyId: 'LTAI-local-keeper', secret: 'local-keeper-secret', name: 'keeper' } as const;

/** Somebody who can sign requests. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secret: string;
  /** Set for temporary credentials: every request must carry it. */
  readonly securityToken?: string;
  readonly expiresAt?: Instant;
  readonly accountId: string;
  /** The user's name, or `role/session`. */
  readonly name: string;
  readonly kind: 'SubUser' | 'AssumedRoleUser';
  readonly isActive: boolean;
  allows(action: string, resource: string): boolean;
  judge(action: string, resource: string): RamVerdict;
}

export interface UserSpec {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly name: string;
  readonly accountId?: string;
  readonly policy?: RamPolicy;
  readonly isActive?: boolean;
}

export interface RoleSpec {
  readonly name: string;
  readonly accountId?: string;
  readonly policy?: RamPolicy;
  /** The trust policy of the role asks for it (condition `sts:ExternalId`). */
  readonly externalId?: string;
}

export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly securityToken: string;
  readonly expiresAt: Instant;
}

/** The credential store that the servers share. */
export interface Identities {
  /** The identity that may act now; undefined for unknown, inactive and expired ones. */
  find(accessKeyId: string): Identity | undefined;
  /** The identity whatever its state, so that a server can say why it refuses. */
  lookup(accessKeyId: string): Identity | undefined;
  findBearer(token: string): Identity | undefined;
  addUser(user: UserSpec): void;
  addRole(role: RoleSpec): void;
  /** The token stands for the user with this access key. */
  addBearerToken(token: string, accessKeyId: string): void;
  hasRole(accountId: string, name: string): boolean;
  /** Whether the role's trust policy lets a caller with this external id in. */
  trusts(accountId: string, name: string, externalId: string | undefined): boolean;
  /** Temporary credentials of a role; undefined when there is no such role. */
  assume(accountId: string, roleName: string, session: string, expiresAt: Instant): TemporaryCredentials | undefined;
}

export interface IdentitiesOptions {
  readonly now: () => Instant;
  readonly users?: readonly UserSpec[];
  readonly roles?: readonly RoleSpec[];
  readonly bearerTokens?: Readonly<Record<string, string>>;
}

type Grant = Pick<Identity, 'allows' | 'judge'>;

function grantOf(policy: RamPolicy): Grant {
  const judge = (action: string, resource: string): RamVerdict => evaluatePolicy(policy, action, resource);
  return { judge, allows: (action, resource) => judge(action, resource) === 'allowed' };
}

/** Everything about temporary credentials is in their own id, sealed, so that a restart still accepts them and none is kept in memory. */
interface SealedSession {
  readonly accountId: string;
  readonly role: string;
  readonly session: string;
  readonly expiresAt: number;
}

const SEAL_KEY = 'rds-backup-keeper local cloud';
const TEMPORARY_PREFIX = 'STS.';

function seal(purpose: string, text: string): string {
  return createHmac('sha256', SEAL_KEY).update(`${purpose}:${text}`).digest('base64url');
}

function openSession(accessKeyId: string): SealedSession | undefined {
  if (!accessKeyId.startsWith(TEMPORARY_PREFIX)) return undefined;
  const [payload, mac] = accessKeyId.slice(TEMPORARY_PREFIX.length).split('.');
  if (payload === undefined || mac !== seal('id', payload)) return undefined;
  const [accountId, role, session, expiresAt] = Buffer.from(payload, 'base64url').toString('utf8').split('|');
  if (accountId === undefined || role === undefined || session === undefined) return undefined;
  return { accountId, role, session, expiresAt: Number(expiresAt) };
}

function sealSession(session: SealedSession): string {
  const nonce = randomBytes(6).toString('hex');
  const text = [session.accountId, session.role, session.session, session.expiresAt, nonce].join('|');
  const payload = Buffer.from(text, 'utf8').toString('base64url');
  return `${TEMPORARY_PREFIX}${payload}.${seal('id', payload)}`;
}

/** A store with the default user, and whatever the options add. */
export function makeIdentities(options: IdentitiesOptions): Identities {
  const users = new Map<string, Identity>();
  const roles = new Map<string, RoleSpec>();
  const bearers = new Map<string, string>();
  const roleKey = (accountId: string, name: string): string => `${accountId}/${name}`;

  const addUser = (user: UserSpec): void => {
    const { accessKeyId, secret, name, accountId = DEFAULT_ACCOUNT_ID, isActive = true } = user;
    users.set(accessKeyId, { accessKeyId, secret, name, accountId, isActive, kind: 'SubUser', ...grantOf(user.policy ?? ALLOW_ALL) });
  };
  const addRole = (role: RoleSpec): void => {
    roles.set(roleKey(role.accountId ?? DEFAULT_ACCOUNT_ID, role.name), role);
  };
  const temporary = (accessKeyId: string): Identity | undefined => {
    const session = openSession(accessKeyId);
    const role = session === undefined ? undefined : roles.get(roleKey(session.accountId, session.role));
    if (session === undefined || role === undefined) return undefined;
    return {
      accessKeyId,
      secret: seal('secret', accessKeyId),
      securityToken: seal('token', accessKeyId),
      expiresAt: instant(session.expiresAt),
      accountId: session.accountId,
      name: `${session.role}/${session.session}`,
      kind: 'AssumedRoleUser',
      isActive: true,
      ...grantOf(role.policy ?? ALLOW_ALL),
    };
  };
  const lookup = (accessKeyId: string): Identity | undefined => users.get(accessKeyId) ?? temporary(accessKeyId);
  const find = (accessKeyId: string): Identity | undefined => {
    const identity = lookup(accessKeyId);
    if (identity === undefined || !identity.isActive) return undefined;
    return identity.expiresAt !== undefined && identity.expiresAt <= options.now() ? undefined : identity;
  };

  addUser(DEFAULT_USER);
  for (const user of options.users ?? []) addUser(user);
  for (const role of options.roles ?? []) addRole(role);
  for (const [token, accessKeyId] of Object.entries(options.bearerTokens ?? {})) bearers.set(token, accessKeyId);
  return {
    find,
    lookup,
    findBearer: (token) => {
      const accessKeyId = bearers.get(token);
      return accessKeyId === undefined ? undefined : find(accessKeyId);
    },
    addUser,
    addRole,
    addBearerToken: (token, accessKeyId) => {
      bearers.set(token, accessKeyId);
    },
    hasRole: (accountId, name) => roles.has(roleKey(accountId, name)),
    trusts: (accountId, name, externalId) => {
      const wanted = roles.get(roleKey(accountId, name))?.externalId;
      return wanted === undefined || wanted === externalId;
    },
    assume: (accountId, roleName, session, expiresAt) => {
      if (!roles.has(roleKey(accountId, roleName))) return undefined;
      const accessKeyId = sealSession({ accountId, role: roleName, session, expiresAt });
      return { accessKeyId, secret: seal('secret', accessKeyId), securityToken: seal('token', accessKeyId), expiresAt };
    },
  };
}
